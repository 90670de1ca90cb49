package tokenomics_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// TestBreakdownIsNaive: totals by several dimensions, crossed ones too, under
// any filter, are those of adding the counting events up by hand.
func TestBreakdownIsNaive(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 4))
		versions := teamVersions(r, 200)
		book := testBook(t, "0.0013")
		eng := newEngine(t, tokenomics.Config{Book: book, Store: memstore.New(nil)})
		record(t, eng, versions...)
		from, to := testNow.Add(-20*24*time.Hour), testNow.Add(-3*24*time.Hour)
		days := func(e *tokenomics.Event) string { return e.At.Format(time.DateOnly) }
		project := tokenomics.ByLabel("project")
		dims := map[tokenomics.Dimension]func(*tokenomics.Event) string{
			tokenomics.BySubject:  func(e *tokenomics.Event) string { return e.Subject },
			tokenomics.ByTeam:     func(e *tokenomics.Event) string { return e.Team },
			tokenomics.ByWorkflow: func(e *tokenomics.Event) string { return e.Workflow },
			tokenomics.BySession:  func(e *tokenomics.Event) string { return e.Session },
			tokenomics.ByModel:    func(e *tokenomics.Event) string { return e.Model },
			tokenomics.ByProvider: func(e *tokenomics.Event) string { return e.Provider },
			tokenomics.ByDay:      days,
			project:               func(e *tokenomics.Event) string { return keyOf(project, e) },
			tokenomics.Cross(tokenomics.ByDay, tokenomics.ByTeam, tokenomics.ByModel): func(e *tokenomics.Event) string {
				return days(e) + "\x1f" + e.Team + "\x1f" + e.Model
			},
		}
		var by []tokenomics.Dimension
		for d := range dims {
			by = append(by, d)
		}
		for _, where := range [][]tokenomics.Match{
			nil,
			{{tokenomics.BySubject, "ana"}},
			{{tokenomics.ByTeam, "infra"}, {tokenomics.ByModel, "small"}},
			{{tokenomics.ByTeam, ""}},
			{{tokenomics.BySubject, "bo"}, {tokenomics.BySubject, "ana"}},
			{{project, "p1"}, {tokenomics.ByDay, "2026-11-01"}},
		} {
			want := map[tokenomics.Dimension]map[string]tokenomics.Total{}
			for _, e := range counting(versions) {
				ok := !e.At.Before(from) && e.At.Before(to)
				for _, m := range where {
					ok = ok && dims[m.By](&e) == m.Key
				}
				if !ok {
					continue
				}
				c, _ := book.Price(e.Call)
				one := tokenomics.Total{Events: 1, Usage: e.Usage, Tokens: e.Usage.Tokens(), Cost: c.Total, High: c.High}
				one.Usage.Requests = max(1, e.Usage.Requests)
				if c.Status != pricing.Priced {
					one.Unpriced = 1
				}
				for d, key := range dims {
					if want[d] == nil {
						want[d] = map[string]tokenomics.Total{}
					}
					sum, err := want[d][key(&e)].Plus(one)
					if err != nil {
						t.Fatal(err)
					}
					sum.Key = key(&e)
					want[d][sum.Key] = sum
				}
			}
			got, err := eng.Breakdown(ctx, by, from, to, where...)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range by {
				if len(got[d]) != len(want[d]) || !slices.IsSortedFunc(got[d], func(a, b tokenomics.Total) int { return strings.Compare(a.Key, b.Key) }) {
					t.Fatalf("seed %d: %q where %v: %d totals, want %d", seed, d, where, len(got[d]), len(want[d]))
				}
				for _, total := range got[d] {
					if !reflect.DeepEqual(total, want[d][total.Key]) {
						t.Fatalf("seed %d: %q where %v: %+v, want %+v", seed, d, where, total, want[d][total.Key])
					}
				}
				alone, err := eng.Totals(ctx, d, from, to, where...)
				if err != nil || !slices.Equal(alone, got[d]) {
					t.Fatalf("seed %d: Totals by %q differ (%v)", seed, d, err)
				}
			}
		}
	}
}

// TestTotalsOfNonsense: a dimension that does not exist is an error, also of an
// empty ledger.
func TestTotalsOfNonsense(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{})
	for _, d := range []tokenomics.Dimension{"", "nonsense", "label:", tokenomics.Cross(tokenomics.ByDay, "x"), tokenomics.Cross()} {
		if d.Valid() {
			t.Errorf("%q is valid", d)
		}
		if _, err := eng.Totals(ctx, d, time.Time{}, time.Time{}); !errors.Is(err, tokenomics.ErrConfig) {
			t.Errorf("by %q: %v", d, err)
		}
		if _, err := eng.Totals(ctx, tokenomics.ByDay, time.Time{}, time.Time{}, tokenomics.Match{By: d}); !errors.Is(err, tokenomics.ErrConfig) {
			t.Errorf("where %q: %v", d, err)
		}
	}
	crossed := tokenomics.Cross(tokenomics.ByDay, tokenomics.ByModel)
	record(t, eng, call("a", "ana", testNow))
	if totals, err := eng.Totals(ctx, crossed, time.Time{}, time.Time{}); err != nil || len(totals) != 1 || !slices.Equal(totals[0].Keys(), []string{"2026-11-15", "small"}) {
		t.Errorf("%+v, %v", totals, err)
	}
}

