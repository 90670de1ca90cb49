package bpe

import (
	"encoding/binary"
	"math/bits"
)

// batch is how many pieces are found before their counts are asked for. Finding
// a piece takes jumps that a processor cannot foresee; asking for its count
// takes loads from memory. Done apart, many loads are under way at once.
const batch = 128

// pieces is a batch of pieces: their keys, and where they begin.
type pieces struct {
	short   [batch]uint64
	word    [batch]words
	shortAt [batch]int
	wordAt  [batch]int
	missed  [batch]uint8 // those that the cache does not have
}

// count counts valid text until the count is above limit.
//
// Pieces of ASCII are found a block at a time, others one by one. All are
// written to the batch but those of one byte, which are a token each, and those
// too long for it.
func (e *Encoding) count(w *workspace, b []byte, limit int) (n int) {
	rules := &blockRulesOf[e.pattern]
	if rules.digits == 0 {
		return e.countPlain(w, b, limit)
	}
	p := &w.pieces
	shorts, words := 0, 0
	for i := 0; i < len(b); {
		text, size, atEnd := &w.text, len(b)-i, false
		if size >= blockRead {
			text, size = (*[blockRead]byte)(b[i:]), blockSize
		} else {
			copy(text[:], b[i:])
			size, atEnd = min(size, blockSize), size < blockSize
		}
		cuts := uint64(0)
		if binary.LittleEndian.Uint64(text[:])&highs == 0 {
			cuts = rules.cuts(text, size, atEnd)
		}
		if cuts == 0 {
			size = e.pieceEnd(b, i) - i
			if size == 1 {
				n++
				i++
				continue
			}
			if size > maxCached {
				n += e.countLong(w, b[i:i+size])
				if i += size; n > limit {
					return n
				}
				continue
			}
			cuts = 1 << size
		}
		n += bits.OnesCount64(cuts & ((cuts | 1) << 1))
		starts, ends := (cuts|1)&^(cuts>>1), cuts&^((cuts|1)<<1)
		for ; ends != 0; starts, ends = starts&(starts-1), ends&(ends-1) {
			from, to := bits.TrailingZeros64(starts), bits.TrailingZeros64(ends)
			size := to - from
			if size > maxCached {
				n += e.countLong(w, b[i+from:i+to])
				continue
			}
			// The piece is written to both lists, and counted in one.
			m := &entryMask[size&15]
			key := text[from&(blockSize-1):]
			lo := binary.LittleEndian.Uint64(key) & m.lo
			hi := binary.LittleEndian.Uint64(key[8:])&m.hi | uint64(size)<<entryLengthShift
			s, t := shorts&(batch-1), words&(batch-1)
			p.short[s], p.shortAt[s] = lo|uint64(size)<<entryLengthShift, i+from
			p.word[t].lo, p.word[t].hi, p.wordAt[t] = lo, hi, i+from
			isWord := size >> 3 & 1
			words += isWord
			shorts += 1 - isWord
		}
		i += bits.Len64(cuts) - 1
		if words+shorts > batch-blockSize/2 {
			n += e.countShorts(w, b, shorts) + e.countWords(w, b, words)
			shorts, words = 0, 0
			if n > limit {
				return n
			}
		}
	}
	return n + e.countShorts(w, b, shorts) + e.countWords(w, b, words)
}

// countPlain is count without knowledge of the pattern.
func (e *Encoding) countPlain(w *workspace, b []byte, limit int) (n int) {
	for i := 0; i < len(b) && n <= limit; {
		j := e.pieceEnd(b, i)
		n += e.countPiece(w, b, i, j)
		i = j
	}
	return n
}

