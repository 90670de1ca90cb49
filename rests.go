package tokenomics

import (
	"math"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
)

// rests keeps, by step and subject, the pico-units (1 to 999) by which an exact
// amount exceeds its floor in nano-units, and what they sum to in the window.
// Most prices leave none.
type rests struct {
	cells map[int64]map[rank.ID]uint16
	sums  map[rank.ID]int64 // over the steps of the window
}

func newRests() rests {
	return rests{map[int64]map[rank.ID]uint16{}, map[rank.ID]int64{}}
}

// add adds an amount to a cell, which is in the window or not, and returns by
// how many nano-units the floor of the cell's exact amount changed.
func (r *rests) add(step int64, id rank.ID, m pricing.Money, inWindow bool) (nano int64, ok bool) {
	nano, more, ok := m.FloorNano()
	if !ok {
		return 0, false
	}
	was := r.cells[step][id]
	if more == 0 && was == 0 {
		return nano, true
	}
	rest := was + more
	if rest >= 1000 {
		if nano == math.MaxInt64 {
			return 0, false
		}
		rest -= 1000
		nano++
	}
	if inWindow {
		r.sum(id, int64(rest)-int64(was))
	}
	if rest == 0 {
		if delete(r.cells[step], id); len(r.cells[step]) == 0 {
			delete(r.cells, step)
		}
		return nano, true
	}
	if r.cells[step] == nil {
		r.cells[step] = map[rank.ID]uint16{}
	}
	r.cells[step][id] = rest
	return nano, true
}

func (r *rests) sum(id rank.ID, delta int64) {
	if s := r.sums[id] + delta; s != 0 {
		r.sums[id] = s
	} else {
		delete(r.sums, id)
	}
}

// slide drops the steps before oldest and sums the window from first to last.
func (r *rests) slide(oldest, first, last int64) {
	for step := range r.cells {
		if step < oldest {
			delete(r.cells, step)
		}
	}
	r.sums = r.sumsOf(first, last)
}

// sumsOf sums the rests of the steps from first to last.
func (r *rests) sumsOf(first, last int64) map[rank.ID]int64 {
	sums := map[rank.ID]int64{}
	for step, cells := range r.cells {
		if step < first || step > last {
			continue
		}
		for id, rest := range cells {
			sums[id] += int64(rest)
		}
	}
	return sums
}

// exact is the amount of a score in nano-units and the rests cut off from it.
func exact(nano, pico int64) pricing.Money {
	// Both are far inside what Money holds: 2^63 nano-units are 2^73 pico-units.
	m, _ := pricing.FromPico(0, 1000).MulInt(nano)
	sum, _ := m.Add(pricing.FromPico(0, uint64(pico)))
	return sum
}
