package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// call is an event of the test book's model "small" with one input token.
func call(id, subject string, at time.Time) tokenomics.Event {
	return tokenomics.Event{Source: "test", ID: id, Subject: subject,
		Call: tokenomics.Call{Provider: "acme", Model: "small", At: at, Usage: tokenomics.Usage{Input: 1}}}
}

func newEngine(t testing.TB, cfg tokenomics.Config) *tokenomics.Engine {
	t.Helper()
	if cfg.Book == nil {
		cfg.Book = testBook(t, "1")
	}
	if cfg.Now == nil {
		cfg.Now = clockAt(testNow)
	}
	eng, err := tokenomics.New(context.Background(), &cfg)
	if err != nil {
		t.Fatal(err)
	}
	return eng
}

func record(t testing.TB, eng *tokenomics.Engine, events ...tokenomics.Event) []tokenomics.Receipt {
	t.Helper()
	receipts, err := eng.Record(context.Background(), events...)
	if err != nil {
		t.Fatal(err)
	}
	return receipts
}

func snapshot(t testing.TB, eng *tokenomics.Engine) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := eng.Snapshot(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLaw1PriceIsOpinion: the book of an event follows from its time, not from
// its arrival or from the engine that takes it; repricing is on the record.
func TestLaw1PriceIsOpinion(t *testing.T) {
	ctx := context.Background()
	st := memstore.New(nil)
	cheap, dear := testBook(t, "1"), testBook(t, "3")
	clock := testNow
	cfg := tokenomics.Config{Store: st, Book: cheap, Now: func() time.Time { return clock }}
	eng := newEngine(t, cfg)
	if r := record(t, eng, call("a", "ana", clock)); r[0].Cost != pricing.MustMoney("0.000001") {
		t.Fatalf("cost %s by the first book", r[0].Cost)
	}

	// A newer build starts a day later: its book prices what happens from then
	// on, and a late event of the day before keeps the old price.
	clock = clock.Add(24 * time.Hour)
	cfg.Book = dear
	eng = newEngine(t, cfg)
	r := record(t, eng, call("late", "ana", clock.Add(-time.Hour)), call("new", "ana", clock))
	if r[0].Cost != pricing.MustMoney("0.000001") || r[1].Cost != pricing.MustMoney("0.000003") {
		t.Fatalf("late %s, new %s", r[0].Cost, r[1].Cost)
	}

	// The same events on another engine, in another order, cost the same.
	before := snapshot(t, eng)
	again := newEngine(t, cfg)
	if !bytes.Equal(before, snapshot(t, again)) {
		t.Fatal("another engine over the same ledger has another state")
	}

	// Repricing the past changes costs and boards, keeps identity, and is
	// idempotent for what is recorded again.
	res, err := eng.Reprice(ctx, dear, time.Time{}, time.Time{}, "correction of the contract")
	if err != nil {
		t.Fatal(err)
	}
	if res.Events != 3 || res.Changed != 2 || res.Before != pricing.MustMoney("0.000005") || res.After != pricing.MustMoney("0.000009") {
		t.Fatalf("repriced %+v", res)
	}
	s, _, err := eng.Standing("cost-30d", "ana")
	if err != nil || s.Cost != pricing.MustMoney("0.000009") {
		t.Fatalf("ana costs %s (%v) after repricing", s.Cost, err)
	}
	if r := record(t, eng, call("a", "ana", testNow)); r[0].Status != tokenomics.Duplicate || r[0].Cost != pricing.MustMoney("0.000003") {
		t.Fatalf("recorded again: %s %s", r[0].Status, r[0].Cost)
	}
	proof, err := eng.Explain(ctx, tokenomics.Key{Source: "test", ID: "a"})
	if err != nil || proof.Cost.Total != pricing.MustMoney("0.000003") || proof.Activation.Note != "correction of the contract" {
		t.Fatalf("proof %+v, %v", proof, err)
	}
	if !bytes.Equal(snapshot(t, eng), snapshot(t, newEngine(t, cfg))) {
		t.Fatal("another engine over the repriced ledger has another state")
	}
}

// TestLaw3UnknownIsNotZero: events without a price are kept, ranked by tokens,
// and marked.
func TestLaw3UnknownIsNotZero(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	e := call("x", "ana", testNow)
	e.Model = "unheard-of"
	odd := call("y", "ana", testNow)
	odd.Model, odd.Usage = "odd", tokenomics.Usage{Input: 10, Output: 5}
	r := record(t, eng, e, odd)
	if r[0].Status != tokenomics.Accepted || r[0].Priced != pricing.Unpriced || r[0].Cost.Sign() != 0 {
		t.Errorf("unknown model: %+v", r[0])
	}
	if r[1].Priced != pricing.Partial || r[1].Cost != pricing.MustMoney("0.00001") {
		t.Errorf("unpriced meter: %+v", r[1])
	}
	if s, ok, _ := eng.Standing("tokens-30d", "ana"); !ok || s.Score != 16 {
		t.Errorf("tokens %+v", s)
	}
	if s, ok, _ := eng.Standing("cost-30d", "ana"); !ok || s.Unpriced != 2 || s.Cost != pricing.MustMoney("0.00001") {
		t.Errorf("cost %+v", s)
	}
	models, err := eng.UnpricedModels(context.Background())
	if err != nil || len(models) != 2 || models[0].Model != "odd" || models[1].Model != "unheard-of" {
		t.Errorf("unpriced models %v, %v", models, err)
	}
}

// TestLaw4AggregatesCostBounds: an event that sums many calls is priced as a
// range where a context step could have been reached.
func TestLaw4AggregatesCostBounds(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	one := call("one", "ana", testNow)
	one.Model, one.Usage = "large", tokenomics.Usage{Input: 2000}
	many := call("many", "bo", testNow)
	many.Model, many.Usage = "large", tokenomics.Usage{Input: 2000, Requests: 4}
	r := record(t, eng, one, many)
	if r[0].Cost != pricing.MustMoney("0.02") || r[0].High != r[0].Cost {
		t.Errorf("one call: %s to %s", r[0].Cost, r[0].High)
	}
	if r[1].Cost != pricing.MustMoney("0.01") || r[1].High != pricing.MustMoney("0.02") {
		t.Errorf("four calls: %s to %s", r[1].Cost, r[1].High)
	}
}

// TestLaw6EventTime: the window is the step that holds now and the W-1 before
// it; a new key is accepted within MaxLate and MaxFuture; a known key always.
func TestLaw6EventTime(t *testing.T) {
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Now: func() time.Time { return clock }})
	day := 24 * time.Hour
	first := testNow.Truncate(day).Add(-29 * day)
	events := []struct {
		name   string
		at     time.Time
		status tokenomics.Status
		shown  bool
	}{
		{"first instant of the window", first, tokenomics.Accepted, true},
		{"the instant before it", first.Add(-1), tokenomics.Accepted, false},
		{"now", testNow, tokenomics.Accepted, true},
		{"as far ahead as allowed", testNow.Add(5 * time.Minute), tokenomics.Accepted, true},
		{"further ahead", testNow.Add(5*time.Minute + 1), tokenomics.TooEarly, false},
		{"as old as allowed", testNow.Add(-35 * day), tokenomics.Accepted, false},
		{"older", testNow.Add(-35*day - 1), tokenomics.TooLate, false},
		{"before 2000", time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), tokenomics.Invalid, false},
		{"zero", time.Time{}, tokenomics.Invalid, false},
		{"beyond int64 nanoseconds", time.Date(292277, 1, 1, 0, 0, 0, 0, time.UTC), tokenomics.Invalid, false},
	}
	for _, c := range events {
		r := record(t, eng, call(c.name, c.name, c.at))
		if r[0].Status != c.status {
			t.Errorf("%s: %s (%v), want %s", c.name, r[0].Status, r[0].Err, c.status)
		}
		if _, shown, err := eng.Standing("tokens-30d", c.name); shown != c.shown || err != nil {
			t.Errorf("%s: shown %t (%v), want %t", c.name, shown, err, c.shown)
		}
	}

	// A known key is judged before the horizon: a correction of an old event
	// arrives however late.
	clock = testNow.Add(20 * day)
	fix := call("first instant of the window", "first instant of the window", first)
	fix.Revision, fix.Usage.Input = 1, 7
	if r := record(t, eng, fix, call("unknown", "x", first)); r[0].Status != tokenomics.Superseding || r[1].Status != tokenomics.TooLate {
		t.Errorf("correction %s, unknown key %s", r[0].Status, r[1].Status)
	}

	// The clock alone slides. Around the turn of a step it may waver; one that
	// was ahead by mistake and comes back leaves no trace; silence expires.
	clock = clock.Truncate(day).Add(10 * time.Second)
	before := snapshot(t, eng)
	clock = clock.Add(-30 * time.Second)
	if !bytes.Equal(before, snapshot(t, eng)) {
		t.Error("a clock that wavers by seconds changed the state")
	}
	clock = testNow.Add(21 * day)
	snapshot(t, eng)
	clock = testNow.Add(20 * day).Truncate(day).Add(time.Hour)
	if !bytes.Equal(before, snapshot(t, eng)) {
		t.Error("a clock that was a day ahead for a moment changed the state")
	}
	clock = testNow.Add(420 * day)
	if n, err := eng.Len("tokens-30d"); n != 0 || err != nil {
		t.Errorf("%d ranked after 400 days of silence (%v)", n, err)
	}
	clock = testNow.Add(20 * day)
	if !bytes.Equal(before, snapshot(t, eng)) {
		t.Error("a clock that was far wrong for a moment changed the state")
	}
	clock = testNow.Add(60 * day)
	if n, err := eng.Len("tokens-30d"); n != 0 || err != nil {
		t.Errorf("%d ranked after 60 days of silence (%v)", n, err)
	}
}

