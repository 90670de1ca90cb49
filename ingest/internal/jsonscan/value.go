package jsonscan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Errors of values, for [errors.Is].
var (
	ErrKind  = errors.New("wrong type")
	ErrRange = errors.New("out of range")
	ErrUTF8  = errors.New("not UTF-8")
)

// ValueOf returns text, which must hold one value and nothing else, as a
// value; a missing one if it does not.
func ValueOf(text []byte) Value {
	if n := len(text); n > 0 {
		// A byte after it ends a number.
		if end, kind, err := skipValue(append(text[:n:n], ' '), 0); err == nil && end == n {
			return Value{kind, text}
		}
	}
	return Value{}
}

// Text returns the text of a string, escapes resolved; nil for null and for a
// missing value. Another kind matches [ErrKind]; a bad escape or an unpaired
// surrogate [ErrSyntax]; bytes that are not UTF-8 [ErrUTF8]: two distinct
// texts never become one. The result may alias the value's text.
func (v Value) Text() ([]byte, error) {
	if v.Kind == Missing || v.Kind == Null {
		return nil, nil
	}
	if v.Kind != String {
		return nil, fmt.Errorf("%w: is %s, want a string", ErrKind, v.Kind)
	}
	if !utf8.Valid(v.Raw) {
		return nil, ErrUTF8
	}
	inner := v.Raw[1 : len(v.Raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, nil
	}
	var s string
	if err := json.Unmarshal(v.Raw, &s); err != nil {
		return nil, fmt.Errorf("%w: bad escape in a string", ErrSyntax)
	}
	if bytes.ContainsRune([]byte(s), utf8.RuneError) && !bytes.ContainsRune(inner, utf8.RuneError) {
		return nil, fmt.Errorf("%w: unpaired surrogate in a string", ErrSyntax)
	}
	return []byte(s), nil
}

// Is reports whether the value is a string without escapes that equals s.
func (v Value) Is(s string) bool {
	return v.Kind == String && len(v.Raw) == len(s)+2 && string(v.Raw[1:len(v.Raw)-1]) == s
}

// Int returns a whole number, 0 for null and for a missing value. A fraction
// or an exponent matches [ErrKind], as another kind does; a number that does
// not fit an int64 matches [ErrRange].
func (v Value) Int() (int64, error) {
	switch v.Kind {
	case Missing, Null:
		return 0, nil
	case Number:
	default:
		return 0, fmt.Errorf("%w: is %s, want a whole number", ErrKind, v.Kind)
	}
	if !isInteger(v.Raw) {
		return 0, fmt.Errorf("%w: is not a whole number", ErrKind)
	}
	n, err := strconv.ParseInt(string(v.Raw), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: does not fit 64 bits", ErrRange)
	}
	return n, nil
}

// isInteger reports whether raw is a JSON number without fraction and exponent.
func isInteger(raw []byte) bool {
	digits := bytes.TrimPrefix(raw, []byte("-"))
	if len(digits) == 0 || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// Bool returns a truth value, false for null and for a missing value. Another
// kind matches [ErrKind].
func (v Value) Bool() (bool, error) {
	switch v.Kind {
	case True:
		return true, nil
	case False, Null, Missing:
		return false, nil
	}
	return false, fmt.Errorf("%w: is %s, want true or false", ErrKind, v.Kind)
}
