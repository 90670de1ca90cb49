// Package jsonscan walks the members of JSON objects without decoding what
// nobody asked for. Transcripts are mostly long texts between a few small
// facts: the texts are stepped over at the speed of a byte search.
//
// What is read through it is checked strictly. What is stepped over is
// checked for its structure only: strings must end, brackets must match.
package jsonscan

import (
	"bytes"
	"errors"
	"fmt"
)

// Kind is the kind of a JSON value. The zero Kind is Missing.
type Kind uint8

// The kinds of values.
const (
	Missing Kind = iota // no such member
	Null
	False
	True
	Number
	String
	Object
	Array
)

var kindNames = [...]string{"missing", "null", "false", "true", "a number", "a string", "an object", "an array"}

// String names the kind for people, such as "a string".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Errors of this package, for [errors.Is]. ErrTruncated means that the text
// ends inside a value; ErrSyntax that it is not JSON.
var (
	ErrTruncated = errors.New("the JSON ends too early")
	ErrSyntax    = errors.New("not JSON")
)

// maxDepth bounds how deeply values may nest.
const maxDepth = 1000

// Value is one JSON value: its kind and its bytes as they stand in the text,
// quotes and brackets included. Raw aliases the text it was read from.
type Value struct {
	Kind Kind
	Raw  []byte
}

// Cursor walks the members of one object or the elements of one array.
type Cursor struct {
	text  []byte
	pos   int
	open  byte // '{' or '[', 0 if not begun
	began bool // a member has been read
	done  bool
	err   error
}

// Members returns a cursor over the members of the object in text. Text may
// have white space around the object and nothing else.
func Members(text []byte) Cursor { return begin(text, '{') }

// Elements returns a cursor over the elements of the array in text.
func Elements(text []byte) Cursor { return begin(text, '[') }

func begin(text []byte, open byte) Cursor {
	c := Cursor{text: text, open: open}
	c.pos = skipSpace(text, 0)
	switch {
	case c.pos == len(text):
		c.err = ErrTruncated
	case text[c.pos] != open:
		c.fail(fmt.Sprintf("want %q at byte %d", open, c.pos))
	default:
		c.pos++
	}
	return c
}

// Err returns why the cursor stopped early: nil at a proper end.
func (c *Cursor) Err() error { return c.err }

// Next returns the next member of an object, its key without quotes (and with
// escapes resolved), or the next element of an array, with a nil key. It
// returns ok false at the end and on an error; see [Cursor.Err].
func (c *Cursor) Next() (key []byte, v Value, ok bool) {
	if c.err != nil || c.done {
		return nil, Value{}, false
	}
	if !c.separator() {
		return nil, Value{}, false
	}
	if c.open == '{' {
		if key, ok = c.key(); !ok {
			return nil, Value{}, false
		}
	}
	end, kind, err := skipValue(c.text, c.pos)
	if err != nil {
		c.err = err
		return nil, Value{}, false
	}
	v = Value{kind, c.text[c.pos:end]}
	c.pos = end
	return key, v, true
}

// separator steps over the comma before a member, or over the closing bracket.
func (c *Cursor) separator() bool {
	c.pos = skipSpace(c.text, c.pos)
	if c.pos == len(c.text) {
		c.err = ErrTruncated
		return false
	}
	b := c.text[c.pos]
	if b == c.open+2 { // '{' + 2 is '}', '[' + 2 is ']'
		c.done = true
		if rest := skipSpace(c.text, c.pos+1); rest < len(c.text) {
			c.fail(fmt.Sprintf("more text after the value, at byte %d", rest))
		}
		return false
	}
	if c.began {
		if b != ',' {
			c.fail(fmt.Sprintf("want a comma at byte %d", c.pos))
			return false
		}
		c.pos = skipSpace(c.text, c.pos+1)
	}
	c.began = true
	return true
}

