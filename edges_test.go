package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// The faults that apply at the edges of an engine carry the numbers of the list
// they are kept under: docs/design.md says which test holds which.

// TestFault2OneIDManyGoroutines: of 64 that offer one call at the same moment one
// is accepted; of 64 revisions of it the greatest counts.
func TestFault2OneIDManyGoroutines(t *testing.T) {
	ctx := context.Background()
	for _, revisions := range []bool{false, true} {
		eng := newEngine(t, tokenomics.Config{})
		var mu sync.Mutex
		got := map[tokenomics.Status]int{}
		start := make(chan bool)
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				e := call("one", "ana", testNow)
				if revisions {
					e.Revision, e.Usage.Input = int64(i), int64(1000+i)
				}
				<-start
				rs, err := eng.Record(ctx, e)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				got[rs[0].Status]++
				mu.Unlock()
			})
		}
		close(start)
		wg.Wait()
		want := int64(1)
		if revisions {
			want = 1063
		}
		s, ok, err := eng.Standing("tokens-30d", "ana")
		if !ok || s.Score != want || err != nil {
			t.Errorf("revisions %t: %+v, %v, want %d", revisions, s, err, want)
		}
		if got[tokenomics.Accepted] != 1 || !revisions && got[tokenomics.Duplicate] != 63 || revisions && got[tokenomics.Superseding]+got[tokenomics.Stale] != 63 {
			t.Errorf("revisions %t: %v", revisions, got)
		}
	}
}

// TestFault3DuplicatesInFlight: a call twice in one batch, and in two batches
// that are written at the same time, counts once.
func TestFault3DuplicatesInFlight(t *testing.T) {
	ctx := context.Background()
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h})
	a, b := call("a", "ana", testNow), call("b", "bo", testNow)
	newer := a
	newer.Revision, newer.Usage.Input = 1, 5
	rs := record(t, eng, a, b, a, newer, a)
	want := []tokenomics.Status{tokenomics.Accepted, tokenomics.Accepted, tokenomics.Duplicate, tokenomics.Superseding, tokenomics.Stale}
	for i, w := range want {
		if rs[i].Status != w {
			t.Errorf("receipt %d: %s, want %s", i, rs[i].Status, w)
		}
	}
	var both sync.WaitGroup
	both.Add(2)
	h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
		changes, err := h.Store.Put(ctx, es)
		both.Done()
		return changes, err
	}
	var wg sync.WaitGroup
	statuses := make([][]tokenomics.Status, 2)
	for i, order := range [][]string{{"x", "y"}, {"y", "x"}} {
		wg.Go(func() {
			rs, err := eng.Record(ctx, call(order[0], "cem", testNow), call(order[1], "cem", testNow))
			if err != nil {
				t.Error(err)
				return
			}
			statuses[i] = []tokenomics.Status{rs[0].Status, rs[1].Status}
		})
	}
	wg.Wait()
	both.Wait()
	all := slices.Concat(statuses...)
	slices.Sort(all)
	if !slices.Equal(all, []tokenomics.Status{tokenomics.Accepted, tokenomics.Accepted, tokenomics.Duplicate, tokenomics.Duplicate}) {
		t.Errorf("two batches: %v", statuses)
	}
	for subject, score := range map[string]int64{"ana": 5, "bo": 1, "cem": 2} {
		if s, _, err := eng.Standing("tokens-30d", subject); s.Score != score || err != nil {
			t.Errorf("%s: %+v, %v, want %d", subject, s, err, score)
		}
	}
}

// TestFault4SameIDOtherContent: two contents of one revision are a conflict, told
// to whoever comes second; the same one counts whatever the order.
func TestFault4SameIDOtherContent(t *testing.T) {
	small, big := call("a", "ana", testNow), call("a", "bo", testNow)
	big.Usage.Output = 9
	var states [][]byte
	for _, order := range [][]tokenomics.Event{{small, big}, {big, small}} {
		eng := newEngine(t, tokenomics.Config{})
		record(t, eng, order[0])
		r := record(t, eng, order[1])[0]
		if r.Status != tokenomics.Conflict || !errors.Is(r.Err, tokenomics.ErrConflict) || r.Counts != (order[1].Subject == "bo") {
			t.Errorf("%+v", r)
		}
		if top, err := eng.Top("tokens-30d", 9); err != nil || len(top) != 1 || top[0].Subject != "bo" || top[0].Score != 10 {
			t.Errorf("%+v, %v", top, err)
		}
		states = append(states, snapshot(t, eng))
	}
	if !bytes.Equal(states[0], states[1]) {
		t.Error("the order of a conflict leaves a trace")
	}
}

// TestFault5RevisionMovesTheDay: a correction of the time takes the call off its
// old day and puts it on the new one.
func TestFault5RevisionMovesTheDay(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	e := call("a", "ana", testNow.Add(-48*time.Hour))
	e.Usage.Input = 40
	record(t, eng, e)
	e.Revision, e.At, e.Usage.Input = 1, testNow, 50
	record(t, eng, e)
	steps, err := eng.Steps("tokens-30d", "ana")
	if err != nil || steps[27] != 0 || steps[29] != 50 {
		t.Errorf("%v, %v", steps, err)
	}
}

