package sentencepiece

import "bytes"

// Meter counts text that arrives in parts, cut anywhere. Once closed, its count
// is that of [Model.Count] for the whole text.
//
// Where the model allows it, as those of Gemma, Llama and Mistral do, words are
// counted as they come, and the meter holds the last of them alone. Unigram
// models and such as squeeze blanks are known only at the end: for those it
// holds the whole text. A Meter is not safe for concurrent use.
type Meter struct {
	m      *Model
	n      int64
	tail   []byte
	later  bool // a part of the text was counted
	closed bool
}

// settleFrom is how many bytes are held before words are counted.
const settleFrom = 16 << 10

// NewMeter returns a meter of the model.
func (m *Model) NewMeter() *Meter { return &Meter{m: m} }

// Write takes all of p and never fails. After Close it is ignored.
func (w *Meter) Write(p []byte) (int, error) {
	if w.closed {
		return len(p), nil
	}
	for rest := p; len(rest) > 0; {
		n := min(len(rest), settleFrom)
		w.tail = append(w.tail, rest[:n]...)
		rest = rest[n:]
		if len(w.tail) >= settleFrom && w.m.streams() {
			w.settle()
		}
	}
	return len(p), nil
}

// streams reports whether words can be counted one after the other.
func (m *Model) streams() bool {
	_, known := m.ids[blank]
	return m.kind == BPE && m.cuttable && m.norm.escape && !m.norm.squeeze && !m.suffix &&
		len(m.norm.rules.units) == 0 && (known || m.byteFallback)
}

// settle counts all before the last blank that follows something else.
func (w *Meter) settle() {
	end := len(w.tail)
	for {
		end = bytes.LastIndexByte(w.tail[:end], ' ')
		if end <= 0 {
			return
		}
		if w.tail[end-1] != ' ' && !bytes.HasSuffix(w.tail[:end], []byte(blank)) {
			break
		}
	}
	w.count(w.tail[:end])
	w.tail = w.tail[:copy(w.tail, w.tail[end:])]
}

func (w *Meter) count(text []byte) {
	w.m.each(string(text), !w.later, func(int32) { w.n++ })
	w.later = w.later || len(text) > 0
}

// Close ends the text. It never fails.
func (w *Meter) Close() error {
	if !w.closed {
		w.closed = true
		w.count(w.tail)
		w.tail = nil
	}
	return nil
}

// Count returns the number of tokens settled so far: of everything once the
// meter is closed.
func (w *Meter) Count() int64 { return w.n }
