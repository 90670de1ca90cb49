package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// TestRunFollows: an engine that is run shows what others write within a second,
// saves its boards, and leaves nothing behind when it ends.
func TestRunFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails if a goroutine stays
		st := newJournal(nil)
		cfg := tokenomics.Config{Store: st, Book: testBook(t, "1"), Now: time.Now}
		now := time.Now()
		a, b := newEngine(t, cfg), newEngine(t, cfg)
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		ended := make(chan error, 2)
		go func() { ended <- a.Run(ctx) }()
		go func() { ended <- b.Run(ctx) }()
		synctest.Wait()
		if err := a.Run(ctx); !errors.Is(err, tokenomics.ErrRunning) {
			t.Errorf("a second Run: %v", err)
		}
		for i := range 20 {
			record(t, b, call(fmt.Sprint(i), "ana", now))
			time.Sleep(time.Second)
			if s, _, err := a.Standing("tokens-30d", "ana"); err != nil || s.Score != int64(i+1) {
				t.Fatalf("a second after event %d the other engine shows %d (%v)", i, s.Score, err)
			}
		}
		if st.saved() != 0 {
			t.Error("saved too soon")
		}
		time.Sleep(5 * time.Minute)
		if n := st.saved(); n != 1 {
			t.Errorf("%d checkpoints after five minutes", n)
		}
		record(t, b, call("last", "ana", now))
		cancel(why)
		for range 2 {
			if err := <-ended; !errors.Is(err, why) {
				t.Errorf("Run ended with %v, want %v", err, why)
			}
		}
		for _, c := range st.checkpoints {
			if c.head != int64(len(st.moves)) {
				t.Errorf("the last checkpoint is of position %d of %d", c.head, len(st.moves))
			}
		}
	})
}

// TestRunPrunes: what no board, no late event and no wish of the host needs is
// forgotten; a clock that leaps is not believed at once.
func TestRunPrunes(t *testing.T) {
	ctx := context.Background()
	synctest.Test(t, func(t *testing.T) {
		mem := memstore.New(nil)
		day := 24 * time.Hour
		var leap atomic.Int64
		leap.Store(int64(1000 * day)) // time begins at 2000-01-01 here
		cfg := tokenomics.Config{Store: mem, Book: testBook(t, "1"), Now: func() time.Time { return time.Now().Add(time.Duration(leap.Load())) },
			Upkeep: tokenomics.Upkeep{Keep: 40 * day, Tidy: time.Hour, Follow: time.Hour}}
		eng := newEngine(t, cfg)
		start := cfg.Now()
		record(t, eng, call("old", "ana", start.Add(-34*day)), call("new", "ana", start))
		run, cancel := context.WithCancel(ctx)
		ended := make(chan error)
		go func() { ended <- eng.Run(run) }()
		time.Sleep(5*day + 30*time.Minute) // between two rounds of Run
		if mem.Len() != 2 {
			t.Fatal("pruned too soon")
		}
		leap.Add(int64(300 * day))
		time.Sleep(time.Hour)
		leap.Add(-int64(300 * day))
		time.Sleep(time.Hour)
		if mem.Len() != 2 {
			t.Fatal("a clock that leapt for a moment made the ledger forget")
		}
		time.Sleep(2 * day)
		if mem.Len() != 1 {
			t.Errorf("%d events after 41 days, want 1", mem.Len())
		}
		if r := record(t, eng, call("old", "ana", start.Add(-34*day))); r[0].Status != tokenomics.TooLate {
			t.Errorf("what was forgotten comes again and is %s", r[0].Status)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
	for name, cfg := range map[string]tokenomics.Config{
		"events of any age":   {MaxLate: tokenomics.NoLimit, Upkeep: tokenomics.Upkeep{Keep: time.Hour}},
		"a board of all time": {Boards: []tokenomics.Board{{Name: "ever", Window: rank.Ever()}}, Upkeep: tokenomics.Upkeep{Keep: time.Hour}},
		"negative":            {Upkeep: tokenomics.Upkeep{Keep: -time.Hour}},
	} {
		if _, err := tokenomics.New(ctx, &cfg); !errors.Is(err, tokenomics.ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRunKeepsWhatIsNeeded: however short the host wants to keep events, what a board
// shows and what may still arrive anew is not forgotten.
func TestRunKeepsWhatIsNeeded(t *testing.T) {
	const day = 24 * time.Hour
	for name, cfg := range map[string]tokenomics.Config{
		"by a board":       {MaxLate: day, Boards: []tokenomics.Board{{Name: "month"}}},
		"by what comes in": {MaxLate: 30 * day, Boards: []tokenomics.Board{{Name: "day", Window: rank.Rolling24h}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			mem := memstore.New(nil)
			cfg.Store, cfg.Book, cfg.Now = mem, testBook(t, "1"), time.Now
			cfg.Upkeep = tokenomics.Upkeep{Keep: day, Tidy: 6 * time.Hour, Follow: 6 * time.Hour}
			eng := newEngine(t, cfg)
			record(t, eng, call("a", "ana", time.Now()))
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- eng.Run(ctx) }()
			for _, want := range []int{1, 0} {
				time.Sleep(20 * day)
				if got := mem.Len(); got != want {
					t.Errorf("needed %s: %d events at %s, want %d", name, got, time.Now().Format(time.DateOnly), want)
				}
			}
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("needed %s: Run ended with %v", name, err)
			}
		})
	}
}

// TestRunSurvivesTheStore: what fails is told once and tried again; a store that
// was closed ends the run.
func TestRunSurvivesTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log lockedBuffer
		st := &brokenFeed{journal: newJournal(nil)}
		cfg := tokenomics.Config{Store: st, Book: testBook(t, "1"), Now: time.Now, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		a, b := newEngine(t, cfg), newEngine(t, cfg)
		ended := make(chan error)
		go func() { ended <- a.Run(t.Context()) }()
		st.breaks(errDisk)
		record(t, b, call("a", "ana", time.Now()))
		time.Sleep(time.Minute)
		if n := strings.Count(log.String(), "failed"); n != 1 {
			t.Errorf("told %d times: %s", n, log.String())
		}
		st.breaks(nil)
		time.Sleep(time.Second)
		if n, err := a.Len("tokens-30d"); n != 1 || err != nil || !strings.Contains(log.String(), "works again") {
			t.Errorf("%d, %v, %s", n, err, log.String())
		}
		st.breaks(fmt.Errorf("over: %w", store.ErrClosed))
		record(t, b, call("b", "ana", time.Now()))
		if err := <-ended; !errors.Is(err, store.ErrClosed) {
			t.Errorf("Run ended with %v", err)
		}
	})
}

// lockedBuffer is a buffer that two goroutines use.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestKeepWithBoundlessLateness: the longest MaxLate there is keeps everything.
func TestKeepWithBoundlessLateness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		day := 24 * time.Hour
		mem := memstore.New(nil)
		cfg := tokenomics.Config{Store: mem, MaxLate: math.MaxInt64, Book: testBook(t, "1"), Now: func() time.Time { return time.Now().Add(1000 * day) },
			Upkeep: tokenomics.Upkeep{Keep: 40 * day, Tidy: time.Hour, Follow: time.Hour}}
		eng := newEngine(t, cfg)
		old := call("old", "ana", cfg.Now().Add(-100*day))
		record(t, eng, old)
		run, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- eng.Run(run) }()
		time.Sleep(2 * day)
		if mem.Len() != 1 {
			t.Errorf("%d", mem.Len())
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
}
