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
//	how many subjects; the lengths of all, in the rising order of their bytes; the
//	    bytes of all
//	hidden subjects, as rises of their index
//	one list of sums for every step kept, oldest first, the step ahead last:
//	    how many, four bytes, little endian; then as in packed, with the subject's
//	    index as the member
//	CRC-32C of all that, four bytes, little endian
//
// All other numbers are varints as of encoding/binary. Only subjects with a sum other
// than zero, or hidden, are in it, and only such sums: equal boards, equal bytes.
//
// Version 1 was of before the first release: nothing reads it.
const (
	snapshotMagic   = "tknrank\x00"
	snapshotVersion = 2
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
	dst = slices.Grow(dst, b.roomForNames(sorted)+b.roomForSums(len(sorted)))
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

// oldest returns the oldest step that the board keeps; the ring of a lens keeps more.
func (b *Board) oldest() int64 { return b.cfg.Window.first(b.ring.now - int64(b.cfg.history())) }

// subjects returns the members that a snapshot holds by the bytes of their names,
// and the place of each of them in that order.
func (b *Board) subjects() (sorted, place []uint32) {
	r := b.ring
	in := b.hidden.clone()
	in.reach(r.members.n)
	// Who has a total has a sum. Of the others few have one: in the history, ahead,
	// or two that cancel out.
	var idle []uint32
	for i := range b.order.nodes {
		if b.order.nodes[i].total != 0 {
			in[i>>6] |= 1 << (i & 63)
		} else {
			idle = append(idle, uint32(i))
		}
	}
	few := len(idle) < r.members.n/64
	for k := b.oldest(); r.started && k <= r.now+1; k++ {
		c := r.column(k)
		for j := 0; few && j < len(idle); j++ {
			if i := idle[j]; c.get(i) != 0 {
				in[i>>6] |= 1 << (i & 63)
			}
		}
		if !few {
			c.each(func(i uint32, _ int64) { in[i>>6] |= 1 << (i & 63) })
		}
	}
	sorted = b.sortedByName(in)
	place = make([]uint32, r.members.n)
	for at, i := range sorted {
		place[i] = uint32(at)
	}
	return sorted, place
}

// named is a member and eight bytes of its name.
type named struct {
	bytes uint64
	i     uint32
}

// sortedByName returns the members of a set by the bytes of their names. Names
// tend to begin alike, so it sorts by eight bytes behind what all have in common,
// and by the whole names only those that are still equal.
func (b *Board) sortedByName(in bitset) []uint32 {
	name := func(i uint32) string { return b.names.name(b.ring.members.id(i)) }
	all := make([]named, 0, b.ring.members.n)
	common := ""
	for i := range in.all() {
		if s := name(i); len(all) == 0 {
			common = s
		} else if !strings.HasPrefix(s, common) {
			common = s[:shared(s, common)]
		}
		all = append(all, named{i: i})
	}
	for j := range all {
		all[j].bytes = firstBytes(name(all[j].i)[len(common):])
	}
	all = sortNamed(all)
	sorted := make([]uint32, len(all))
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].bytes == all[from].bytes {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(all[from:to], func(x, y named) int { return strings.Compare(name(x.i), name(y.i)) })
		}
		for ; from < to; from++ {
			sorted[from] = all[from].i
		}
	}
	return sorted
}

// firstBytes returns up to eight bytes of a text, the first uppermost.
func firstBytes(s string) uint64 {
	var word [8]byte
	if len(s) >= len(word) {
		return binary.BigEndian.Uint64([]byte(s[:len(word)]))
	}
	copy(word[:], s)
	return binary.BigEndian.Uint64(word[:])
}

// sortNamed sorts by the bytes, eight bits at a time from the last; all is overwritten.
func sortNamed(all []named) []named {
	var counts [8][256]uint32
	for _, e := range all {
		for digit := range counts {
			counts[digit][e.bytes>>(8*digit)&0xff]++
		}
	}
	out := make([]named, len(all))
	for digit := range counts {
		ends := &counts[digit] // first how many, then where they begin, then where they end
		shift := 8 * digit
		if len(all) == 0 || ends[all[0].bytes>>shift&0xff] == uint32(len(all)) {
			continue // all are alike
		}
		end := uint32(0)
		for value, n := range ends {
			ends[value] = end
			end += n
		}
		for _, e := range all {
			at := &ends[e.bytes>>shift&0xff]
			out[*at] = e
			*at++
		}
		all, out = out, all
	}
	return all
}

// shared returns how many bytes two texts begin with alike.
func shared(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// roomForNames returns at least how many bytes the subjects take.
func (b *Board) roomForNames(sorted []uint32) int {
	room := binary.MaxVarintLen64 + len(sorted)*binary.MaxVarintLen16
	for _, i := range sorted {
		room += len(b.names.name(b.ring.members.id(i)))
	}
	return room
}

// roomForSums returns about how many bytes the sums of so many subjects take. It looks
// at few of them: room that is not used costs time, too.
func (b *Board) roomForSums(subjects int) int {
	const every = 251
	room := 4096 + 4*subjects
	for k := b.oldest(); b.ring.started && k <= b.ring.now+1; k++ {
		c := b.ring.column(k)
		some := 0
		for i := 0; i < len(c.dense); i += every {
			some += sumSize(c.dense[i])
		}
		for i := 0; i < len(c.narrow); i += every {
			some += sumSize(int64(c.narrow[i]))
		}
		room += len(c.packed.data) + 5*c.patch.n + every*some
	}
	return room
}

func (b *Board) appendNames(dst []byte, sorted []uint32) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(sorted)))
	for _, i := range sorted {
		dst = binary.AppendUvarint(dst, uint64(len(b.names.name(b.ring.members.id(i)))))
	}
	for _, i := range sorted {
		dst = append(dst, b.names.name(b.ring.members.id(i))...)
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
	var room []int64
	var w sumWriter
	for k := b.oldest(); k <= r.now+1; k++ {
		c := r.column(k)
		if c.dense == nil && (c.narrow == nil || c.patch.n > 0) {
			if room == nil {
				room = make([]int64, r.members.n)
			}
			clear(room)
			c.eachRun(func(run []entry) {
				for _, e := range run {
					room[e.i] = e.score
				}
			})
			c = &column{dense: room}
		}
		// How many there are is known afterwards, but goes before them.
		count := len(dst)
		w = sumWriter{data: append(dst, 0, 0, 0, 0), marks: w.marks[:0]}
		if c.dense != nil {
			putSumsOf(&w, c.dense, sorted)
		} else {
			putSumsOf(&w, c.narrow, sorted)
		}
		dst = w.data
		binary.LittleEndian.PutUint32(dst[count:], uint32(w.n))
	}
	return dst
}