// TestLateEventsReachYesterday: a late event changes yesterday's ranks too.
func TestLateEventsReachYesterday(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	day := 24 * time.Hour
	yesterday := testNow.Add(-day)
	big := call("big", "ana", yesterday)
	big.Usage.Input = 100
	record(t, eng, big, call("small", "bo", yesterday))
	old := call("late", "bo", testNow.Truncate(day).Add(-30*day)) // left the window, still in yesterday's
	old.Usage.Input = 1000
	record(t, eng, old)
	v, err := eng.AsOf("tokens-30d", yesterday)
	if err != nil {
		t.Fatal(err)
	}
	if top := v.Top(2); len(top) != 2 || top[0].Subject != "bo" || top[0].Score != 1001 {
		t.Errorf("yesterday %+v", top)
	}
	if top, _ := eng.Top("tokens-30d", 1); top[0].Subject != "ana" {
		t.Errorf("today %+v", top)
	}
	c, err := eng.AsOf("cost-30d", yesterday)
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := c.Standing("bo"); !ok || s.Cost != pricing.MustMoney("0.001001") {
		t.Errorf("yesterday bo cost %+v", s)
	}
}

// TestEventsFarAheadArrive: with no limit on the future, an event is shown
// when its step begins, not lost because no board had room for it yet.
func TestEventsFarAheadArrive(t *testing.T) {
	clock := testNow
	eng := newEngine(t, tokenomics.Config{MaxFuture: tokenomics.NoLimit, Now: func() time.Time { return clock }})
	day := 24 * time.Hour
	record(t, eng, call("far", "ana", testNow.Add(10*day)), call("next", "bo", testNow.Add(day)))
	for d, want := range []int{0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2} {
		clock = testNow.Add(time.Duration(d) * day)
		if n, err := eng.Len("tokens-30d"); n != want || err != nil {
			t.Errorf("day %d: %d ranked (%v), want %d", d, n, err, want)
		}
	}
}

