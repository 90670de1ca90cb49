package usage

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
)

// frameReader tells the messages of Amazon's binary event streams apart, as
// Bedrock sends them: the length of the message and of its headers, four bytes
// each, most significant first, a checksum, the headers, the payload and
// another checksum. Payloads are JSON; InvokeModel's hold the model's own event
// in base64. Checksums are left to the client.
type frameReader struct {
	limit int
	buf   []byte // the message so far, with its head
	skip  int    // bytes still to come of a message over the limit
	dead  bool   // the lengths made no sense: nothing after can be told apart
	event []byte // the last event
	inner []byte // for decoding base64
}

// frameHead and frameTail are the sizes of what surrounds headers and payload.
const (
	frameHead = 12
	frameTail = 4
)

func (r *frameReader) write(p []byte, m *merger) {
	for len(p) > 0 && !r.dead {
		if r.skip > 0 {
			n := min(r.skip, len(p))
			r.skip -= n
			p = p[n:]
			continue
		}
		if n := min(frameHead-len(r.buf), len(p)); n > 0 {
			r.buf = append(r.buf, p[:n]...)
			p = p[n:]
			continue
		}
		total := int64(binary.BigEndian.Uint32(r.buf))
		headers := int64(binary.BigEndian.Uint32(r.buf[4:]))
		switch {
		case total < frameHead+headers+frameTail || total > maxBody:
			r.dead = true
			m.err = &FieldError{Offset: -1, Reason: "the lengths of an event-stream message make no sense"}
			return
		case total > int64(r.limit):
			r.skip = int(total) - len(r.buf)
			r.buf = r.buf[:0]
			m.event(nil, true)
			continue
		}
		n := min(int(total)-len(r.buf), len(p))
		r.buf = append(r.buf, p[:n]...)
		p = p[n:]
		if len(r.buf) == int(total) {
			r.message(r.buf[frameHead+headers:total-frameTail], m)
			r.buf = r.buf[:0]
		}
	}
}

// message takes one payload.
func (r *frameReader) message(payload []byte, m *merger) {
	r.event = append(r.event[:0], r.unwrap(payload)...)
	m.event(r.event, false)
}

// unwrap decodes {"bytes":"…"}; other payloads are events themselves.
func (r *frameReader) unwrap(payload []byte) []byte {
	before, rest, ok := bytes.Cut(payload, []byte(`bytes":"`)) // to look for its first quote takes longer
	if !ok || !bytes.HasSuffix(before, []byte{'"'}) {
		return payload
	}
	text, _, ok := bytes.Cut(rest, []byte{'"'})
	if !ok {
		return payload
	}
	r.inner = append(r.inner[:0], make([]byte, base64.StdEncoding.DecodedLen(len(text)))...)
	n, err := base64.StdEncoding.Decode(r.inner, text)
	if err != nil {
		return payload
	}
	return r.inner[:n]
}
