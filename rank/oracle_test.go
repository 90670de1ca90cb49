package rank

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

// oracle is a board that a child could check: all sums in a map, every answer by
// adding everything up and sorting.
type oracle struct {
	cfg     Config
	started bool
	now     int64
	cells   map[cell]int64
	hidden  map[string]bool
}

type cell struct {
	subject string
	step    int64
}

func newOracle(cfg Config) *oracle {
	return &oracle{cfg: cfg, cells: map[cell]int64{}, hidden: map[string]bool{}}
}

func (o *oracle) advance(t time.Time) {
	k, _ := o.cfg.Window.index(t)
	if o.started && k <= o.now {
		return
	}
	o.started, o.now = true, k
	oldest := o.cfg.Window.first(k - int64(o.cfg.history()))
	for c := range o.cells {
		if c.step < oldest {
			delete(o.cells, c)
		}
	}
}

// accepts says what Add, or Amend, must answer to a step.
func (o *oracle) accepts(k int64, amend bool) bool {
	first := o.cfg.Window.first(o.now)
	if amend {
		first = o.cfg.Window.first(o.now - int64(o.cfg.history()))
	}
	return o.started && k >= first && k <= o.now+1
}

func (o *oracle) add(subject string, k, delta int64) {
	c := cell{subject, k}
	if o.cells[c] += delta; o.cells[c] == 0 {
		delete(o.cells, c)
	}
}

// rows returns every counted row of the window that ends at step k, in order.
func (o *oracle) rows(k int64) []row {
	first := o.cfg.Window.first(k)
	totals, last := map[string]*big.Int{}, map[string]int64{}
	for c, v := range o.cells {
		if c.step < first || c.step > k || o.hidden[c.subject] && !o.cfg.CountHidden {
			continue
		}
		score := o.cfg.Scorer.Score(v)
		if totals[c.subject] == nil {
			totals[c.subject], last[c.subject] = new(big.Int), minStep
		}
		totals[c.subject].Add(totals[c.subject], big.NewInt(score))
		if score != 0 {
			last[c.subject] = max(last[c.subject], c.step)
		}
	}
	var rows []row
	for s, t := range totals {
		if t.Sign() == 0 {
			continue
		}
		r := row{score: t.Int64(), name: s, hidden: o.hidden[s]}
		if o.cfg.Ties == FirstReached {
			r.last = last[s]
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.last, b.last), strings.Compare(a.name, b.name))
	})
	return rows
}

// ranks gives every row its rank, by the definition of the rule.
func (o *oracle) ranks(rows []row) []Standing {
	out := []Standing{}
	for i, r := range rows {
		rank := 1
		switch o.cfg.Ties {
		case Competition:
			for _, x := range rows {
				if x.score > r.score {
					rank++
				}
			}
		case Dense:
			greater := map[int64]bool{}
			for _, x := range rows {
				if x.score > r.score {
					greater[x.score] = true
				}
			}
			rank += len(greater)
		default:
			rank = i + 1
		}
		if !r.hidden {
			out = append(out, Standing{rank, r.name, r.score})
		}
	}
	return out
}

func (o *oracle) standings(k int64) []Standing { return o.ranks(o.rows(k)) }

func (o *oracle) total(k int64) *big.Int {
	sum := new(big.Int)
	for _, r := range o.rows(k) {
		sum.Add(sum, big.NewInt(r.score))
	}
	return sum
}

// wantAround is the rule of the edges, said with indexes.
func wantAround(all []Standing, subject string, k int) []Standing {
	at := slices.IndexFunc(all, func(s Standing) bool { return s.Subject == subject })
	if at < 0 {
		return nil
	}
	n := min(2*k+1, len(all))
	from := min(max(0, at-k), len(all)-n)
	return all[from : from+n]
}

// reads is what a board and a view can both answer.
type reads interface {
	Len() int
	Total() Sum
	Top(n int) []Standing
	Standing(subject string) (Standing, bool)
	Around(subject string, k int) []Standing
}

// checkReads compares every answer of a board or view with the oracle's rows.
func checkReads(t testing.TB, what string, got reads, o *oracle, k int64, subjects []string) {
	t.Helper()
	want := o.standings(k)
	if got.Len() != len(want) {
		t.Fatalf("%s: Len %d, want %d", what, got.Len(), len(want))
	}
	if sum := got.Total(); sum.Big().Cmp(o.total(k)) != 0 {
		t.Fatalf("%s: Total %v, want %v", what, sum, o.total(k))
	}
	if top := got.Top(len(want) + 3); !slices.Equal(top, want) {
		t.Fatalf("%s: Top\n got %v\nwant %v", what, top, want)
	}
	for _, s := range subjects {
		at := slices.IndexFunc(want, func(r Standing) bool { return r.Subject == s })
		r, ok := got.Standing(s)
		if ok != (at >= 0) || ok && r != want[at] {
			t.Fatalf("%s: Standing(%q) = %v, %v; want row %d of %v", what, s, r, ok, at, want)
		}
		for _, k := range []int{0, 1, 3, len(want)} {
			if rows := got.Around(s, k); !slices.Equal(rows, wantAround(want, s, k)) {
				t.Fatalf("%s: Around(%q, %d)\n got %v\nwant %v", what, s, k, rows, wantAround(want, s, k))
			}
		}
	}
}

func subjectNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("s%d", i*7919%1000)
	}
	return names
}
