package rank

import "math/bits"

// split makes a branch of the leaf in part p of b.
func (l *ladder) split(nodes []node, b *branch, p uint) {
	block, class := b.child[p], b.class[p]
	members := append(make([]uint32, 0, b.n[p]), l.blocks.of(block, b.n[p])...)
	l.blocks.put(block, class)
	l.plant(nodes, b, p, members, make([]uint32, len(members)), true)
}

// plant fills part p of b with members: as a leaf, or a branch if they are more than a
// leaf takes, or more would follow. Room is as long; both are overwritten.
func (l *ladder) plant(nodes []node, b *branch, p uint, members, room []uint32, more bool) {
	b.n[p] = uint32(len(members))
	b.occupied |= 1 << p
	if len(members) <= leafMost && !more || b.shift == 0 {
		l.plantLeaf(nodes, b, p, members)
		return
	}
	cut := cutBits(len(members)+1, b.shift)
	at := l.newBranch(b.shift-cut, 1<<cut-1)
	b.child[p], b.class[p] = isBranch|at, 0
	fine := l.branches[at]
	var ends [parts]uint32 // first how many, then where they end
	for _, i := range members {
		ends[fine.part(nodes[i].key())]++
	}
	end := uint32(0)
	for q, n := range ends {
		ends[q] = end
		end += n
	}
	for _, i := range members {
		q := fine.part(nodes[i].key())
		room[ends[q]] = i
		ends[q]++
	}
	from := uint32(0)
	for q, to := range ends[:fine.mask+1] {
		if from < to {
			l.plant(nodes, fine, uint(q), room[from:to], members[from:to], false)
		}
		from = to
	}
}

// plantLeaf fills part p of b, which counts them already, with members as a leaf.
func (l *ladder) plantLeaf(nodes []node, b *branch, p uint, members []uint32) {
	class := classFor(len(members))
	block := l.blocks.get(class)
	b.child[p], b.class[p] = block, class
	copy(l.blocks.of(block, uint32(len(members))), members)
	for at, i := range members {
		nodes[i].at, nodes[i].shift = uint32(at), b.shift
	}
}

// merge makes a leaf of the branch in part p of b.
func (l *ladder) merge(nodes []node, b *branch, p uint) {
	l.plantLeaf(nodes, b, p, l.drain(make([]uint32, 0, branchBelow), b.child[p]))
}

// drain appends the members of a branch and gives it back with all that is in it.
func (l *ladder) drain(members []uint32, child uint32) []uint32 {
	b := l.branches[child&^isBranch]
	for rest := b.occupied; rest != 0; rest &= rest - 1 {
		p := bits.TrailingZeros64(rest)
		if b.child[p]&isBranch != 0 {
			members = l.drain(members, b.child[p])
			continue
		}
		members = append(members, l.blocks.of(b.child[p], b.n[p])...)
		l.blocks.put(b.child[p], b.class[p])
	}
	l.spare = append(l.spare, child&^isBranch)
	return members
}

// newBranch returns the index of an empty branch.
func (l *ladder) newBranch(shift, mask uint8) uint32 {
	at := uint32(len(l.branches))
	if k := len(l.spare); k > 0 {
		at = l.spare[k-1]
		l.spare = l.spare[:k-1]
	} else {
		l.branches = append(l.branches, new(branch))
	}
	*l.branches[at] = branch{shift: shift, mask: mask}
	return at
}
