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

// build fills the ladders, which are empty. It passes over the members twice, in
// order, so that of what it jumps about in only the blocks are not small. A sample says
// how to cut the crowded cells into bins of about leafAim members. It counts the members
// of all bins, which says where their blocks lie; and writes the blocks. Negative
// totals, mostly few, are inserted one by one.
func (o *order) build(l *ladder) {
	nodes, sum := o.nodes, Sum{}
	var cuts [cells]cut
	bins := make([]bin, l.plan(nodes, &cuts))
	var negative []uint32
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
		at := cuts[cellOf(uint64(t))].of(uint64(t))
		bins[at].n++
		nd.at = at // for now
	}
	l.frame(&cuts, bins)
	for i := range nodes {
		nd := &nodes[i]
		if nd.total <= 0 || o.out != nil && o.out.has(uint32(i)) {
			continue
		}
		b := &bins[nd.at]
		n := b.n
		b.n = n + 1
		l.blocks.ids[b.start+n] = uint32(i)
		nd.at, nd.shift = n, b.shift
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

// plan says how to cut the cells, and returns how many bins there are. It looks at one
// of sampleEvery members: relieve makes up for what it guesses wrongly.
func (l *ladder) plan(nodes []node, cuts *[cells]cut) uint32 {
	const sampleEvery = 8
	var counts [cells]uint32
	for i := 0; i < len(nodes); i += sampleEvery {
		if t := nodes[i].total; t > 0 {
			counts[cellOf(uint64(t))] += sampleEvery
		}
	}
	bins := uint32(0)
	for cell, n := range counts {
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
func (l *ladder) frame(cuts *[cells]cut, bins []bin) {
	for cell := range cuts {
		c := &cuts[cell]
		mine := bins[c.bin:][:int(c.mask)+1]
		n := uint32(0)
		for q := range mine {
			n += mine[q].n
		}
		if n == 0 {
			continue
		}
		length, p := cell>>partBits, cell&(parts-1)
		l.n += int(n)
		l.lengths[length] += n
		l.occupied |= 1 << length
		b := &l.roots[length]
		b.n[p] = n
		b.occupied |= 1 << p
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

// relieve splits what is still crowded, and makes leaves of branches of few.
func (l *ladder) relieve(nodes []node) {
	for length := range l.roots {
		if l.lengths[length] == 0 {
			continue
		}
		root := &l.roots[length]
		for p, child := range root.child {
			switch n := root.n[p]; {
			case child&isBranch == 0 && n > leafMost && root.shift > 0:
				l.split(nodes, root, uint(p))
			case child&isBranch != 0 && n < branchBelow:
				l.merge(nodes, root, uint(p))
			case child&isBranch != 0:
				l.relieveBranch(nodes, l.branches[child&^isBranch])
			}
		}
	}
}

func (l *ladder) relieveBranch(nodes []node, b *branch) {
	for p, n := range b.n {
		if n > leafMost && b.shift > 0 {
			l.split(nodes, b, uint(p))
		}
	}
}
