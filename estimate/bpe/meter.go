package bpe

import (
	"slices"
	"unicode/utf8"
)

// Meter counts text that arrives in parts, cut anywhere. It keeps the last two
// pieces of what it was given, which more text may still join or cut anew; all
// before them is counted and forgotten. A piece of more than 64 KB is not kept
// either: runs in it are taken out, or it is counted as its bytes come. So a
// meter holds some hundred kilobytes, whatever the text is, but for one case:
// a vocabulary with tokens joined from tokens of a higher rank, such as Llama
// 3's, keeps the piece it is in whole. Once closed, its count is that of
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
	long   *longPiece // a piece that is counted as it comes, and is not in the tail
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
		if m.long != nil {
			w := m.e.spare.take()
			m.goOn(w, false)
			m.e.spare.give(w)
		}
		if m.long == nil && len(m.tail) >= m.look {
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
		if m.long != nil {
			m.goOn(w, true)
		}
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
	m.tail = m.tail[:copy(m.tail, m.tail[max(before, 0):])]
	if len(m.tail) >= longTail && !m.e.unordered {
		last -= max(before, 0)
		m.shorten(w, last)
		m.shorten(w, 0)
		if len(m.tail) >= longTail {
			last = m.e.pieceEnd(m.tail, 0)
			if last == len(m.tail) {
				last = 0
			}
			m.enterLong(w, last)
		}
	}
	m.e.spare.give(w)
}

const (
	longTail  = 64 << 10 // bytes of a tail from which on its runs are shortened
	keptTail  = 8 << 10  // bytes that are left of a run, at least
	maxPeriod = 4        // bytes that a run repeats: a character of any length
	maxUnit   = 4        // tokens that a run repeats
)

// shorten takes repetitions out of the first long run of the piece that begins
// at start, and counts them at once, so that a run without end needs no memory
// without end. It is exact for the reason given in run.go: where a sequence of
// tokens stands before itself, it may stand there any number of times.
func (m *Meter) shorten(w *workspace, start int) {
	piece := m.tail[start:m.e.pieceEnd(m.tail, start)]
	for period := 1; period <= maxPeriod; period++ {
		from, to := findRun(piece, period, longTail/2)
		if to == 0 {
			continue
		}
		head := piece[:from+keptTail/2]
		m.e.lay(w, head)
		tokens, length := m.unit(w.stack, from, period)
		if length == 0 {
			return
		}
		times := (to - from - keptTail) / length
		m.n += int64(times * tokens)
		cut := start + from + keptTail/2
		m.tail = append(m.tail[:cut], m.tail[cut+times*length:]...)
		return
	}
}

// findRun returns the first stretch of at least size bytes in which every byte
// is the one a period before it.
func findRun(b []byte, period, size int) (from, to int) {
	for i := period; i < len(b); i++ {
		if b[i] != b[i-period] {
			from = i - period + 1
			continue
		}
		if i-from >= size {
			for to = i; to < len(b) && b[to] == b[to-period]; to++ {
			}
			return from, to
		}
	}
	return 0, 0
}

// unit finds, beyond the first half of the run, a sequence of tokens that
// repeats, of a length in bytes that is a multiple of the period. It returns
// how many tokens and bytes it has, or zeros.
func (m *Meter) unit(stack []uint32, from, period int) (tokens, length int) {
	at := 0
	for i, t := range stack {
		if at >= from+keptTail/8 {
			for n := 1; n <= maxUnit && i+3*n <= len(stack); n++ {
				size := 0
				for _, t := range stack[i : i+n] {
					size += m.e.tokens[t].length()
				}
				if size%period == 0 && slices.Equal(stack[i:i+n], stack[i+n:i+2*n]) && slices.Equal(stack[i:i+n], stack[i+2*n:i+3*n]) {
					return n, size
				}
			}
		}
		at += m.e.tokens[t].length()
	}
	return 0, 0
}
