package bpe

// workspace is what one encoding of a text needs beside the vocabulary. It is
// reused, so that counting allocates nothing once it is warm.
type workspace struct {
	cache cache
	memo  [1 << memoBits]uint64 // whether two tokens stay side by side: the pair plus one, shifted, and the answer
	stack []uint32
	dead  []uint64 // bit set of places from which no encoding leads on
	runs  []run    // see encodeRuns
	short []byte
}

const memoBits = 15

// maxKept is the longest piece, in bytes, whose workspace is kept.
const maxKept = 1 << 16

// encodePiece returns the tokens of a piece of at least one byte. They are
// valid until the workspace is used again.
func (e *Encoding) encodePiece(w *workspace, piece []byte) []uint32 {
	next, length := e.trie.longest(piece)
	if length == len(piece) {
		w.stack = append(w.stack[:0], next)
		return w.stack
	}
	if len(piece) >= longRun && e.encodeRuns(w, piece) {
		return w.stack
	}
	e.lay(w, piece)
	return w.stack
}

// lay leaves the tokens of a piece on the stack.
func (e *Encoding) lay(w *workspace, piece []byte) {
	words := len(piece)>>6 + 1
	if cap(w.dead) < words {
		w.dead = make([]uint64, words)
	}
	dead := w.dead[:words]
	clear(dead)
	stack, tokens := w.stack[:0], e.tokens
	next, length := e.longest(piece)
	last, at := none, 0
	for {
		end := at + length
		if dead[end>>6]>>(end&63)&1 == 0 && (last == none || e.adjacent(w, last, next)) {
			stack = append(stack, next)
			if end == len(piece) {
				w.stack = stack
				return
			}
			last, at = next, end
			next, length = e.longest(piece[at:])
			continue
		}
		if next = tokens[next].shorter; next != none {
			length = int(tokens[next].length)
			continue
		}
		// Nothing leads on from here: take the last token back.
		dead[at>>6] |= 1 << (at & 63)
		next = last
		stack = stack[:len(stack)-1]
		length = int(tokens[next].length)
		at -= length
		last = none
		if len(stack) > 0 {
			last = stack[len(stack)-1]
		}
	}
}

// longest returns the longest token that b begins with and that can be inside
// a piece.
func (e *Encoding) longest(b []byte) (token uint32, length int) {
	token, length = e.trie.longest(b)
	if e.partial && !e.reachable(token) {
		token = e.tokens[token].shorter
		length = int(e.tokens[token].length)
	}
	return token, length
}

// adjacent is merges.adjacent with a memory: text repeats its pairs.
func (e *Encoding) adjacent(w *workspace, a, b uint32) bool {
	pair := uint64(a)<<pairBits | uint64(b)
	entry := &w.memo[pairHash(pair)>>(64-memoBits)]
	key := (pair + 1) << 1
	if *entry&^1 == key {
		return *entry&1 == 1
	}
	ok := e.merges.adjacent(a, b)
	*entry = key
	if ok {
		*entry = key | 1
	}
	return ok
}

// reachable reports whether byte-pair encoding can give the token inside a
// piece. Some vocabularies hold tokens that only a whole piece can be.
func (e *Encoding) reachable(t uint32) bool {
	return e.merges.parts[t].left != none || e.tokens[t].length == 1
}
