package rank

import (
	"iter"
	"math"
	"math/bits"
)

// order keeps the totals of the members of a board, and those that stand on it
// in order: members with a total other than zero that no option takes out. A
// small board is scanned; a greater one has a ladder for positive and, once
// needed, one for negative totals.
type order struct {
	nodes []node
	out   bitset // members that are hidden and not counted
	n     int    // members that stand on the board
	sum   Sum    // of their totals

	pos, neg *ladder // nil while the board is small; neg also while nothing is negative
	built    int     // members when the ladders were made
}

// node is one member: its total and its neighbors in the list of its bucket,
// each a member+1 or 0.
type node struct {
	total      int64
	next, prev uint32
}

// key is the magnitude of the total.
func (n *node) key() uint64 {
	if n.total < 0 {
		return uint64(-n.total)
	}
	return uint64(n.total)
}

// scanBelow is the number of members from which on a board has a ladder.
const scanBelow = 256

// standing reports whether member i stands on the board.
func (o *order) standing(i uint32) bool { return o.nodes[i].total != 0 && !o.out.has(i) }

// grow makes room for n members, the new ones with a total of zero. A board that
// outgrew its ladder gets a finer one.
func (o *order) grow(n int) {
	if n > cap(o.nodes) {
		o.nodes = append(make([]node, 0, n+n/4), o.nodes...)
	}
	o.nodes = o.nodes[:n]
	if n >= scanBelow && n >= 4*o.built {
		o.rebuild()
	}
}

// add changes the total of member i by d.
func (o *order) add(i uint32, d int64) {
	nd := &o.nodes[i]
	old := nd.total
	total := old + d
	nd.total = total
	if o.out != nil && o.out.has(i) {
		return
	}
	o.sum = o.sum.plus(d)
	if old > 0 && total > 0 {
		if o.pos != nil {
			o.pos.move(o.nodes, i, uint64(old), uint64(total))
		}
		return
	}
	o.replace(i, old, total)
}

// replace takes member i from the place of total old to that of total.
func (o *order) replace(i uint32, old, total int64) {
	if old != 0 {
		o.n--
		if o.pos != nil {
			o.side(old).remove(o.nodes, i, magnitude(old))
		}
	}
	if total != 0 {
		o.n++
		if o.pos != nil {
			o.side(total).insert(o.nodes, i, magnitude(total))
		}
	}
}

// side returns the ladder that holds a total.
func (o *order) side(total int64) *ladder {
	if total > 0 {
		return o.pos
	}
	if o.neg == nil {
		o.neg = newLadder(mantissaFor(0))
	}
	return o.neg
}

func magnitude(total int64) uint64 {
	if total < 0 {
		return uint64(-total)
	}
	return uint64(total)
}

// setOut takes member i off the board, or puts it back.
func (o *order) setOut(i uint32, out bool) {
	if o.out.has(i) == out {
		return
	}
	o.out.set(i, out)
	t := o.nodes[i].total
	if out {
		o.sum = o.sum.minus(t)
		o.replace(i, t, 0)
	} else {
		o.sum = o.sum.plus(t)
		o.replace(i, 0, t)
	}
}

// rebuild derives everything from the totals, after they were changed in bulk.
func (o *order) rebuild() {
	n := len(o.nodes)
	o.n, o.sum, o.built = 0, Sum{}, n
	if n < scanBelow {
		o.pos, o.neg = nil, nil
	} else {
		o.pos = renew(o.pos, n)
		if o.neg != nil {
			o.neg = renew(o.neg, o.neg.n)
		}
	}
	pos, nodes, sum := o.pos, o.nodes, Sum{}
	for i := range nodes {
		t := nodes[i].total
		if t == 0 || o.out != nil && o.out.has(uint32(i)) {
			continue
		}
		o.n++
		sum = sum.plus(t)
		if t > 0 && pos != nil {
			// What ladder.stack does for a bucket that is not crowded.
			bk := &pos.buckets[pos.index(uint64(t))]
			if head := bk.head; head&isSplit == 0 && bk.n < splitAbove {
				nodes[i].next, nodes[i].prev = head, 0
				if head != 0 {
					nodes[head-1].prev = uint32(i) + 1
				}
				bk.head = uint32(i) + 1
				bk.n++
				continue
			}
		}
		if pos != nil {
			o.side(t).stack(nodes, uint32(i), magnitude(t))
		}
	}
	o.sum = sum
	for _, l := range []*ladder{o.pos, o.neg} {
		if l != nil {
			l.settle(o.nodes)
		}
	}
}

