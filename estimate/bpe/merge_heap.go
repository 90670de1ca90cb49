package bpe

// The vocabularies of some models, Llama 3 among them, hold tokens that are
// joined from tokens of a higher rank. For those the shortcut of merge.go does
// not hold, and a piece is encoded as the definition says, in time n log n: the
// pairs that are tokens wait in a heap, the lowest rank first, the leftmost of
// equals before the others.

// joint is a pair of adjacent parts of a piece that join to a token.
type joint struct {
	rank       uint32
	start, end int32
}

func (a joint) before(b joint) bool {
	return a.rank < b.rank || a.rank == b.rank && a.start < b.start
}

// join leaves the tokens of a piece that is no token on the stack.
func (e *Encoding) join(w *workspace, piece []byte) {
	n := int32(len(piece))
	if cap(w.next) < len(piece)+1 {
		w.next, w.prev = make([]int32, len(piece)+1), make([]int32, len(piece)+1)
	}
	next, prev, heap := w.next[:n], w.prev[:n+1], w.joints[:0]
	for i := range next {
		next[i], prev[i] = int32(i)+1, int32(i)-1
	}
	offer := func(start, end int32) {
		if id, ok := e.table.lookup(piece[start:end]); ok {
			heap = append(heap, joint{id, start, end})
			rise(heap)
		}
	}
	for i := int32(0); i+2 <= n; i++ {
		offer(i, i+2)
	}
	for len(heap) > 0 {
		j := heap[0]
		last := len(heap) - 1
		heap[0] = heap[last]
		heap = heap[:last]
		sink(heap)
		mid := next[j.start]
		if mid == gone || mid == n || next[mid] != j.end {
			continue // one of the two is another part by now
		}
		next[j.start], next[mid] = j.end, gone
		prev[j.end] = j.start
		if j.end < n {
			offer(j.start, next[j.end])
		}
		if p := prev[j.start]; p >= 0 {
			offer(p, j.end)
		}
	}
	w.joints, w.stack = heap, w.stack[:0]
	for i := int32(0); i < n; i = next[i] {
		id, _ := e.table.lookup(piece[i:next[i]])
		w.stack = append(w.stack, id)
	}
}

// gone stands in next for a part that was joined to the one before it.
const gone = -1

// rise moves the last element of a heap to its place.
func rise(h []joint) {
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h[i].before(h[up]) {
			return
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// sink moves the first element of a heap to its place.
func sink(h []joint) {
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(h) {
			return
		}
		if down+1 < len(h) && h[down+1].before(h[down]) {
			down++
		}
		if !h[down].before(h[i]) {
			return
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
}
