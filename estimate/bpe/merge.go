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
// implementation from its description. It rests on every token being joined from tokens of a
// lower rank; merge_heap.go is for vocabularies where one is not.

// token is what else is known of a token; its id is its rank.
//
//	bits 0–19   the longest token that is a true beginning of it; all ones for
//	            none
//	bits 20–31  its length in bytes
//	bits 32–47  the length of the left one of the pair it is joined from, 0 if
//	            it is joined from none
type token uint64

func newToken(shorter uint32, length, left int) token {
	return token(shorter&idMask) | token(length)<<idBits | token(left)<<32
}

func (t token) length() int { return int(t >> idBits & 0xFFF) }

func (t token) left() int { return int(t >> 32) }

func (t token) shorter() uint32 {
	if t&idMask == idMask {
		return none
	}
	return uint32(t & idMask)
}

// partsOf returns the pair that the token of the given bytes is joined from last;
// none for a single byte, and for a token that is never joined.
//
// Most texts need few of them, so they are found when first asked for. All who
// ask at once find the same.
func (e *Encoding) partsOf(t uint32, b []byte) (left, right uint32) {
	v := e.parts[t].Load()
	if v == unknownParts {
		v = noParts
		if at := e.tokens[t].left(); at > 0 && at < len(b) {
			left, _ := e.table.lookup(b[:at])
			if right, ok := e.table.lookup(b[at:]); ok {
				v = uint64(left)<<32 | uint64(right) + 1
			}
		}
		e.parts[t].Store(v)
	}
	if v == noParts {
		return none, none
	}
	return uint32(v >> 32), uint32(v) - 1
}

const (
	unknownParts = 0
	noParts      = ^uint64(0)
)

// beside reports whether the tokens a and b, of which the first ends and the
// second begins at b[at], stay side by side: whether nothing on the way from
// single bytes to the two would have joined across their border.
//
// The joins are undone from the last one back. The pair that meets at the
// border at one moment of that history exists until one of the two is joined
// into the token it was undone from, so it must not join to a token of a lower
// rank than that; of equal ranks, the left one comes first.
func (e *Encoding) beside(text []byte, at int, a, b uint32) bool {
	limit := none
	for {
		from, to := at-e.tokens[a].length(), at+e.tokens[b].length()
		if c, ok := e.table.lookup(text[from:to]); ok && c < limit {
			return false
		}
		// A token's parts have lower ranks than itself, so the one of the
		// higher rank was joined last.
		_, aRight := e.partsOf(a, text[from:at])
		bLeft, _ := e.partsOf(b, text[at:to])
		switch {
		case aRight == none && bLeft == none:
			return true
		case bLeft == none || (aRight != none && a > b):
			limit, a = a, aRight
		default:
			limit, b = b+1, bLeft
		}
	}
}
