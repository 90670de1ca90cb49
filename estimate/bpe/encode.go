package bpe

// workspace is what one encoding of a text needs beside the vocabulary. It is
// reused, so that counting allocates nothing once it is warm.
type workspace struct {
	cache cache
	stack []uint32
	dead  []uint64 // bit set of places from which no encoding leads on
}

// maxKept is the longest piece, in bytes, whose workspace is kept.
const maxKept = 1 << 16

// encodePiece lays the tokens of a piece of at least one byte on the stack and
// returns it.
func (e *Encoding) encodePiece(w *workspace, piece []byte) []uint32 {
	next, length := e.trie.longest(piece)
	stack := w.stack[:0]
	if length == len(piece) {
		w.stack = append(stack, next)
		return w.stack
	}
	words := len(piece)>>6 + 1
	if cap(w.dead) < words {
		w.dead = make([]uint64, words)
	}
	dead := w.dead[:words]
	clear(dead)

	if !e.reachable(next) {
		next = e.merges.tokens[next].shorter
	}
	tokens := e.merges.tokens
	last, at := none, 0
	for {
		end := at + int(tokens[next].length)
		if dead[end>>6]>>(end&63)&1 == 0 && (last == none || e.merges.adjacent(last, next)) {
			stack = append(stack, next)
			if end == len(piece) {
				w.stack = stack
				return stack
			}
			last, at = next, end
			next, _ = e.trie.longest(piece[at:])
			if !e.reachable(next) {
				next = tokens[next].shorter
			}
			continue
		}
		if next = tokens[next].shorter; next != none {
			continue
		}
		// Nothing leads on from here: take the last token back.
		dead[at>>6] |= 1 << (at & 63)
		next = last
		stack = stack[:len(stack)-1]
		at -= int(tokens[next].length)
		last = none
		if len(stack) > 0 {
			last = stack[len(stack)-1]
		}
	}
}

// reachable reports whether byte-pair encoding can give the token inside a
// piece. Some vocabularies hold tokens that only a whole piece can be.
func (e *Encoding) reachable(t uint32) bool {
	tok := &e.merges.tokens[t]
	return tok.left != none || tok.length == 1
}
