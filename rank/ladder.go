package rank

import "math/bits"

// ladder keeps members in order of a positive key, the magnitude of their total.
//
// The range of keys is cut into log-linear buckets, as fine everywhere as the
// first mantissa+1 bits of a key: small keys have a bucket each, great ones share
// it with keys that are nearly equal. So most additions leave a member in its
// bucket and cost nothing. The members of a bucket hang in a list through their
// nodes. A Fenwick tree over the sizes of the buckets says how many members are
// below one, and two levels of bits say which are occupied. A bucket that gets
// crowded is cut into 64 finer ones, and those again, down to single keys: see
// split. Reads change nothing.
type ladder struct {
	mantissa uint
	n        int // members
	buckets  []bucket
	counts   []uint32 // Fenwick tree of the buckets' sizes, from index 1
	occupied []uint64 // by bucket
	summary  []uint64 // by word of occupied
	splits   []*split
	spare    []uint32 // places of splits that are not in use
}

// bucket holds the members whose keys fall into one range.
type bucket struct {
	head uint32 // first member+1; or isSplit and the place in ladder.splits
	n    uint32 // members
}

const isSplit = 1 << 31

// maxKey is the greatest key: of the least int64.
const maxKey = 1 << 63

func newLadder(mantissa uint) *ladder {
	n := (64-mantissa)<<mantissa + 1
	words := (n + 63) / 64
	return &ladder{
		mantissa: mantissa,
		buckets:  make([]bucket, n),
		counts:   make([]uint32, n+1),
		occupied: make([]uint64, words),
		summary:  make([]uint64, (words+63)/64),
	}
}

// mantissaFor returns how fine the buckets of a ladder of n members should be:
// so that a handful share one, if they are spread over ten powers of two.
func mantissaFor(n int) uint { return uint(max(4, min(16, bits.Len(uint(n))-mantissaSlack))) }

const mantissaSlack = 6

// index returns the bucket of a key.
func (l *ladder) index(key uint64) int {
	shift := l.shiftOf(key)
	return int(uint64(shift)<<(l.mantissa&63) + key>>(shift&63))
}

// shiftOf returns how many low bits of a key its bucket ignores.
func (l *ladder) shiftOf(key uint64) uint {
	length := uint(bits.Len64(key | 1<<(l.mantissa&63))) // &63 only tells the compiler what is so
	return length - 1 - l.mantissa
}

// low returns the least key of a bucket, and how many low bits it ignores.
func (l *ladder) low(at int) (key uint64, shift uint) {
	if at < 2<<l.mantissa {
		return uint64(at), 0
	}
	shift = uint(at)>>l.mantissa - 1
	return (uint64(at) - uint64(shift)<<l.mantissa) << shift, shift
}

// insert adds member i.
func (l *ladder) insert(nodes []node, i uint32, key uint64) {
	at := l.index(key)
	l.n++
	l.put(nodes, i, key, at)
	for c := at + 1; c < len(l.counts); c += c & -c {
		l.counts[c]++
	}
}

// remove takes member i out.
func (l *ladder) remove(nodes []node, i uint32, key uint64) {
	at := l.index(key)
	l.n--
	l.take(nodes, i, key, at)
	for c := at + 1; c < len(l.counts); c += c & -c {
		l.counts[c]--
	}
}

// move changes the key of member i.
func (l *ladder) move(nodes []node, i uint32, from, to uint64) {
	if (from^to)>>(l.shiftOf(from)&63) == 0 { // the same bucket
		if bk := &l.buckets[l.index(from)]; bk.head&isSplit != 0 {
			l.moveInside(nodes, i, from, to, bk)
		}
		return
	}
	a, z := l.index(from), l.index(to)
	l.take(nodes, i, from, a)
	l.put(nodes, i, to, z)
	// The two walks up the tree meet, mostly soon; above that nothing changes.
	for a, z = a+1, z+1; a != z; {
		if a < z {
			if a < len(l.counts) {
				l.counts[a]--
			}
			a += a & -a
		} else {
			if z < len(l.counts) {
				l.counts[z]++
			}
			z += z & -z
		}
		if a >= len(l.counts) && z >= len(l.counts) {
			return
		}
	}
}

// put hangs member i into bucket at.
func (l *ladder) put(nodes []node, i uint32, key uint64, at int) {
	bk := &l.buckets[at]
	if bk.n == 0 {
		l.occupied[at>>6] |= 1 << (at & 63)
		l.summary[at>>12] |= 1 << (at >> 6 & 63)
	}
	l.hang(nodes, i, key, bk, l.shiftOf(key))
}

// take takes member i out of bucket at.
func (l *ladder) take(nodes []node, i uint32, key uint64, at int) {
	bk := &l.buckets[at]
	l.unhang(nodes, i, key, bk)
	if bk.n == 0 {
		if l.occupied[at>>6] &^= 1 << (at & 63); l.occupied[at>>6] == 0 {
			l.summary[at>>12] &^= 1 << (at >> 6 & 63)
		}
	}
}