// renew returns an empty ladder for n members.
func renew(l *ladder, n int) *ladder {
	if l == nil || l.mantissa != mantissaFor(n) {
		return newLadder(mantissaFor(n))
	}
	l.reset()
	return l
}

// ahead counts the members with a total above score.
func (o *order) ahead(score int64) int {
	if o.pos == nil {
		n := 0
		for i := range o.nodes {
			if t := o.nodes[i].total; t > score && o.standing(uint32(i)) {
				n++
			}
		}
		return n
	}
	switch {
	case score >= 0:
		return o.pos.n - o.pos.below(o.nodes, uint64(score)+1)
	case o.neg == nil:
		return o.pos.n
	}
	return o.pos.n + o.neg.below(o.nodes, magnitude(score))
}

// tied yields the members whose total is score.
func (o *order) tied(score int64, yield func(i uint32)) {
	if o.pos == nil {
		for i := range o.nodes {
			if o.nodes[i].total == score && o.standing(uint32(i)) {
				yield(uint32(i))
			}
		}
		return
	}
	l := o.pos
	if score < 0 {
		l = o.neg
	}
	if l == nil || score == 0 {
		return
	}
	f, _ := l.atMost(magnitude(score))
	for member := f.head; member != 0; member = o.nodes[member-1].next {
		if o.nodes[member-1].total == score {
			yield(member - 1)
		}
	}
}

// entry is a member and its total, copied out of a bucket to be sorted.
type entry struct {
	score int64
	i     uint32
}

// atMost appends the members of the highest bucket that is occupied and begins
// at bound or below, and says where it begins: all members from there to bound
// are in it, and perhaps some above bound. It is false if there is none.
func (o *order) atMost(bound int64, buf []entry) (bucket []entry, from int64, ok bool) {
	if o.pos == nil {
		buf = o.scan(math.MinInt64, bound, buf)
		return buf, math.MinInt64, len(buf) > 0
	}
	if bound > 0 {
		if f, ok := o.pos.atMost(uint64(bound)); ok {
			return o.list(f, buf), int64(f.low), true
		}
	}
	if key := magnitude(min(bound, -1)); o.neg != nil && key <= maxKey {
		if f, ok := o.neg.atLeast(key); ok {
			return o.list(f, buf), -int64(min(f.high, maxKey)), true
		}
	}
	return buf, 0, false
}

// atLeast is atMost upwards: the lowest bucket that is occupied and ends at bound
// or above, and where it ends.
func (o *order) atLeast(bound int64, buf []entry) (bucket []entry, to int64, ok bool) {
	if o.pos == nil {
		buf = o.scan(bound, math.MaxInt64, buf)
		return buf, math.MaxInt64, len(buf) > 0
	}
	if bound < 0 && o.neg != nil {
		if f, ok := o.neg.atMost(min(magnitude(bound), maxKey)); ok {
			return o.list(f, buf), -int64(f.low), true
		}
	}
	if f, ok := o.pos.atLeast(uint64(max(bound, 1))); ok {
		return o.list(f, buf), int64(f.high), true
	}
	return buf, 0, false
}

func (o *order) scan(low, high int64, buf []entry) []entry {
	for i := range o.nodes {
		if t := o.nodes[i].total; t >= low && t <= high && o.standing(uint32(i)) {
			buf = append(buf, entry{t, uint32(i)})
		}
	}
	return buf
}

func (o *order) list(f leaf, buf []entry) []entry {
	if int(f.n) > cap(buf) {
		buf = make([]entry, 0, f.n)
	}
	for member := f.head; member != 0; {
		nd := &o.nodes[member-1]
		buf = append(buf, entry{nd.total, member - 1})
		member = nd.next
	}
	return buf
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

// reach makes room for n members.
func (s *bitset) reach(n int) {
	for len(*s) < (n+63)/64 {
		*s = append(*s, 0)
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
