package bpe

import "unicode/utf8"

// Meter counts text that arrives in parts, cut anywhere. It keeps the last two
// pieces of what it was given, which more text may still join or cut anew; all
// before them is counted and forgotten. Once closed, its count is that of
// [Encoding.Count] for the whole text.
//
// A Meter is not safe for concurrent use.
type Meter struct {
	e      *Encoding
	n      int64
	tail   []byte // valid text not counted yet
	look   int    // length of the tail from which on it is worth a look
	part   [utf8.UTFMax]byte
	parts  int // bytes of an unfinished character in part
	closed bool
}

// lookFrom is the least length of the tail that is looked at.
const lookFrom = 8 << 10

// NewMeter returns a meter of the encoding.
func (e *Encoding) NewMeter() *Meter { return &Meter{e: e, look: lookFrom} }

// Write takes all of p and never fails. After Close it is ignored.
func (m *Meter) Write(p []byte) (int, error) {
	if m.closed {
		return len(p), nil
	}
	for rest := p; len(rest) > 0; {
		n := min(len(rest), lookFrom)
		m.add(rest[:n])
		rest = rest[n:]
		if len(m.tail) >= m.look {
			m.settle()
			m.look = max(lookFrom, 2*len(m.tail))
		}
	}
	return len(p), nil
}

// Close ends the text. It never fails.
func (m *Meter) Close() error {
	if !m.closed {
		m.closed = true
		for range m.parts {
			m.tail = utf8.AppendRune(m.tail, utf8.RuneError)
		}
		m.parts = 0
		w := m.e.spare.take()
		m.n += int64(m.e.count(w, m.tail, maxInt))
		m.e.spare.give(w)
		m.tail = nil
	}
	return nil
}

// Count returns the number of tokens settled so far: of everything once the
// meter is closed, and before that of all but the last two pieces or some
// kilobytes.
func (m *Meter) Count() int64 { return m.n }

// add appends bytes to the tail as valid text and keeps back a character that
// is not finished.
func (m *Meter) add(b []byte) {
	for m.parts > 0 && len(b) > 0 {
		m.part[m.parts] = b[0]
		m.parts++
		b = b[1:]
		if part := m.part[:m.parts]; utf8.FullRune(part) {
			r, n := utf8.DecodeRune(part)
			m.tail = utf8.AppendRune(m.tail, r)
			rest := m.part
			from, to := n, m.parts
			m.parts = 0
			m.addWhole(rest[from:to])
		}
	}
	m.addWhole(b)
}

// addWhole appends bytes that begin at a character.
func (m *Meter) addWhole(b []byte) {
	end := len(b)
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				end -= i
			}
			break
		}
	}
	if utf8.Valid(b[:end]) {
		m.tail = append(m.tail, b[:end]...)
	} else {
		for rest := b[:end]; len(rest) > 0; {
			r, n := utf8.DecodeRune(rest)
			m.tail = utf8.AppendRune(m.tail, r)
			rest = rest[n:]
		}
	}
	m.parts += copy(m.part[m.parts:], b[end:])
}

// settle counts all of the tail but its last two pieces.
//
// More text can change no more than those: the end of a piece is decided by
// what follows only where a word may take a contraction, which lies in the
// next piece, where white space leaves its last character to the next piece,
// and where a run of capitals gives back what a small letter after it would
// have kept, which is the next piece too.
//
// The pieces are counted as they lie in the tail: cut out of it, white space at
// the end of one would read as the end of the text.
func (m *Meter) settle() {
	w := m.e.spare.take()
	before, last := -1, -1 // where the last two pieces begin
	for i := 0; i < len(m.tail); {
		if before >= 0 {
			m.n += int64(m.e.countPiece(w, m.tail, before, last))
		}
		before, last = last, i
		i = m.e.pieceEnd(m.tail, i)
	}
	m.e.spare.give(w)
	m.tail = m.tail[:copy(m.tail, m.tail[max(before, 0):])]
}