// TestFault6KeysDoNotRunTogether: ids that look alike once they are joined are
// different calls, in every place that keeps keys.
func TestFault6KeysDoNotRunTogether(t *testing.T) {
	pairs := [][2]string{{"a-b", "c"}, {"a", "b-c"}, {"a/b", "c"}, {"a", "b/c"}, {"ab", "c"}, {"a", "bc"}, {"a ", "bc"}, {"A", "bc"}, {"a", "Bc"}, {"é", "e"}, {"e\u0301", "e"}}
	eng := newEngine(t, tokenomics.Config{})
	for _, p := range pairs {
		e := call(p[1], "ana", testNow)
		e.Source = p[0]
		if r := record(t, eng, e, e); r[0].Status != tokenomics.Accepted || r[1].Status != tokenomics.Duplicate {
			t.Errorf("%q: %s, %s", p, r[0].Status, r[1].Status)
		}
	}
	if s, _, err := eng.Standing("tokens-30d", "ana"); s.Score != int64(len(pairs)) || err != nil {
		t.Errorf("%+v, %v", s, err)
	}
	if rs, err := eng.Void(context.Background(), tokenomics.Key{Source: "a", ID: "b-c"}); err != nil || rs[0].Status != tokenomics.Superseding {
		t.Errorf("%+v, %v", rs, err)
	}
	if p, err := eng.Explain(context.Background(), tokenomics.Key{Source: "a-b", ID: "c"}); err != nil || p.Entry.Void {
		t.Errorf("another call was taken back: %+v, %v", p, err)
	}
}

// TestFault18InventedUsers: 200,000 calls by as many invented users, of as many
// models, teams and sessions, take no more memory than the store's cap allows;
// the first stay, the rest is refused and counted.
func TestFault18InventedUsers(t *testing.T) {
	ctx := context.Background()
	const limit = 10_000
	eng := newEngine(t, tokenomics.Config{Store: memstore.New(&memstore.Options{MaxEvents: limit}), Boards: []tokenomics.Board{
		{Name: "people", Per: []tokenomics.Dimension{tokenomics.ByTeam}, MaxSegments: 1000},
		{Name: "models", Of: tokenomics.ByModel}}})
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	batch := make([]tokenomics.Event, 1000)
	for round := range 200 {
		for i := range batch {
			n := round*len(batch) + i
			e := call(fmt.Sprintf("id-%d", n), fmt.Sprintf("user-%d", n), testNow)
			e.Model, e.Team, e.Session, e.Workflow = fmt.Sprintf("model-%d", n), fmt.Sprintf("team-%d", n), fmt.Sprintf("session-%d", n), fmt.Sprintf("workflow-%d", n)
			batch[i] = e
		}
		if _, err := eng.Record(ctx, batch...); err != nil {
			t.Fatal(err)
		}
	}
	s := eng.Stats()
	if s.Of(tokenomics.Accepted) != limit || s.Of(tokenomics.Refused) != 190_000 || s.Subjects > limit || s.Segments > 1000 {
		t.Errorf("%+v", s)
	}
	clear(batch)
	if grown := int64(heap()) - int64(before); grown > 40<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	runtime.KeepAlive(eng)
}

// cancelling is a store during whose k-th call the caller gives up: before the
// call has any effect, or after all of it.
type cancelling struct {
	store.Store
	left   int
	after  bool
	cancel context.CancelFunc
}

func (c *cancelling) now() bool {
	if c.left--; c.left == 0 {
		c.cancel()
		return true
	}
	return false
}

func (c *cancelling) Put(ctx context.Context, es []store.Entry) ([]store.Change, error) {
	if c.now() {
		if c.after {
			_, err := c.Store.Put(context.WithoutCancel(ctx), es)
			return nil, errors.Join(context.Canceled, err)
		}
		return nil, context.Canceled
	}
	return c.Store.Put(ctx, es)
}

func (c *cancelling) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	if c.now() {
		return nil, context.Canceled
	}
	return c.Store.Get(ctx, keys)
}

func (c *cancelling) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	if c.now() {
		return func(yield func(store.Entry, error) bool) { yield(store.Entry{}, context.Canceled) }
	}
	return c.Store.Scan(ctx, q)
}

