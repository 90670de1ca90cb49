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
	b := newTrieBuilder(nodes)
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
		*tok = token{left: none, right: none, shorter: none, length: uint32(n)}
		if t.left > 0 {
			tok.left = b.token[b.path[t.left]] - 1
			if tok.left == none {
				return bad("the left part of token %d is no token", t.id)
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
		merges:  merges{tokens: tokens, pairs: newPairTable(size)},
		spare:   &spare{},
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
	for id := range tokens {
		e.partial = e.partial || !e.reachable(uint32(id))
	}
	e.linkShorter(b)
	return e, nil
}

// join finds the right parts and fills the table of pairs.
func (e *Encoding) join(entries func(func(entry) error) error) error {
	var buf []byte
	tokens := e.merges.tokens
	return entries(func(t entry) error {
		buf = append(buf[:t.shared], t.suffix...)
		if t.left == 0 {
			return nil
		}
		right, n := e.trie.longest(buf[t.left:])
		if n != len(buf)-t.left {
			return bad("the right part of token %d is no token", t.id)
		}
		tok := &tokens[t.id]
		if tok.left >= t.id && tokens[tok.left].length > 1 || right >= t.id && tokens[right].length > 1 {
			return bad("token %d is joined from tokens of a higher rank", t.id)
		}
		tok.right = right
		e.merges.pairs.put(tok.left, right, t.id)
		return nil
	})
}

// linkShorter finds for every token the longest one that it begins with and
// that can be inside a piece.
func (e *Encoding) linkShorter(b *trieBuilder) {
	nearest := make([]uint32, len(b.label)) // by node, of the node's ancestors and itself
	nearest[0] = none
	for v := 1; v < len(b.label); v++ { // parents come before their children
		above := nearest[b.parent[v]]
		nearest[v] = above
		if id := b.token[v]; id != 0 {
			e.merges.tokens[id-1].shorter = above
			if e.reachable(id - 1) {
				nearest[v] = id - 1
			}
		}
	}
}
