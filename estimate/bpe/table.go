package bpe

import (
	"encoding/binary"
	"unsafe"
)

// table finds tokens by their bytes. It holds every token of 3 to 12 bytes, and
// of every longer beginning of a token the beginnings of 3, 6, 9 and 12 bytes,
// so that the longest token a text begins with is found in strides of three
// bytes: a character of Chinese, Japanese and Korean text each. Open
// addressing; one slot is a quarter of a cache line:
//
//	lo          the first eight bytes
//	hi  0–31    the next four
//	hi 32–35    the length; 13 for a group of longer tokens; 0 for a free slot
//	hi 36–55    the token; of a beginning that is none, the longest token that
//	            is a beginning of it; of a group, its first token in longs
//	hi 56–59    flags
//
// Tokens of one and two bytes are in tables of their own, those of more than
// twelve in lists by their first twelve bytes.
type table struct {
	slots  []slot
	filter *filter
	pairs  []uint32 // by two bytes, little endian: token plus one, and pairMore
	ones   [256]uint32
	wide   []uint32 // by character: bits 36–59 of hi, see wideIndex
	longs  []long
}

type slot struct{ lo, hi uint64 }

// long is a token of more than twelve bytes.
type long struct {
	bytes string // those after the twelfth
	id    uint32
	last  bool // of its group
}

const (
	maxShort = 12 // bytes of a token that lies in a slot
	stride   = 3
	group    = 13 // in place of a length: tokens with these twelve first bytes

	keyShift   = 28 // what is shifted out of hi to compare keys
	sizeShift  = 32
	valueShift = 36
	idMask     = 1<<idBits - 1
	idBits     = 20

	pairMore = 1 << 31 // some token begins with the pair and is longer
)

// Flags of a value, which is hi >> valueShift.
const (
	isToken = 1 << idBits << iota // the bytes are a token themselves
	plusOne                       // some token has one byte more
	plusTwo                       // some token has two bytes more
	more                          // there is a slot, or a group, of three bytes more
)

// none is no token.
const none = ^uint32(0)

// keyMask keeps the bytes of a key of each length, and has that length.
var keyMask = func() (m [maxShort + 1]slot) {
	for n := range m {
		lo, hi := min(n, 8), max(n-8, 0)
		m[n] = slot{1<<(8*lo) - 1, 1<<(8*hi) - 1}
	}
	m[8].lo = ^uint64(0)
	for n := 9; n < len(m); n++ {
		m[n].lo = ^uint64(0)
	}
	return m
}()

// load returns the first twelve bytes of b, and whatever follows b in memory
// that is known to be there.
func load(b []byte) (lo, hi uint64) {
	if cap(b) >= 12 {
		b = b[:12]
		return binary.LittleEndian.Uint64(b), uint64(binary.LittleEndian.Uint32(b[8:]))
	}
	var tail [12]byte
	copy(tail[:], b)
	return binary.LittleEndian.Uint64(tail[:]), uint64(binary.LittleEndian.Uint32(tail[8:]))
}

func newTable(entries int) table {
	return table{
		slots:  touched[slot](entries + entries/2 + 8),
		filter: new(filter),
		pairs:  make([]uint32, 1<<16),
	}
}

// touched makes a slice and writes to every page of its memory, which costs a
// system half of what it costs to have a page read first and written later.
func touched[T any](n int) []T {
	var zero T
	s := make([]T, n)
	for i := 0; i < n; i += 4096 / int(unsafe.Sizeof(zero)) {
		s[i] = zero
	}
	return s
}

