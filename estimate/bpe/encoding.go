package bpe

import (
	"strings"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"
)

// Pattern is the rule by which an encoding cuts text into pieces before it
// encodes them one by one. A token never spans two pieces.
type Pattern uint8

// The patterns of the published encodings.
const (
	O200k  Pattern = iota + 1 // o200k_base, o200k_harmony
	Cl100k                    // cl100k_base; Llama 3 cuts the same way

	lastPattern = Cl100k
)

// Encoding counts and encodes text with one vocabulary. It is immutable and
// safe for concurrent use. Counting allocates nothing once the workspaces are
// warm; text that is not valid UTF-8 is copied first.
type Encoding struct {
	name    string
	pattern Pattern
	classes *classTable
	table   table
	tokens  []token         // by id
	parts   []atomic.Uint64 // by id, see partsOf
	spare   *spare
	partial bool // some tokens can only be whole pieces
}

// Name returns the name the encoding is published under, such as "o200k_base".
func (e *Encoding) Name() string { return e.name }

// Unicode returns the version of the character classes text is cut by.
func (e *Encoding) Unicode() string { return UnicodeVersion }

// Size returns the number of tokens of the vocabulary, special ones not among
// them.
func (e *Encoding) Size() int { return len(e.tokens) }

// Named returns the same encoding under another name: o200k_harmony differs
// from o200k_base in its special tokens alone, and those are no text.
func (e *Encoding) Named(name string) *Encoding {
	named := *e
	named.name = name
	return &named
}

// Count returns the number of tokens of text. The text of special tokens, such
// as "<|endoftext|>", counts as the plain text it is; every byte that is no
// UTF-8 counts as U+FFFD.
func (e *Encoding) Count(text string) int {
	n, _ := e.CountUpTo(text, maxInt)
	return n
}

// CountBytes is [Encoding.Count] without a copy of the bytes.
func (e *Encoding) CountBytes(text []byte) int {
	return e.Count(unsafe.String(unsafe.SliceData(text), len(text)))
}

const maxInt = int(^uint(0) >> 1)

// CountUpTo counts until the count is above limit. within reports whether the
// whole text was counted; if not, n > limit tokens are those of a beginning
// of the text, which the whole has at least.
func (e *Encoding) CountUpTo(text string, limit int) (n int, within bool) {
	if text == "" {
		return 0, limit >= 0
	}
	b := validBytes(text)
	w := e.spare.take()
	n = e.count(w, b, limit)
	e.spare.give(w)
	return n, n <= limit
}

// Append appends the ids of the tokens of text to dst.
func (e *Encoding) Append(dst []uint32, text string) []uint32 {
	b := validBytes(text)
	w := e.spare.take()
	for i := 0; i < len(b); {
		j := e.pieceEnd(b, i)
		dst = append(dst, e.encodePiece(w, b[i:j])...)
		i = j
	}
	e.spare.give(w)
	return dst
}

// pieceEnd returns the end of the piece that begins at i < len(b).
func (e *Encoding) pieceEnd(b []byte, i int) int {
	if e.pattern == Cl100k {
		return e.classes.pieceCl100k(b, i)
	}
	return e.classes.pieceO200k(b, i)
}

// validBytes returns the bytes of text, not to be written to: without a copy
// if they are valid UTF-8, else with U+FFFD for every byte that is not.
func validBytes(text string) []byte {
	if utf8.ValidString(text) {
		return unsafe.Slice(unsafe.StringData(text), len(text))
	}
	var b strings.Builder
	b.Grow(len(text) + len(text)/2)
	for _, r := range text {
		b.WriteRune(r)
	}
	valid := b.String()
	return unsafe.Slice(unsafe.StringData(valid), len(valid))
}

// spare holds workspaces that are not in use: at most spareSize, so that many
// goroutines share few megabytes. One more is made where none is spare, and
// left to the garbage collector after.
type spare [spareSize]atomic.Pointer[workspace]

const spareSize = 8

func (s *spare) take() *workspace {
	for i := range s {
		if s[i].Load() != nil {
			if w := s[i].Swap(nil); w != nil {
				return w
			}
		}
	}
	return &workspace{}
}

func (s *spare) give(w *workspace) {
	if cap(w.stack) > maxKept || cap(w.short) > maxKept {
		w.stack, w.dead, w.short, w.runs = nil, nil, nil, nil
	}
	for i := range s {
		if s[i].Load() == nil && s[i].CompareAndSwap(nil, w) {
			return
		}
	}
}

// Cold returns the same encoding with no warm workspaces, to measure with.
func (e *Encoding) Cold() *Encoding {
	cold := *e
	cold.spare = &spare{}
	return &cold
}
