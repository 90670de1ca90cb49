package rank

// rebuild derives everything from the totals, after they were changed in bulk.
func (o *order) rebuild() {
	o.n, o.sum = 0, Sum{}
	if len(o.nodes) < scanBelow {
		for i := range o.nodes {
			if o.standing(uint32(i)) {
				o.n++
				o.sum = o.sum.plus(o.nodes[i].total)
			}
		}
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
	o.build(o.pos)
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
	n     uint32 // members
	shift uint8  // of the leaf
}

// build fills the ladders, which are empty. It passes over the members thrice, in
// order, so that of what it jumps about in only the blocks are not small: it counts
// the members of all cells, which says how to cut them into bins of about leafAim
// members; counts those of the bins, which says where their blocks lie; and writes
// the blocks. Negative totals, mostly few, are inserted one by one.
func (o *order) build(l *ladder) {
	nodes, sum := o.nodes, Sum{}
	var negative []uint32
	var counts [cells]uint32
	for i := range nodes {
		nd := &nodes[i]
		t := nd.total
		if t <= 0 || o.out != nil && o.out.has(uint32(i)) {
			nd.shift = 0
			if t < 0 && !o.out.has(uint32(i)) {
				negative = append(negative, uint32(i))
			}
			continue
		}
		sum = sum.plus(t)
		counts[cellOf(uint64(t))]++
	}
	var cuts [cells]cut
	bins := make([]bin, l.plan(&counts, &cuts))
	binOf := make([]uint32, len(nodes)) // and one, or 0
	for i := range nodes {
		t := nodes[i].total
		if t <= 0 || o.out != nil && o.out.has(uint32(i)) {
			continue
		}
		at := cuts[cellOf(uint64(t))].of(uint64(t))
		bins[at].n++
		binOf[i] = at + 1
	}
	l.frame(&counts, &cuts, bins)
	for i, at := range binOf {
		if at != 0 {
			b := &bins[at-1]
			n := b.n
			b.n = n + 1
			l.blocks.ids[b.start+n] = uint32(i)
			nodes[i].at, nodes[i].shift = n, b.shift
		}
	}
	l.relieve(nodes)
	o.n, o.sum = l.n, sum
	for _, i := range negative {
		o.sum = o.sum.plus(nodes[i].total)
		o.replace(i, 0, nodes[i].total)
	}
}

// cellOf returns the number of a part of a root, among the parts of all roots.
func cellOf(key uint64) uint {
	length := lengthOf(key)
	shift := max(length, partBits+1) - partBits - 1
	return (length<<partBits | uint(key>>(shift&63))&(parts-1)) & (cells - 1)
}

// plan says how to cut the cells, and returns how many bins there are.
func (l *ladder) plan(counts *[cells]uint32, cuts *[cells]cut) uint32 {
	bins := uint32(0)
	for cell, n := range counts {
		if n == 0 {
			continue
		}
		c := cut{bin: bins, shift: l.roots[cell>>partBits].shift}
		if n > leafMost && c.shift > 0 {
			bits := cutBits(int(n), c.shift)
			c.shift, c.mask = c.shift-bits, 1<<bits-1
		}
		bins += uint32(c.mask) + 1
		cuts[cell] = c
	}
	return bins
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
	in.start, in.shift = b.child[p]*blockUnit, b.shift
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