// below counts the members with keys less than key.
func (l *ladder) below(nodes []node, key uint64) int {
	if key > maxKey {
		return l.n
	}
	at := l.index(key)
	n := 0
	for c := at; c > 0; c &= c - 1 {
		n += int(l.counts[c])
	}
	return n + l.belowIn(nodes, key, &l.buckets[at], l.shiftOf(key))
}

// leaf is a bucket that is not split.
type leaf struct {
	head uint32 // first member+1, 0 is the end
	n    uint32
	low  uint64 // least key
	high uint64 // greatest key
}

// atMost returns the highest occupied leaf that begins at key or below it.
func (l *ladder) atMost(key uint64) (leaf, bool) {
	for at := l.occupiedAtMost(l.index(key)); at >= 0; at = l.occupiedAtMost(at - 1) {
		low, shift := l.low(at)
		if f, ok := l.leafAtMost(&l.buckets[at], low, shift, key); ok {
			return f, true
		}
	}
	return leaf{}, false
}

// atLeast returns the lowest occupied leaf that ends at key or above it.
func (l *ladder) atLeast(key uint64) (leaf, bool) {
	for at := l.occupiedAtLeast(l.index(key)); at >= 0; at = l.occupiedAtLeast(at + 1) {
		low, shift := l.low(at)
		if f, ok := l.leafAtLeast(&l.buckets[at], low, shift, key); ok {
			return f, true
		}
	}
	return leaf{}, false
}

// occupiedAtMost returns the highest occupied bucket up to at, or -1.
func (l *ladder) occupiedAtMost(at int) int {
	if at < 0 {
		return -1
	}
	w := at >> 6
	if word := l.occupied[w] & (2<<(at&63) - 1); word != 0 {
		return w<<6 + bits.Len64(word) - 1
	}
	s, mask := w>>6, uint64(1)<<(w&63)-1
	for ; s >= 0; s, mask = s-1, ^uint64(0) {
		if word := l.summary[s] & mask; word != 0 {
			w = s<<6 + bits.Len64(word) - 1
			return w<<6 + bits.Len64(l.occupied[w]) - 1
		}
	}
	return -1
}

// occupiedAtLeast returns the lowest occupied bucket from at, or -1.
func (l *ladder) occupiedAtLeast(at int) int {
	w := at >> 6
	if w >= len(l.occupied) {
		return -1
	}
	if word := l.occupied[w] &^ (1<<(at&63) - 1); word != 0 {
		return w<<6 + bits.TrailingZeros64(word)
	}
	s, mask := w>>6, ^(uint64(2)<<(w&63) - 1)
	for ; s < len(l.summary); s, mask = s+1, ^uint64(0) {
		if word := l.summary[s] & mask; word != 0 {
			w = s<<6 + bits.TrailingZeros64(word)
			return w<<6 + bits.TrailingZeros64(l.occupied[w])
		}
	}
	return -1
}

// reset empties the ladder, to be filled by stack and settle. Crowded buckets stay
// split, for the new totals are mostly near the old.
func (l *ladder) reset() {
	l.n = 0
	clear(l.counts)
	clear(l.occupied)
	clear(l.summary)
	for at := range l.buckets {
		bk := &l.buckets[at]
		if bk.n = 0; bk.head&isSplit == 0 {
			bk.head = 0
		} else {
			l.empty(l.splits[bk.head&^isSplit])
		}
	}
}

// stack is insert but for the number of members, the counts and the bits of the
// ladder, which settle makes good.
func (l *ladder) stack(nodes []node, i uint32, key uint64) {
	shift := l.shiftOf(key)
	bk := &l.buckets[l.index(key)]
	if bk.head&isSplit != 0 {
		bk.n++
		s := l.splits[bk.head&^isSplit]
		p := s.part(key)
		s.occupied |= 1 << (p & 63)
		bk, shift = &s.buckets[p&63], s.shift
	}
	if bk.head&isSplit != 0 || bk.n >= splitAbove {
		l.hang(nodes, i, key, bk, shift)
		return
	}
	bk.n++
	link(nodes, i, bk)
}

// settle undoes splits that reset kept in vain, and derives everything else from
// the sizes of the buckets.
func (l *ladder) settle(nodes []node) {
	for at := range l.buckets {
		bk := &l.buckets[at]
		if bk.n == 0 && bk.head == 0 && l.counts[at+1] == 0 {
			continue
		}
		if bk.head&isSplit != 0 && bk.n < mergeBelow {
			l.merge(nodes, bk)
		}
		if bk.n > 0 {
			l.n += int(bk.n)
			l.occupied[at>>6] |= 1 << (at & 63)
			l.summary[at>>12] |= 1 << (at >> 6 & 63)
		}
		c := at + 1
		l.counts[c] += bk.n
		if up := c + c&-c; up < len(l.counts) {
			l.counts[up] += l.counts[c]
		}
	}
}