// TestFault27GivingUpAtEveryPoint: a context that ends before a call has no
// effect; one that ends during any call of the store, with or without its effect,
// leaves an engine that answers rightly, and doing the same again completes it.
func TestFault27GivingUpAtEveryPoint(t *testing.T) {
	ctx := context.Background()
	work := func(ctx context.Context, eng *tokenomics.Engine) error {
		late := call("late", "bo", testNow.Add(-50*24*time.Hour)) // has to be looked up
		if _, err := eng.Record(ctx, call("a", "ana", testNow), late, call("b", "bo", testNow)); err != nil {
			return err
		}
		if _, err := eng.Amend(ctx, keyed("a"), func(e *tokenomics.Event) { e.Usage.Input = 7 }); err != nil {
			return err
		}
		if _, err := eng.Void(ctx, keyed("b")); err != nil {
			return err
		}
		b := eng.Backfill()
		if err := b.Add(late); err != nil {
			return err
		}
		if _, err := b.Publish(ctx); err != nil {
			return err
		}
		if _, err := eng.Totals(ctx, tokenomics.ByDay, time.Time{}, time.Time{}); err != nil {
			return err
		}
		v, err := eng.Verify(ctx)
		if err == nil && !v.OK() {
			t.Errorf("%+v", v)
		}
		return err
	}
	want := newEngine(t, tokenomics.Config{Store: fiveMethods{memstore.New(nil)}})
	if err := work(ctx, want); err != nil {
		t.Fatal(err)
	}
	for _, after := range []bool{false, true} {
		for k := 1; ; k++ {
			st := &cancelling{Store: fiveMethods{memstore.New(nil)}, after: after}
			eng := newEngine(t, tokenomics.Config{Store: st})
			gone, cancel := context.WithCancel(ctx)
			st.cancel, st.left = cancel, k
			err := work(gone, eng)
			cancel()
			if err == nil {
				if k < 9 {
					t.Fatalf("the store was called %d times only", k)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("k=%d: %v", k, err)
			}
			if err := work(gone, eng); !errors.Is(err, context.Canceled) {
				t.Fatalf("k=%d: with a context that is done: %v", k, err)
			}
			if _, err := eng.Top("tokens-30d", 1); err != nil {
				t.Fatalf("k=%d: %v", k, err)
			}
			if err := work(ctx, eng); err != nil {
				t.Fatalf("k=%d: again: %v", k, err)
			}
			x, err1 := want.Top("tokens-30d", 9)
			y, err2 := eng.Top("tokens-30d", 9)
			if err1 != nil || err2 != nil || !slices.Equal(x, y) {
				t.Fatalf("k=%d: %+v, want %+v (%v, %v)", k, y, x, err1, err2)
			}
			sameAsFresh(t, eng, tokenomics.Config{Store: st.Store})
		}
	}
}

// TestFault31NoGoroutineStays: an engine starts none of its own; synctest fails
// the test if one outlives it.
func TestFault31NoGoroutineStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		eng := newEngine(t, tokenomics.Config{Boards: peopleBoards})
		record(t, eng, randomVersions(rand.New(rand.NewPCG(1, 2)), 50)...)
		if _, err := eng.Page("tokens", "", 2); err != nil {
			t.Error(err)
		}
		if _, err := eng.Profile(ctx, "ana"); err != nil {
			t.Error(err)
		}
		if _, err := eng.Verify(ctx); err != nil {
			t.Error(err)
		}
		snapshot(t, eng)
	})
}

// TestFault34HotUser: everybody records for one subject, and corrects the calls of
// the others; nothing is lost.
func TestFault34HotUser(t *testing.T) {
	ctx := context.Background()
	cfg := tokenomics.Config{Store: memstore.New(nil), Boards: []tokenomics.Board{{Name: "b", Per: []tokenomics.Dimension{tokenomics.ByTeam}}, {Name: "c", By: tokenomics.ByCost}}}
	eng := newEngine(t, cfg)
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 50 {
				mine, other := call(fmt.Sprint(w, "-", i), "hot", testNow), call(fmt.Sprint((w+1)%16, "-", i), "hot", testNow)
				mine.Team, other.Team = "infra", "infra"
				other.Revision, other.Usage.Input = 1, 3
				if _, err := eng.Record(ctx, mine, other); err != nil {
					t.Error(err)
				}
				if _, _, err := eng.Standing("b/team=infra", "hot"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, b := range []string{"b", "b/team=infra"} {
		if s, _, err := eng.Standing(b, "hot"); s.Score != 16*50*3 || err != nil {
			t.Errorf("%s: %+v, %v", b, s, err)
		}
	}
	sameAsFresh(t, eng, cfg)
}

// TestFault35PagesOfEquals: in a crowd of equal totals pages are stable and
// complete.
func TestFault35PagesOfEquals(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	for _, i := range rand.New(rand.NewPCG(3, 5)).Perm(100) {
		record(t, eng, call(fmt.Sprint(i), fmt.Sprintf("s%02d", i), testNow))
	}
	n := 0
	for cursor := ""; ; {
		p, err := eng.Page("cost-30d", cursor, 9)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range p.Rows {
			if row.Rank != 1 || row.Subject != fmt.Sprintf("s%02d", n) {
				t.Fatalf("row %d: %+v", n, row)
			}
			n++
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if n != 100 {
		t.Errorf("%d rows", n)
	}
}
