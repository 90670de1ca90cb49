package bpe

import "math/bits"

// trie is a double-array trie over the tokens' bytes. The child of a node by
// byte c is at base ^ c, where base is stored in the node. One unit is one
// load:
//
//	bits 0–8    the byte that leads here, plus one; 0 for a slot not in use
//	bits 9–32   the token that ends here, plus one; 0 for none
//	bits 33–63  the base of the children
//
// No two nodes have the same base, so a slot whose byte agrees with the one
// asked for can only belong to the node that asked. Base 0 is given to no
// node: a node without children has it.
type trie struct {
	units []uint64
	root  uint32
	wide  []uint64 // see widen
}

const (
	unitByteMask   = 1<<9 - 1
	unitTokenShift = 9
	unitTokenMask  = 1<<24 - 1
	unitBaseShift  = 33
)

// longest returns the longest token that b begins with and its length. Every
// byte alone is a token, so there is one for every b that is not empty.
func (t *trie) longest(b []byte) (token uint32, length int) {
	units, base, from := t.units, t.root, 0
	if c := b[0]; c >= wideFrom && len(b) >= 3 {
		if at := wideIndex(b); at < len(t.wide) {
			u := t.wide[at]
			token, length = uint32(u>>unitTokenShift)&unitTokenMask-1, int(u&unitByteMask)
			base, from = uint32(u>>unitBaseShift), 3
		}
	}
	for i := from; i < len(b); i++ {
		c := b[i]
		at := base ^ uint32(c)
		if int(at) >= len(units) {
			break
		}
		u := units[at]
		if u&unitByteMask != uint64(c)+1 {
			break
		}
		if id := uint32(u>>unitTokenShift) & unitTokenMask; id != 0 {
			token, length = id-1, i+1
		}
		base = uint32(u >> unitBaseShift)
	}
	return token, length
}

// The characters from U+3000 to U+DFFF, three bytes each, are most of what
// Chinese, Japanese and Korean text is made of. For each of them wide holds
// where the walk over its bytes ends: a unit whose lowest bits are the length
// of the longest token found, not a byte.
const (
	wideFrom = 0xE3
	wideSize = 0xE000 - 0x3000
)

// wideIndex returns the place in wide of the three-byte character at b. The
// lead bytes above it give places beyond.
func wideIndex(b []byte) int {
	return (int(b[0])-wideFrom)<<12 | int(b[1]&0x3F)<<6 | int(b[2]&0x3F)
}

// widen fills wide.
func (t *trie) widen() {
	wide := make([]uint64, wideSize)
	for i := range wide {
		c := [3]byte{byte(wideFrom + i>>12), 0x80 | byte(i>>6&0x3F), 0x80 | byte(i&0x3F)}
		token, length := t.longest(c[:])
		base := t.root
		for _, c := range c {
			u := t.units[base^uint32(c)]
			base = uint32(u >> unitBaseShift)
			if u&unitByteMask != uint64(c)+1 || base == 0 {
				base = 0
				break
			}
		}
		wide[i] = uint64(length) | uint64(token+1)<<unitTokenShift | uint64(base)<<unitBaseShift
	}
	t.wide = wide
}

// trieBuilder takes tokens in the order of their bytes.
type trieBuilder struct {
	label  []byte   // by node; node 0 is the root
	parent []uint32 // by node
	token  []uint32 // by node: token plus one
	kids   []uint16 // by node: number of children
	path   []uint32 // nodes of the last token, the root first
}

func newTrieBuilder(nodes int) *trieBuilder {
	return &trieBuilder{
		label:  make([]byte, 1, nodes+1),
		parent: make([]uint32, 1, nodes+1),
		token:  make([]uint32, 1, nodes+1),
		kids:   make([]uint16, 1, nodes+1),
		path:   make([]uint32, 1, 256),
	}
}

// add inserts the next token: what it shares with the last one, in bytes, and
// the bytes that follow.
func (t *trieBuilder) add(shared int, suffix []byte, token uint32) {
	t.path = t.path[:shared+1]
	at := t.path[shared]
	for _, c := range suffix {
		node := uint32(len(t.label))
		t.label = append(t.label, c)
		t.parent = append(t.parent, at)
		t.token = append(t.token, 0)
		t.kids = append(t.kids, 0)
		t.kids[at]++
		t.path = append(t.path, node)
		at = node
	}
	t.token[at] = token + 1
}

