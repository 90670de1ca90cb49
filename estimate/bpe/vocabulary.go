package bpe

import (
	"errors"
	"fmt"
)

// ErrVocabulary is matched by every error about a vocabulary that cannot be
// used. The error itself is a [*VocabularyError].
var ErrVocabulary = errors.New("bpe: bad vocabulary")

// VocabularyError says what is wrong with a vocabulary.
type VocabularyError struct {
	Line   int // 1-based, of the file read; 0 where there is no line to name
	Reason string
}

// Error implements error.
func (e *VocabularyError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("bpe: bad vocabulary: line %d: %s", e.Line, e.Reason)
	}
	return "bpe: bad vocabulary: " + e.Reason
}

// Is reports that the error matches [ErrVocabulary].
func (e *VocabularyError) Is(target error) bool { return target == ErrVocabulary }

func badLine(line int, format string, args ...any) error {
	return &VocabularyError{Line: line, Reason: fmt.Sprintf(format, args...)}
}

func bad(format string, args ...any) error { return badLine(0, format, args...) }

// Limits of what is taken for a vocabulary.
const (
	maxTokens      = 1<<pairBits - 1
	maxTokenLength = 1 << 10 // bytes
)

// entry is one token in the order of the tokens' bytes.
type entry struct {
	shared int    // bytes it begins with in common with the token before
	suffix []byte // the bytes after those; valid until the next entry
	id     uint32
	left   int // length of the left one of the pair it is joined from; 0 for none
}

// newEncoding builds the tables from two passes over the same sorted entries.
// nodes is the sum of the suffixes' lengths.
func newEncoding(pattern Pattern, size, nodes int, entries func(func(entry) error) error) (*Encoding, error) {
	if pattern != O200k && pattern != Cl100k {
		return nil, bad("unknown pattern %d", pattern)
	}
	tokens := make([]token, size)
	pairs := make([]parts, size)
	b := newTrieBuilder(nodes)
	partial := false
	// By depth of the token under way: the longest token that is a beginning
	// of it and can be inside a piece.
	nearest := append(make([]uint32, 0, 256), none)
	err := entries(func(t entry) error {
		if len(b.path) > t.shared+1 && b.label[b.path[t.shared+1]] >= t.suffix[0] {
			return bad("token %d is out of order", t.id)
		}
		b.add(t.shared, t.suffix, t.id)
		n := len(b.path) - 1
		tok := &tokens[t.id]
		if tok.length != 0 {
			return bad("token %d is given twice", t.id)
		}
		nearest = nearest[:t.shared+1]
		for range t.suffix {
			nearest = append(nearest, nearest[len(nearest)-1])
		}
		*tok = token{shorter: nearest[n], length: uint32(n)}
		switch {
		case t.left > 0:
			left := b.token[b.path[t.left]] - 1
			if left == none {
				return bad("the left part of token %d is no token", t.id)
			}
			pairs[t.id] = parts{left, none}
			nearest[n] = t.id
		default:
			pairs[t.id] = parts{none, none}
			if n == 1 {
				nearest[n] = t.id
			} else {
				partial = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	e := &Encoding{
		pattern: pattern,
		classes: classes(),
		trie:    b.build(),
		tokens:  tokens,
		merges:  merges{pairs, newPairTable(size)},
		spare:   &spare{},
		partial: partial,
	}
	for c := range 256 {
		if _, n := e.trie.longest([]byte{byte(c)}); n == 0 {
			return nil, bad("byte 0x%02X is no token", c)
		}
	}
	e.trie.widen()
	if err := e.join(entries); err != nil {
		return nil, err
	}
	return e, nil
}

// join finds the right parts and fills the table of pairs.
func (e *Encoding) join(entries func(func(entry) error) error) error {
	var buf []byte
	tokens, pairs := e.tokens, e.merges.parts
	return entries(func(t entry) error {
		buf = append(buf[:t.shared], t.suffix...)
		if t.left == 0 {
			return nil
		}
		right, n := e.trie.longest(buf[t.left:])
		if n != len(buf)-t.left {
			return bad("the right part of token %d is no token", t.id)
		}
		left := pairs[t.id].left
		if left >= t.id && tokens[left].length > 1 || right >= t.id && tokens[right].length > 1 {
			return bad("token %d is joined from tokens of a higher rank", t.id)
		}
		pairs[t.id].right = right
		e.merges.pairs.put(left, right, t.id)
		return nil
	})
}
