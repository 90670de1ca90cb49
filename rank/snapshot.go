package rank

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
)

// A snapshot is, in order:
//
//	magic, version byte
//	window: period, length, step, zone; history; scorer's brackets
//	whether the board has a now, and its step
//	subjects in rising order, each as (bytes shared with the one before, rest)
//	hidden subjects, as rises of their index
//	one list of sums for every step kept, oldest first, the step ahead last:
//	    how many, then (rise of the subject's index ·2 + sign, magnitude) each
//	CRC-32C of all that, four bytes, little endian
//
// Numbers are varints as of encoding/binary. Only subjects with a sum other than
// zero, or hidden, are in it, and only such sums: equal boards, equal bytes.
const (
	snapshotMagic   = "tknrank\x00"
	snapshotVersion = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Snapshot returns the state of the board. Its bytes are a function of the sums
// by (subject, step), the step of now, the hidden subjects, and the window,
// history and scorer of the configuration; not of how they came about.
func (b *Board) Snapshot() []byte { return b.AppendSnapshot(nil) }

// AppendSnapshot appends what [Board.Snapshot] returns to dst.
func (b *Board) AppendSnapshot(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, snapshotMagic...)
	dst = append(dst, snapshotVersion)
	dst = appendConfig(dst, &b.cfg)
	if !b.ring.started {
		dst = append(dst, 0)
	} else {
		dst = append(dst, 1)
		dst = binary.AppendVarint(dst, b.ring.now)
	}
	sorted, place := b.subjects()
	dst = b.appendNames(dst, sorted)
	dst = b.appendHidden(dst, place)
	dst = b.appendSums(dst, sorted)
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

func appendConfig(dst []byte, c *Config) []byte {
	dst = append(dst, byte(c.Window.Period))
	dst = binary.AppendUvarint(dst, uint64(c.Window.Length))
	dst = binary.AppendUvarint(dst, uint64(c.Window.Step))
	dst = appendText(dst, c.Window.zone().String())
	dst = binary.AppendUvarint(dst, uint64(c.history()))
	dst = binary.AppendUvarint(dst, uint64(len(c.Scorer)))
	for _, s := range c.Scorer {
		dst = binary.AppendUvarint(dst, uint64(s.Above))
		dst = binary.AppendUvarint(dst, uint64(s.Num))
		dst = binary.AppendUvarint(dst, uint64(s.Den))
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// subjects returns the members that a snapshot holds by the bytes of their names,
// and the place of each of them in that order.
func (b *Board) subjects() (sorted, place []uint32) {
	in := b.hidden.clone()
	r := b.ring
	if r.started {
		for k := r.oldest; k <= r.now+1; k++ {
			r.column(k).each(func(i uint32, _ int64) { in.set(i, true) })
		}
	}
	sorted = slices.Collect(in.all())
	slices.SortFunc(sorted, func(x, y uint32) int {
		return strings.Compare(b.names.name(r.members.id(x)), b.names.name(r.members.id(y)))
	})
	place = make([]uint32, r.members.n)
	for at, i := range sorted {
		place[i] = uint32(at)
	}
	return sorted, place
}

func (b *Board) appendNames(dst []byte, sorted []uint32) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(sorted)))
	before := ""
	for _, i := range sorted {
		name := b.names.name(b.ring.members.id(i))
		shared := 0
		for shared < min(len(name), len(before)) && name[shared] == before[shared] {
			shared++
		}
		dst = binary.AppendUvarint(dst, uint64(shared))
		dst = appendText(dst, name[shared:])
		before = name
	}
	return dst
}

func (b *Board) appendHidden(dst []byte, place []uint32) []byte {
	var places []uint32
	for i := range b.hidden.all() {
		places = append(places, place[i])
	}
	slices.Sort(places)
	dst = binary.AppendUvarint(dst, uint64(len(places)))
	before := uint32(0)
	for _, p := range places {
		dst = binary.AppendUvarint(dst, uint64(p-before))
		before = p
	}
	return dst
}

func (b *Board) appendSums(dst []byte, sorted []uint32) []byte {
	r := b.ring
	if !r.started {
		return dst
	}
	sums := make([]int64, r.members.n)
	for k := r.oldest; k <= r.now+1; k++ {
		n := 0
		r.column(k).each(func(i uint32, v int64) { sums[i] = v; n++ })
		dst = binary.AppendUvarint(dst, uint64(n))
		if n == 0 {
			continue
		}
		before := 0
		for at, i := range sorted {
			if v := sums[i]; v != 0 {
				dst = appendSum(dst, uint64(at-before), v)
				before = at
			}
		}
		clear(sums)
	}
	return dst
}
