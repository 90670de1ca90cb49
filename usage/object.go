package usage

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// object holds where the known members of one JSON object are. Of duplicate
// keys the last wins; null is absent.
type object struct {
	vals [numKeys]span
	path path
}

func (o *object) has(k key) bool { return o.vals[k].ok() }

// any reports whether one of the keys is present.
func (o *object) any(ks ...key) bool {
	for _, k := range ks {
		if o.vals[k].ok() {
			return true
		}
	}
	return false
}

// path says how an object was reached, so that an error can name it. Only
// offsets are kept; names are read from the body when an error is made.
type path struct {
	steps [8]step
	n     uint8
}

// step is a member value at an offset, or an element of the array there.
type step struct{ at, index int32 }

func (p path) to(at, index int32) path {
	if int(p.n) < len(p.steps) {
		p.steps[p.n] = step{at, index}
		p.n++
	}
	return p
}

// decoder reads usage out of one body. The first error sticks.
type decoder struct {
	scanner
	provider string
	err      error
	notes    []string
	text     textBuffer
}

// note records an anomaly that did not stop the decoding.
func (d *decoder) note(s string) { d.notes = append(d.notes, s) }

// malformed turns a fault of the scanner into the decoder's error.
func (d *decoder) malformed() {
	if d.err == nil {
		d.err = &FieldError{Offset: int64(d.at), Reason: d.why}
	}
}

// refuse reports the member k of o; a member that is absent is named by the
// path of o.
func (d *decoder) refuse(o *object, k key, reason string, kind error) {
	if d.err != nil {
		return
	}
	at, p := int64(-1), o.path
	if s := o.vals[k]; s.ok() {
		at, p = int64(s.from), p.to(s.from, -1)
	}
	d.err = &FieldError{Path: d.name(p), Offset: at, Reason: reason, Kind: kind}
}

// name spells a path, such as usage.iterations[1].input_tokens.
func (d *decoder) name(p path) string {
	var b []byte
	for _, s := range p.steps[:p.n] {
		if s.index >= 0 {
			b = append(strconv.AppendInt(append(b, '['), int64(s.index), 10), ']')
			continue
		}
		if len(b) > 0 {
			b = append(b, '.')
		}
		b = append(b, d.keyBefore(int(s.at))...)
	}
	return string(b)
}

// keyBefore returns the text of the key whose value starts at i.
func (d *decoder) keyBefore(i int) []byte {
	end := bytes.LastIndexByte(d.data[:i], '"')
	if end < 0 {
		return nil
	}
	from := end - 1
	for from >= 0 && (d.data[from] != '"' || (from > 0 && d.data[from-1] == '\\')) {
		from--
	}
	return d.data[from+1 : end]
}

// scanObject reads the object that starts at i and notes its known members.
func (d *decoder) scanObject(i int, o *object) int {
	if d.peek(i) != '{' {
		return d.fail(i, "want an object")
	}
	i = d.space(i + 1)
	if d.peek(i) == '}' {
		return i + 1
	}
	for {
		if d.peek(i) != '"' {
			return d.fail(i, "want a key")
		}
		j := d.str(i)
		if j < 0 {
			return -1
		}
		k := d.keyOf(d.data[i+1 : j-1])
		if i = d.space(j); d.peek(i) != ':' {
			return d.fail(i, "want a colon after a key")
		}
		i = d.space(i + 1)
		if j = d.skip(i); j < 0 {
			return -1
		}
		if d.data[i] == 'n' {
			o.vals[k] = span{}
		} else {
			o.vals[k] = span{int32(i), int32(j)}
		}
		i = d.space(j)
		switch d.peek(i) {
		case ',':
			i = d.space(i + 1)
		case '}':
			return i + 1
		default:
			return d.fail(i, "want a comma or } in an object")
		}
	}
}

// keyOf looks up a member name, which may be spelt with escapes.
func (d *decoder) keyOf(name []byte) key {
	if bytes.IndexByte(name, '\\') >= 0 {
		var buf [64]byte
		name = unescape(buf[:0], name)
	}
	return lookup(name)
}

// enter scans the member k of o, which must be an object. It reports false,
// with c left empty, if the member is absent or in error.
func (d *decoder) enter(o *object, k key, c *object) bool {
	*c = object{}
	s := o.vals[k]
	if !s.ok() || d.err != nil {
		return false
	}
	if d.data[s.from] != '{' {
		d.refuse(o, k, "want an object", nil)
		return false
	}
	c.path = o.path.to(s.from, -1)
	if d.scanObject(int(s.from), c) < 0 {
		d.malformed()
		return false
	}
	return true
}

// isObject reports whether the member k of o is an object.
func (d *decoder) isObject(o *object, k key) bool {
	s := o.vals[k]
	return s.ok() && d.data[s.from] == '{'
}

// elements walks the objects in an array:
//
//	for it := d.elements(o, k); d.next(&it, &e); {
type elements struct {
	at   int // of the next element; 0: there is none
	n    int32
	path path
}

// elements returns the elements of the array k of o; none if it is absent.
func (d *decoder) elements(o *object, k key) elements {
	s := o.vals[k]
	if !s.ok() || d.err != nil {
		return elements{}
	}
	if d.data[s.from] != '[' {
		d.refuse(o, k, "want an array", nil)
		return elements{}
	}
	return elements{at: d.space(int(s.from) + 1), path: o.path.to(s.from, -1)}
}

