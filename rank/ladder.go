package rank

import "math/bits"

// ladder keeps members in order of a key of 63 bits, their total or what is behind
// its sign.
//
// For every length of a key in bits there is a branch, which cuts the keys of that
// length into 64 parts by the next six bits. A part is a leaf: a short list of
// members in a block, in no order; or, where a leaf got crowded, another branch,
// and that again, down to single keys, whose members are equal and never looked
// through. A branch that few are left in becomes a leaf again. So where totals are
// rare a leaf is wide and few additions leave it, and where they are close it is
// fine. Lengths and branches know how many members their parts have, so the members
// below a key are the sum of a few short lists. Reads change nothing.
type ladder struct {
	n        int           // members
	lengths  [parts]uint32 // members by the length of their key
	occupied uint64        // lengths with members
	roots    [parts]branch // by length
	branches []*branch     // below them
	spare    []uint32      // indexes of branches that are not in use
	blocks   blocks
}

// branch is up to 64 neighboring ranges of keys.
type branch struct {
	n        [parts]uint32 // members of each part
	child    [parts]uint32 // the block of a leaf; or isBranch and an index in ladder.branches
	class    [parts]uint8  // of a leaf: the class of its block
	occupied uint64        // parts with members
	shift    uint8         // how many low bits the keys of a part may differ in
	mask     uint8         // of the bits above those: the number of parts, less one
}

const (
	parts    = 64
	partBits = 6
	keyBits  = 63
	maxKey   = 1<<keyBits - 1

	isBranch    = 1 << 31
	leafMost    = 128 // members of a leaf, unless they are equal
	leafAim     = 32  // members of a leaf of a new branch, about, at most
	leastCut    = 3   // bits that a new branch cuts by, at least: of leafMost+1 members
	branchBelow = 24  // members of a branch that make it a leaf again
)

func newLadder() *ladder {
	l := new(ladder)
	l.reset()
	return l
}

// reset empties the ladder and keeps its room.
func (l *ladder) reset() {
	l.n, l.lengths, l.occupied = 0, [parts]uint32{}, 0
	for length := range l.roots {
		l.roots[length] = branch{shift: uint8(max(length, partBits+1) - partBits - 1), mask: parts - 1}
	}
	l.spare = l.spare[:0]
	for at := range l.branches {
		l.spare = append(l.spare, uint32(at))
	}
	l.blocks.reset()
}

func (b *branch) part(key uint64) uint { return uint(key>>(b.shift&63)) & uint(b.mask&(parts-1)) }

// lengthOf returns the length of a key in bits.
func lengthOf(key uint64) uint { return uint(bits.Len64(key)) & (parts - 1) }

// cutBits returns into how many parts, as a power of two, a branch should cut a range
// of keys that differ in shift bits, if it has n members: so that some share a leaf.
func cutBits(n int, shift uint8) uint8 {
	return min(shift, partBits, uint8(bits.Len(uint(n)/leafAim)))
}

// insert adds member i.
func (l *ladder) insert(nodes []node, i uint32, key uint64) {
	length := lengthOf(key)
	l.n++
	l.lengths[length]++
	l.occupied |= 1 << length
	l.put(nodes, i, key, &l.roots[length])
}

// put adds member i to a branch.
func (l *ladder) put(nodes []node, i uint32, key uint64, b *branch) {
	for {
		p := b.part(key)
		n, child := b.n[p], b.child[p]
		if child&isBranch != 0 {
			b.n[p] = n + 1
			b = l.branches[child&^isBranch]
			continue
		}
		if int(n) == blockRoom(b.class[p]) && !l.makeRoom(nodes, b, p) {
			continue
		}
		b.n[p] = n + 1
		b.occupied |= 1 << p
		l.blocks.ids[int(b.child[p])*blockUnit+int(n)] = i
		nodes[i].at, nodes[i].shift = n, b.shift
		return
	}
}

// makeRoom gives the leaf in part p of a branch a greater block. It is false if it made
// a branch of it instead.
func (l *ladder) makeRoom(nodes []node, b *branch, p uint) bool {
	if n := b.n[p]; n >= leafMost && b.shift > 0 {
		l.split(nodes, b, p)
		return false
	}
	l.resize(b, p, b.class[p]+1)
	return true
}

// resize moves the leaf in part p of a branch to a block of another class.
func (l *ladder) resize(b *branch, p uint, class uint8) {
	b.child[p] = l.blocks.resize(b.child[p], b.n[p], b.class[p], class)
	b.class[p] = class
}

// remove takes member i out.
func (l *ladder) remove(nodes []node, i uint32, key uint64) {
	length := lengthOf(key)
	l.n--
	left := l.lengths[length] - 1
	l.lengths[length] = left
	l.occupied &^= isZero(left) << length
	l.take(nodes, i, key, &l.roots[length])
}

// move changes the key of member i. Its total is that of the new key already.
func (l *ladder) move(nodes []node, i uint32, from, to uint64) {
	length := lengthOf(from)
	if length != lengthOf(to) {
		l.remove(nodes, i, from)
		l.insert(nodes, i, to)
		return
	}
	b := &l.roots[length]
	for { // as deep as both go the same way, nothing changes
		p := b.part(from)
		child := b.child[p]
		if p != b.part(to) || child&isBranch == 0 {
			break
		}
		b = l.branches[child&^isBranch]
	}
	l.take(nodes, i, from, b)
	l.put(nodes, i, to, b)
}

// take takes member i out of a branch.
func (l *ladder) take(nodes []node, i uint32, key uint64, b *branch) {
	p := b.part(key)
	for b.child[p]&isBranch != 0 {
		b.n[p]--
		if b.n[p] < branchBelow {
			l.merge(nodes, b, p)
			b.n[p]++
			break
		}
		b = l.branches[b.child[p]&^isBranch]
		p = b.part(key)
	}
	n := b.n[p] - 1
	b.n[p] = n
	b.occupied &^= isZero(n) << p
	block := l.blocks.ids[int(b.child[p])*blockUnit:]
	last, at := block[n], nodes[i].at
	block[at] = last
	nodes[last].at = at
	if class := b.class[p]; int(n) < blockRoom(class)/4 {
		l.resize(b, p, class-1)
	}
}

// isZero is 1 for 0, else 0, without a branch.
func isZero(n uint32) uint64 { return (uint64(n) - 1) >> 63 }

// below counts the members with keys less than key.
func (l *ladder) below(nodes []node, key uint64) int {
	if key > maxKey {
		return l.n
	}
	length := lengthOf(key)
	n := sumOf(l.lengths[:length])
	b := &l.roots[length]
	p := b.part(key)
	for b.child[p]&isBranch != 0 {
		n += sumOf(b.n[:p])
		b = l.branches[b.child[p]&^isBranch]
		p = b.part(key)
	}
	n += sumOf(b.n[:p])
	if key&(1<<(b.shift&63)-1) == 0 { // the least of its leaf
		return n
	}
	for _, i := range l.blocks.of(b.child[p], b.n[p]) {
		n += int((nodes[i].key() - key) >> 63) // one if it is less, without a branch
	}
	return n
}

func sumOf(counts []uint32) int {
	n := 0
	for _, c := range counts {
		n += int(c)
	}
	return n
}

// leaf returns the members of the leaf that holds key.
func (l *ladder) leaf(key uint64) []uint32 {
	b := &l.roots[lengthOf(key)]
	p := b.part(key)
	for b.child[p]&isBranch != 0 {
		b = l.branches[b.child[p]&^isBranch]
		p = b.part(key)
	}
	return l.blocks.of(b.child[p], b.n[p])
}
