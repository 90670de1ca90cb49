package usage

import (
	"encoding/binary"
	"math/bits"
)

// maxDepth bounds how deep a body may nest. Skipping is iterative, so the
// bound costs no stack; it is there to end on hostile input.
const maxDepth = 1024

// span is the half-open range of a value's text in the body. The zero span is
// an absent value.
type span struct{ from, to int32 }

func (s span) ok() bool { return s.to != 0 }

// scanner walks JSON text strictly by RFC 8259 without building anything.
// Positions are byte offsets; a method returns the offset after what it read,
// or -1 after a fault, which is then in why and at.
type scanner struct {
	data []byte
	why  string
	at   int
}

func (s *scanner) fail(i int, why string) int {
	if s.why == "" {
		s.why, s.at = why, min(i, len(s.data))
		if i >= len(s.data) {
			s.why = "unexpected end of JSON"
		}
	}
	return -1
}

// peek returns the byte at i, or 0, which is no token of JSON, past the end.
func (s *scanner) peek(i int) byte {
	if i < len(s.data) {
		return s.data[i]
	}
	return 0
}

// space skips white space.
func (s *scanner) space(i int) int {
	for i < len(s.data) {
		switch s.data[i] {
		case ' ', '\n', '\t', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

const (
	ones   = 0x0101010101010101
	highs  = 0x8080808080808080
	quotes = ones * '"'
	slants = ones * '\\'
	spaces = ones * ' '
)

// str reads a string whose opening quote is at i. Eight bytes are tested at a
// time for a quote, a backslash or a control character.
func (s *scanner) str(i int) int {
	d := s.data
	i++
	for {
		for i+8 <= len(d) {
			w := binary.LittleEndian.Uint64(d[i:])
			q, b := w^quotes, w^slants
			// A borrow can only run upwards from a byte that matches, so the
			// lowest flagged byte is always a true match.
			m := ((q-ones)&^q | (b-ones)&^b | (w-spaces)&^w) & highs
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		for i < len(d) && d[i] != '"' && d[i] != '\\' && d[i] >= ' ' {
			i++
		}
		switch c := s.peek(i); {
		case i >= len(d):
			return s.fail(i, "unterminated string")
		case c == '"':
			return i + 1
		case c != '\\':
			return s.fail(i, "control character in a string")
		}
		if i = s.escape(i); i < 0 {
			return -1
		}
	}
}

// escape checks the escape sequence whose backslash is at i.
func (s *scanner) escape(i int) int {
	switch s.peek(i + 1) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		for k := i + 2; k < i+6; k++ {
			if hexValue(s.peek(k)) < 0 {
				return s.fail(k, "want four hexadecimal digits after \\u")
			}
		}
		return i + 6
	}
	return s.fail(i+1, "unknown escape in a string")
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// number reads a number that starts at i.
func (s *scanner) number(i int) int {
	if s.peek(i) == '-' {
		i++
	}
	switch c := s.peek(i); {
	case c == '0':
		i++
	case c >= '1' && c <= '9':
		i = s.digits(i)
	default:
		return s.fail(i, "want a value")
	}
	if s.peek(i) == '.' {
		if i = s.someDigits(i + 1); i < 0 {
			return -1
		}
	}
	if c := s.peek(i); c == 'e' || c == 'E' {
		i++
		if c := s.peek(i); c == '+' || c == '-' {
			i++
		}
		return s.someDigits(i)
	}
	return i
}

func (s *scanner) digits(i int) int {
	for c := s.peek(i); c >= '0' && c <= '9'; c = s.peek(i) {
		i++
	}
	return i
}

func (s *scanner) someDigits(i int) int {
	j := s.digits(i)
	if j == i {
		return s.fail(i, "want a digit")
	}
	return j
}

func (s *scanner) literal(i int, word string) int {
	for k := range len(word) {
		if s.peek(i+k) != word[k] {
			return s.fail(i+k, "want "+word)
		}
	}
	return i + len(word)
}

// skip reads one value of any kind that starts at i. It keeps the open
// brackets in a bit set: a set bit is an array.
func (s *scanner) skip(i int) int {
	switch c := s.peek(i); c {
	case '"':
		return s.str(i)
	case '{', '[':
		return s.skipNested(i)
	case 't':
		return s.literal(i, "true")
	case 'f':
		return s.literal(i, "false")
	case 'n':
		return s.literal(i, "null")
	}
	return s.number(i)
}

func (s *scanner) skipNested(i int) int {
	var open [maxDepth / 64]uint64
	depth := 0
value:
	switch c := s.peek(i); c {
	case '{', '[':
		if depth == maxDepth {
			return s.fail(i, "nested too deep")
		}
		bit := uint64(1) << (depth & 63)
		if c == '[' {
			open[depth>>6] |= bit
		} else {
			open[depth>>6] &^= bit
		}
		depth++
		i = s.space(i + 1)
		if s.peek(i) == c+2 { // '}' is '{'+2 and ']' is '['+2
			i++
			goto closed
		}
		if c == '[' {
			goto value
		}
		goto key
	case '"':
		i = s.str(i)
	default:
		i = s.skip(i)
	}
	if i < 0 {
		return -1
	}
after:
	i = s.space(i)
	if open[(depth-1)>>6]>>((depth-1)&63)&1 == 1 {
		switch s.peek(i) {
		case ',':
			i = s.space(i + 1)
			goto value
		case ']':
			i++
			goto closed
		}
		return s.fail(i, "want a comma or ] in an array")
	}
	switch s.peek(i) {
	case ',':
		i = s.space(i + 1)
		goto key
	case '}':
		i++
		goto closed
	}
	return s.fail(i, "want a comma or } in an object")
key:
	if s.peek(i) != '"' {
		return s.fail(i, "want a key")
	}
	if i = s.str(i); i < 0 {
		return -1
	}
	if i = s.space(i); s.peek(i) != ':' {
		return s.fail(i, "want a colon after a key")
	}
	i = s.space(i + 1)
	goto value
closed:
	if depth--; depth > 0 {
		goto after
	}
	return i
}