// TestLaw7NoSilentDrop: every input ends in a status, and they sum up.
func TestLaw7NoSilentDrop(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{Store: memstore.New(&memstore.Options{MaxEvents: 50})})
	r := rand.New(rand.NewPCG(7, 7))
	sent := 0
	for range 40 {
		batch := randomVersions(r, 20)
		for i := range batch {
			switch r.IntN(12) {
			case 0:
				batch[i].ID = ""
			case 1:
				batch[i].Usage.Output = -1
			case 2:
				batch[i].At = testNow.Add(time.Hour)
			case 3:
				batch[i].At = testNow.Add(-50 * 24 * time.Hour)
				batch[i].ID = fmt.Sprint("old-", sent, "-", i)
			case 4:
				batch[i].Subject = "a\x00b"
			case 5:
				batch[i].ID += fmt.Sprint("-", sent, "-", i)
			case 6:
				if i > 0 {
					batch[i] = batch[i-1]
				}
			}
		}
		receipts, err := eng.Record(ctx, batch...)
		if err != nil {
			t.Fatal(err)
		}
		for i, rc := range receipts {
			bad := rc.Status == tokenomics.Invalid || rc.Status == tokenomics.TooEarly || rc.Status == tokenomics.TooLate ||
				rc.Status == tokenomics.Refused || rc.Status == tokenomics.Conflict
			if rc.Status == 0 || bad != (rc.Err != nil) {
				t.Fatalf("receipt %d: %+v", i, rc)
			}
		}
		sent += len(batch)
	}
	stats := eng.Stats()
	var sum int64
	for _, n := range stats.ByStatus {
		sum += n
	}
	if int(stats.Events) != sent || sum != stats.Events {
		t.Errorf("sent %d, counted %d, statuses sum to %d", sent, stats.Events, sum)
	}
	for _, s := range []tokenomics.Status{tokenomics.Accepted, tokenomics.Superseding, tokenomics.Duplicate, tokenomics.Stale,
		tokenomics.Conflict, tokenomics.TooLate, tokenomics.TooEarly, tokenomics.Invalid, tokenomics.Refused} {
		if stats.Of(s) == 0 {
			t.Errorf("no input ended as %s: the test is too weak", s)
		}
	}
}

