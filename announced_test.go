package tokenomics_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// A new engine over the same ledger goes on with the announcements of the last
// one: the same under the same cursors, nothing again, nothing left out of what
// happened while there was none.
func TestAnnouncementsSurvive(t *testing.T) {
	clock := testNow
	shared := memstore.NewShared(nil, 0)
	cfg := tokenomics.Config{Store: shared, Titles: awardRules(), Now: func() time.Time { return clock }}
	open := func() *tokenomics.Engine {
		eng := newEngine(t, cfg)
		said(eng, 0) // from here on there are announcements
		return eng
	}
	eng := open()
	record(t, eng, call("old", "old", clock.Add(-3*aDay)))
	advance(t, eng, clock)
	record(t, eng, call("a1", "ana", clock), call("a2", "ana", clock))
	clock = clock.Add(aDay)
	advance(t, eng, clock)
	before, cursor := said(eng, 0)
	wantSaid(t, "before", before, "ana: unlock first", "ana: unlock two", "ana: unlock legend")
	var evidence []tiers.Transition
	for _, tr := range eng.Announcements(0) {
		evidence = append(evidence, tr)
	}

	eng = open()
	after, again := said(eng, 0)
	wantSaid(t, "reopened", after, before...)
	if again != cursor {
		t.Errorf("the cursor is %d, it was %d", again, cursor)
	}
	i := 0
	for _, tr := range eng.Announcements(0) {
		if fmt.Sprintf("%+v", tr) != fmt.Sprintf("%+v", evidence[i]) {
			t.Errorf("reopened:\n%+v\nwas\n%+v", tr, evidence[i])
		}
		i++
	}
	advance(t, eng, clock)
	wantSaid(t, "nothing happened", first(said(eng, cursor)))

	// While nobody announces, a call is taken back, another comes, a day passes.
	void := call("a2", "ana", testNow)
	void.Void = true
	record(t, eng, void, call("b1", "ben", clock), call("b2", "ben", clock), call("b3", "ben", clock))
	clock = clock.Add(aDay)
	eng = open()
	wantSaid(t, "not before it is settled", first(said(eng, cursor)))
	advance(t, eng, clock)
	got, next := said(eng, cursor)
	slices.Sort(got)
	wantSaid(t, "what happened meanwhile", got, "ana: revoke legend", "ana: revoke two", "ben: unlock first", "ben: unlock legend", "ben: unlock two",
		"old: revoke legend", "old: unlock legend") // a tie of the day before, that ben ended
	eng = open()
	advance(t, eng, clock)
	wantSaid(t, "nothing again", first(said(eng, next)))

	// A rule that is new is no news of the past, and one that is gone no loss.
	rules := slices.DeleteFunc(awardRules(), func(r tiers.Rule) bool { return r.ID == "two" })
	cfg.Titles = append(rules, tiers.Rule{ID: "new", Version: 1, Gate: tiers.AtLeast(tiers.Events, 1), Text: tiers.Text{Title: "New"}})
	eng = open()
	advance(t, eng, clock)
	wantSaid(t, "other rules", first(said(eng, next)))
	record(t, eng, call("c", "cy", clock))
	clock = clock.Add(aDay)
	advance(t, eng, clock)
	wantSaid(t, "a day later", first(said(eng, next)), "cy: unlock first", "cy: unlock new")

	// Somebody forgotten leaves the saved log, too, and the others stay.
	if _, err := eng.Forget(t.Context(), "ben"); err != nil {
		t.Fatal(err)
	}
	eng = open()
	advance(t, eng, clock)
	all, _ := said(eng, 0)
	for _, s := range all {
		if s[:4] == "ben:" {
			t.Errorf("after forgetting: %s", s)
		}
	}
	if n := len(all); n < 7 {
		t.Errorf("after forgetting: only %d announcements", n)
	}
}

// dying is a store whose process is killed while it saves: what was to be written
// is there, or is not, and nobody hears of it.
type dying struct {
	*memstore.Shared
	rand *rand.Rand
	died *bool
}

var errKilled = errors.New("killed")

func (d dying) SaveCheckpoint(ctx context.Context, name string, head int64, data []byte) error {
	if *d.died {
		return errKilled
	}
	if d.rand.IntN(4) == 0 {
		*d.died = true
		if d.rand.IntN(2) == 0 {
			return errKilled
		}
		return errors.Join(errKilled, d.Shared.SaveCheckpoint(ctx, name, head, data))
	}
	return d.Shared.SaveCheckpoint(ctx, name, head, data)
}

