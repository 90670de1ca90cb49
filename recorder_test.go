package tokenomics_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// newRecorder starts a recorder that must be closed.
func newRecorder(t *testing.T, eng *tokenomics.Engine, opts tokenomics.RecorderOptions) *tokenomics.Recorder {
	t.Helper()
	rec, err := eng.Recorder(&opts)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// accounted fails unless the counters of a recorder sum to its inputs: law 7.
func accounted(t *testing.T, rec *tokenomics.Recorder, inputs int) tokenomics.RecorderStats {
	t.Helper()
	s := rec.Stats()
	sum := s.Queued + s.GivenUp + s.Left
	for _, n := range s.ByStatus {
		sum += n
	}
	if sum != s.Events || s.Events != int64(inputs) {
		t.Errorf("%d inputs, counted %d, the parts sum to %d: %+v", inputs, s.Events, sum, s)
	}
	return s
}

// TestRecorder: events are written by size or by time, in their order, and every
// one is told of.
func TestRecorder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		h := &hooked{Store: memstore.New(nil)}
		var mu sync.Mutex // a timer that wakes the writer orders nothing
		var written []int
		sizes := func() []int {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(written)
		}
		h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
			mu.Lock()
			written = append(written, len(es))
			mu.Unlock()
			return h.Store.Put(ctx, es)
		}
		eng := newEngine(t, tokenomics.Config{Store: h})
		var told []string
		rec := newRecorder(t, eng, tokenomics.RecorderOptions{Batch: 4, OnReceipt: func(e tokenomics.Event, r tokenomics.Receipt) {
			told = append(told, fmt.Sprint(e.ID, " ", r.Status))
		}})
		for i := range 10 {
			if err := rec.Record(ctx, call(fmt.Sprint(i), "ana", testNow)); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if !slices.Equal(sizes(), []int{4, 4}) || rec.Stats().Queued != 2 {
			t.Errorf("at once: %v, %+v", sizes(), rec.Stats())
		}
		start := time.Now()
		if err := rec.Flush(ctx); err != nil || time.Since(start) > 0 || !slices.Equal(sizes(), []int{4, 4, 2}) {
			t.Errorf("Flush waited %s: %v, %v", time.Since(start), sizes(), err)
		}
		if err := rec.Record(ctx, call("0", "ana", testNow)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(49 * time.Millisecond)
		synctest.Wait()
		if len(sizes()) != 3 {
			t.Error("a batch that is not full did not wait for others")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if !slices.Equal(sizes(), []int{4, 4, 2, 1}) {
			t.Errorf("after the delay: %v", sizes())
		}
		var want []string
		for i := range 10 {
			want = append(want, fmt.Sprint(i, " accepted"))
		}
		if want = append(want, "0 duplicate"); !slices.Equal(told, want) {
			t.Errorf("told %v", told)
		}
		if left, err := rec.Close(ctx); left != nil || err != nil {
			t.Errorf("left %v, %v", left, err)
		}
		if s := accounted(t, rec, 11); s.Of(tokenomics.Accepted) != 10 || s.Of(tokenomics.Duplicate) != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// TestFault28SlowStore: with a store that takes ten seconds a write, the caller
// does not wait while there is room; then it waits, or drops and counts.
func TestFault28SlowStore(t *testing.T) {
	slow := func(t *testing.T) *tokenomics.Engine {
		h := &hooked{Store: memstore.New(nil)}
		h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
			time.Sleep(10 * time.Second)
			return h.Store.Put(ctx, es)
		}
		return newEngine(t, tokenomics.Config{Store: h})
	}
	t.Run("block", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			eng := slow(t)
			rec := newRecorder(t, eng, tokenomics.RecorderOptions{Queue: 6, Batch: 2})
			start := time.Now()
			for i := range 6 {
				if err := rec.Record(ctx, call(fmt.Sprint(i), "ana", testNow)); err != nil {
					t.Fatal(err)
				}
			}
			if d := time.Since(start); d != 0 {
				t.Errorf("callers waited %s though there was room", d)
			}
			short, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			if err := rec.Record(short, call("6", "ana", testNow)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("no room, a second's patience: %v", err)
			}
			if err := rec.Record(ctx, call("7", "ana", testNow)); err != nil || time.Since(start) != 10*time.Second {
				t.Errorf("room after %s, %v", time.Since(start), err)
			}
			if left, err := rec.Close(ctx); left != nil || err != nil {
				t.Errorf("left %v, %v", left, err)
			}
			if s := accounted(t, rec, 7); s.Of(tokenomics.Accepted) != 7 {
				t.Errorf("%+v", s)
			}
		})
	})
	t.Run("drop", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			eng := slow(t)
			dropped := 0
			rec := newRecorder(t, eng, tokenomics.RecorderOptions{Queue: 6, Batch: 2, WhenFull: tokenomics.Drop, OnReceipt: func(_ tokenomics.Event, r tokenomics.Receipt) {
				if r.Status == tokenomics.Dropped && errors.Is(r.Err, tokenomics.ErrDropped) {
					dropped++
				}
			}})
			start := time.Now()
			for i := range 20 {
				if err := rec.Record(ctx, call(fmt.Sprint(i), "ana", testNow)); errors.Is(err, tokenomics.ErrDropped) != (i >= 6) {
					t.Errorf("event %d: %v", i, err)
				}
			}
			if d := time.Since(start); d != 0 {
				t.Errorf("callers waited %s", d)
			}
			if _, err := rec.Close(ctx); err != nil {
				t.Error(err)
			}
			s := accounted(t, rec, 20)
			if s.Of(tokenomics.Dropped) != 14 || dropped != 14 || s.Of(tokenomics.Accepted) != 6 {
				t.Errorf("%d told, %+v", dropped, s)
			}
			if st := eng.Stats(); st.Of(tokenomics.Dropped) != 14 || st.Events != 20 {
				t.Errorf("the engine counts %+v", st)
			}
		})
	})
}

