package rank

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"
)

// View is a board as it stood at a past step, seen with what is known now. It is
// a copy: later writes to the board do not change it, and it is safe for
// concurrent use.
type View struct {
	cfg   Config
	names *Names
	at    time.Time
	rows  []viewRow // in order; in any until they are read, see inOrder
	nHid  int
	sum   Sum

	ordered, indexed sync.Once
	byID             []uint64 // handles and, in the low half, indexes of rows; made when a subject is looked up
}

type viewRow struct {
	score, last int64
	id          ID
	hidden      bool
}

// AsOf returns the board as it would have stood if now had been past, at most
// [Config.History] steps ago. It is recomputed from the sums by step, so late
// events and corrections have reached it; hidden are who is hidden today. It
// costs one pass over the members for each step between, or over all steps of
// the window if these are fewer; whoever reads the view first sorts it. All time
// is a single step, so there the past is the present.
//
// Errors match [ErrOutsideHistory] for a past that is not kept, or later than
// now; [ErrOverflow] if corrections made since have left a total of that time
// beyond an int64.
func (b *Board) AsOf(past time.Time) (*View, error) {
	fail := func(err error, reason string) (*View, error) {
		return nil, &Error{Op: "as of", At: past, Err: err, Reason: reason}
	}
	r := b.ring
	k, ok := r.step(past)
	switch {
	case !r.started:
		return fail(ErrOutsideHistory, "the board has no now yet; call Advance first")
	case !ok || k > r.now || k < r.now-int64(b.cfg.history()):
		return fail(ErrOutsideHistory, fmt.Sprintf("it keeps %d steps before now", b.cfg.history()))
	}
	if v := b.slidBack(k); v != nil {
		return v, nil
	}
	totals := make([]Sum, r.members.n)
	var last []int64
	if b.last != nil {
		last = make([]int64, r.members.n)
	}
	for s := b.cfg.Window.first(k); s <= k; s++ {
		r.column(s).each(func(i uint32, v int64) {
			score := b.cfg.Scorer.Score(v)
			totals[i] = totals[i].plus(score)
			if last != nil && score != 0 {
				last[i] = s
			}
		})
	}
	v := b.viewAt(k, len(totals))
	for i, t := range totals {
		if !t.fits() && (!b.hidden.has(uint32(i)) || b.cfg.CountHidden) {
			return fail(ErrOverflow, fmt.Sprintf("the total of %q was %v", b.names.name(r.members.id(uint32(i))), t))
		}
		row := viewRow{score: int64(t.Lo)}
		if last != nil {
			row.last = last[i]
		}
		v.add(b, uint32(i), row)
	}
	return v, nil
}

// slidBack is AsOf from the totals of now, less the steps after k, and with those
// that have left the window since. It is nil where that takes longer than adding
// up the window, or more than totals is needed, or they might not fit.
func (b *Board) slidBack(k int64) *View {
	r, first := b.ring, b.cfg.Window.first(k)
	if len(b.cfg.Scorer) > 0 || b.last != nil || r.big > 0 || (r.now-k)+(b.first-first) > k-first {
		return nil
	}
	nodes := slices.Clone(b.order.nodes)
	for s := k + 1; s <= r.now; s++ {
		r.column(s).addTo(nodes, nil, -1)
	}
	for s := first; s < b.first; s++ {
		r.column(s).addTo(nodes, nil, 1)
	}
	v := b.viewAt(k, len(nodes))
	for i := range nodes {
		v.add(b, uint32(i), viewRow{score: nodes[i].total})
	}
	return v
}

// View returns the board as it stands, as a copy: what AsOf of now returns, for
// the price of one pass over the members; whoever reads the view first sorts it.
func (b *Board) View() *View {
	v := b.viewAt(b.ring.now, b.order.n)
	for i := range b.order.nodes {
		row := viewRow{score: b.order.nodes[i].total}
		if b.last != nil {
			row.last = b.last[i]
		}
		v.add(b, uint32(i), row)
	}
	return v
}

// viewAt returns an empty view as of a step, with room for so many rows.
func (b *Board) viewAt(k int64, rows int) *View {
	v := &View{cfg: b.cfg, names: b.names, rows: make([]viewRow, 0, rows)}
	if b.ring.started {
		v.at = b.cfg.Window.start(k)
	}
	return v
}

// add puts member i into a view, if it stands there.
func (v *View) add(b *Board, i uint32, row viewRow) {
	row.hidden = b.hidden.has(i)
	if row.score == 0 || row.hidden && !v.cfg.CountHidden {
		return
	}
	if row.hidden {
		v.nHid++
	}
	row.id = b.ring.members.id(i)
	v.sum = v.sum.plus(row.score)
	v.rows = append(v.rows, row)
}