// countShorts returns the number of tokens of the first k short pieces.
func (e *Encoding) countShorts(w *workspace, b []byte, k int) (n int) {
	p, misses := &w.pieces, 0
	for x, key := range p.short[:k] {
		entry := &w.shorts[shortHash(key)]
		first, second := entry[0], entry[1]
		a, b := (first^key)<<4, (second^key)<<4
		a, b = (a|-a)>>63, (b|-b)>>63 // 1 for another piece
		n += int(first>>entryCountShift&(a-1) | second>>entryCountShift&(b-1))
		p.missed[misses&(batch-1)] = uint8(x)
		misses += int(a & b)
	}
	for _, x := range p.missed[:misses] {
		key := p.short[x&(batch-1)]
		n += e.countMissed(w, b, p.shortAt[x&(batch-1)], words{key &^ (0xFF << entryLengthShift), key >> entryLengthShift << entryLengthShift})
	}
	return n
}

// countWords returns the number of tokens of the first k pieces that are not
// short.
func (e *Encoding) countWords(w *workspace, b []byte, k int) (n int) {
	p, misses := &w.pieces, 0
	for x := range p.word[:k] {
		key := &p.word[x]
		entry := &w.words[wordHash(key.lo, key.hi)]
		first, second := entry[0].hi, entry[1].hi
		a, b := entry[0].lo^key.lo|(first^key.hi)<<4, entry[1].lo^key.lo|(second^key.hi)<<4
		a, b = (a|-a)>>63, (b|-b)>>63 // 1 for another piece
		n += int(first>>entryCountShift&(a-1) | second>>entryCountShift&(b-1))
		p.missed[misses&(batch-1)] = uint8(x)
		misses += int(a & b)
	}
	for _, x := range p.missed[:misses] {
		n += e.countMissed(w, b, p.wordAt[x&(batch-1)], p.word[x&(batch-1)])
	}
	return n
}

// countMissed returns the number of tokens of the piece of a key, and remembers
// it. The piece begins at i.
func (e *Encoding) countMissed(w *workspace, b []byte, i int, key words) (n int) {
	size := int(key.hi >> entryLengthShift & 15)
	switch {
	case size == 2:
		n = 2
		if e.table.pair(uint16(key.lo)) != none {
			n = 1
		}
	case size <= maxShort && e.table.find(key.lo, key.hi, size)&isToken != 0:
		n = 1
	case size <= 8:
		n = e.countShort(key.lo, size)
	default:
		n = len(e.encodePiece(w, b[i:i+size]))
	}
	if size <= maxPacked {
		short := key.lo | key.hi
		entry := &w.shorts[shortHash(short)]
		entry[0], entry[1] = short|uint64(n)<<entryCountShift, entry[0]
		return n
	}
	entry := &w.words[wordHash(key.lo, key.hi)]
	entry[0], entry[1] = words{key.lo, key.hi | uint64(n)<<entryCountShift}, entry[0]
	return n
}

// countLong returns the number of tokens of a piece of more than maxCached
// bytes.
func (e *Encoding) countLong(w *workspace, piece []byte) int {
	if len(piece) > maxKnown {
		return len(e.encodePiece(w, piece))
	}
	if w.long == nil {
		w.long = new(longCache)
	}
	entry := &w.long[longHash(piece)]
	if string(entry.bytes[:entry.size]) == string(piece) {
		return int(entry.tokens)
	}
	n := len(e.encodePiece(w, piece))
	entry.size, entry.tokens = uint8(copy(entry.bytes[:], piece)), uint8(n)
	return n
}

// countPiece returns the number of tokens of the piece b[i:j].
func (e *Encoding) countPiece(w *workspace, b []byte, i, j int) int {
	size := j - i
	switch {
	case size == 1:
		return 1
	case size > maxCached:
		return e.countLong(w, b[i:j])
	}
	p := &w.pieces
	lo, hi := sixteen(b[i:])
	m := &entryMask[size&15]
	lo, hi = lo&m.lo, hi&m.hi|uint64(size)<<entryLengthShift
	if size <= maxPacked {
		p.short[0], p.shortAt[0] = lo|hi, i
		return e.countShorts(w, b, 1)
	}
	p.word[0], p.wordAt[0] = words{lo, hi}, i
	return e.countWords(w, b, 1)
}
