package bpe

import (
	"errors"
	"fmt"
	"sync/atomic"
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
	maxTokens      = 1<<idBits - 1
	maxTokenLength = 1 << 10 // bytes
)

// entry is one token in the order of the tokens' bytes.
type entry struct {
	shared int    // bytes it begins with in common with the token before
	suffix []byte // the bytes after those; valid until the next entry
	id     uint32
	left   int // length of the left one of the pair it is joined from; 0 for none
}

// newEncoding builds the tables from one pass over the sorted entries, of which
// there are size. slots is the number of slots of the table, groups and tokens
// of one or two bytes not among them, if that is known, or more.
func newEncoding(pattern Pattern, size, slots int, entries func(func(entry) error) error) (*Encoding, error) {
	if pattern == 0 || pattern > lastPattern {
		return nil, bad("unknown pattern %d", pattern)
	}
	b := builder{
		path: make([]byte, 0, 256),
		e: &Encoding{
			pattern: pattern,
			classes: classes(),
			table:   newTable(slots),
			tokens:  touched[token](size),
			parts:   make([]atomic.Uint64, size),
			spare:   &spare{},
		},
		nearest: append(make([]uint32, 0, 256), none),
		exact:   append(make([]uint32, 0, 256), none),
	}
	for i := range b.e.table.ones {
		b.e.table.ones[i] = none
	}
	if err := entries(b.add); err != nil {
		return nil, err
	}
	b.leave(0)
	if b.flush(); b.err != nil {
		return nil, b.err
	}
	for c, id := range b.e.table.ones {
		if id == none {
			return nil, bad("byte 0x%02X is no token", c)
		}
	}
	b.e.table.widen()
	return b.e, nil
}

// builder takes the tokens in the order of their bytes. What it holds by depth
// is of the token taken last.
type builder struct {
	e       *Encoding
	path    []byte             // with room for more, see load
	before  int                // length of the token before
	nearest []uint32           // by depth: the longest token that ends there or before
	exact   []uint32           // by depth: the token that ends there, or none
	open    [maxShort + 1]slot // by depth in strides: what is to be put, and may get flags yet
	// What is to be written to memory here and there is written many at once,
	// so that the processor waits for it once.
	ready  [putBatch]slot
	n      int
	tokens [256]token
	ids    [256]uint32
	k      int
	err    error
}

// add takes a token.
func (b *builder) add(t entry) error {
	e := b.e
	if len(b.path) > t.shared && b.path[t.shared] >= t.suffix[0] {
		return bad("token %d is out of order", t.id)
	}
	b.leave(t.shared)
	b.before = len(b.path)
	b.path = append(b.path[:t.shared], t.suffix...)
	n := len(b.path)
	near := b.nearest[t.shared]
	b.nearest, b.exact = b.nearest[:t.shared+1], b.exact[:t.shared+1]
	for range t.suffix {
		b.nearest = append(b.nearest, near)
		b.exact = append(b.exact, none)
	}
	if t.left > 0 && b.exact[t.left] == none {
		return bad("the left part of token %d is no token", t.id)
	}
	b.tokens[b.k] = newToken(near, n, t.left)
	b.ids[b.k] = t.id
	if b.k++; b.k == len(b.ids) {
		b.flush()
	}
	b.exact[n] = t.id
	e.longestToken = max(e.longestToken, n)
	b.nearest[n] = t.id
	if t.left == 0 && n > 1 {
		e.unordered = true
	}
	b.store(t, near)
	return b.err
}

// store puts the token at the end of the path into the table.
func (b *builder) store(t entry, near uint32) {
	tab, n := &b.e.table, len(b.path)
	switch n {
	case 1:
		tab.ones[b.path[0]] = t.id
		return
	case 2:
		tab.pairs[uint16(b.path[0])|uint16(b.path[1])<<8] |= t.id + 1
		return
	}
	if t.shared <= 2 {
		tab.pairs[uint16(b.path[0])|uint16(b.path[1])<<8] |= pairMore
	}
	lo, hi := load(b.path)
	put := func(n int, v uint32) {
		m := &keyMask[n]
		s := slot{lo & m.lo, hi&m.hi | uint64(n)<<sizeShift | uint64(v)<<valueShift}
		if n%stride == 0 {
			b.open[n] = s
		} else {
			b.put(s)
		}
	}
	// The beginnings that no token before had. If one were a token itself, it
	// would have come before.
	for at := (t.shared/stride + 1) * stride; at < n && at <= maxShort; at += stride {
		put(at, near&idMask)
		b.flag(at-stride, more)
	}
	if n > maxShort {
		b.flag(maxShort, more)
		if t.shared >= maxShort && b.before > maxShort {
			tab.longs[len(tab.longs)-1].last = false
		} else {
			b.put(slot{lo, hi | group<<sizeShift | (uint64(len(tab.longs))|more)<<valueShift})
		}
		tab.longs = append(tab.longs, long{string(b.path[maxShort:]), t.id, true})
		return
	}
	put(n, t.id|isToken)
	b.flag((n-1)/stride*stride, [...]uint32{plusOne, plusTwo, more}[(n-1)%stride])
}

// flag gives what is open at a depth a flag.
func (b *builder) flag(depth int, flag uint32) {
	b.open[depth].hi |= uint64(flag) << valueShift
}

// leave closes what is open below a depth: no more tokens begin with it.
func (b *builder) leave(depth int) {
	for at := (depth/stride + 1) * stride; at <= maxShort; at += stride {
		if b.open[at].hi != 0 {
			b.put(b.open[at])
			b.open[at] = slot{}
		}
	}
}

// put hands a slot to the table, with others later.
func (b *builder) put(s slot) {
	b.ready[b.n] = s
	if b.n++; b.n == len(b.ready) {
		b.flush()
	}
}

func (b *builder) flush() {
	b.e.table.put(b.ready[:b.n])
	for i, id := range b.ids[:b.k] {
		if b.e.tokens[id] != 0 {
			b.err = bad("token %d is given twice", id)
		}
		b.e.tokens[id] = b.tokens[i]
	}
	b.n, b.k = 0, 0
}

// slotsFor returns how many slots a token takes at most that shares some bytes
// with the one before, n in all.
func slotsFor(shared, n int) int {
	if n < stride {
		return 0
	}
	return 1 + min(n-1, maxShort)/stride - min(shared, maxShort)/stride
}