// TestRecorderRetries: a failed write is tried again with the same keys, ever
// more slowly, and whatever happened to the first attempt nothing is counted
// twice. After so many attempts, if so asked, the events are given up and told.
func TestRecorderRetries(t *testing.T) {
	for _, landed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			h := &hooked{Store: memstore.New(nil)}
			start := time.Now()
			var tried []time.Duration
			h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
				if tried = append(tried, time.Since(start)); len(tried) < 6 {
					if landed {
						_, err := h.Store.Put(ctx, es)
						return nil, errors.Join(errDisk, err)
					}
					return nil, errDisk
				}
				return h.Store.Put(ctx, es)
			}
			eng := newEngine(t, tokenomics.Config{Store: h})
			var attempts []int
			rec := newRecorder(t, eng, tokenomics.RecorderOptions{Delay: -1, RetryMost: time.Second, OnError: func(err error, n int) {
				if attempts = append(attempts, n); !errors.Is(err, errDisk) {
					t.Error(err)
				}
			}})
			if err := rec.Record(ctx, call("a", "ana", testNow), call("b", "ana", testNow)); err != nil {
				t.Fatal(err)
			}
			soon, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
			defer cancel()
			if err := rec.Flush(soon); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errDisk) {
				t.Errorf("a flush that cannot: %v", err)
			}
			if left, err := rec.Close(ctx); left != nil || err != nil {
				t.Errorf("left %v, %v", left, err)
			}
			ms := time.Millisecond
			if want := []time.Duration{0, 100 * ms, 300 * ms, 700 * ms, 1500 * ms, 2500 * ms}; !slices.Equal(tried, want) {
				t.Errorf("tried at %v, want %v", tried, want)
			}
			if !slices.Equal(attempts, []int{1, 2, 3, 4, 5}) {
				t.Errorf("attempts %v", attempts)
			}
			if s, _, err := eng.Standing("tokens-30d", "ana"); s.Score != 2 || err != nil {
				t.Errorf("%+v, %v", s, err)
			}
			if s := accounted(t, rec, 2); s.Retries != 5 {
				t.Errorf("%+v", s)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		h := &hooked{Store: memstore.New(nil)}
		h.put = func(context.Context, []store.Entry) ([]store.Change, error) { return nil, errDisk }
		eng := newEngine(t, tokenomics.Config{Store: h})
		told := 0
		rec := newRecorder(t, eng, tokenomics.RecorderOptions{Attempts: 3, Batch: 2, OnReceipt: func(_ tokenomics.Event, r tokenomics.Receipt) {
			if r.Status == 0 && errors.Is(r.Err, errDisk) {
				told++
			}
		}})
		for i := range 5 {
			if err := rec.Record(t.Context(), call(fmt.Sprint(i), "ana", testNow)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := rec.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if s := accounted(t, rec, 5); s.GivenUp != 5 || told != 5 || s.Retries != 9 {
			t.Errorf("%d told, %+v", told, s)
		}
	})
}