// build lays the nodes out. Nodes with many children are placed first, each
// at the first place found free; the many with one child fill the holes.
func (t *trieBuilder) build() trie {
	n := len(t.label)
	// children of node v: list[start[v]:start[v+1]], in the order of their bytes
	start := make([]uint32, n+1)
	for v, k := range t.kids {
		start[v+1] = start[v] + uint32(k)
	}
	list := make([]uint32, n)
	fill := make([]uint32, n)
	copy(fill, start)
	for v := 1; v < n; v++ {
		p := t.parent[v]
		list[fill[p]] = uint32(v)
		fill[p]++
	}
	base := fill // reused: no longer needed
	clear(base)

	l := newLayout(n)
	var bySize [257][]uint32
	for v := range n {
		if k := t.kids[v]; k > 1 {
			bySize[k] = append(bySize[k], uint32(v))
		}
	}
	slot := make([]uint32, n)
	place := func(v uint32, b uint32) {
		base[v] = b
		l.useBase(b)
		for _, c := range list[start[v]:start[v+1]] {
			s := b ^ uint32(t.label[c])
			slot[c] = s
			l.useSlot(s)
		}
	}
	labels := make([]byte, 0, 256)
	for k := 256; k > 1; k-- {
		l.block = 0
		for _, v := range bySize[k] {
			labels = labels[:0]
			for _, c := range list[start[v]:start[v+1]] {
				labels = append(labels, t.label[c])
			}
			place(v, l.find(labels))
		}
	}
	l.block = 0
	for v := range n {
		if t.kids[v] == 1 {
			place(uint32(v), l.findOne(t.label[list[start[v]]]))
		}
	}
	units := make([]uint64, l.blocks*256)
	for v := 1; v < n; v++ {
		units[slot[v]] = uint64(t.label[v]) + 1 | uint64(t.token[v])<<unitTokenShift | uint64(base[v])<<unitBaseShift
	}
	return trie{units: units, root: base[0]}
}

// layout keeps which slots and which bases are taken, in blocks of 256: base
// and slots of a node lie in one block.
type layout struct {
	slots, bases []uint64 // bit sets of what is free
	blocks       int
	block        int // where the search goes on
}

func newLayout(nodes int) *layout {
	l := &layout{}
	l.grow(nodes/256 + 1)
	l.useBase(0)
	return l
}

func (l *layout) grow(blocks int) {
	for range blocks * 4 {
		l.slots = append(l.slots, ^uint64(0))
		l.bases = append(l.bases, ^uint64(0))
	}
	l.blocks += blocks
}

func (l *layout) useSlot(s uint32) { l.slots[s>>6] &^= 1 << (s & 63) }
func (l *layout) useBase(b uint32) { l.bases[b>>6] &^= 1 << (b & 63) }

// find returns a free base whose slots for all labels are free. A block that
// has no room for one node is not tried again for nodes of the same size: the
// smaller ones that follow fill it.
func (l *layout) find(labels []byte) uint32 {
	for ; ; l.block++ {
		if l.block == l.blocks {
			l.grow(1)
		}
		first := uint32(l.block) << 8
		for w := range uint32(4) {
			for free := l.slots[first>>6+w]; free != 0; free &= free - 1 {
				b := (first + w<<6 + uint32(bits.TrailingZeros64(free))) ^ uint32(labels[0])
				if l.bases[b>>6]>>(b&63)&1 == 1 && l.room(b, labels) {
					return b
				}
			}
		}
	}
}

func (l *layout) room(b uint32, labels []byte) bool {
	for _, c := range labels {
		s := b ^ uint32(c)
		if l.slots[s>>6]>>(s&63)&1 == 0 {
			return false
		}
	}
	return true
}

// findOne is find for a single label.
func (l *layout) findOne(label byte) uint32 {
	for ; ; l.block++ {
		if l.block == l.blocks {
			l.grow(1)
		}
		first := uint32(l.block) << 8
		for w := range uint32(4) {
			for free := l.slots[first>>6+w]; free != 0; free &= free - 1 {
				b := (first + w<<6 + uint32(bits.TrailingZeros64(free))) ^ uint32(label)
				if l.bases[b>>6]>>(b&63)&1 == 1 {
					return b
				}
			}
		}
	}
}