// failing is a store whose k-th operation fails, before or after it happened.
type failing struct {
	store.Store
	mu    sync.Mutex
	left  int
	after bool
}

var errDisk = errors.New("disk on fire")

func (f *failing) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left--
	return f.left == 0
}

func (f *failing) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	if f.fails() {
		if f.after { // the write happened, the answer was lost
			_, err := f.Store.Put(ctx, entries)
			return nil, errors.Join(errDisk, err)
		}
		return nil, errDisk
	}
	return f.Store.Put(ctx, entries)
}

func (f *failing) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	if f.fails() {
		return nil, errDisk
	}
	return f.Store.Get(ctx, keys)
}

func (f *failing) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	if f.fails() {
		return func(yield func(store.Entry, error) bool) { yield(store.Entry{}, errDisk) }
	}
	return f.Store.Scan(ctx, q)
}

// TestLaw8DurableBeforeVisible: whichever call of the store fails, boards never
// show more than the ledger holds, and recording again ends in the same state.
func TestLaw8DurableBeforeVisible(t *testing.T) {
	ctx := context.Background()
	versions := randomVersions(rand.New(rand.NewPCG(8, 8)), 60)
	versions = append(versions, call("old", "ana", testNow.Add(-40*24*time.Hour)))
	want := newEngine(t, tokenomics.Config{})
	record(t, want, versions...)
	for _, after := range []bool{false, true} {
		for k := 1; ; k++ {
			f := &failing{Store: memstore.New(nil), after: after}
			eng := newEngine(t, tokenomics.Config{Store: f})
			f.left = k
			failed := false
			for _, part := range [][]tokenomics.Event{versions[:25], versions[25:]} {
				for {
					_, err := eng.Record(ctx, part...)
					if err == nil {
						break
					}
					if failed = true; !errors.Is(err, errDisk) {
						t.Fatalf("k=%d: %v", k, err)
					}
					if n, err := eng.Len("tokens-30d"); err != nil || n > 5 {
						t.Fatalf("k=%d: board unreadable though the store is back: %d, %v", k, n, err)
					}
				}
			}
			f.left = 0
			if !bytes.Equal(snapshot(t, want), snapshot(t, eng)) {
				t.Fatalf("k=%d after=%t: the boards ended in another state", k, after)
			}
			fresh := newEngine(t, tokenomics.Config{Store: f.Store})
			if !bytes.Equal(snapshot(t, want), snapshot(t, fresh)) {
				t.Fatalf("k=%d after=%t: the ledger ended in another state", k, after)
			}
			if !failed {
				if k < 3 {
					t.Fatalf("the store was called %d times only", k)
				}
				break
			}
		}
	}
}

