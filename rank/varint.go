package rank

import (
	"encoding/binary"
	"math/bits"
)

// The numbers of a packed column are varints as of encoding/binary. They are
// written and read by the million; so this code does without a loop over bytes, up
// to 56 bits.

const (
	sumRoom  = 2 * binary.MaxVarintLen64 // the most that a sum takes
	goesOn   = 0x8080808080808080        // the bit of each byte that says another follows
	wordSize = 8
)

// spread puts the lower 56 bits of v into eight bytes, seven each.
func spread(v uint64) uint64 {
	v = v&0x0fffffff | v<<4&0x0fffffff00000000
	v = v&0x00003fff00003fff | v<<2&0x3fff00003fff0000
	return v&0x007f007f007f007f | v<<1&0x7f007f007f007f00
}

// gather undoes spread, whatever the upper bits of the bytes.
func gather(v uint64) uint64 {
	v = v&0x007f007f007f007f | v>>1&0x3f803f803f803f80
	v = v&0x00003fff00003fff | v>>2&0x0fffc0000fffc000
	return v&0x0fffffff | v>>4&0x00fffffff0000000
}

// putSums writes the sums of a run to buf from at on, where there must be sumRoom
// bytes for each: by how much its member rises above the one before, and itself.
// It returns where they end.
func putSums(buf []byte, at int, before uint32, run []entry) int {
	for _, e := range run {
		sign := e.score >> 63
		head, magnitude := uint64(e.i-before)<<1|uint64(sign&1), uint64((e.score^sign)-sign)
		before = e.i
		if head < 0x80 && magnitude < 1<<49 { // nearly all; and how long it is cannot be guessed
			size := uint(9*bits.Len64(magnitude|1)+64) / 64
			more := uint64(1)<<(8*(size-1)&63) - 1
			binary.LittleEndian.PutUint64(buf[at:], head|(spread(magnitude)|goesOn&more)<<8)
			at += 1 + int(size)
			continue
		}
		at += binary.PutUvarint(buf[at:], head)
		at += binary.PutUvarint(buf[at:], magnitude)
	}
	return at
}

// sumSize returns how many bytes a sum takes, mostly: none for 0.
func sumSize(v int64) int {
	if v == 0 {
		return 0
	}
	return 1 + (9*bits.Len64(uint64(max(v, -v)))+64)/64
}

// nextSum reads one of what putSums wrote at pos and returns where it ended; the
// bytes are known to be whole.
func nextSum(data []byte, pos int) (rise uint64, v int64, end int) {
	head, n := binary.Uvarint(data[pos:])
	pos += n
	magnitude, n := binary.Uvarint(data[pos:])
	sign := int64(head & 1)
	return head >> 1, (int64(magnitude) ^ -sign) + sign, pos + n
}

// commonSums reads sums at pos until run is full, or one is not like nearly all are:
// it rises by 64 or more, has more than 49 bits or not their shortest form, or is
// among the last eight bytes. The bytes may be damaged. It returns how many sums it
// read, and where they end.
func commonSums(data []byte, pos int, before uint32, run []entry) (n, end int) {
	for n < len(run) && len(data)-pos >= wordSize {
		word := binary.LittleEndian.Uint64(data[pos:])
		head, rest := word&0xff, word>>8
		if head >= 0x80 {
			break
		}
		var magnitude uint64
		switch { // two or three bytes are most common, and then well predicted
		case rest&0x8080 == 0x80 && rest&0x7f00 != 0:
			magnitude = rest&0x7f | rest>>1&0x3f80
			pos += 3
		case rest&0x808080 == 0x8080 && rest&0x7f0000 != 0:
			magnitude = rest&0x7f | rest>>1&0x3f80 | rest>>2&0x1fc000
			pos += 4
		default:
			last := ^rest & (goesOn >> 8)
			if last == 0 {
				return n, pos
			}
			length := uint(bits.TrailingZeros64(last)) & 63 // of the magnitude in bits, less one
			rest &= 1<<length - 1
			if rest>>((length-7)&63) == 0 && length > 7 { // a last byte of nothing
				return n, pos
			}
			magnitude = gather(rest)
			pos += 2 + int(length>>3)
		}
		before += uint32(head >> 1)
		sign := int64(head & 1)
		run[n] = entry{(int64(magnitude) ^ -sign) + sign, before}
		n++
	}
	return n, pos
}
