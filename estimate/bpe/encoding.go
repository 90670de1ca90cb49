package bpe

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"
)

// Pattern is the rule by which an encoding cuts text into pieces before it
// encodes them one by one. A token never spans two pieces.
type Pattern uint8

// The patterns of the published encodings. Qwen's encoders bring text into the
// normal form NFC before they cut it; here text is taken as it is, which is the
// same for text in that form, as most text is.
const (
	O200k    Pattern = iota + 1 // o200k_base, o200k_harmony; Llama 4
	Cl100k                      // cl100k_base; Llama 3 and GLM 4 cut the same way
	GPT2                        // r50k_base, p50k_base; GPT-2, and many models of before 2023
	Qwen                        // Qwen 1 to 3
	DeepSeek                    // DeepSeek V3 and R1
	Tekken                      // Mistral's vocabularies of that name: NeMo, Small 3 and later

	lastPattern = Tekken
)

// The names by which [PatternOf] knows the patterns.
var patternNames = [lastPattern + 1]string{
	O200k: "o200k", Cl100k: "cl100k", GPT2: "gpt2", Qwen: "qwen", DeepSeek: "deepseek", Tekken: "tekken",
}

// String returns the name of the pattern, such as "cl100k".
func (p Pattern) String() string {
	if p == 0 || p > lastPattern {
		return "unknown"
	}
	return patternNames[p]
}

// ErrPattern is matched by the error of [PatternOf] for a name, or a regular
// expression, that is no pattern's.
var ErrPattern = errors.New("bpe: unknown pattern")

// PatternOf returns the pattern of a name, such as "cl100k", or of the regular
// expression that a vocabulary's publisher gives, such as the one in
// tokenizer.json. One that is not known is an error that matches [ErrPattern]:
// counts by another would be wrong, and not by little.
func PatternOf(name string) (Pattern, error) {
	for p, known := range patternNames {
		if p > 0 && name == known {
			return Pattern(p), nil
		}
	}
	for _, e := range expressions {
		if name == e.text {
			return e.pattern, nil
		}
	}
	return 0, fmt.Errorf("%w %q; known are o200k, cl100k, gpt2, qwen, deepseek and tekken, and the expressions they are published with", ErrPattern, clip(name))
}

// Encoding counts and encodes text with one vocabulary. It is immutable and
// safe for concurrent use. Counting allocates nothing once the workspaces are
// warm; text that is not valid UTF-8 is copied first.
type Encoding struct {
	name         string
	pattern      Pattern
	classes      *classTable
	table        table
	tokens       []token         // by id
	parts        []atomic.Uint64 // by id, see partsOf
	spare        *spare
	longestToken int  // in bytes
	unordered    bool // some tokens are joined from tokens of a higher rank, or never, see join
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

// Pieces returns the pieces that text is cut into, each of which is encoded
// alone. Joined they are the text, with U+FFFD for every byte that is no UTF-8.
func (e *Encoding) Pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		b := validBytes(text)
		for i := 0; i < len(b); {
			j := e.pieceEnd(b, i)
			if !yield(string(b[i:j])) {
				return
			}
			i = j
		}
	}
}

// pieceEnd returns the end of the piece that begins at i < len(b).
func (e *Encoding) pieceEnd(b []byte, i int) int {
	switch e.pattern {
	case Cl100k:
		return e.classes.pieceCl100k(b, i, 3)
	case GPT2:
		return e.classes.pieceGPT2(b, i)
	case Qwen:
		return e.classes.pieceCl100k(b, i, 1)
	case DeepSeek:
		return e.classes.pieceDeepSeek(b, i)
	case Tekken:
		return e.classes.pieceO200k(b, i, tekkenRules)
	}
	return e.classes.pieceO200k(b, i, o200kRules)
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
	if cap(w.stack) > maxKept || cap(w.short) > maxKept || cap(w.next) > maxKept {
		w.stack, w.dead, w.short, w.runs, w.joints, w.next, w.prev = nil, nil, nil, nil, nil, nil, nil
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