// TestLaw10CallbacksAreCaught: a panic of the host's code is reported by name
// and disables nothing else; a correction of the event heals the board.
func TestLaw10CallbacksAreCaught(t *testing.T) {
	boards := append(tokenomics.DefaultBoards(),
		tokenomics.Board{Name: "bad", Score: func(e *tokenomics.Event) int64 {
			if e.Usage.Input == 1 {
				panic("oops")
			}
			return 5
		}},
		tokenomics.Board{Name: "nosy", Score: func(e *tokenomics.Event) int64 {
			e.Labels[0].Value = "scribbled"
			return e.Usage.Input
		}})
	titles := append(tiers.DefaultTitles(), tiers.Rule{ID: "rude", Version: 1, Window: tiers.LastDays(30),
		Gate: tiers.Func{Name: "rude", Fn: func(*tiers.Facts) bool { panic("no") }}, Text: tiers.Text{Title: "Rude", Description: "x"}})
	eng := newEngine(t, tokenomics.Config{Boards: boards, Titles: titles})
	e := call("a", "ana", testNow)
	e.Labels = store.Labels{{Key: "k", Value: "mine"}}
	record(t, eng, e)
	if e.Labels[0].Value != "mine" {
		t.Error("a callback changed the caller's event")
	}
	if _, err := eng.Top("bad", 3); !errors.Is(err, tokenomics.ErrCallback) {
		t.Errorf("a board whose score panics: %v", err)
	}
	if top, err := eng.Top("nosy", 3); err != nil || len(top) != 1 || top[0].Score != 1 {
		t.Errorf("nosy %v, %v", top, err)
	}
	p, err := eng.Profile(context.Background(), "ana")
	if err != nil || !p.Standings[0].Ranked || p.Standings[4].Board != "bad" || !errors.Is(p.Standings[4].Err, tokenomics.ErrCallback) {
		t.Errorf("profile: %v, %+v", err, p.Standings)
	}
	rude := p.Titles[len(p.Titles)-1]
	if rude.Held || rude.Why.Err == nil {
		t.Errorf("a rule that panics: %+v", rude)
	}
	e.Revision, e.Usage.Input = 1, 2
	record(t, eng, e)
	if top, err := eng.Top("bad", 3); err != nil || len(top) != 1 || top[0].Score != 5 {
		t.Errorf("after the correction: %v, %v", top, err)
	}
	if top, err := eng.Top("tokens-30d", 3); err != nil || len(top) != 1 {
		t.Errorf("the other boards: %v, %v", top, err)
	}
}

// TestConcurrentRecord: many goroutines offer the same events; each counts once.
func TestConcurrentRecord(t *testing.T) {
	ctx := context.Background()
	versions := randomVersions(rand.New(rand.NewPCG(9, 9)), 90)
	want := newEngine(t, tokenomics.Config{})
	record(t, want, versions...)
	eng := newEngine(t, tokenomics.Config{})
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for _, i := range r.Perm(len(versions)) {
				if _, err := eng.Record(ctx, versions[i]); err != nil {
					t.Error(err)
				}
				if i%10 == 0 {
					if _, err := eng.Top("cost-30d", 5); err != nil {
						t.Error(err)
					}
					if _, err := eng.Profile(ctx, "ana"); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if !bytes.Equal(snapshot(t, want), snapshot(t, eng)) {
		t.Error("concurrent recording ended in another state")
	}
	if s := eng.Stats(); int(s.Events) != 16*len(versions) {
		t.Errorf("counted %d events", s.Events)
	}
}

// TestConfigErrors: a bad configuration is refused with the field's name.
func TestConfigErrors(t *testing.T) {
	for name, cfg := range map[string]tokenomics.Config{
		"Boards[0]":      {Boards: []tokenomics.Board{{}}},
		"Boards[1].Name": {Boards: []tokenomics.Board{{Name: "a"}, {Name: "a"}}},
		"Boards[0] ":     {Boards: []tokenomics.Board{{Name: "a", Window: rank.Window{Length: 25 * time.Hour, Step: 24 * time.Hour}}}},
		"Ladder":         {Ladder: &tiers.Ladder{}},
		"Titles":         {Titles: []tiers.Rule{{}}},
	} {
		_, err := tokenomics.New(context.Background(), &cfg)
		var ce *tokenomics.ConfigError
		if !errors.Is(err, tokenomics.ErrConfig) || !errors.As(err, &ce) || len(ce.Field) == 0 || ce.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	eng := newEngine(t, tokenomics.Config{})
	if _, err := eng.Top("nope", 1); !errors.Is(err, tokenomics.ErrUnknownBoard) {
		t.Errorf("unknown board: %v", err)
	}
	if _, err := eng.Explain(context.Background(), tokenomics.Key{Source: "a", ID: "b"}); !errors.Is(err, tokenomics.ErrNotFound) {
		t.Errorf("unknown key: %v", err)
	}
}
