package rank

import "math/bits"

// split cuts the range of one crowded bucket into up to 64 buckets. They can be
// split again, so however close the totals of a board are, no list that a rank
// has to look through is long; the members of a bucket of a single key are equal
// and never looked through.
type split struct {
	buckets  [64]bucket
	occupied uint64
	shift    uint // low bits of a key that its buckets ignore
}

const (
	splitAbove = 48 // members of a bucket that split it
	mergeBelow = 16 // members of a split bucket that undo it
)

func (s *split) part(key uint64) uint { return uint(key>>(s.shift&63)) & 63 }

// low returns the least key of a part, given the least key of the whole.
func (s *split) low(part uint, whole uint64) uint64 {
	return (whole>>s.shift&^63 | uint64(part)) << s.shift
}

// partAtMost returns the highest occupied part up to p, or -1.
func (s *split) partAtMost(p int) int {
	if p < 0 {
		return -1
	}
	return bits.Len64(s.occupied&(2<<p-1)) - 1
}

// partAtLeast returns the lowest occupied part from p, or 64.
func (s *split) partAtLeast(p int) int { return bits.TrailingZeros64(s.occupied &^ (1<<p - 1)) }

// hang adds member i to a bucket whose keys are equal but for shift low bits.
func (l *ladder) hang(nodes []node, i uint32, key uint64, bk *bucket, shift uint) {
	for {
		bk.n++
		if bk.head&isSplit == 0 {
			break
		}
		s := l.splits[bk.head&^isSplit]
		p := s.part(key)
		s.occupied |= 1 << p
		bk, shift = &s.buckets[p], s.shift
	}
	link(nodes, i, bk)
	if bk.n > splitAbove && shift > 0 {
		l.split(nodes, bk, shift)
	}
}

// unhang takes member i out of a bucket.
func (l *ladder) unhang(nodes []node, i uint32, key uint64, bk *bucket) {
	var inside *split
	var p uint
	for {
		bk.n--
		if inside != nil && bk.n == 0 {
			inside.occupied &^= 1 << p
		}
		if bk.head&isSplit == 0 {
			unlink(nodes, i, bk)
			return
		}
		if bk.n < mergeBelow {
			l.merge(nodes, bk)
			unlink(nodes, i, bk)
			return
		}
		inside = l.splits[bk.head&^isSplit]
		p = inside.part(key)
		bk = &inside.buckets[p]
	}
}

// moveInside changes the key of member i within a split bucket.
func (l *ladder) moveInside(nodes []node, i uint32, from, to uint64, bk *bucket) {
	for bk.head&isSplit != 0 {
		s := l.splits[bk.head&^isSplit]
		a, z := s.part(from), s.part(to)
		if a == z {
			bk = &s.buckets[a]
			continue
		}
		l.unhang(nodes, i, from, &s.buckets[a])
		if s.buckets[a].n == 0 {
			s.occupied &^= 1 << a
		}
		s.occupied |= 1 << z
		l.hang(nodes, i, to, &s.buckets[z], s.shift)
		return
	}
}

// link and unlink change the list of a bucket that is not split, not its size.
func link(nodes []node, i uint32, bk *bucket) {
	nodes[i].next, nodes[i].prev = bk.head, 0
	if bk.head != 0 {
		nodes[bk.head-1].prev = i + 1
	}
	bk.head = i + 1
}

func unlink(nodes []node, i uint32, bk *bucket) {
	next, prev := nodes[i].next, nodes[i].prev
	if prev == 0 {
		bk.head = next
	} else {
		nodes[prev-1].next = next
	}
	if next != 0 {
		nodes[next-1].prev = prev
	}
}

// split cuts a bucket into finer ones.
func (l *ladder) split(nodes []node, bk *bucket, shift uint) {
	at := uint32(len(l.splits))
	if k := len(l.spare); k > 0 {
		at = l.spare[k-1]
		l.spare = l.spare[:k-1]
	} else {
		l.splits = append(l.splits, new(split))
	}
	s := l.splits[at]
	*s = split{shift: max(shift, 6) - 6}
	member := bk.head
	bk.head = isSplit | at
	for member != 0 {
		i := member - 1
		member = nodes[i].next
		p := s.part(nodes[i].key())
		s.occupied |= 1 << p
		s.buckets[p].n++
		link(nodes, i, &s.buckets[p])
	}
	for p := range s.buckets {
		if s.buckets[p].n > splitAbove && s.shift > 0 {
			l.split(nodes, &s.buckets[p], s.shift)
		}
	}
}

// merge undoes the split of a bucket.
func (l *ladder) merge(nodes []node, bk *bucket) {
	at := bk.head &^ isSplit
	s := l.splits[at]
	l.spare = append(l.spare, at)
	bk.head = 0
	for p := range s.buckets {
		if s.buckets[p].head&isSplit != 0 {
			l.merge(nodes, &s.buckets[p])
		}
		for member := s.buckets[p].head; member != 0; {
			i := member - 1
			member = nodes[i].next
			link(nodes, i, bk)
		}
	}
}

// empty forgets the members of a split, and the splits inside it.
func (l *ladder) empty(s *split) {
	for rest := s.occupied; rest != 0; rest &= rest - 1 {
		if bk := &s.buckets[bits.TrailingZeros64(rest)]; bk.head&isSplit != 0 {
			at := bk.head &^ isSplit
			l.empty(l.splits[at])
			l.spare = append(l.spare, at)
		}
	}
	*s = split{shift: s.shift}
}

// belowIn counts the members of a bucket with keys less than key.
func (l *ladder) belowIn(nodes []node, key uint64, bk *bucket, shift uint) int {
	n := 0
	for bk.head&isSplit != 0 {
		s := l.splits[bk.head&^isSplit]
		p := s.part(key)
		for rest := s.occupied & (1<<p - 1); rest != 0; rest &= rest - 1 {
			n += int(s.buckets[bits.TrailingZeros64(rest)].n)
		}
		bk, shift = &s.buckets[p], s.shift
	}
	if key&(1<<shift-1) == 0 { // the least of its bucket
		return n
	}
	for member := bk.head; member != 0; member = nodes[member-1].next {
		if nodes[member-1].key() < key {
			n++
		}
	}
	return n
}

// leafAtMost returns the highest leaf of a bucket that begins at key or below.
func (l *ladder) leafAtMost(bk *bucket, low uint64, shift uint, key uint64) (leaf, bool) {
	high := low + 1<<shift - 1
	if bk.head&isSplit == 0 {
		return leaf{bk.head, bk.n, low, high}, true
	}
	s := l.splits[bk.head&^isSplit]
	for p := s.partAtMost(int(s.part(min(key, high)))); p >= 0; p = s.partAtMost(p - 1) {
		if f, ok := l.leafAtMost(&s.buckets[p], s.low(uint(p), low), s.shift, key); ok {
			return f, true
		}
	}
	return leaf{}, false
}

// leafAtLeast returns the lowest leaf of a bucket that ends at key or above.
func (l *ladder) leafAtLeast(bk *bucket, low uint64, shift uint, key uint64) (leaf, bool) {
	if bk.head&isSplit == 0 {
		return leaf{bk.head, bk.n, low, low + 1<<shift - 1}, true
	}
	s := l.splits[bk.head&^isSplit]
	for p := s.partAtLeast(int(s.part(max(key, low)))); p < 64; p = s.partAtLeast(p + 1) {
		if f, ok := l.leafAtLeast(&s.buckets[p], s.low(uint(p), low), s.shift, key); ok {
			return f, true
		}
	}
	return leaf{}, false
}
