package bpe

// workspace is what one encoding of a text needs beside the vocabulary. It is
// reused, so that counting allocates nothing once it is warm.
type workspace struct {
	shorts     shortCache
	words      wordCache
	long       *longCache // made when the first long piece is met
	pieces     pieces
	text       [blockRead]byte       // the end of a text, see count
	memo       [1 << memoBits]uint64 // whether two tokens stay side by side: the pair plus one, shifted, and the answer
	stack      []uint32
	dead       []uint64 // bit set of places from which no encoding leads on
	joints     []joint  // see join
	next, prev []int32
	runs       []run // see encodeRuns
	short      []byte
}

const memoBits = 15

// maxKept is the longest piece, in bytes, whose workspace is kept.
const maxKept = 1 << 16

// encodePiece returns the tokens of a piece of at least one byte. They are
// valid until the workspace is used again.
func (e *Encoding) encodePiece(w *workspace, piece []byte) []uint32 {
	if id, ok := e.table.lookup(piece); ok {
		w.stack = append(w.stack[:0], id)
		return w.stack
	}
	e.encodeParts(w, piece)
	return w.stack
}

// encodeParts leaves the tokens of a piece that is no token on the stack.
func (e *Encoding) encodeParts(w *workspace, piece []byte) {
	switch {
	case e.unordered:
		e.join(w, piece)
	case len(piece) < longRun || !e.encodeRuns(w, piece):
		e.lay(w, piece)
	}
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
	next := e.table.longest(piece)
	last, at := none, 0
	for {
		end := at + tokens[next].length()
		if dead[end>>6]>>(end&63)&1 == 0 && (last == none || e.adjacent(w, piece, at, last, next)) {
			stack = append(stack, next)
			if end == len(piece) {
				w.stack = stack
				return
			}
			last, at = next, end
			next = e.table.longest(piece[at:])
			continue
		}
		if shorter := tokens[next].shorter(); shorter != none {
			next = shorter
			continue
		}
		if last == none {
			// No vocabulary that was checked leads here: see [Unpack].
			stack = stack[:0]
			for _, c := range piece {
				stack = append(stack, e.table.ones[c])
			}
			w.stack = stack
			return
		}
		// Nothing leads on from here: take the last token back.
		dead[at>>6] |= 1 << (at & 63)
		next = last
		stack = stack[:len(stack)-1]
		at -= tokens[next].length()
		last = none
		if len(stack) > 0 {
			last = stack[len(stack)-1]
		}
	}
}

// adjacent is [Encoding.beside] with a memory: text repeats its pairs.
func (e *Encoding) adjacent(w *workspace, piece []byte, at int, a, b uint32) bool {
	pair := uint64(a)<<idBits | uint64(b)
	entry := &w.memo[pair*0x9E3779B97F4A7C15>>(64-memoBits)]
	key := (pair + 1) << 1
	if *entry&^1 == key {
		return *entry&1 == 1
	}
	ok := e.beside(piece, at, a, b)
	*entry = key
	if ok {
		*entry = key | 1
	}
	return ok
}
