package bpe

import (
	"encoding/binary"
	"math/bits"
)

// A block is up to 64 characters of ASCII, of which each kind is one word with
// a bit a character. Where its pieces begin is then found for all of them at
// once, without a jump a piece.
//
// The block begins where a piece does. Pieces are found as far as nothing after
// the block can have a say in them.

const (
	blockSize = 64
	blockRead = blockSize + 16 // bytes that must be there to be read
)

// blockRules is what the patterns that are cut in blocks differ in.
type blockRules struct {
	digits   int    // numbers of a piece, at most
	camel    uint64 // all ones: a capital behind a small letter begins a word
	slash    uint64 // all ones: slashes go on with the line ends behind symbols
	suffixes bool   // contractions belong to the word before them
	alone    bool   // contractions are pieces of their own
}

// blockRulesOf holds the rules by pattern; digits is 0 for those that are not
// cut in blocks.
var blockRulesOf = [lastPattern + 1]blockRules{
	O200k:  {digits: 3, camel: ^uint64(0), slash: ^uint64(0), suffixes: true},
	Tekken: {digits: 1, camel: ^uint64(0), slash: ^uint64(0)},
	Cl100k: {digits: 3, alone: true},
	Qwen:   {digits: 1, alone: true},
}

// cuts returns the places, 0 not among them, at which pieces begin or end in the
// first size bytes of b, as one bit each: all of them up to some place. A piece
// begins at 0. atEnd says that the text ends there; size is then below 64.
func (r *blockRules) cuts(b *[blockRead]byte, size int, atEnd bool) uint64 {
	var found [7][blockSize / 8]byte // by kind: a bit a character
	for at := 0; at < blockSize/8 && 8*at < size; at++ {
		x := binary.LittleEndian.Uint64(b[8*at : 8*at+8])
		y := x &^ highs
		l := y | 0x20*ones
		letter := (l + (0x80-'a')*ones) ^ (l + (0x80-'z'-1)*ones)
		found[0][at] = gather(letter)
		found[1][at] = gather(letter & (y << 2))
		found[2][at] = gather((y + (0x80-'0')*ones) ^ (y + (0x80-'9'-1)*ones))
		found[3][at] = gather((y + (0x80-'\t')*ones) ^ (y + (0x80-'\r'-1)*ones))
		// Of these, the others.
		found[4][at] = gather((y ^ ' '*ones) + 0x7F*ones)
		found[5][at] = gather(((y ^ '\n'*ones) + 0x7F*ones) & ((y ^ '\r'*ones) + 0x7F*ones))
		found[6][at] = gather((y | ('/'^'\'')*ones ^ '/'*ones) + 0x7F*ones)
		if x &= highs; x != 0 {
			if ascii := 8*at + bits.TrailingZeros64(x)>>3; ascii < size {
				size, atEnd = ascii, false
			}
			break
		}
	}
	valid := ^uint64(0) >> (uint(blockSize-size) & 63)
	letters := valid & binary.LittleEndian.Uint64(found[0][:])
	small := valid & binary.LittleEndian.Uint64(found[1][:])
	numbers := valid & binary.LittleEndian.Uint64(found[2][:])
	controls := valid & binary.LittleEndian.Uint64(found[3][:])
	blanks := valid &^ binary.LittleEndian.Uint64(found[4][:])
	lines := valid &^ binary.LittleEndian.Uint64(found[5][:])
	marks := valid &^ binary.LittleEndian.Uint64(found[6][:])
	spaces := controls | blanks
	ink := valid &^ spaces
	symbols := ink &^ (letters | numbers)

	// Adding a bit to a run of ones carries it to the end of the run: that is
	// how a run is found that begins at some bit.

	// Line ends behind symbols belong to them, and so do slashes behind those.
	behind := lines &^ (lines + lines&(symbols<<1))
	if m := marks & (behind << 1) & r.slash; m != 0 {
		symbols &^= slashesAt(b, m, marks)
	}
	spaces &^= behind
	lines &^= behind
	gaps := spaces &^ lines

	// A run of symbols takes a blank before it. If it takes none, and is of one
	// character, it belongs to the word behind it, as any white space does.
	free := symbols &^ (symbols << 1) &^ (blanks << 1)
	words := letters&^(letters<<1) | letters&^small&(small<<1)&r.camel
	cuts := free | words&^((gaps|free)<<1)

	// White space is cut behind its last line end, and before its last
	// character if that is none.
	before := gaps &^ (spaces >> 1)
	if atEnd { // where it is not cut before its last
		before &^= 1 << (uint(size-1) & 63)
	}
	cuts |= spaces&^(spaces<<1) | before
	behindLines := gaps & (lines << 1)
	for ends := (gaps + behindLines) &^ gaps & lines; ends != 0; ends &= ends - 1 {
		below := behindLines & (ends&-ends - 1)
		behindLines &^= 1 << (uint(bits.Len64(below)-1) & 63)
	}
	cuts |= behindLines

	if r.digits == 1 {
		cuts |= numbers
	} else {
		starts := numbers &^ (numbers << 1)
		for four := numbers & (numbers << 1) & (numbers << 2) & (numbers << 3); starts != 0; starts = starts << 3 & four {
			cuts |= starts
		}
	}

	if r.suffixes && marks&(letters<<1) != 0 {
		cuts = joinSuffixes(b[:size], cuts, marks&(letters<<1), letters)
	}
	if r.alone && marks&cuts != 0 {
		cuts = cutContractions(b[:size], cuts, marks&cuts, letters)
	}
	if atEnd {
		return cuts&^1 | 1<<(uint(size)&63)
	}
	// White space that may go on, and what may yet be a contraction, is left.
	known := min(size-3, bits.Len64(ink))
	return cuts & (2<<uint(max(known, 0)) - 1) &^ 1
}

// joinSuffixes takes contractions to the words before them. quotes are those
// behind letters.
func joinSuffixes(b []byte, cuts, marks, letters uint64) uint64 {
	for before := -1; marks != 0; marks &= marks - 1 {
		from := bits.TrailingZeros64(marks)
		to := contractionEnd(b, from)
		if to == from || from == before { // behind a contraction there is no other
			continue
		}
		cuts = cuts&^(1<<to-1<<from) | letters&(1<<to)
		before = to
	}
	return cuts
}

// cutContractions makes pieces of contractions. quotes are those at which a
// piece begins.
func cutContractions(b []byte, cuts, marks, letters uint64) uint64 {
	for ; marks != 0; marks &= marks - 1 {
		from := bits.TrailingZeros64(marks)
		if to := contractionEnd(b, from); to > from {
			cuts = cuts&^(1<<to-2<<from) | letters&(1<<to)
		}
	}
	return cuts
}

// slashesAt returns the runs of slashes that begin at some places. marks are the
// places of all slashes, among others.
func slashesAt(b *[blockRead]byte, places, marks uint64) (slashes uint64) {
	for ; places != 0; places &= places - 1 {
		for i := bits.TrailingZeros64(places); i < blockSize && marks>>i&1 != 0 && b[i] == '/'; i++ {
			slashes |= 1 << i
		}
	}
	return slashes
}

// gather returns the high bits of the eight bytes of x.
func gather(x uint64) byte {
	return byte(x & highs * 0x0002040810204081 >> 56)
}