func (c *Cursor) key() ([]byte, bool) {
	if c.pos == len(c.text) {
		c.err = ErrTruncated
		return nil, false
	}
	if c.text[c.pos] != '"' {
		c.fail(fmt.Sprintf("want a quoted key at byte %d", c.pos))
		return nil, false
	}
	end, err := skipString(c.text, c.pos)
	if err != nil {
		c.err = err
		return nil, false
	}
	raw := Value{String, c.text[c.pos:end]}
	c.pos = skipSpace(c.text, end)
	switch {
	case c.pos == len(c.text):
		c.err = ErrTruncated
		return nil, false
	case c.text[c.pos] != ':':
		c.fail(fmt.Sprintf("want a colon at byte %d", c.pos))
		return nil, false
	}
	c.pos = skipSpace(c.text, c.pos+1)
	key := raw.Raw[1 : len(raw.Raw)-1]
	if bytes.IndexByte(key, '\\') < 0 {
		return key, true
	}
	plain, err := raw.Text()
	if err != nil {
		c.err = err
		return nil, false
	}
	return plain, true
}

func (c *Cursor) fail(why string) { c.err = fmt.Errorf("%w: %s", ErrSyntax, why) }

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// skipValue returns the index after the value at b[i].
func skipValue(b []byte, i int) (int, Kind, error) {
	if i >= len(b) {
		return 0, Missing, ErrTruncated
	}
	switch c := b[i]; c {
	case '"':
		end, err := skipString(b, i)
		return end, String, err
	case '{':
		end, err := skipNested(b, i)
		return end, Object, err
	case '[':
		end, err := skipNested(b, i)
		return end, Array, err
	case 'n':
		return skipWord(b, i, "null", Null)
	case 't':
		return skipWord(b, i, "true", True)
	case 'f':
		return skipWord(b, i, "false", False)
	default:
		if c != '-' && (c < '0' || c > '9') {
			return 0, Missing, fmt.Errorf("%w: want a value at byte %d", ErrSyntax, i)
		}
		for i < len(b) && isNumberByte(b[i]) {
			i++
		}
		if i == len(b) { // a number needs something after it: "12" may be the start of "123"
			return i, Number, ErrTruncated
		}
		return i, Number, nil
	}
}

func isNumberByte(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

func skipWord(b []byte, i int, word string, k Kind) (int, Kind, error) {
	if len(b)-i < len(word) {
		if string(b[i:]) == word[:len(b)-i] {
			return 0, k, ErrTruncated
		}
	} else if string(b[i:i+len(word)]) == word {
		return i + len(word), k, nil
	}
	return 0, k, fmt.Errorf("%w: want %s at byte %d", ErrSyntax, word, i)
}

// skipString returns the index after the string that begins at b[i]. A quote
// ends it exactly if an even number of backslashes stands before it, so only
// quotes need a look.
func skipString(b []byte, i int) (int, error) {
	for j := i + 1; ; {
		q := bytes.IndexByte(b[j:], '"')
		if q < 0 {
			return 0, ErrTruncated
		}
		end := j + q
		k := end
		for k > j && b[k-1] == '\\' {
			k--
		}
		if (end-k)%2 == 0 {
			return end + 1, nil
		}
		j = end + 1
	}
}

// skipNested returns the index after the object or array at b[i].
func skipNested(b []byte, i int) (int, error) {
	var kinds [(maxDepth + 63) / 64]uint64 // bit d: level d is an object
	depth := 0
	for i < len(b) {
		switch c := b[i]; c {
		case '"':
			end, err := skipString(b, i)
			if err != nil {
				return 0, err
			}
			i = end
			continue
		case '{', '[':
			if depth == maxDepth {
				return 0, fmt.Errorf("%w: nested deeper than %d", ErrSyntax, maxDepth)
			}
			kinds[depth/64] &^= 1 << (depth % 64)
			if c == '{' {
				kinds[depth/64] |= 1 << (depth % 64)
			}
			depth++
		case '}', ']':
			depth--
			if (kinds[depth/64]>>(depth%64)&1 == 1) != (c == '}') {
				return 0, fmt.Errorf("%w: %q closes the wrong bracket at byte %d", ErrSyntax, c, i)
			}
			if depth == 0 {
				return i + 1, nil
			}
		}
		i++
	}
	return 0, ErrTruncated
}
