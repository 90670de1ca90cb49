package tiers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDepth bounds how deep a document of rules may nest.
const maxDepth = 64

// node is a JSON value whose members keep their order, so that a key used
// twice is seen.
type node struct {
	kind    byte // '{', '[', '"', '0', 't' (true or false), 'n'
	text    string
	truth   bool
	keys    []string
	members []node
}

// parseNode reads one JSON value and nothing after it.
func parseNode(data []byte) (node, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	n, err := readNode(dec, 0)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return n, fmt.Errorf("at byte %d: %w", dec.InputOffset(), err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("at byte %d: there is more after the end", dec.InputOffset())
	}
	return n, nil
}

func readNode(dec *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	switch token := token.(type) {
	case string:
		return node{kind: '"', text: token}, nil
	case json.Number:
		return node{kind: '0', text: token.String()}, nil
	case bool:
		return node{kind: 't', truth: token}, nil
	case json.Delim:
		return readComposite(dec, depth, byte(token))
	}
	return node{kind: 'n'}, nil
}

func readComposite(dec *json.Decoder, depth int, open byte) (node, error) {
	n := node{kind: open}
	for dec.More() {
		if open == '{' {
			key, err := dec.Token()
			if err != nil {
				return n, err
			}
			name, _ := key.(string) // the decoder has refused anything else
			if slices.Contains(n.keys, name) {
				return n, fmt.Errorf("key %q is there twice", name)
			}
			n.keys = append(n.keys, name)
		}
		x, err := readNode(dec, depth+1)
		if err != nil {
			return n, err
		}
		n.members = append(n.members, x)
	}
	_, err := dec.Token() // the closing bracket
	return n, err
}

// get returns a member of an object.
func (n *node) get(key string) (node, bool) {
	if i := slices.Index(n.keys, key); i >= 0 {
		return n.members[i], true
	}
	return node{}, false
}

// document reads nodes into rules and keeps the first fault.
type document struct {
	rule   string // the one being read
	zones  func(name string) (*time.Location, error)
	loaded map[string]*time.Location
	gates  map[string]func(n node, path string) Gate // by key
	err    error
}

func (d *document) fail(path, reason string, args ...any) {
	if d.err == nil {
		d.err = &RuleError{Rule: d.rule, Field: path, Reason: fmt.Sprintf(reason, args...), Err: ErrInvalid}
	}
}

// field reads one member of an object.
type field func(n node, path string)

// object reads an object whose keys are all known. Keys named in required must
// be there.
func (d *document) object(n node, path string, fields map[string]field, required ...string) {
	if n.kind != '{' {
		d.fail(path, "is %s, want an object", n.what())
		return
	}
	for i, key := range n.keys {
		read, ok := fields[key]
		if !ok {
			d.fail(join2(path, key), "is no known key")
			return
		}
		read(n.members[i], join2(path, key))
	}
	for _, key := range required {
		if !slices.Contains(n.keys, key) {
			d.fail(join2(path, key), "is missing")
		}
	}
}

// list reads an array.
func (d *document) list(n node, path string, read field) {
	if n.kind != '[' {
		d.fail(path, "is %s, want a list", n.what())
		return
	}
	for i, x := range n.members {
		read(x, fmt.Sprintf("%s[%d]", path, i))
	}
}

func join2(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (n *node) what() string {
	switch n.kind {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return strconv.Quote(n.text)
	case '0':
		return n.text
	case 't':
		return strconv.FormatBool(n.truth)
	}
	return "null"
}

func (d *document) text(to *string) field {
	return func(n node, path string) {
		if n.kind != '"' {
			d.fail(path, "is %s, want a text", n.what())
			return
		}
		*to = n.text
	}
}

func (d *document) bool(to *bool) field {
	return func(n node, path string) {
		if n.kind != 't' {
			d.fail(path, "is %s, want true or false", n.what())
			return
		}
		*to = n.truth
	}
}

// whole reads a whole number written without exponent or fraction.
func whole[T int | int64 | uint8](d *document, to *T) field {
	return func(n node, path string) {
		v, err := strconv.ParseInt(n.text, 10, 64)
		if n.kind != '0' || err != nil || int64(T(v)) != v {
			d.fail(path, "is %s, want a whole number in range", n.what())
			return
		}
		*to = T(v)
	}
}

// parsed reads a text with a parser that returns an error.
func parsed[T any](d *document, to *T, want string, parse func(string) (T, error)) field {
	return func(n node, path string) {
		v, err := parse(n.text)
		if n.kind != '"' || err != nil {
			d.fail(path, "is %s, want %s", n.what(), want)
			return
		}
		*to = v
	}
}

// named reads one of a list of names as its index.
func named[T ~uint8](d *document, to *T, names []string) field {
	return func(n node, path string) {
		i := slices.Index(names, n.text)
		if n.kind != '"' || i < 0 {
			d.fail(path, "is %s, want one of %s", n.what(), strings.Join(names, ", "))
			return
		}
		*to = T(i)
	}
}
