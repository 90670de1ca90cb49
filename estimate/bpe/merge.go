package bpe

// Byte-pair encoding as published for GPT: a piece begins as single bytes, and
// again and again the adjacent pair that joins to the token of lowest rank is
// joined, the leftmost of equals first, until no pair is a token.
//
// Doing that takes time by the square of the piece. Instead, tokens are laid
// from the left, the longest first, and each is checked against the one before
// it: a sequence of tokens is what the encoding gives if and only if each
// adjacent pair of it is. When none fits, the last token laid is taken back
// and a shorter one tried. That idea and its proof are published with
// github.com/github/rust-gems (crate bpe, MIT license); this is an
// implementation from its description.

// none is no token.
const none = ^uint32(0)

// merges is what the encoding of a piece needs to know of every token.
type merges struct {
	parts []parts
	pairs pairTable
}

// parts is the pair that a token is joined from last; none for a single byte,
// and for a token that is never joined.
type parts struct{ left, right uint32 }

// token is what else is known of a token; its id is its rank.
type token struct {
	shorter uint32 // the longest token that is a true beginning of it, or none
	length  uint32 // in bytes
}

// adjacent reports whether a then b stays a then b: whether nothing on the way
// from single bytes to the two tokens would have joined across their border.
//
// The joins are undone from the last one back. The pair that meets at the
// border at one moment of that history exists until one of the two is joined
// into the token it was undone from, so it must not join to a token of a lower
// rank than that; of equal ranks, the left one comes first.
func (m *merges) adjacent(a, b uint32) bool {
	limit := none
	for {
		if c := m.pairs.get(a, b); c < limit {
			return false
		}
		ta, tb := m.parts[a], m.parts[b]
		switch {
		case ta.left == none && tb.left == none:
			return true
		case tb.left == none || (ta.left != none && a > b):
			limit, a = a, ta.right
		default:
			limit, b = b+1, tb.left
		}
	}
}

// pairTable maps a pair of tokens to the token they join to. Open addressing,
// with a filter before it that answers most questions, since most pairs join
// to nothing. A slot is the pair and the joined token in 20 bits each.
type pairTable struct {
	filter []uint64
	slots  []uint64
	mask   uint32
}

const (
	pairBits  = 20
	emptySlot = ^uint64(0)
	idMask    = 1<<pairBits - 1
)

func newPairTable(n int) pairTable {
	size := 1024
	for size < n*2 {
		size *= 2
	}
	t := pairTable{
		filter: make([]uint64, size*8/64),
		slots:  make([]uint64, size),
		mask:   uint32(size - 1),
	}
	for i := range t.slots {
		t.slots[i] = emptySlot
	}
	return t
}

// pairHash spreads a pair over 64 bits; the upper ones are the better half.
func pairHash(pair uint64) uint64 { return pair * 0x9E3779B97F4A7C15 }

// places returns the bit of the filter and the first slot of a hash. They
// share their upper bits, so that neighbors in one are neighbors in the other.
func (t *pairTable) places(h uint64) (bit, slot uint32) {
	bit = uint32(h>>32) & (t.mask<<3 | 7)
	return bit, bit >> 3
}

func (t *pairTable) put(a, b, joined uint32) {
	pair := uint64(a)<<pairBits | uint64(b)
	bit, slot := t.places(pairHash(pair))
	t.filter[bit>>6] |= 1 << (bit & 63)
	for ; t.slots[slot] != emptySlot; slot = (slot + 1) & t.mask {
	}
	t.slots[slot] = pair<<pairBits | uint64(joined)
}

// get returns the token that a and b join to, or none.
func (t *pairTable) get(a, b uint32) uint32 {
	pair := uint64(a)<<pairBits | uint64(b)
	bit, slot := t.places(pairHash(pair))
	if t.filter[bit>>6]>>(bit&63)&1 == 0 {
		return none
	}
	for ; ; slot = (slot + 1) & t.mask {
		s := t.slots[slot]
		if s>>pairBits == pair {
			return uint32(s & idMask)
		}
		if s == emptySlot {
			return none
		}
	}
}
