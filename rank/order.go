package rank

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
}

// node is one member: its total, and where the ladder has it.
type node struct {
	total int64
	at    uint32 // place in the block of its leaf
	// A total that differs from this one in none but so many low bits is of the same
	// leaf. So an addition that keeps its member there reads and writes no more than
	// the node. 0 for a member on no ladder.
	shift uint8
}

// key is the total without its sign: rising for positive totals, falling for
// negative ones, and as good as 63 bits for both.
func (n *node) key() uint64 { return keyOf(n.total) }

func keyOf(total int64) uint64 { return uint64(total ^ total>>63) }

// scanBelow is the number of members from which on a board has a ladder.
const scanBelow = 256

// standing reports whether member i stands on the board.
func (o *order) standing(i uint32) bool { return o.nodes[i].total != 0 && !o.out.has(i) }

// grow makes room for n members, the new ones with a total of zero.
func (o *order) grow(n int) {
	if n > cap(o.nodes) {
		o.nodes = append(make([]node, 0, n+n/4), o.nodes...)
	}
	o.nodes = o.nodes[:n]
	if n >= scanBelow && o.pos == nil {
		o.rebuild()
	}
}

// add changes the total of member i by d.
func (o *order) add(i uint32, d int64) {
	nd := &o.nodes[i]
	old := nd.total
	total := old + d
	nd.total = total
	o.sum = o.sum.plus(d)
	if uint64(old^total)>>(nd.shift&63) != 0 { // also if the sign or a zero comes or goes
		o.refile(i, old, total)
	}
}

// run is some additions to totals: d[j] to that of member i[j], for the first n.
type run struct {
	n int
	i [runMost]uint32
	d [runMost]int64
}

const runMost = 64

// addAll is add for a run. It looks first at all of them, without a branch that the
// processor would have to guess, and then moves those members that leave their
// leaf.
func (o *order) addAll(r *run) {
	var leaving [runMost]uint8
	n, nodes, sum := 0, o.nodes, o.sum
	for j, i := range r.i[:r.n] {
		nd, d := &nodes[i], r.d[j]
		sum = sum.plus(d)
		total := nd.total + d
		leaves := uint64(nd.total^total) >> (nd.shift & 63)
		leaves = (leaves | -leaves) >> 63 // 0 or 1
		nd.total = total - d&-int64(leaves)
		leaving[n&(runMost-1)] = uint8(j)
		n += int(leaves)
	}
	o.sum = sum
	for _, j := range leaving[:n] {
		i, d := r.i[j&(runMost-1)], r.d[j&(runMost-1)]
		old := nodes[i].total
		nodes[i].total = old + d
		o.refile(i, old, old+d)
	}
}

// refile moves member i from the place of total old to that of total, which it has
// by now.
func (o *order) refile(i uint32, old, total int64) {
	switch {
	case o.out != nil && o.out.has(i):
		o.sum = o.sum.minus(total - old)
	case old > 0 && total > 0 && o.pos != nil:
		o.pos.move(o.nodes, i, keyOf(old), keyOf(total))
	default:
		o.replace(i, old, total)
	}
}

// replace takes member i from the place of total old to that of total.
func (o *order) replace(i uint32, old, total int64) {
	if old != 0 {
		o.n--
		if o.pos != nil {
			o.side(old).remove(o.nodes, i, keyOf(old))
			o.nodes[i].shift = 0
		}
	}
	if total != 0 {
		o.n++
		if o.pos != nil {
			o.side(total).insert(o.nodes, i, keyOf(total))
		}
	}
}

// side returns the ladder that holds a total.
func (o *order) side(total int64) *ladder {
	if total > 0 {
		return o.pos
	}
	if o.neg == nil {
		o.neg = newLadder()
	}
	return o.neg
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
	return o.pos.n + o.neg.below(o.nodes, keyOf(score))
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
	for _, i := range l.leaf(keyOf(score)) {
		if o.nodes[i].total == score {
			yield(i)
		}
	}
}

// entry is a member and its total, copied out of a leaf to be sorted.
type entry struct {
	score int64
	i     uint32
}

// descent walks the members by falling totals, some neighbors at a time, or by
// rising ones.
type descent struct {
	o       *order
	up      bool
	scanned bool
	climb   climb
	then    *ladder // the other side, to be walked afterwards
}

// from begins with the members around bound: all that the descent comes to are in
// order, but for the first few, which may lie on the near side of bound.
func (o *order) from(bound int64, up bool) descent {
	d := descent{o: o, up: up}
	switch {
	case o.pos == nil:
	case bound >= 0:
		d.climb = o.pos.climb(keyOf(bound), up)
		if !up {
			d.then = o.neg
		}
	default:
		if o.neg != nil {
			d.climb = o.neg.climb(keyOf(bound), !up)
		}
		if up {
			d.then = o.pos
		}
	}
	return d
}

// next appends the next members to buf, which is empty: at least so many, if there are,
// or what it has room for. They are nearly in order, and all before those to come.
// There are none at the end.
func (d *descent) next(buf []entry, many int) []entry {
	o := d.o
	if o.pos == nil {
		if !d.scanned {
			d.scanned = true
			for i := range o.nodes {
				if o.standing(uint32(i)) {
					buf = append(buf, entry{o.nodes[i].total, uint32(i)})
				}
			}
		}
		return buf
	}
	buf = d.climb.next(buf, many)
	if len(buf) == 0 && d.then != nil {
		d.climb = d.then.climb(0, true)
		d.then = nil
		buf = d.climb.next(buf, many)
	}
	for at := range buf { // by itself, so that many are fetched at once
		buf[at].score = o.nodes[buf[at].i].total
	}
	return buf
}