// TestFault39CloseSaysWhatIsLeft: Close writes what waits while it may; what it
// cannot it hands back, also from a store that hangs, and recording that again
// loses and doubles nothing. Closing twice and using it afterwards are safe, and
// no goroutine stays: synctest fails the test otherwise.
func TestFault39CloseSaysWhatIsLeft(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			h := &hooked{Store: memstore.New(nil)}
			release := make(chan bool)
			h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
				if deaf { // to its context
					<-release
				} else {
					<-ctx.Done()
				}
				if _, err := h.Store.Put(context.WithoutCancel(ctx), es); err != nil {
					return nil, err
				}
				return nil, context.Canceled // the answer is lost
			}
			eng := newEngine(t, tokenomics.Config{Store: h})
			rec := newRecorder(t, eng, tokenomics.RecorderOptions{Batch: 2, OnReceipt: func(e tokenomics.Event, r tokenomics.Receipt) {
				t.Errorf("told of %s: %v", e.ID, r.Err)
			}})
			var want []string
			for i := range 5 {
				want = append(want, fmt.Sprint(i))
				if err := rec.Record(ctx, call(want[i], "ana", testNow)); err != nil {
					t.Fatal(err)
				}
			}
			waits := make(chan error)
			full := newRecorder(t, eng, tokenomics.RecorderOptions{Queue: 1, Delay: time.Hour})
			if err := full.Record(ctx, call("x", "bo", testNow)); err != nil {
				t.Fatal(err)
			}
			go func() { waits <- full.Record(ctx, call("y", "bo", testNow)) }()
			synctest.Wait()
			done, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			start := time.Now()
			left, err := rec.Close(done)
			if time.Since(start) != time.Second || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("closed after %s, %v", time.Since(start), err)
			}
			var got []string
			for _, e := range left {
				got = append(got, e.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("left %v, want %v", got, want)
			}
			if left, err := rec.Close(ctx); left != nil || err != nil {
				t.Errorf("closed again: %v, %v", left, err)
			}
			if err := rec.Record(ctx, call("z", "ana", testNow)); !errors.Is(err, tokenomics.ErrClosed) {
				t.Errorf("used after Close: %v", err)
			}
			if s := accounted(t, rec, 5); s.Left != 5 {
				t.Errorf("%+v", s)
			}
			gone, cancel2 := context.WithCancel(ctx)
			cancel2()
			if left, err := full.Close(gone); len(left) != 1 || !errors.Is(err, context.Canceled) {
				t.Errorf("left %v, %v", left, err)
			}
			if err := <-waits; !errors.Is(err, tokenomics.ErrClosed) {
				t.Errorf("a caller that waited for room: %v", err)
			}
			close(release)
			synctest.Wait()
			h.put = nil
			record(t, eng, left...)
			if s, _, err := eng.Standing("tokens-30d", "ana"); s.Score != 5 || err != nil {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

// TestRecorderOwnsItsEvents: what the caller changes after Record is not what is
// recorded.
func TestRecorderOwnsItsEvents(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	rec := newRecorder(t, eng, tokenomics.RecorderOptions{Delay: time.Hour})
	e := call("a", "ana", testNow)
	e.Labels = store.Labels{{Key: "k", Value: "before"}}
	if err := rec.Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	e.Labels[0].Value = "after"
	if _, err := rec.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := eng.Store().Get(t.Context(), []tokenomics.Key{e.Key()})
	if err != nil || got[0].Labels[0].Value != "before" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestRecorderSurvivesCallbacks: a panicking observer is reported and does not
// stop the recorder; one that calls it back does not lock it up.
func TestRecorderSurvivesCallbacks(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	var reported error
	var rec *tokenomics.Recorder
	rec = newRecorder(t, eng, tokenomics.RecorderOptions{Batch: 1, WhenFull: tokenomics.Drop,
		OnReceipt: func(e tokenomics.Event, _ tokenomics.Receipt) {
			if e.ID == "a" {
				if err := rec.Record(context.Background(), call("b", "ana", testNow)); err != nil {
					t.Error(err)
				}
				panic("oops")
			}
		},
		OnError: func(err error, attempt int) { reported = errors.Join(reported, err); panic("again") },
	})
	if err := rec.Record(t.Context(), call("a", "ana", testNow)); err != nil {
		t.Fatal(err)
	}
	if err := rec.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := rec.Close(t.Context()); err != nil || !errors.Is(reported, tokenomics.ErrCallback) {
		t.Errorf("%v, reported %v", err, reported)
	}
	if s := accounted(t, rec, 2); s.Of(tokenomics.Accepted) != 2 {
		t.Errorf("%+v", s)
	}
}

// TestRecorderLosesNothing: many callers, a store that fails and stalls at
// random, a queue that is too small: every input is accounted for, and the
// ledger holds exactly what was accepted.
func TestRecorderLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		h := &hooked{Store: memstore.New(nil)}
		var mu sync.Mutex
		r := rand.New(rand.NewPCG(1, 39))
		h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
			mu.Lock()
			what, wait := r.IntN(6), time.Duration(r.IntN(40))*time.Millisecond
			mu.Unlock()
			time.Sleep(wait)
			switch what {
			case 0:
				return nil, errDisk
			case 1:
				_, err := h.Store.Put(ctx, es)
				return nil, errors.Join(errDisk, err)
			}
			return h.Store.Put(ctx, es)
		}
		eng := newEngine(t, tokenomics.Config{Store: h})
		for _, policy := range []tokenomics.Policy{tokenomics.Block, tokenomics.Drop} {
			told := map[string]int{}
			rec := newRecorder(t, eng, tokenomics.RecorderOptions{Queue: 20, Batch: 7, Delay: 5 * time.Millisecond, WhenFull: policy,
				OnReceipt: func(e tokenomics.Event, _ tokenomics.Receipt) {
					mu.Lock()
					told[e.ID]++
					mu.Unlock()
				}})
			var wg sync.WaitGroup
			for w := range 16 {
				wg.Go(func() {
					for i := range 40 {
						err := rec.Record(ctx, call(fmt.Sprint(policy, "-", w, "-", i), fmt.Sprint("s", w), testNow))
						if err != nil && (policy == tokenomics.Block || !errors.Is(err, tokenomics.ErrDropped)) {
							t.Error(err)
						}
						time.Sleep(time.Millisecond)
					}
				})
			}
			wg.Wait()
			if left, err := rec.Close(ctx); left != nil || err != nil {
				t.Fatalf("%d left, %v", len(left), err)
			}
			s := accounted(t, rec, 640)
			if len(told) != 640 {
				t.Errorf("told of %d of 640", len(told))
			}
			known := 0
			for _, err := range h.Scan(ctx, store.Query{}) {
				if err != nil {
					t.Fatal(err)
				}
				known++
			}
			if policy == tokenomics.Block && (known != 640 || s.Retries == 0) ||
				policy == tokenomics.Drop && (known != 1280-int(s.Of(tokenomics.Dropped)) || s.Of(tokenomics.Dropped) == 0) {
				t.Errorf("policy %d: the ledger has %d, %+v", policy, known, s)
			}
		}
	})
}

// TestRecorderConfig: what cannot work is an error at once.
func TestRecorderConfig(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	for _, bad := range []tokenomics.RecorderOptions{
		{Queue: -1}, {Batch: -1}, {WhenFull: 7}, {RetryFirst: -1}, {RetryFirst: time.Hour}, {Attempts: -1},
	} {
		if _, err := eng.Recorder(&bad); !errors.Is(err, tokenomics.ErrConfig) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := newEngine(t, tokenomics.Config{ReadOnly: true}).Recorder(nil); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("a read-only engine: %v", err)
	}
	rec := newRecorder(t, eng, tokenomics.RecorderOptions{Queue: 1})
	if err := rec.Record(t.Context()); err != nil {
		t.Errorf("nothing: %v", err)
	}
	if err := rec.Record(t.Context(), call("a", "ana", testNow), call("b", "ana", testNow)); !errors.Is(err, tokenomics.ErrConfig) {
		t.Errorf("more than the queue ever has room for: %v", err)
	}
	if _, err := rec.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
