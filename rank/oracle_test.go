package rank

import (
	"cmp"
	"fmt"
	"iter"
	"math"
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
	greater, distinct := 0, 0 // rows, and different scores, in front of r's score
	for i, r := range rows {
		if i > 0 && rows[i-1].score != r.score {
			greater, distinct = i, distinct+1
		}
		rank := i + 1
		switch o.cfg.Ties {
		case Competition:
			rank = greater + 1
		case Dense:
			rank = distinct + 1
		}
		if !r.hidden {
			out = append(out, Standing{rank, r.name, r.score})
		}
	}
	return out
}

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

// reads is what a board, a view and a merge can all answer.
type reads interface {
	Len() int
	Total() Sum
	Top(n int) []Standing
	Standing(subject string) (Standing, bool)
	Around(subject string, k int) []Standing
	All() iter.Seq[Standing]
	PageAfter(c Cursor, n int) Page
	PageBefore(c Cursor, n int) Page
	Percentile(subject string) (float64, bool)
	ScoreAt(p float64) (int64, bool)
	Standings(subjects ...string) []Standing
	Next(subject string) (Gap, bool)
}

// checkReads compares every answer of a board, view or merge with the oracle's.
func checkReads(t testing.TB, what string, got reads, o *oracle, k int64, subjects []string) {
	t.Helper()
	rows := o.rows(k)
	want := o.ranks(rows)
	if got.Len() != len(want) {
		t.Fatalf("%s: Len %d, want %d", what, got.Len(), len(want))
	}
	if sum := got.Total(); sum.Big().Cmp(o.total(k)) != 0 {
		t.Fatalf("%s: Total %v, want %v", what, sum, o.total(k))
	}
	if top := got.Top(len(want) + 3); !slices.Equal(top, want) {
		t.Fatalf("%s: Top\n got %v\nwant %v", what, top, want)
	}
	if all := slices.Collect(got.All()); !slices.Equal(all, want) {
		t.Fatalf("%s: All\n got %v\nwant %v", what, all, want)
	}
	var some []Standing
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
		p, okP := got.Percentile(s)
		gap, okN := got.Next(s)
		if at < 0 {
			if okP || okN {
				t.Fatalf("%s: %q is unranked but has a percentile or a next", what, s)
			}
			continue
		}
		some = append(some, want[at])
		if wantP := percentileOf(rows, want[at].Score); p != wantP {
			t.Fatalf("%s: Percentile(%q) = %v, want %v", what, s, p, wantP)
		}
		above := at - 1
		for above >= 0 && want[above].Score == want[at].Score {
			above--
		}
		if okN != (above >= 0) || okN && (gap.Above != want[above] || gap.Behind != uint64(want[above].Score)-uint64(want[at].Score)) {
			t.Fatalf("%s: Next(%q) = %v, %v; want row %d of %v", what, s, gap, okN, above, want)
		}
	}
	slices.SortFunc(some, func(a, b Standing) int { return slices.Index(want, a) - slices.Index(want, b) })
	if list := got.Standings(slices.Concat(subjects, subjects)...); !slices.Equal(list, some) {
		t.Fatalf("%s: Standings\n got %v\nwant %v", what, list, some)
	}
	for _, p := range []float64{0, 0.07, 0.5, 0.9, 1} {
		score, ok := got.ScoreAt(p)
		if wantS, wantOK := scoreAtOf(rows, p); score != wantS || ok != wantOK {
			t.Fatalf("%s: ScoreAt(%v) = %v, %v; want %v, %v", what, p, score, ok, wantS, wantOK)
		}
	}
	for _, n := range []int{1, 7, len(want) + 1} {
		if n == 1 && len(want) > 50 {
			n = 41
		}
		checkPages(t, what, got, want, n)
	}
}

// checkPages reads all pages forward and back again.
func checkPages(t testing.TB, what string, got reads, want []Standing, n int) {
	t.Helper()
	at, c := 0, Cursor{}
	for {
		p := got.PageAfter(c, n)
		if end := min(at+n, len(want)); !slices.Equal(p.Rows, want[at:end]) {
			t.Fatalf("%s: page of %d from %d\n got %v\nwant %v", what, n, at, p.Rows, want[at:end])
		}
		if at += len(p.Rows); len(p.Rows) == 0 {
			if p.Last != c || p.First != c {
				t.Fatalf("%s: the cursor moved past the end", what)
			}
			break
		}
		c = p.Last
		if again, err := ParseCursor(c.String()); err != nil || again != c {
			t.Fatalf("%s: cursor %v reads back as %v, %v", what, c, again, err)
		}
	}
	for at = max(0, len(want)-1); at > 0; {
		p := got.PageBefore(c, n)
		if from := max(0, at-n); !slices.Equal(p.Rows, want[from:at]) {
			t.Fatalf("%s: page of %d back from %d\n got %v\nwant %v", what, n, at, p.Rows, want[from:at])
		}
		at, c = at-len(p.Rows), p.First
	}
}

func percentileOf(rows []row, score int64) float64 {
	lower := 0
	for _, r := range rows {
		if r.score < score {
			lower++
		}
	}
	if len(rows) == 1 {
		return 1
	}
	return float64(lower) / float64(len(rows)-1)
}

// scoreAtOf is the nearest-rank percentile, on percents to keep it exact.
func scoreAtOf(rows []row, p float64) (int64, bool) {
	if len(rows) == 0 {
		return 0, false
	}
	percent := int(math.Round(p * 100))
	need := max(1, (percent*len(rows)+99)/100)
	return rows[len(rows)-need].score, true
}

func subjectNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("s%d", i*7919%(n+1))
	}
	return names
}