// hash spreads a key over 64 bits; the upper ones are the better half.
func hash(lo, hi uint64) uint64 {
	h := (lo ^ hi*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return (h ^ h>>32) * 0x9E3779B97F4A7C15
}

// place returns where the search for a key begins.
func (t *table) place(h uint64) uint64 {
	return (h >> 32) * uint64(len(t.slots)) >> 32
}

// The filter has a bit for each key, by its hash. Most keys asked for are not
// there, and one look into the filter, which stays in the processor's own
// cache, says so.
const filterBits = 21

type filter [1 << filterBits / 64]uint64

func (f *filter) add(h uint64) { f[h>>(70-filterBits)] |= 1 << (h & 63) }

func (f *filter) has(h uint64) bool { return f[h>>(70-filterBits)]>>(h&63)&1 != 0 }

// find returns the value of the n bytes that lo and hi begin with, or 0.
func (t *table) find(lo, hi uint64, n int) uint32 {
	m := &keyMask[n]
	return t.get(lo&m.lo, hi&m.hi|uint64(n)<<sizeShift)
}

// get returns the value of a key, or 0. No value is 0: each has a flag.
func (t *table) get(lo, hi uint64) uint32 {
	h := hash(lo, hi)
	if !t.filter.has(h) {
		return 0
	}
	for i := t.place(h); ; {
		s := &t.slots[i]
		if s.lo == lo && (s.hi^hi)<<keyShift == 0 {
			return uint32(s.hi >> valueShift)
		}
		if s.hi == 0 {
			return 0
		}
		if i++; i == uint64(len(t.slots)) {
			i = 0
		}
	}
}

// put takes slots whose keys are not there, at most putBatch. It first looks at
// the places of all of them, without a jump that depends on what it sees, so
// that the processor waits for the memory of many at once.
func (t *table) put(slots []slot) {
	var places [putBatch]uint64
	for k, s := range slots {
		h := hash(s.lo, s.hi&(1<<valueShift-1))
		t.filter.add(h)
		i := t.place(h)
		v := t.slots[i].hi
		places[k&(putBatch-1)] = i + (v|-v)>>63 // the next one, if this is taken
	}
	for k, s := range slots {
		i := places[k&(putBatch-1)]
		for i == uint64(len(t.slots)) || t.slots[i].hi != 0 {
			if i++; i >= uint64(len(t.slots)) {
				i = 0
			}
		}
		t.slots[i] = s
	}
}

const putBatch = 256

// lookup returns the token that b, not empty, is.
func (t *table) lookup(b []byte) (id uint32, ok bool) {
	switch n := len(b); {
	case n == 1:
		return t.ones[b[0]], true
	case n == 2:
		id = t.pair(uint16(b[0]) | uint16(b[1])<<8)
		return id, id != none
	case n <= maxShort:
		lo, hi := load(b)
		v := t.find(lo, hi, n)
		return v & idMask, v&isToken != 0
	}
	lo, hi := load(b)
	v := t.get(lo, hi|group<<sizeShift)
	if v == 0 {
		return none, false
	}
	for rest := b[maxShort:]; ; v++ {
		l := &t.longs[v&idMask]
		if l.bytes == string(rest) {
			return l.id, true
		}
		if l.last {
			return none, false
		}
	}
}

// pair returns the token of two bytes, little endian, or none.
func (t *table) pair(two uint16) uint32 { return t.pairs[two]&^pairMore - 1 }

// longest returns the longest token that b begins with. Every byte alone is a
// token, so there is one for every b that is not empty.
func (t *table) longest(b []byte) uint32 {
	n := len(b)
	if n == 1 {
		return t.ones[b[0]]
	}
	lo, hi := load(b)
	var v uint32
	if at := wideIndex(b[0], b[1], byte(lo>>16)); n >= 3 && at < wideSize {
		v = t.wide[at]
	} else {
		two := t.pairs[uint16(lo)]
		if n > 2 && two&pairMore != 0 {
			v = t.find(lo, hi, stride)
		}
		if v == 0 {
			if two&^pairMore != 0 {
				return two&^pairMore - 1
			}
			return t.ones[b[0]]
		}
	}
	at := stride
	for at < maxShort && v&more != 0 && n >= at+stride {
		next := t.find(lo, hi, at+stride)
		if next == 0 {
			break
		}
		v, at = next, at+stride
	}
	if at == maxShort {
		if v&more != 0 && n > maxShort {
			if id := t.longestOf(b, lo, hi); id != none {
				return id
			}
		}
		return v & idMask
	}
	if v&plusTwo != 0 && n >= at+2 {
		if w := t.find(lo, hi, at+2); w != 0 {
			return w & idMask
		}
	}
	if v&plusOne != 0 && n > at {
		if w := t.find(lo, hi, at+1); w != 0 {
			return w & idMask
		}
	}
	return v & idMask
}

// longestOf returns the longest token of more than twelve bytes that b begins
// with, or none.
func (t *table) longestOf(b []byte, lo, hi uint64) uint32 {
	best := none
	v := t.get(lo, hi|group<<sizeShift)
	if v == 0 {
		return best
	}
	for rest := b[maxShort:]; ; v++ {
		l := &t.longs[v&idMask]
		if len(l.bytes) <= len(rest) && l.bytes == string(rest[:len(l.bytes)]) {
			best = l.id
		}
		if l.last {
			return best
		}
	}
}

// The characters from U+3000 to U+DFFF, three bytes each, are most of what
// Chinese, Japanese and Korean text is made of. wide has their values by
// number, in a fifth of the memory of their slots.
const (
	wideFrom = 0xE3
	wideSize = 0xE000 - 0x3000
)

// wideIndex returns the place in wide of a three-byte character. Other lead
// bytes give places beyond.
func wideIndex(a, b, c byte) int {
	return int(uint(a)-wideFrom)&0xFF<<12 | int(b&0x3F)<<6 | int(c&0x3F)
}

// widen fills wide.
func (t *table) widen() {
	t.wide = make([]uint32, wideSize)
	for i := range t.wide {
		a, b, c := byte(wideFrom+i>>12), 0x80|byte(i>>6&0x3F), 0x80|byte(i&0x3F)
		v := uint32(0)
		if t.pairs[uint16(a)|uint16(b)<<8]&pairMore != 0 {
			v = t.find(uint64(a)|uint64(b)<<8|uint64(c)<<16, 0, stride)
		}
		if v == 0 {
			if v = t.pair(uint16(a) | uint16(b)<<8); v == none {
				v = t.ones[a]
			}
		}
		t.wide[i] = v
	}
}

// all calls f with every token and its bytes.
func (t *table) all(f func(id uint32, b []byte)) {
	for c, id := range t.ones {
		f(id, []byte{byte(c)})
	}
	for two, v := range t.pairs {
		if v&^pairMore != 0 {
			f(v&^pairMore-1, []byte{byte(two), byte(two >> 8)})
		}
	}
	var b [16]byte
	for _, s := range t.slots {
		binary.LittleEndian.PutUint64(b[:], s.lo)
		binary.LittleEndian.PutUint32(b[8:], uint32(s.hi))
		v, n := uint32(s.hi>>valueShift), int(s.hi>>sizeShift&15)
		if n == group {
			for ; ; v++ {
				l := &t.longs[v&idMask]
				f(l.id, append(b[:maxShort:maxShort], l.bytes...))
				if l.last {
					break
				}
			}
		} else if v&isToken != 0 {
			f(v&idMask, b[:n])
		}
	}
}
