package rank

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// The sums of a step that is over lie in runs of up to sumRun, by rising member, in
// memory as in a snapshot. A run is
//
//	a head for each sum, one byte: in the lower three bits how many bytes its value
//	    takes, less one; above them how many members before it have no sum, or farGap
//	then for each sum: after farGap, how many more members have none, as a varint of
//	    encoding/binary; and the value, in zigzag, little endian, in as few bytes as
//	    it needs
//
// Heads lie apart from values, so that where a value begins is known before the one
// in front of it was read.
const (
	sumRun  = 64
	sumRoom = 1 + binary.MaxVarintLen32 + 8 // the most bytes that a sum takes
	farGap  = 31
)

func zigzag(v int64) uint64   { return uint64(v<<1 ^ v>>63) }
func unzigzag(z uint64) int64 { return int64(z>>1) ^ -int64(z&1) }

// sumSize returns how many bytes a sum takes, mostly: none for 0.
func sumSize(v int64) int {
	if v == 0 {
		return 0
	}
	return 1 + (bits.Len64(zigzag(v))+7)/8
}

// sumWriter writes sums behind what is in data.
type sumWriter struct {
	data  []byte
	marks []sumMark // of every run
	n     int       // sums written
	next  uint32    // the member behind the last of them
}

// sumMark is where a run begins, and the first member behind those of the run before.
type sumMark struct {
	next   uint32
	offset uint32
}

// putSums writes the sums other than 0 of members in rising order, all that there are.
func putSums(w *sumWriter, sums []int64) {
	var run [sumRun]entry
	for at := 0; at < len(sums); {
		n, end := collect(&run, sums, at)
		w.put(run[:n])
		at = end
	}
}

// putSumsOf writes the sums other than 0 of some members, under their places in that
// list. Members beyond sums have none.
func putSumsOf[T int32 | int64](w *sumWriter, sums []T, members []uint32) {
	var run [sumRun]entry
	for at := 0; at < len(members); {
		n, end := collectOf(&run, sums, members, at)
		w.put(run[:n])
		at = end
	}
}

// collect fills run with sums other than 0 from at on. It returns how many, and where
// to go on.
func collect(run *[sumRun]entry, sums []int64, at int) (n, end int) {
	for ; n < sumRun && at < len(sums); at++ {
		v := sums[at]
		run[n] = entry{v, uint32(at)}
		if v != 0 { // no branch, but a conditional move
			n++
		}
	}
	return n, at
}

func collectOf[T int32 | int64](run *[sumRun]entry, sums []T, members []uint32, at int) (n, end int) {
	for ; n < sumRun && at < len(members); at++ {
		i := members[at]
		if uint(i) >= uint(len(sums)) {
			continue
		}
		v := int64(sums[i])
		run[n] = entry{v, uint32(at)}
		if v != 0 { // nor here
			n++
		}
	}
	return n, at
}

// put writes a run. All but the last must be full.
func (w *sumWriter) put(run []entry) {
	if len(run) == 0 {
		return
	}
	begin := len(w.data)
	w.marks = append(w.marks, sumMark{w.next, uint32(begin)})
	w.data = slices.Grow(w.data, sumRun*sumRoom+8)
	w.data = w.data[:putRun(w.data[:cap(w.data)], begin, w.next, run)]
	w.n += len(run)
	w.next = run[len(run)-1].i + 1
}

// putRun writes a run behind at, where there is room. It returns where it ends.
func putRun(buf []byte, at int, next uint32, run []entry) int {
	heads := buf[at:][:len(run)]
	at += len(run)
	for j, e := range run {
		gap := e.i - next
		next = e.i + 1
		if gap >= farGap {
			at += binary.PutUvarint(buf[at:], uint64(gap-farGap))
			gap = farGap
		}
		z := zigzag(e.score)
		size := (bits.Len64(z) - 1) >> 3 // less one
		heads[j] = byte(gap<<3) | byte(size)
		binary.LittleEndian.PutUint64(buf[at:], z)
		at += size + 1
	}
	return at
}

// readSums fills run with what put wrote at pos. It returns where that ends, and the
// member behind the last of them; or −1 if the bytes are no such run. Whether there are
// so many members is for the caller to judge.
func readSums(data []byte, pos int, next uint64, run []entry) (end int, behind uint64) {
	if len(data)-pos < len(run) {
		return -1, 0
	}
	heads := data[pos:][:len(run)]
	pos += len(run)
	for j := 0; j < len(run); j++ {
		var some int
		some, pos, next = readNear(data, pos, next, run[j:], heads[j:])
		if j += some; j == len(run) {
			break
		}
		gap := uint64(heads[j] >> 3)
		if gap == farGap {
			var far uint64
			if far, pos = shortUvarint(data, pos); pos < 0 || far > math.MaxUint32 {
				return -1, 0
			}
			gap += far
		}
		next += gap + 1
		z, ok := value(lastWord(data, pos), heads[j])
		if !ok {
			return -1, 0
		}
		run[j] = entry{unzigzag(z), uint32(next - 1)}
		pos += int(heads[j]&7) + 1
	}
	return pos, next
}

// readNear is readSums, without a call, up to a sum that is broken, behind a far gap or
// near the end of the data. It returns how many it read.
func readNear(data []byte, pos int, next uint64, run []entry, heads []byte) (n, end int, behind uint64) {
	run = run[:len(heads)]
	for j, head := range heads {
		if len(data)-pos < 8 {
			return j, pos, next
		}
		z, ok := value(binary.LittleEndian.Uint64(data[pos:pos+8]), head)
		if !ok || head >= farGap<<3 {
			return j, pos, next
		}
		next += uint64(head>>3) + 1
		run[j] = entry{unzigzag(z), uint32(next - 1)}
		pos += int(head&7) + 1
	}
	return len(heads), pos, next
}

// value cuts the value of a sum out of a word. It is false for one that would take
// less, is none, or is cut short.
func value(word uint64, head byte) (z uint64, ok bool) {
	low := uint(head&7) * 8 // bits below the last byte
	z = word << (56 - low) >> (56 - low)
	return z, z>>low != 0
}

// lastWord reads eight bytes, of which those behind the end are 0.
func lastWord(data []byte, pos int) uint64 {
	var word [8]byte
	copy(word[:], data[min(pos, len(data)):])
	return binary.LittleEndian.Uint64(word[:])
}

// shortUvarint reads a varint in its shortest form and returns where it ends, or −1.
func shortUvarint(data []byte, pos int) (v uint64, end int) {
	if pos < len(data) && data[pos] < 0x80 { // the most common
		return uint64(data[pos]), pos + 1
	}
	v, n := binary.Uvarint(data[min(pos, len(data)):])
	if n <= 0 || data[pos+n-1] == 0 { // truncated, too long, or not the shortest form
		return 0, -1
	}
	return v, pos + n
}

// findSum returns the sum of member i in a run at pos of up to n sums, which is whole.
func findSum(data []byte, pos int, next uint32, n int, i uint32) int64 {
	heads := data[pos:][:n]
	pos += n
	for _, head := range heads {
		next += uint32(head >> 3)
		if head>>3 == farGap {
			far, size := binary.Uvarint(data[pos:])
			next += uint32(far)
			pos += size
		}
		if next >= i {
			if next > i {
				return 0
			}
			z, _ := value(lastWord(data, pos), head)
			return unzigzag(z)
		}
		next++
		pos += int(head&7) + 1
	}
	return 0
}
