package pipe

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// Field binds one member of an object to a variable.
type Field struct {
	name     string
	required bool
	seen     *bool
	set      func(path string, value []byte) *Error
}

// Required makes the absence of the member an error.
func (f Field) Required() Field {
	f.required = true
	return f
}

// Seen sets p to whether the member is there and not null.
func (f Field) Seen(p *bool) Field {
	f.seen = p
	return f
}

// String binds a string.
func String(name string, p *string) Field {
	return Field{name: name, set: func(path string, v []byte) *Error {
		if v[0] != '"' {
			return Errorf(CodeWrongType, "%s: want a string", path)
		}
		*p = unquote(v)
		return nil
	}}
}

// Bool binds a boolean.
func Bool(name string, p *bool) Field {
	return Field{name: name, set: func(path string, v []byte) *Error {
		if v[0] != 't' && v[0] != 'f' {
			return Errorf(CodeWrongType, "%s: want true or false", path)
		}
		*p = v[0] == 't'
		return nil
	}}
}

// Int64 binds a whole number that fits an int64. It is read exactly, beyond
// 2^53 too; spellings such as 12.0 and 1e3 are whole numbers.
func Int64(name string, p *int64) Field {
	return Field{name: name, set: func(path string, v []byte) *Error {
		n, ok := whole(v)
		if !ok {
			return Errorf(CodeWrongType, "%s: want a whole number of 64 bits", path)
		}
		*p = n
		return nil
	}}
}

// Count binds a whole number from 0 to 2^63-1.
func Count(name string, p *int64) Field {
	return Field{name: name, set: func(path string, v []byte) *Error {
		n, ok := whole(v)
		if !ok || n < 0 {
			return Errorf(CodeWrongType, "%s: want a whole number that is not negative", path)
		}
		*p = n
		return nil
	}}
}

// Time binds a time in RFC 3339 with a zone, see [ParseTime].
func Time(name string, p *time.Time) Field {
	return Field{name: name, set: func(path string, v []byte) *Error {
		if v[0] != '"' {
			return Errorf(CodeWrongType, "%s: want a time as a string", path)
		}
		t, err := ParseTime(unquote(v))
		if err != nil {
			return Errorf(CodeBadTime, "%s: %s", path, err.Message)
		}
		*p = t
		return nil
	}}
}

// Object binds the text of an object, to be decoded later. The text is a part
// of the line.
func Object(name string, p *[]byte) Field {
	return Field{name: name, set: func(path string, v []byte) *Error {
		if v[0] != '{' {
			return Errorf(CodeWrongType, "%s: want an object", path)
		}
		*p = v
		return nil
	}}
}

// Raw binds the text of any value, to be decoded later or not at all. The text is
// a part of the line.
func Raw(name string, p *[]byte) Field {
	return Field{name: name, set: func(_ string, v []byte) *Error {
		*p = v
		return nil
	}}
}

// Strings binds a list of strings.
func Strings(name string, p *[]string) Field {
	return Field{name: name, set: func(path string, v []byte) *Error {
		var list []*string
		if json.Unmarshal(v, &list) != nil {
			return Errorf(CodeWrongType, "%s: want a list of strings", path)
		}
		for _, s := range list {
			if s == nil {
				return Errorf(CodeWrongType, "%s: want a list of strings", path)
			}
			*p = append(*p, *s)
		}
		return nil
	}}
}

// Each binds an object with arbitrary keys: f is called for every member with
// its key, its path for messages and the text of its value. Duplicate keys are
// errors before f sees them.
func Each(name string, f func(key, path string, value []byte) *Error) Field {
	return Field{name: name, set: func(path string, v []byte) *Error {
		if v[0] != '{' {
			return Errorf(CodeWrongType, "%s: want an object", path)
		}
		seen := map[string]bool{}
		return members(v, func(key string, value []byte) *Error {
			at := path + "." + key
			if seen[key] {
				return Errorf(CodeDuplicateKey, "%s: the key is there twice", at)
			}
			seen[key] = true
			return f(key, at, value)
		})
	}}
}

// Value decodes the text of one value as a field would: for use in [Each].
func Value(path string, value []byte, f Field) *Error {
	if value[0] == 'n' {
		return nil
	}
	return f.set(path, value)
}

// ParseTime reads a time in RFC 3339. A zone is required, and the time must
// lie in the years whose nanoseconds since 1970 fit an int64, 1678 to 2261.
func ParseTime(s string) (time.Time, *Error) {
	var t time.Time
	// The standard library lets an hour of one digit and a decimal comma pass.
	lax := len(s) > 13 && s[13] != ':' || strings.Contains(s, ",")
	if lax || t.UnmarshalText([]byte(s)) != nil {
		return t, Errorf(CodeBadTime, "%q is not a time in RFC 3339 with a zone, such as 2026-04-07T09:00:00Z", clip(s))
	}
	if y := t.UTC().Year(); y < 1678 || y > 2261 {
		return time.Time{}, Errorf(CodeBadTime, "%q is outside the years 1678 to 2261", clip(s))
	}
	return t, nil
}

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// Decode reads a line that is one JSON object with no other members than the
// fields, each at most once. Order does not matter; null is absent.
func Decode(text []byte, fields ...Field) *Error {
	text = bytes.TrimSpace(text)
	if !utf8.Valid(text) {
		return Errorf(CodeNotJSON, "the line is not UTF-8")
	}
	if !json.Valid(text) {
		return Errorf(CodeNotJSON, "the line is not JSON: %v", json.Unmarshal(text, new(any)))
	}
	if text[0] != '{' {
		return Errorf(CodeNotObject, "the line is not a JSON object")
	}
	return DecodeObject("", text, fields...)
}

// DecodeObject reads an object that [Object] has bound; path is its place in
// the line, for messages.
func DecodeObject(path string, text []byte, fields ...Field) *Error {
	if path != "" {
		path += "."
	}
	found := make([]bool, len(fields)) // the key was there
	given := make([]bool, len(fields)) // and its value was not null
	bad := members(text, func(key string, value []byte) *Error {
		for i, f := range fields {
			if f.name != key {
				continue
			}
			if found[i] {
				return Errorf(CodeDuplicateKey, "%s%s: the key is there twice", path, key)
			}
			found[i] = true
			if value[0] == 'n' {
				return nil
			}
			given[i] = true
			return f.set(path+key, value)
		}
		return Errorf(CodeUnknownKey, "%s%s: unknown key", path, clip(key))
	})
	if bad != nil {
		return bad
	}
	for i, f := range fields {
		if f.seen != nil {
			*f.seen = given[i]
		}
		if f.required && !given[i] {
			return Errorf(CodeMissingKey, "%s%s is missing", path, f.name)
		}
	}
	return nil
}