// Whenever an engine is killed, also in the middle of saving: who follows the
// announcements by cursor is told each award once, every step from where the last
// one ended, and in the end what an engine says that was never killed.
func TestAnnouncementsOfKilledEngines(t *testing.T) {
	kills, told := 0, 0
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 22))
		clock := testNow.Add(-40 * aDay)
		cfg := foldConfig(&clock)
		cfg.MaxLate = tokenomics.NoLimit
		steady, shared := newEngine(t, cfg), memstore.NewShared(nil, 0)
		died := false
		open := func() *tokenomics.Engine {
			died = false
			mortal := cfg
			mortal.Store = dying{shared, r, &died}
			eng := newEngine(t, mortal)
			said(eng, 0)
			return eng
		}
		eng := open()
		said(steady, 0)
		granted, levels, steadyLevels := map[tiers.AwardKey]bool{}, map[string]int{}, map[string]int{}
		follow := func(eng *tokenomics.Engine, cursor int64, hear func(tr tiers.Transition)) int64 {
			for at, tr := range eng.Announcements(cursor) {
				hear(tr)
				cursor = at
			}
			return cursor
		}
		var cursor, steadyCursor int64
		hear := func(tr tiers.Transition) {
			told++
			if tr.Grants() {
				if granted[tr.Key()] {
					t.Fatalf("seed %d: %s is granted twice", seed, tr.String())
				}
				granted[tr.Key()] = true
			}
			key := fmt.Sprint(tr.Subject, " ", tr.Rule, " ", tr.Reason)
			if was, ok := levels[key]; ok && was != tr.From {
				t.Fatalf("seed %d: %s, after it was told to be at %d", seed, tr.String(), levels[key])
			}
			levels[key] = tr.To
		}
		versions := history(r, clock, 40, 100)
		slices.SortStableFunc(versions, func(a, b tokenomics.Event) int { return a.At.Compare(b.At) })
		for range 60 {
			n := min(r.IntN(5), len(versions))
			batch := versions[:n]
			versions = versions[n:]
			if n > 0 {
				clock = maxTime(clock, batch[n-1].At)
			}
			clock = clock.Add(time.Duration(r.Int64N(int64(aDay))))
			for _, e := range []*tokenomics.Engine{steady, eng} {
				if _, err := e.Record(t.Context(), batch...); err != nil {
					t.Fatal(err)
				}
			}
			advance(t, steady, clock)
			steadyCursor = follow(steady, steadyCursor, func(tr tiers.Transition) {
				steadyLevels[fmt.Sprint(tr.Subject, " ", tr.Rule, " ", tr.Reason)] = tr.To
			})
			if r.IntN(3) > 0 {
				if err := eng.Advance(t.Context(), clock); err != nil && !errors.Is(err, errKilled) {
					t.Fatal(err)
				}
			}
			cursor = follow(eng, cursor, hear)
			if died || r.IntN(6) == 0 {
				kills++
				eng = open()
			}
		}
		for died = true; died; {
			eng = open()
			_ = eng.Advance(t.Context(), clock)
			cursor = follow(eng, cursor, hear)
		}
		maps.DeleteFunc(levels, func(_ string, l int) bool { return l == 0 })
		maps.DeleteFunc(steadyLevels, func(_ string, l int) bool { return l == 0 })
		if !maps.Equal(levels, steadyLevels) {
			t.Fatalf("seed %d: told\n%v\nan engine that was never killed says\n%v", seed, levels, steadyLevels)
		}
	}
	t.Logf("%d kills, %d announcements", kills, told)
	if kills < 50 || told < 800 {
		t.Errorf("%d kills and %d announcements test too little", kills, told)
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// Thousands at once fill the ring that is kept, more than once; the log keeps its
// last, cursors go on, nothing is told again.
func TestAnnouncementsRotate(t *testing.T) {
	const people = 2000
	clock := testNow
	cfg := tokenomics.Config{Store: memstore.NewShared(nil, 0), Titles: awardRules(), Now: func() time.Time { return clock }}
	open := func() *tokenomics.Engine {
		eng := newEngine(t, cfg)
		said(eng, 0)
		return eng
	}
	eng := open()
	want := int64(0)
	for round := range 4 {
		var batch []tokenomics.Event
		for i := range people {
			for k := range 2 {
				batch = append(batch, call(fmt.Sprint(round, "/", i, "/", k), fmt.Sprint("p", i), clock))
			}
		}
		record(t, eng, batch...)
		for range 5 { // within which all is lost again
			clock = clock.Add(aDay)
			advance(t, eng, clock)
		}
		eng = open()
		advance(t, eng, clock)
		want += 2 * people // two, and its loss
		if round == 0 {
			want += 2 * people // first, and legend: all are
		}
		got, cursor := said(eng, 0)
		if cursor != want || len(got) != min(int(want), tokenomics.DefaultAnnouncements) {
			t.Fatalf("round %d: %d announcements up to %d, want up to %d", round, len(got), cursor, want)
		}
	}
}
