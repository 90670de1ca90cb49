package bpe

// tally counts the tokens of a piece of any length, byte by byte, in memory
// that depends on the longest token of the vocabulary alone.
//
// It rests on the rule of merge.go. The encoding of a text up to some byte ends
// with one of the tokens that end there, and it is the only one of them that may
// stand beside the last token of the encoding up to where it begins. So the last
// token for each of the few places before is all there is to keep.
type tally struct {
	n    int    // bytes so far, as far as an int goes round
	far  bool   // n is above any token's length
	text []byte // the last of them
	ends []end  // by place, modulo their number
	open []opened
}

// end is the encoding up to a place.
type end struct {
	token uint32
	count int64
}

// opened is a place at which tokens of more than maxShort bytes may begin.
type opened struct {
	at    int
	group uint32
}

// reset begins a new piece.
func (t *tally) reset() { t.n, t.far, t.text, t.open = 0, false, t.text[:0], t.open[:0] }

// count returns the tokens so far.
func (t *tally) count() int64 {
	if t.n == 0 && !t.far {
		return 0
	}
	return t.end(t.n).count
}

func (t *tally) end(at int) *end { return &t.ends[at&(len(t.ends)-1)] }

// add takes the next bytes of the piece.
func (t *tally) add(e *Encoding, w *workspace, b []byte) {
	if t.ends == nil {
		size := 1
		for size <= e.longestToken {
			size *= 2
		}
		t.ends = make([]end, size)
		t.text = make([]byte, 0, 8*size+maxShort)
	}
	for _, c := range b {
		if keep := 2 * len(t.ends); len(t.text) >= 8*len(t.ends) {
			t.text = t.text[:copy(t.text, t.text[len(t.text)-keep:])]
		}
		t.text = append(t.text, c)
		t.n++
		t.far = t.far || t.n > e.longestToken
		t.step(e, w)
	}
}

// step finds the last token of the encoding up to the last byte.
func (t *tally) step(e *Encoding, w *workspace) {
	last := len(t.text)
	if last >= maxShort {
		lo, hi := load(t.text[last-maxShort:])
		if v := e.table.get(lo, hi|group<<sizeShift); v != 0 {
			t.open = append(t.open, opened{t.n - maxShort, v & idMask})
		}
	}
	// The longest first: mostly it is the one.
	kept := t.open[:0]
	found := false
	for _, o := range t.open {
		size := t.n - o.at
		rest := t.text[last-size+maxShort:]
		longer := false
		for g := o.group; ; g++ {
			l := &e.table.longs[g]
			longer = longer || len(l.bytes) > len(rest)
			if !found && len(rest) > 0 && l.bytes == string(rest) {
				found = t.try(e, w, size, l.id)
			}
			if l.last {
				break
			}
		}
		if longer {
			kept = append(kept, o)
		}
	}
	t.open = kept
	for size := min(maxShort, last); size > 0 && !found; size-- {
		if id, ok := e.table.lookup(t.text[last-size:]); ok {
			found = t.try(e, w, size, id)
		}
	}
}

// try lets the encoding end with a token, if it may.
func (t *tally) try(e *Encoding, w *workspace, size int, id uint32) bool {
	if size == t.n && !t.far {
		*t.end(t.n) = end{id, 1}
		return true
	}
	before := *t.end(t.n - size)
	if !e.adjacent(w, t.text, len(t.text)-size, before.token, id) {
		return false
	}
	*t.end(t.n) = end{id, before.count + 1}
	return true
}