// next scans the next element into e. Elements that are not objects are
// refused, null aside. It reports false at the end and after an error.
func (d *decoder) next(it *elements, e *object) bool {
	for it.at > 0 && d.err == nil && d.peek(it.at) != ']' {
		i, isNull := it.at, false
		at := it.path.to(int32(i), it.n)
		switch d.peek(i) {
		case 'n':
			isNull = true
			i = d.skip(i)
		case '{':
			*e = object{path: at}
			i = d.scanObject(i, e)
		default:
			d.err = &FieldError{Path: d.name(at), Offset: int64(i), Reason: "want an object"}
			return false
		}
		if i < 0 {
			d.malformed()
			return false
		}
		if i = d.space(i); d.peek(i) == ',' {
			i = d.space(i + 1)
		}
		it.at, it.n = i, it.n+1
		if !isNull {
			return true
		}
	}
	return false
}

// length counts the elements of the array k of o; 0 if it is no array.
func (d *decoder) length(o *object, k key) (n int64) {
	s := o.vals[k]
	if !s.ok() || d.data[s.from] != '[' {
		return 0
	}
	for i := d.space(int(s.from) + 1); d.peek(i) != ']'; n++ {
		if i = d.skip(i); i < 0 {
			return n
		}
		if i = d.space(i); d.peek(i) == ',' {
			i = d.space(i + 1)
		}
	}
	return n
}

// raw returns the value of a string member, to be compared; nil if the member
// is absent or no string. It allocates only for values spelt with escapes.
func (d *decoder) raw(o *object, k key) []byte {
	s := o.vals[k]
	if !s.ok() || d.data[s.from] != '"' {
		return nil
	}
	raw := d.data[s.from+1 : s.to-1]
	if bytes.IndexByte(raw, '\\') >= 0 {
		return unescape(nil, raw)
	}
	return raw
}

// is reports whether a member is exactly this string.
func (d *decoder) is(o *object, k key, want string) bool { return string(d.raw(o, k)) == want }

// count reads a member as a count: see the rules in the package comment.
// Absent and null are 0.
func (d *decoder) count(o *object, k key) int64 {
	return d.whole(o, k, MaxCount)
}

// total reads a member as a sum of counts, to be compared with its parts. It
// is no meter, and may be larger than one.
func (d *decoder) total(o *object, k key) int64 { return d.whole(o, k, maxTotal) }

func (d *decoder) whole(o *object, k key, limit int64) int64 {
	s := o.vals[k]
	if !s.ok() {
		return 0
	}
	n, reason := parseCount(d.data[s.from:s.to], limit)
	if reason != "" {
		var kind error
		if reason == reasonNegative || reason == reasonTooLarge {
			kind = ErrRange
		}
		d.refuse(o, k, reason, kind)
		return 0
	}
	return n
}

// member is a member of an object, present or not.
type member struct {
	o *object
	k key
}

// pick returns the first of several members that is present, or the first.
func pick(o *object, ks ...key) member {
	for _, k := range ks {
		if o.has(k) {
			return member{o, k}
		}
	}
	return member{o, ks[0]}
}

// first reads the first of several members that is present.
func (d *decoder) first(o *object, ks ...key) int64 {
	for _, k := range ks {
		if o.has(k) {
			return d.count(o, k)
		}
	}
	return 0
}

// maxText bounds the strings that are kept: ids, model names and the like.
const maxText = 1024

// textBuffer gathers the strings that are kept, so that they cost one
// allocation together.
type textBuffer struct {
	buf  [192]byte
	long []byte
	n    int
}

// mark is where a kept string lies in the buffer.
type mark struct{ from, to int }

// keep unescapes a string member into the buffer. A member of another type is
// refused; absent is the empty string.
func (d *decoder) keep(o *object, k key) mark {
	s := o.vals[k]
	if !s.ok() || d.err != nil {
		return mark{}
	}
	if d.data[s.from] != '"' {
		d.refuse(o, k, "want a string", nil)
		return mark{}
	}
	raw := d.data[s.from+1 : s.to-1]
	if len(raw) > maxText {
		d.refuse(o, k, "string longer than 1024 bytes", nil)
		return mark{}
	}
	t := &d.text
	if t.long == nil && t.n+len(raw) > len(t.buf) {
		t.long = append(make([]byte, 0, t.n+len(raw)+256), t.buf[:t.n]...)
	}
	from := t.n
	if t.long != nil {
		t.long = unescape(t.long, raw)
		t.n = len(t.long)
	} else {
		t.n = len(unescape(t.buf[:t.n], raw))
	}
	if !utf8.Valid(t.bytes()[from:]) {
		d.refuse(o, k, "string is not UTF-8", nil)
	}
	return mark{from, t.n}
}

// string returns a string member on its own.
func (d *decoder) string(o *object, k key) string {
	m := d.keep(o, k)
	return string(d.text.bytes()[m.from:m.to])
}

func (t *textBuffer) bytes() []byte {
	if t.long != nil {
		return t.long
	}
	return t.buf[:t.n]
}

// unescape appends the value of a string's text, whose escapes are valid, to
// dst. A lone surrogate becomes U+FFFD. The result is never longer than raw.
func unescape(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		c := raw[i+1]
		raw = raw[i+2:]
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hexRune(raw)
			raw = raw[4:]
			if r >= 0xd800 && r < 0xe000 {
				low := rune(-1)
				if r < 0xdc00 && len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
					low = hexRune(raw[2:])
				}
				if low >= 0xdc00 && low < 0xe000 {
					r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
					raw = raw[6:]
				} else {
					r = utf8.RuneError
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
}

// spelledOut reports whether a text may spell a letter of a name in four
// hexadecimal digits, so that a search for the name would miss it.
func spelledOut(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+5 > len(text) {
			return false
		}
		if c := text[i+4]; c >= '4' && c <= '7' && string(text[i+1:i+4]) == "u00" {
			return true
		}
		text = text[i+2:]
	}
}

func hexRune(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		r = r<<4 | rune(hexValue(c))
	}
	return r
}
