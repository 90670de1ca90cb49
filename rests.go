package tokenomics

import (
	"maps"
	"math"
	"slices"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
)

// rests keeps, by step and subject, the pico-units (1 to 999) by which an exact
// amount exceeds its floor in nano-units, and what they sum to in the window.
// Most prices leave none, and then it holds nothing.
type rests struct {
	cells map[int64]*restColumn
	sums  restSums // over the steps of the window
	few   bool     // of all subjects there are, only few are here: a segment's
}

// restSums are sums of rests by subject: in an array by handle or, where there
// are few, in a map.
type restSums struct {
	all []int64
	few map[rank.ID]int64
}

// restColumn is the rests of one step, by subject: in pages made when needed or,
// where there are few, in a map.
type restColumn struct {
	pages []*[restPage]uint16
	few   map[rank.ID]uint16
	n     int // rests in pages that are not zero
}

const restPage = 1 << 10

func (r *rests) newColumn() *restColumn {
	if r.few {
		return &restColumn{few: map[rank.ID]uint16{}}
	}
	return &restColumn{}
}

func (c *restColumn) empty() bool { return c.n == 0 && len(c.few) == 0 }

func (c *restColumn) get(id rank.ID) uint16 {
	if c != nil && c.few != nil {
		return c.few[id]
	}
	if c == nil || int(id/restPage) >= len(c.pages) || c.pages[id/restPage] == nil {
		return 0
	}
	return c.pages[id/restPage][id%restPage]
}

func (c *restColumn) set(id rank.ID, rest uint16) {
	if c.few != nil {
		if c.few[id] = rest; rest == 0 {
			delete(c.few, id)
		}
		return
	}
	for int(id/restPage) >= len(c.pages) {
		c.pages = append(c.pages, nil)
	}
	p := c.pages[id/restPage]
	if p == nil {
		p = new([restPage]uint16)
		c.pages[id/restPage] = p
	}
	switch was := p[id%restPage]; {
	case was == 0 && rest != 0:
		c.n++
	case was != 0 && rest == 0:
		c.n--
	}
	p[id%restPage] = rest
}

// each calls f with every rest that is not zero.
func (c *restColumn) each(f func(id rank.ID, rest uint16)) {
	for id, rest := range c.few {
		f(id, rest)
	}
	for n, p := range c.pages {
		if p == nil {
			continue
		}
		for i, rest := range p {
			if rest != 0 {
				f(rank.ID(n*restPage+i), rest)
			}
		}
	}
}

// add adds an amount to a cell, which is in the window or not, and returns by
// how many nano-units the floor of the cell's exact amount changed.
func (r *rests) add(step int64, id rank.ID, m pricing.Money, inWindow bool) (nano int64, ok bool) {
	nano, more, ok := m.FloorNano()
	if !ok {
		return 0, false
	}
	if more == 0 && len(r.cells) == 0 {
		return nano, true
	}
	c := r.cells[step]
	was := c.get(id)
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
		r.sums.add(id, int64(rest)-int64(was), r.few)
	}
	if c == nil {
		if c = r.newColumn(); r.cells == nil {
			r.cells = map[int64]*restColumn{}
		}
		r.cells[step] = c
	}
	if c.set(id, rest); c.empty() {
		delete(r.cells, step)
	}
	return nano, true
}

// set puts a rest into an empty cell; slide sums up.
func (r *rests) set(step int64, id rank.ID, rest uint16) {
	c := r.cells[step]
	if c == nil {
		if c = r.newColumn(); r.cells == nil {
			r.cells = map[int64]*restColumn{}
		}
		r.cells[step] = c
	}
	c.set(id, rest)
}

// sum returns what a subject's rests sum to in the window.
func (r *rests) sum(id rank.ID) int64 { return r.sums.of(id) }

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
func (r *rests) sumsOf(first, last int64) (sums restSums) {
	for step, c := range r.cells {
		if step >= first && step <= last {
			c.each(func(id rank.ID, rest uint16) { sums.add(id, int64(rest), r.few) })
		}
	}
	return sums
}

func (s *restSums) add(id rank.ID, delta int64, few bool) {
	if few {
		if s.few == nil {
			s.few = map[rank.ID]int64{}
		}
		if s.few[id] += delta; s.few[id] == 0 {
			delete(s.few, id)
		}
		return
	}
	for int(id) >= len(s.all) {
		s.all = append(s.all, 0)
	}
	s.all[id] += delta
}

func (s restSums) of(id rank.ID) int64 {
	if s.few != nil {
		return s.few[id]
	}
	if int(id) >= len(s.all) {
		return 0
	}
	return s.all[id]
}

func (s restSums) clone() restSums {
	return restSums{slices.Clone(s.all), maps.Clone(s.few)}
}

// exact is the amount of a score in nano-units and the rests cut off from it.
func exact(nano, pico int64) pricing.Money {
	// Both are far inside what Money holds: 2^63 nano-units are 2^73 pico-units.
	m, _ := pricing.FromPico(0, 1000).MulInt(nano)
	sum, _ := m.Add(pricing.FromPico(0, uint64(pico)))
	return sum
}
