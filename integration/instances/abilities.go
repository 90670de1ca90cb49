package instances

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
)

// testAbilities lets two engines over one ledger correct, rename, forget, fill in
// history, export and import, each its part, and compares: both show the same,
// what they show is what the ledger adds up to, and the sums that the store makes
// are those of its events.
func testAbilities(t *testing.T, ledger func(testing.TB) Ledger) {
	boards := []tokenomics.Board{
		{Name: "tokens", Per: []tokenomics.Dimension{tokenomics.ByTeam}, History: 2},
		{Name: "cost", By: tokenomics.ByCost},
		{Name: "teams", Of: tokenomics.ByTeam, Per: []tokenomics.Dimension{tokenomics.BySubject}},
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 8))
			l := ledger(t)
			cfg := tokenomics.Config{Boards: boards, Book: book(t, "0.0013"), Now: clock}
			var engines []*tokenomics.Engine
			for range 2 {
				s, _ := l.Open(t)
				engines = append(engines, open(t, s, cfg))
			}
			forgotten := map[string]bool{}
			for step := range 24 {
				eng := engines[r.IntN(2)]
				act(t, eng, r, step, forgotten)
				compareAbilities(t, engines, forgotten)
				if t.Failed() {
					t.Fatalf("after step %d", step)
				}
			}
			moveAbroad(t, engines[0], ledger(t), cfg)
		})
	}
}

func act(t *testing.T, eng *tokenomics.Engine, r *rand.Rand, step int, forgotten map[string]bool) {
	t.Helper()
	who := func() string { return fmt.Sprint("subject", r.IntN(20)) }
	key := tokenomics.Key{Source: "test", ID: fmt.Sprint("call", r.IntN(150))}
	must := func(err error, but ...error) {
		t.Helper()
		for _, b := range but {
			if errors.Is(err, b) {
				return
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	switch step % 6 {
	case 0:
		var events []tokenomics.Event
		for range 60 {
			events = append(events, call(r, r.IntN(150)))
		}
		_, err := eng.Record(ctx, events...)
		must(err)
	case 1:
		_, err := eng.Amend(ctx, key, func(e *tokenomics.Event) { e.Usage.Input += 5; e.Team = "moved" })
		must(err, tokenomics.ErrNotFound)
	case 2:
		_, err := eng.Void(ctx, key, tokenomics.Key{Source: "test", ID: "nobody's"})
		must(err)
	case 3:
		must(eng.Rename(ctx, who(), who()), store.ErrAliasCycle, store.ErrForgotten)
	case 4:
		b := eng.Backfill()
		for i := range 50 {
			e := call(r, r.IntN(150))
			e.ID, e.At = fmt.Sprint("old", step, "-", i), noon.Add(-time.Duration(r.Int64N(int64(300*24*time.Hour))))
			must(b.Add(e))
		}
		_, err := b.Publish(ctx)
		must(err)
	case 5:
		name := who()
		list, err := eng.Aliases(ctx)
		must(err)
		_, err = eng.Forget(ctx, name)
		must(err)
		root := store.Resolve(list, name)
		for i := range 20 {
			if s := fmt.Sprint("subject", i); store.Resolve(list, s) == root {
				forgotten[s] = true
			}
		}
	}
}

func compareAbilities(t *testing.T, engines []*tokenomics.Engine, forgotten map[string]bool) {
	t.Helper()
	var states [2]bytes.Buffer
	for i, eng := range engines {
		if err := eng.Follow(ctx); err != nil {
			t.Fatal(err)
		}
		if err := eng.Snapshot(ctx, &states[i]); err != nil {
			t.Fatal(err)
		}
		if v, err := eng.Verify(ctx); err != nil || !v.OK() {
			t.Fatalf("engine %d differs from the ledger: %+v, %v", i, v, err)
		}
		top, err := eng.Top("tokens", 99)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range top {
			if forgotten[row.Subject] {
				t.Errorf("engine %d shows %s, who was forgotten", i, row.Subject)
			}
		}
	}
	if !bytes.Equal(states[0].Bytes(), states[1].Bytes()) {
		t.Error("the engines show different states")
	}
	// The sums of the store, and of its events under the names they count for.
	by := []tokenomics.Dimension{tokenomics.BySubject, tokenomics.ByDay}
	pushed, err := engines[0].Breakdown(ctx, by, time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := engines[0].Aliases(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{}
	for e, err := range engines[0].Store().Scan(ctx, store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		name := store.Resolve(list, e.Subject)
		if len(name) > len(store.ForgottenPrefix) && name[:len(store.ForgottenPrefix)] == store.ForgottenPrefix {
			name = ""
		}
		want[name] += e.Usage.Tokens()
	}
	got := map[string]int64{}
	for _, total := range pushed[tokenomics.BySubject] {
		got[total.Key] = total.Tokens
	}
	if !maps.Equal(got, want) {
		t.Errorf("totals %v, want %v", got, want)
	}
	sum := func(list []tokenomics.Total) (n int64) {
		for _, total := range list {
			n += total.Tokens
		}
		return n
	}
	if sum(pushed[tokenomics.BySubject]) != sum(pushed[tokenomics.ByDay]) {
		t.Error("totals do not tie")
	}
}

// moveAbroad exports a ledger into another, twice, and compares.
func moveAbroad(t *testing.T, eng *tokenomics.Engine, l Ledger, cfg tokenomics.Config) {
	t.Helper()
	var out, back, a, b bytes.Buffer
	wrote, err := eng.Export(ctx, &out)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := l.Open(t)
	there := open(t, s, cfg)
	for i, want := range []tokenomics.Status{tokenomics.Accepted, tokenomics.Duplicate} {
		got, err := there.Import(ctx, bytes.NewReader(out.Bytes()))
		if err != nil || got.Of(want) != wrote.Events || got.Aliases != wrote.Aliases {
			t.Fatalf("import %d: %+v, %v, want %+v", i, got, err, wrote)
		}
	}
	if _, err := there.Export(ctx, &back); err != nil || !bytes.Equal(out.Bytes(), back.Bytes()) {
		t.Errorf("exported again, the ledger differs (%v)", err)
	}
	if err := errors.Join(eng.Snapshot(ctx, &a), there.Snapshot(ctx, &b)); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		x, _ := eng.Top("tokens", 99)
		y, _ := there.Top("tokens", 99)
		t.Errorf("the state differs (%v), rows equal: %t", err, slices.Equal(x, y))
	}
}
