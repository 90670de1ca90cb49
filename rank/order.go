package rank

import (
	"iter"
	"math"
	"math/bits"
)

// order keeps the totals of the members of a board, and those that stand on it
// in order: members with a total other than zero that no option takes out.
type order struct {
	nodes []node
	out   bitset // members that are hidden and not counted
	n     int    // members that stand on the board
	sum   Sum    // of their totals
}

// node is one member: its total and its neighbours in a bucket of the ladder.
type node struct {
	total      int64
	next, prev uint32
}

// standing reports whether member i stands on the board.
func (o *order) standing(i uint32) bool { return o.nodes[i].total != 0 && !o.out.has(i) }

// grow makes room for n members, the new ones with a total of zero.
func (o *order) grow(n int) {
	for len(o.nodes) < n {
		o.nodes = append(o.nodes, node{})
	}
}

// add changes the total of member i by d.
func (o *order) add(i uint32, d int64) {
	old := o.nodes[i].total
	o.nodes[i].total = old + d
	if o.out.has(i) {
		return
	}
	o.sum = o.sum.plus(d)
	switch {
	case old == 0 && d != 0:
		o.n++
	case old != 0 && old+d == 0:
		o.n--
	}
}

// setOut takes member i off the board, or puts it back.
func (o *order) setOut(i uint32, out bool) {
	if o.out.has(i) == out {
		return
	}
	o.out.set(i, out)
	t := o.nodes[i].total
	if t == 0 {
		return
	}
	if out {
		o.n--
		o.sum = o.sum.plus(-t)
	} else {
		o.n++
		o.sum = o.sum.plus(t)
	}
}

// rebuild derives everything from the totals, after they were changed in bulk.
func (o *order) rebuild() {
	o.n, o.sum = 0, Sum{}
	for i := range o.nodes {
		if o.standing(uint32(i)) {
			o.n++
			o.sum = o.sum.plus(o.nodes[i].total)
		}
	}
}

// ahead counts the members with a total above score.
func (o *order) ahead(score int64) int {
	n := 0
	for i := range o.nodes {
		if t := o.nodes[i].total; t > score && o.standing(uint32(i)) {
			n++
		}
	}
	return n
}

// tied yields the members whose total is score.
func (o *order) tied(score int64, yield func(i uint32)) {
	for i := range o.nodes {
		if o.nodes[i].total == score && o.standing(uint32(i)) {
			yield(uint32(i))
		}
	}
}

// entry is a member and its total, copied out of a bucket to be sorted.
type entry struct {
	score int64
	i     uint32
}

// atMost appends the members of the highest bucket that holds a total of bound
// or less, and says where the bucket begins: all members from there to bound are
// in it, and perhaps some above bound. It is false if there is none.
func (o *order) atMost(bound int64, buf []entry) (bucket []entry, from int64, ok bool) {
	for i := range o.nodes {
		if o.nodes[i].total <= bound && o.standing(uint32(i)) {
			buf = append(buf, entry{o.nodes[i].total, uint32(i)})
		}
	}
	return buf, math.MinInt64, len(buf) > 0
}

// atLeast is atMost upwards: the lowest bucket that holds a total of bound or
// more, and where the bucket ends.
func (o *order) atLeast(bound int64, buf []entry) (bucket []entry, to int64, ok bool) {
	for i := range o.nodes {
		if o.nodes[i].total >= bound && o.standing(uint32(i)) {
			buf = append(buf, entry{o.nodes[i].total, uint32(i)})
		}
	}
	return buf, math.MaxInt64, len(buf) > 0
}

// bitset is a set of members; nil is empty.
type bitset []uint64

func (s bitset) has(i uint32) bool {
	return int(i>>6) < len(s) && s[i>>6]>>(i&63)&1 != 0
}

func (s *bitset) set(i uint32, in bool) {
	for int(i>>6) >= len(*s) {
		if !in {
			return
		}
		*s = append(*s, 0)
	}
	if in {
		(*s)[i>>6] |= 1 << (i & 63)
	} else {
		(*s)[i>>6] &^= 1 << (i & 63)
	}
}

func (s bitset) clone() bitset { return append(bitset(nil), s...) }

func (s bitset) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for w, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(uint32(w<<6 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}