// adder is a store that adds up in the plainest way, and says how often.
type adder struct {
	*subjectStore
	asked int
	fails error
}

func (a *adder) Sum(ctx context.Context, q store.Query, head *int64, by ...store.By) iter.Seq2[store.Sum, error] {
	return func(yield func(store.Sum, error) bool) {
		a.asked++
		if a.fails != nil {
			yield(store.Sum{}, a.fails)
			return
		}
		sums := map[string]*store.Sum{}
		for e, err := range a.Scan(ctx, q) {
			if err != nil {
				yield(store.Sum{}, err)
				return
			}
			var keys []string
			for _, b := range by {
				k, _ := b.Of(&e.Event)
				keys = append(keys, k)
			}
			s := sums[strings.Join(keys, "\x00")]
			if s == nil {
				s = &store.Sum{Keys: keys}
				sums[strings.Join(keys, "\x00")] = s
			}
			if err := s.Add(&e); err != nil {
				yield(store.Sum{}, err)
				return
			}
		}
		for _, key := range slices.Sorted(maps.Keys(sums)) {
			if !yield(*sums[key], nil) {
				return
			}
		}
	}
}

// TestTotalsPushedDown: what a store adds up by itself is what reading the events
// adds up to, over renamings, forgettings and filters.
func TestTotalsPushedDown(t *testing.T) {
	ctx := context.Background()
	agg := &adder{subjectStore: newSubjectStore()}
	book := testBook(t, "0.0013")
	eng := newEngine(t, tokenomics.Config{Book: book, Store: agg, Boards: []tokenomics.Board{}})
	record(t, eng, teamVersions(rand.New(rand.NewPCG(9, 9)), 300)...)
	if err := eng.Rename(ctx, "ana", "bo"); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Forget(ctx, "cem"); err != nil {
		t.Fatal(err)
	}
	plain := newEngine(t, tokenomics.Config{Book: book, Store: agg.subjectStore, Boards: []tokenomics.Board{}})
	from, to := testNow.Add(-20*24*time.Hour), testNow.Add(-3*24*time.Hour)
	for _, c := range []struct {
		by     []tokenomics.Dimension
		where  []tokenomics.Match
		pushed bool
	}{
		{by: []tokenomics.Dimension{tokenomics.BySubject}, pushed: true},
		{by: []tokenomics.Dimension{tokenomics.ByDay, tokenomics.ByModel, tokenomics.ByTeam}, pushed: true},
		{by: []tokenomics.Dimension{tokenomics.Cross(tokenomics.ByTeam, tokenomics.BySubject), tokenomics.BySubject}, pushed: true},
		{by: []tokenomics.Dimension{tokenomics.ByDay, tokenomics.ByModel, tokenomics.ByTeam, tokenomics.BySession}},
		{by: []tokenomics.Dimension{tokenomics.ByLabel("project")}},
		{by: []tokenomics.Dimension{tokenomics.ByModel}, where: []tokenomics.Match{{By: tokenomics.BySubject, Key: "dua"}}, pushed: true},
		{by: []tokenomics.Dimension{tokenomics.ByModel, tokenomics.BySubject}, where: []tokenomics.Match{{By: tokenomics.BySubject, Key: "dua"}, {By: tokenomics.ByTeam, Key: "infra"}}, pushed: true},
		{by: []tokenomics.Dimension{tokenomics.ByDay}, where: []tokenomics.Match{{By: tokenomics.BySubject, Key: "ana"}}},
		{by: []tokenomics.Dimension{tokenomics.ByDay}, where: []tokenomics.Match{{By: tokenomics.BySubject, Key: ""}}},
		{by: []tokenomics.Dimension{tokenomics.ByDay}, where: []tokenomics.Match{{By: tokenomics.ByTeam, Key: ""}}, pushed: true},
		{by: []tokenomics.Dimension{tokenomics.ByDay}, where: []tokenomics.Match{{By: tokenomics.BySubject, Key: "eli"}, {By: tokenomics.BySubject, Key: "dua"}}},
	} {
		asked := agg.asked
		got, err1 := eng.Breakdown(ctx, c.by, from, to, c.where...)
		want, err2 := plain.Breakdown(ctx, c.by, from, to, c.where...)
		if err1 != nil || err2 != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("by %q where %v: %v, %v:\n%+v, want\n%+v", c.by, c.where, err1, err2, got, want)
		}
		if pushed := agg.asked > asked; pushed != c.pushed {
			t.Errorf("by %q where %v: asked the store %t", c.by, c.where, pushed)
		}
	}
	x, err1 := eng.UnpricedModels(ctx)
	y, err2 := plain.UnpricedModels(ctx)
	if err1 != nil || err2 != nil || len(x) == 0 || !slices.Equal(x, y) {
		t.Errorf("unpriced %v, want %v (%v, %v)", x, y, err1, err2)
	}
	agg.fails = errDisk
	if _, err := eng.Totals(ctx, tokenomics.ByDay, from, to); !errors.Is(err, errDisk) {
		t.Errorf("a store that fails: %v", err)
	}
}
