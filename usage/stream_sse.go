package usage

import (
	"bytes"
	"slices"
)

// eventReader tells server-sent events apart, as the HTML standard has it:
// lines end in CR, LF or CRLF, an empty line ends an event, and the data lines
// of an event are joined by LF. Fields other than data say nothing of usage.
type eventReader struct {
	limit  int
	line   []byte // the beginning of a line whose end has not come
	event  []byte // the data of the current event, or of the last one while fresh
	fresh  bool   // the next data line begins a new event
	skipLF bool   // a CR ended the last line; an LF right after belongs to it
	long   bool   // the current line is over the limit: it goes to reduce, or nowhere
	idle   bool   // the long line is no data line, and goes nowhere
	big    bool   // the current event is over the limit, and is in reduce
	reduce reducer
}

func (r *eventReader) write(p []byte, m *merger) {
	hasCR := bytes.IndexByte(p, '\r') >= 0
	for len(p) > 0 {
		if r.skipLF {
			r.skipLF = false
			if p[0] == '\n' {
				p = p[1:]
				continue
			}
		}
		line, end := p, len(p)
		nl := bytes.IndexByte(p, '\n')
		if nl >= 0 {
			line, end = p[:nl], nl+1
		}
		p = p[end:]
		if hasCR {
			line = r.splitCR(line, nl >= 0, m)
		}
		switch {
		case nl >= 0:
			r.endLine(line, m)
		case len(line) > 0:
			r.partLine(line)
		}
	}
}

// splitCR ends the lines that end in CR alone, and returns what follows.
func (r *eventReader) splitCR(line []byte, ended bool, m *merger) []byte {
	if ended && len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1] // CRLF
	}
	for {
		cr := bytes.IndexByte(line, '\r')
		if cr < 0 {
			return line
		}
		r.endLine(line[:cr], m)
		line = line[cr+1:]
		r.skipLF = !ended && len(line) == 0
	}
}

// partLine keeps the beginning of a line.
func (r *eventReader) partLine(b []byte) {
	if r.long {
		r.longLine(b)
		return
	}
	r.line = append(r.line, b...)
	if len(r.line) <= r.limit+len("data: ") {
		return
	}
	data, ok := dataOf(r.line)
	r.line = r.line[:0]
	r.long, r.idle = true, !ok
	if ok {
		r.begin()
		r.enlarge()
		r.reduce.write(data)
	}
}

// longLine takes more of a line over the limit.
func (r *eventReader) longLine(b []byte) {
	if !r.idle {
		r.reduce.write(b)
	}
}

// endLine takes the rest of a line.
func (r *eventReader) endLine(b []byte, m *merger) {
	if r.long {
		r.longLine(b)
		r.long = false
		return
	}
	if len(r.line) > 0 {
		if r.partLine(b); r.long {
			r.long = false
			return
		}
		b = r.line
		r.line = r.line[:0]
	}
	if len(b) == 0 {
		r.dispatch(m)
	} else if data, ok := dataOf(b); ok {
		r.data(data)
	}
}

// dataOf returns the value of a data line.
func dataOf(line []byte) ([]byte, bool) {
	switch {
	case len(line) < 4 || string(line[:4]) != "data":
		return nil, false
	case len(line) == 4:
		return nil, true
	case line[4] != ':':
		return nil, false
	case len(line) > 5 && line[5] == ' ':
		return line[6:], true
	}
	return line[5:], true
}

// begin makes room for a data line of the current or a new event.
func (r *eventReader) begin() {
	switch {
	case r.fresh:
		r.fresh, r.big = false, false
		r.event = r.event[:0]
	case r.big:
		r.reduce.write([]byte{'\n'})
	default:
		r.event = append(r.event, '\n')
	}
}

func (r *eventReader) data(b []byte) {
	r.begin()
	if !r.big && len(r.event)+len(b) > r.limit {
		r.enlarge()
	}
	if r.big {
		r.reduce.write(b)
	} else {
		r.event = append(r.event, b...)
	}
}

// enlarge hands the event over to the reducer.
func (r *eventReader) enlarge() {
	if !r.big {
		r.big = true
		r.reduce = reducer{limit: r.limit}
		r.reduce.write(r.event)
	}
}

// dispatch ends an event.
func (r *eventReader) dispatch(m *merger) {
	if r.fresh {
		return
	}
	r.fresh = true
	if r.big {
		r.event = append(r.event[:0], r.reduce.out...)
		m.event(r.event, r.reduce.full)
		r.big, r.reduce = false, reducer{}
		return
	}
	m.event(r.event, false)
}

// flush reads what is left at the end of a stream, on a copy of the reader:
// the last line may lack its end, and the last event its empty line.
func (r *eventReader) flush(m *merger) {
	if r.fresh {
		m.last(r.event)
	}
	r.event = slices.Clone(r.event) // the reader itself may go on
	if data, ok := dataOf(r.line); ok && !r.long {
		r.data(data)
	}
	switch {
	case r.fresh:
	case r.big:
		m.torn(r.reduce.out)
	default:
		m.torn(r.event)
	}
}
