package tokenomics_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
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
