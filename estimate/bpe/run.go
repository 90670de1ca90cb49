package bpe

// A run of one byte is encoded as one token over and over, and a few others at
// its end. Finding the first of those others takes the longest of searches, so
// a long run is encoded as a short one, and the token is repeated afterwards.
//
// That is exact: a sequence of tokens is the encoding of a piece if and only if
// each two neighbors may stand side by side. Where a token stands beside
// itself, any number of it may.

const (
	longRun = 1 << 10 // bytes from which on a run is shortened
	keptRun = 1 << 9  // bytes that are left of it, at least
)

// run is a shortened run.
type run struct {
	start, end int    // in the shortened piece
	token      uint32 // to be repeated
	extra      int    // how often
}

// encodeRuns leaves the tokens of a piece that has long runs on the stack. It
// reports false for a piece that has none, or where no token repeats.
func (e *Encoding) encodeRuns(w *workspace, piece []byte) bool {
	short, runs := w.short[:0], w.runs[:0]
	for i := 0; i < len(piece); {
		j := i + 1
		for j < len(piece) && piece[j] == piece[i] {
			j++
		}
		n := j - i
		if n >= longRun {
			token, ok := e.runToken(w, piece[i:i+keptRun])
			if !ok {
				return false
			}
			length := e.tokens[token].length()
			extra := (n - keptRun) / length
			n -= extra * length
			runs = append(runs, run{len(short), len(short) + n, token, extra})
		}
		short = append(short, piece[i:i+n]...)
		i = j
	}
	w.short, w.runs = short, runs
	if len(runs) == 0 {
		return false
	}
	e.lay(w, short)
	tokens := append([]uint32(nil), w.stack...)
	stack, at := w.stack[:0], 0
	for i, t := range tokens {
		stack = append(stack, t)
		at += e.tokens[t].length()
		if len(runs) == 0 || i+1 == len(tokens) {
			continue
		}
		r, length := runs[0], e.tokens[t].length()
		if t == r.token && tokens[i+1] == t && at-length >= r.start && at+length <= r.end {
			for range r.extra {
				stack = append(stack, t)
			}
			runs = runs[1:]
		}
	}
	w.stack = stack
	return len(runs) == 0
}

// runToken returns the token that a run is encoded with over and over.
func (e *Encoding) runToken(w *workspace, run []byte) (token uint32, ok bool) {
	e.lay(w, run)
	return w.stack[0], len(w.stack) > 1 && w.stack[0] == w.stack[1]
}
