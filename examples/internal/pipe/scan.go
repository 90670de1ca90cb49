package pipe

import (
	"encoding/json"
	"math/big"
	"strconv"
)

// members calls f with every member of an object that is valid JSON, until f
// returns an error.
func members(text []byte, f func(key string, value []byte) *Error) *Error {
	i := space(text, 1)
	for text[i] != '}' {
		end := value(text, i)
		key := unquote(text[i:end])
		i = space(text, space(text, end)+1) // past the colon
		end = value(text, i)
		if err := f(key, text[i:end]); err != nil {
			return err
		}
		if i = space(text, end); text[i] == ',' {
			i = space(text, i+1)
		}
	}
	return nil
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// value returns the end of the value that starts at i. The text is valid, so
// only brackets and strings matter.
func value(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 {
				return i // the end of what holds a number or a word
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// unquote returns the value of a valid JSON string.
func unquote(b []byte) string {
	for _, c := range b {
		if c == '\\' {
			var s string
			if json.Unmarshal(b, &s) != nil {
				return string(b)
			}
			return s
		}
	}
	return string(b[1 : len(b)-1])
}

// whole reads a JSON number that is a whole number of 64 bits.
func whole(b []byte) (int64, bool) {
	if c := b[0]; c != '-' && (c < '0' || c > '9') {
		return 0, false
	}
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return n, true
	}
	if len(b) > 40 {
		return 0, false // nothing that needs more digits than this is meant as a count
	}
	if e, ok := exponentOf(b); !ok || e > 30 || e < -30 {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(string(b))
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
}

// exponentOf returns the exponent of a number, so that a huge one is refused
// before it is computed.
func exponentOf(b []byte) (int, bool) {
	for i, c := range b {
		if c|0x20 == 'e' {
			e, err := strconv.Atoi(string(b[i+1:]))
			return e, err == nil
		}
	}
	return 0, true
}
