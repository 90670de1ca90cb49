package rank

// rebuild derives everything from the totals, after they were changed in bulk.
func (o *order) rebuild() {
	o.n, o.sum = 0, Sum{}
	var negative []uint32
	sum := Sum{}
	for i := range o.nodes {
		nd := &o.nodes[i]
		nd.shift = 0
		if nd.total == 0 || o.out != nil && o.out.has(uint32(i)) {
			continue
		}
		o.n++
		sum = sum.plus(nd.total)
		if nd.total < 0 {
			negative = append(negative, uint32(i))
		}
	}
	o.sum = sum
	if len(o.nodes) < scanBelow {
		return
	}
	if o.pos == nil {
		o.pos = newLadder()
	} else {
		o.pos.reset()
	}
	if o.neg != nil {
		o.neg.reset()
	}
	o.pos.build(o.nodes, o.out)
	for _, i := range negative {
		o.side(-1).insert(o.nodes, i, o.nodes[i].key())
	}
}

// cells is the number of parts of all roots of a ladder.
const cells = parts * parts

// cut says into which bins the members of a cell go.
type cut struct {
	bin         uint32 // the first
	shift, mask uint8
}

// bin becomes a leaf, or more if it is crowded.
type bin struct {
	start uint32 // in blocks.ids
	n     uint32
}

// build fills an empty ladder with all members that have a positive total and are not
// out. It passes over the members thrice, in order, so that of what it jumps about in
// only the blocks are not small: it counts the members of all cells, which says
// how to cut them into bins of about leafAim members; counts those of the bins,
// which says where their blocks lie; and writes the blocks.
func (l *ladder) build(nodes []node, out bitset) {
	var counts [cells]uint32
	for i := range nodes {
		if t := nodes[i].total; t > 0 && !(out != nil && out.has(uint32(i))) {
			counts[l.cellOf(uint64(t))]++
		}
	}
	var cuts [cells]cut
	total := uint32(0)
	for cell, n := range counts {
		shift := l.roots[cell>>partBits].shift
		cuts[cell] = cut{bin: total, shift: shift}
		if n > leafMost && shift > 0 {
			bits := cutBits(int(n), shift)
			cuts[cell].shift, cuts[cell].mask = shift-bits, 1<<bits-1
		}
		if n > 0 {
			total += uint32(cuts[cell].mask) + 1
		}
	}
	bins := make([]bin, total)
	for i := range nodes {
		if t := nodes[i].total; t > 0 && !(out != nil && out.has(uint32(i))) {
			bins[cuts[l.cellOf(uint64(t))].of(uint64(t))].n++
		}
	}
	l.frame(&counts, &cuts, bins)
	for i := range nodes {
		if t := nodes[i].total; t > 0 && !(out != nil && out.has(uint32(i))) {
			c := &cuts[l.cellOf(uint64(t))]
			b := &bins[c.of(uint64(t))]
			l.blocks.ids[b.start+b.n] = uint32(i)
			nodes[i].at, nodes[i].shift = b.n, c.shift
			b.n++
		}
	}
	l.relieve(nodes)
}

// cellOf returns the number of a part of a root, among the parts of all roots.
func (l *ladder) cellOf(key uint64) uint {
	length := lengthOf(key)
	return (length<<partBits | uint(key>>(l.roots[length].shift&63))&(parts-1)) & (cells - 1)
}

func (c *cut) of(key uint64) uint32 { return c.bin + uint32(key>>(c.shift&63))&uint32(c.mask) }

// frame makes the branches and leaves for all bins, but for the members in them, which
// bins then count anew.
func (l *ladder) frame(counts *[cells]uint32, cuts *[cells]cut, bins []bin) {
	for cell, n := range counts {
		if n == 0 {
			continue
		}
		length, p := cell>>partBits, cell&(parts-1)
		l.n += int(n)
		l.lengths[length] += n
		l.occupied |= 1 << length
		b, c := &l.roots[length], &cuts[cell]
		b.n[p] = n
		b.occupied |= 1 << p
		mine := bins[c.bin:][:int(c.mask)+1]
		if c.mask == 0 {
			l.lay(b, p, &mine[0])
			continue
		}
		at := l.newBranch(c.shift, c.mask)
		b.child[p] = isBranch | at
		for q := range mine {
			l.lay(l.branches[at], q, &mine[q])
		}
	}
}

// lay makes a leaf of a bin in part p of a branch.
func (l *ladder) lay(b *branch, p int, in *bin) {
	n := in.n
	in.n = 0
	if n == 0 {
		return
	}
	class := classFor(int(n))
	b.n[p], b.class[p], b.child[p] = n, class, l.blocks.get(class)
	b.occupied |= 1 << p
	in.start = b.child[p] * blockUnit
}

// relieve splits what is still crowded.
func (l *ladder) relieve(nodes []node) {
	for length := range l.roots {
		if l.lengths[length] == 0 {
			continue
		}
		for _, child := range l.roots[length].child {
			if child&isBranch == 0 {
				continue
			}
			b := l.branches[child&^isBranch]
			for p, n := range b.n {
				if n > leafMost && b.shift > 0 {
					l.split(nodes, b, uint(p))
				}
			}
		}
	}
}