// inOrder returns the rows in order.
func (v *View) inOrder() []viewRow {
	v.ordered.Do(func() {
		slices.SortFunc(v.rows, func(x, y viewRow) int {
			if x.score != y.score {
				return cmp.Compare(y.score, x.score)
			}
			a, b := v.full(x), v.full(y)
			return compareRows(&a, &b)
		})
	})
	return v.rows
}

// index makes the rows findable by subject.
func (v *View) index() {
	v.byID = make([]uint64, len(v.inOrder()))
	for at, r := range v.rows {
		v.byID[at] = uint64(r.id)<<32 | uint64(at)
	}
	slices.Sort(v.byID)
}

// At returns the beginning of the step that is the newest of the view; zero for
// all time.
func (v *View) At() time.Time { return v.at }

// Len returns how many subjects are listed.
func (v *View) Len() int { return v.listed() }

// Total returns the sum of the scores of all subjects that stand on the board.
func (v *View) Total() Sum { return v.sum }

// Top is [Board.Top] of that time.
func (v *View) Top(n int) []Standing {
	return appendFrom(v, make([]Standing, 0, max(0, min(n, len(v.rows)))), nil, n)
}

// Rows returns up to n listed rows from a place on, 0 for the first row: a page
// by its number, since a view does not change.
func (v *View) Rows(from, n int) []Standing {
	if from < 0 || n <= 0 || from >= v.listed() {
		return nil
	}
	n = min(n, v.listed()-from)
	at := from
	if v.nHid > 0 {
		for at = 0; v.inOrder()[at].hidden || from > 0; at++ {
			if !v.rows[at].hidden {
				from--
			}
		}
	}
	first := v.full(v.inOrder()[at])
	return appendFrom(v, make([]Standing, 0, n), &first, n)
}

// Standing is [Board.Standing] of that time.
func (v *View) Standing(subject string) (Standing, bool) { return standingOf(v, subject) }

// Score returns the score of a subject; 0 if it is unranked or hidden.
func (v *View) Score(subject string) int64 {
	r, ok := v.find(subject)
	if !ok {
		return 0
	}
	return r.score
}

// Around is [Board.Around] of that time.
func (v *View) Around(subject string, k int) []Standing { return around(v, subject, k) }

// All yields every row in order.
func (v *View) All() iter.Seq[Standing] {
	return func(yield func(Standing) bool) { all(v, yield) }
}

func (v *View) ties() Ties   { return v.cfg.Ties }
func (v *View) counted() int { return len(v.rows) }
func (v *View) listed() int  { return len(v.rows) - v.nHid }

func (v *View) full(r viewRow) row {
	return row{score: r.score, last: r.last, name: v.names.name(r.id), hidden: r.hidden}
}

func (v *View) down(after *row, yield func(row) bool) {
	at := 0
	if after != nil {
		var found bool
		if at, found = v.search(after); found {
			at++
		}
	}
	for _, r := range v.inOrder()[at:] {
		if !yield(v.full(r)) {
			return
		}
	}
}

func (v *View) up(before *row, yield func(row) bool) {
	at := len(v.rows)
	if before != nil {
		at, _ = v.search(before)
	}
	for _, r := range slices.Backward(v.inOrder()[:at]) {
		if !yield(v.full(r)) {
			return
		}
	}
}

func (v *View) search(r *row) (int, bool) {
	return slices.BinarySearchFunc(v.inOrder(), r, func(x viewRow, r *row) int {
		a := v.full(x)
		return compareRows(&a, r)
	})
}

func (v *View) ahead(score int64) int {
	n, _ := slices.BinarySearchFunc(v.inOrder(), score, func(x viewRow, score int64) int {
		if x.score > score {
			return -1
		}
		return 1
	})
	return n
}

func (v *View) before(r *row) int {
	n, _ := v.search(r)
	return n
}

func (v *View) distinct(score int64) int {
	n, rows := 0, v.inOrder()
	for i := 0; i < len(rows) && rows[i].score > score; n++ {
		i = v.ahead(rows[i].score - 1)
	}
	return n
}

func (v *View) find(subject string) (row, bool) {
	id, ok := v.names.Lookup(subject)
	if !ok {
		return row{}, false
	}
	v.indexed.Do(v.index)
	i, _ := slices.BinarySearch(v.byID, uint64(id)<<32)
	if i == len(v.byID) || ID(v.byID[i]>>32) != id {
		return row{}, false
	}
	r := v.rows[uint32(v.byID[i])]
	return v.full(r), !r.hidden
}
