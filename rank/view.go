package rank

import (
	"cmp"
	"fmt"
	"iter"
	"math"
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
	rows  []viewRow // in order
	nHid  int
	sum   Sum

	indexed sync.Once
	byID    []uint32 // indexes of rows, by handle; made when a subject is looked up
}

type viewRow struct {
	score, last int64
	id          ID
	hidden      bool
}

// AsOf returns the board as it would have stood if now had been past, at most
// [Config.History] steps ago. It is recomputed from the sums by step, so late
// events and corrections have reached it; hidden are who is hidden today. It
// costs one pass over the window and a sort. All time is a single step, so there
// the past is the present.
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
	v := &View{cfg: b.cfg, names: b.names, at: b.cfg.Window.start(k)}
	for i, t := range totals {
		hidden := b.hidden.has(uint32(i))
		if t == (Sum{}) || hidden && !b.cfg.CountHidden {
			continue
		}
		row := viewRow{score: int64(t.Lo), id: r.members.id(uint32(i)), hidden: hidden}
		if !t.fits() {
			return fail(ErrOverflow, fmt.Sprintf("the total of %q was %v", b.names.name(row.id), t))
		}
		if last != nil {
			row.last = last[i]
		}
		if hidden {
			v.nHid++
		}
		v.sum = v.sum.add(t)
		v.rows = append(v.rows, row)
	}
	slices.SortFunc(v.rows, func(x, y viewRow) int {
		a, b := v.full(x), v.full(y)
		return compareRows(&a, &b)
	})
	return v, nil
}

// View returns the board as it stands, as a copy: what AsOf of now returns, for
// the price of walking the rows.
func (b *Board) View() *View {
	v := &View{cfg: b.cfg, names: b.names, sum: b.order.sum, rows: make([]viewRow, 0, b.order.n)}
	if b.ring.started {
		v.at = b.cfg.Window.start(b.ring.now)
	}
	var stack [stackEntries]entry
	walk := b.order.from(math.MaxInt64, false)
	for {
		bucket := walk.next(stack[:0], stackEntries)
		if len(bucket) == 0 {
			return v
		}
		b.sortAll(bucket, false)
		for _, e := range bucket {
			row := viewRow{score: e.score, id: b.ring.members.id(e.i), hidden: b.hidden.has(e.i)}
			if b.last != nil {
				row.last = b.last[e.i]
			}
			if row.hidden {
				v.nHid++
			}
			v.rows = append(v.rows, row)
		}
	}
}

// index makes the rows findable by subject.
func (v *View) index() {
	v.byID = make([]uint32, len(v.rows))
	for i := range v.byID {
		v.byID[i] = uint32(i)
	}
	slices.SortFunc(v.byID, func(x, y uint32) int {
		return cmp.Compare(v.rows[x].id, v.rows[y].id)
	})
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
		for at = 0; v.rows[at].hidden || from > 0; at++ {
			if !v.rows[at].hidden {
				from--
			}
		}
	}
	first := v.full(v.rows[at])
	return appendFrom(v, make([]Standing, 0, n), &first, n)
}

// Standing is [Board.Standing] of that time.
func (v *View) Standing(subject string) (Standing, bool) { return standingOf(v, subject) }

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
	for _, r := range v.rows[at:] {
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
	for _, r := range slices.Backward(v.rows[:at]) {
		if !yield(v.full(r)) {
			return
		}
	}
}

func (v *View) search(r *row) (int, bool) {
	return slices.BinarySearchFunc(v.rows, r, func(x viewRow, r *row) int {
		a := v.full(x)
		return compareRows(&a, r)
	})
}

func (v *View) ahead(score int64) int {
	n, _ := slices.BinarySearchFunc(v.rows, score, func(x viewRow, score int64) int {
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
	n := 0
	for i := 0; i < len(v.rows) && v.rows[i].score > score; n++ {
		i = v.ahead(v.rows[i].score - 1)
	}
	return n
}

func (v *View) find(subject string) (row, bool) {
	id, ok := v.names.Lookup(subject)
	if !ok {
		return row{}, false
	}
	v.indexed.Do(v.index)
	at, ok := slices.BinarySearchFunc(v.byID, id, func(x uint32, id ID) int {
		return cmp.Compare(v.rows[x].id, id)
	})
	if !ok || v.rows[v.byID[at]].hidden {
		return row{}, false
	}
	return v.full(v.rows[v.byID[at]]), true
}
