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
//	    how many, then as in packed, with the subject's index as the member
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
	dst = slices.Grow(dst, b.roomFor(sorted))
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

// sortedByName returns the members of a set by the bytes of their names. Names
// tend to begin alike, so it sorts by eight bytes behind what all have in common,
// and by the whole names only those that are still equal.
func (b *Board) sortedByName(in bitset) []uint32 {
	name := func(i uint32) string { return b.names.name(b.ring.members.id(i)) }
	var all []named
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
		var word [8]byte
		copy(word[:], name(all[j].i)[len(common):])
		all[j].bytes = binary.BigEndian.Uint64(word[:])
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

// named is a member and eight bytes of its name.
type named struct {
	bytes uint64
	i     uint32
}

// sortNamed sorts by the bytes, eight bits at a time from the last; all is overwritten.
func sortNamed(all []named) []named {
	out := make([]named, len(all))
	for shift := 0; shift < 64; shift += 8 {
		var ends [256]int // first how many, then where they begin, then where they end
		for j := range all {
			ends[all[j].bytes>>shift&0xff]++
		}
		if len(all) == 0 || ends[all[0].bytes>>shift&0xff] == len(all) {
			continue // all are alike
		}
		end := 0
		for digit, n := range ends {
			ends[digit] = end
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

// roomFor returns about how many bytes subjects and sums take, and rather more. It looks
// at some of the sums: room that is not used costs time, too.
func (b *Board) roomFor(sorted []uint32) int {
	const every = 16
	room := 4096 + packedRun*sumRoom
	for _, i := range sorted {
		room += 2 + len(b.names.name(b.ring.members.id(i)))
	}
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
	return room + room/32
}

func (b *Board) appendNames(dst []byte, sorted []uint32) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(sorted)))
	before := ""
	for _, i := range sorted {
		name := b.names.name(b.ring.members.id(i))
		same := shared(name, before)
		dst = binary.AppendUvarint(dst, uint64(same))
		dst = appendText(dst, name[same:])
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
	var room []int64
	var head [binary.MaxVarintLen64]byte
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
		from := len(dst)
		dst = append(dst, head[:]...)
		var n int
		if c.dense != nil {
			dst, n = appendInOrder(dst, c.dense, sorted)
		} else {
			dst, n = appendInOrder(dst, c.narrow, sorted)
		}
		size := binary.PutUvarint(dst[from:], uint64(n))
		dst = append(dst[:from+size], dst[from+len(head):]...)
	}
	return dst
}

// appendInOrder appends the sums of one step, given by member, in order of the names.
// It returns how many there are.
func appendInOrder[T int32 | int64](dst []byte, sums []T, sorted []uint32) ([]byte, int) {
	var run [packedRun]entry
	total, n := 0, 0
	before := uint32(0)
	for at, i := range sorted {
		if int(i) >= len(sums) {
			continue
		}
		v := sums[i]
		run[n&(packedRun-1)] = entry{int64(v), uint32(at)}
		if v != 0 { // no branch, but a conditional move
			n++
		}
		if n == packedRun {
			dst = slices.Grow(dst, packedRun*sumRoom)
			dst = dst[:putSums(dst[:cap(dst)], len(dst), before, run[:])]
			before = run[n-1].i
			total, n = total+n, 0
		}
	}
	dst = slices.Grow(dst, packedRun*sumRoom)
	dst = dst[:putSums(dst[:cap(dst)], len(dst), before, run[:n])]
	return dst, total + n
}
