package usage

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// elementReader tells the objects of a stream of JSON apart: lines, objects
// one after the other, or the elements of one array. Brackets, commas and
// white space between objects mean nothing to it.
type elementReader struct {
	limit  int
	event  []byte // the object so far, or the last one while depth is 0
	depth  int
	inText bool // in a string
	escape bool // after a backslash in a string
	big    bool // the object is over the limit, and is in reduce
	reduce reducer
	model  pattern
}

func (r *elementReader) write(p []byte, m *merger) {
	var last, plain []byte // the last object that lies in p whole; that is not parsed
	for len(p) > 0 {
		if r.depth == 0 {
			i := bytes.IndexByte(p, '{')
			if i < 0 {
				break
			}
			p = p[i:]
			r.event, last = r.event[:0], nil
			if n := r.model.match(p); n > 0 && n <= r.limit && m.pass() {
				last, p = p[:n], p[n:]
				continue
			}
		}
		n := r.scan(p)
		part := p[:n]
		p = p[n:]
		whole := r.depth == 0
		switch {
		case r.big:
			r.reduce.write(part)
		case whole && len(r.event) == 0 && n <= r.limit:
			m.event(part, false)
			if last = part; !m.parsed {
				r.model.learn(plain, part)
				plain = part
			}
			continue
		case len(r.event)+n > r.limit:
			r.big = true
			r.reduce = reducer{limit: r.limit}
			r.reduce.write(r.event)
			r.reduce.write(part)
			r.event = r.event[:0]
		default:
			r.event = append(r.event, part...)
		}
		if !whole {
			return
		}
		if r.big {
			r.event = append(r.event[:0], r.reduce.out...)
			m.event(r.event, r.reduce.full)
			r.big, r.reduce = false, reducer{}
		} else {
			m.event(r.event, false)
		}
	}
	if last != nil {
		r.event = append(r.event[:0], last...)
	}
}

// scan goes to the end of the object, or of p, and returns how far it came.
func (r *elementReader) scan(p []byte) int {
	depth, inText := r.depth, r.inText
	i := 0
	if r.escape {
		r.escape = false
		i = 1
	}
	for i < len(p) {
		if inText {
			i += textRun(p[i:])
			switch {
			case i >= len(p):
			case p[i] == '"':
				inText = false
				i++
			case i+1 == len(p):
				r.escape = true
				i++
			default:
				i += 2
			}
			continue
		}
		c := p[i]
		i++
		switch c {
		case '"':
			inText = true
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				r.depth, r.inText = 0, false
				return i
			}
		}
	}
	r.depth, r.inText = depth, inText
	return len(p)
}

// textRun returns how many bytes lie before the next quote or backslash, eight
// at a time as in [scanner.str].
func textRun(p []byte) int {
	i := 0
	for ; i+8 <= len(p); i += 8 {
		w := binary.LittleEndian.Uint64(p[i:])
		q, b := w^quotes, w^slants
		if m := ((q-ones)&^q | (b-ones)&^b) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(p) && p[i] != '"' && p[i] != '\\' {
		i++
	}
	return i
}
