package rank

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// Restore replaces the whole state of the board by that of a snapshot of a board
// with the same window, history and scorer; ties, names and CountHidden may
// differ. Subjects get handles in the board's own [Names].
//
// Errors match [ErrSnapshot] for bytes that are no whole snapshot,
// [ErrSnapshotVersion] for one of a newer version, [ErrSnapshotConfig] for one of
// another configuration, or [ErrFull]. The board is then as it was.
//
// A board with lenses fills them from what it restored; their hidden subjects stay.
// A lens cannot be restored by itself: [ErrInvalidConfig].
func (b *Board) Restore(snapshot []byte) error {
	if b.base != nil {
		return &Error{Op: "restore", Err: ErrInvalidConfig, Reason: "a lens holds no sums; restore the board it was made of"}
	}
	fresh := newBoard(b.cfg)
	if err := fresh.load(snapshot); err != nil {
		return err
	}
	lenses := b.lenses
	*b = *fresh
	b.refill(lenses)
	return nil
}

// decoder reads the parts of a snapshot; after the first fault it reads zeros.
type decoder struct {
	data  []byte
	pos   int
	fault string
}

func (d *decoder) fail(reason string, args ...any) {
	if d.fault == "" {
		d.fault = fmt.Sprintf(reason, args...)
	}
	d.pos = len(d.data)
}

func (d *decoder) left() int { return len(d.data) - d.pos }

func (d *decoder) uvarint() uint64 {
	if d.pos < len(d.data) && d.data[d.pos] < 0x80 { // the most common
		d.pos++
		return uint64(d.data[d.pos-1])
	}
	v, n := binary.Uvarint(d.data[d.pos:])
	if n <= 0 || d.data[d.pos+n-1] == 0 { // truncated, too long, or not the shortest form
		d.fail("a number is broken")
		return 0
	}
	d.pos += n
	return v
}

// varint reads what binary.AppendVarint wrote.
func (d *decoder) varint() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// sum reads one of what putSums wrote; a sum of zero is none.
func (d *decoder) sum() (rise uint64, v int64) {
	head, magnitude := d.uvarint(), d.uvarint()
	if magnitude > math.MaxInt64+head&1 {
		return 0, 0
	}
	if v = int64(magnitude); head&1 != 0 {
		v = -v
	}
	return head >> 1, v
}

// sums fills run with what putSums wrote; what is no sum of a member is left for
// the caller to find, or a fault.
func (d *decoder) sums(before uint32, run []entry) {
	for n := 0; n < len(run); {
		var some int
		if some, d.pos = commonSums(d.data, d.pos, before, run[n:]); some > 0 {
			n += some
			before = run[n-1].i
			continue
		}
		rise, v := d.sum()
		if rise > math.MaxUint32-uint64(before) {
			d.fail("a subject of a sum is beyond all subjects")
		}
		before += uint32(rise)
		run[n] = entry{v, before}
		n++
	}
}

// count reads a number of things of at least one byte each.
func (d *decoder) count(what string) int {
	v := d.uvarint()
	if v > uint64(d.left()) {
		d.fail("%d %s do not fit in the %d bytes left", v, what, d.left())
		return 0
	}
	return int(v)
}

func (d *decoder) bytes(n int) []byte {
	d.pos += n
	return d.data[d.pos-n : d.pos]
}

// load fills an empty board, which is of no use if it fails.
func (b *Board) load(snapshot []byte) error {
	fail := func(err error, reason string, args ...any) error {
		return &Error{Op: "restore", Err: err, Reason: fmt.Sprintf(reason, args...)}
	}
	header := len(snapshotMagic) + 1
	if len(snapshot) < header+4 || string(snapshot[:len(snapshotMagic)]) != snapshotMagic {
		return fail(ErrSnapshot, "it does not begin like one")
	}
	if v := snapshot[header-1]; v > snapshotVersion {
		return fail(ErrSnapshotVersion, "it has version %d, this code reads up to %d; update it", v, snapshotVersion)
	} else if v == 0 {
		return fail(ErrSnapshot, "there is no version 0")
	}
	end := len(snapshot) - 4
	if crc32.Checksum(snapshot[:end], castagnoli) != binary.LittleEndian.Uint32(snapshot[end:]) {
		return fail(ErrSnapshot, "the checksum does not match its %d bytes", len(snapshot))
	}
	d := &decoder{data: snapshot[header:end]}
	config := appendConfig(nil, &b.cfg)
	if !bytes.HasPrefix(d.data, config) {
		return fail(ErrSnapshotConfig, "window, history or scorer differ from the board's")
	}
	d.pos = len(config)
	started := b.loadNow(d)
	text, ends := loadNames(d)
	members := len(ends)
	b.order.grow(members)
	seen := make([]bool, members)
	b.loadHidden(d, seen)
	if started {
		b.loadSums(d, seen)
	}
	b.checkMembers(d, seen)
	if d.left() > 0 {
		d.fail("%d bytes follow its end", d.left())
	}
	if d.fault != "" {
		return fail(ErrSnapshot, "%s", d.fault)
	}
	ids, err := b.names.addAll(text, ends)
	if err != nil {
		return err
	}
	for _, id := range ids {
		b.ring.members.add(id)
	}
	b.order.rebuild()
	return nil
}

func (b *Board) loadNow(d *decoder) bool {
	switch d.uvarint() {
	case 0:
		return false
	case 1:
	default:
		d.fail("it does not say whether it has a now")
		return false
	}
	now := d.varint()
	if low, high := b.cfg.Window.steps(); now < low || now > high {
		d.fail("its now, step %d, is beyond what a window can hold", now)
		return false
	}
	b.ring.slide(now)
	b.first = b.cfg.Window.first(now)
	return true
}

// loadNames reads the subjects into one text; ends says where each of them ends.
func loadNames(d *decoder) (text string, ends []int) {
	n := d.count("subjects")
	ends = make([]int, 0, n)
	arena := make([]byte, 0, 16*n)
	begin := 0 // of the subject before
	for range n {
		same := d.uvarint()
		if same > uint64(len(arena)-begin) {
			d.fail("a subject shares more bytes than the one before has")
			return "", nil
		}
		at := len(arena)
		arena = append(arena, arena[begin:begin+int(same)]...)
		arena = append(arena, d.bytes(d.count("bytes"))...)
		before, name := arena[begin:at], arena[at:]
		if bytes.Compare(name, before) <= 0 || len(name) > MaxSubject || !utf8.Valid(name) {
			d.fail("its subjects are not in order, or not valid")
			return "", nil
		}
		begin = at
		ends = append(ends, len(arena))
	}
	return unsafe.String(unsafe.SliceData(arena), len(arena)), ends // it is not written any more
}

// loadHidden reads the hidden subjects; seen are those whom the snapshot has a reason to
// name.
func (b *Board) loadHidden(d *decoder, seen []bool) {
	at := uint64(0)
	members := uint64(len(seen))
	for j := range d.count("hidden subjects") {
		rise := d.uvarint()
		if at += rise; rise == 0 && j > 0 || rise > members || at >= members {
			d.fail("its hidden subjects are not in order")
			return
		}
		seen[at] = true
		b.hidden.set(uint32(at), true)
		if !b.cfg.CountHidden {
			b.order.out.set(uint32(at), true)
		}
	}
}

// loadSums reads the sums of all steps and adds up the totals.
func (b *Board) loadSums(d *decoder, seen []bool) {
	r := b.ring
	if b.cfg.Ties == FirstReached {
		b.last = slices.Repeat([]int64{minStep}, len(seen))
	}
	for k := r.oldest; k <= r.now+1; k++ {
		var p packed
		var buf [packedRun]entry
		p.n = d.count("sums")
		p.marks = make([]packedMark, 0, (p.n+packedRun-1)/packedRun)
		begin := d.pos
		at := int64(-1) // the member before
		for left := p.n; left > 0; {
			run := buf[:min(left, packedRun)]
			left -= len(run)
			p.marks = append(p.marks, packedMark{offset: uint32(d.pos - begin)})
			d.sums(uint32(max(at, 0)), run)
			p.marks[len(p.marks)-1].member = run[0].i
			var ok bool
			if at, ok = b.loadRun(run, at, k, seen); !ok {
				d.fail("a sum of step %d is no sum of one of its subjects", k)
				return
			}
		}
		p.data = bytes.Clone(d.data[begin:d.pos])
		if p.n > 0 {
			r.own(k).packed = p
		}
	}
}

// loadRun takes note of sums of step k, which must be of members behind at, in order.
// It returns the last of them.
func (b *Board) loadRun(run []entry, at, k int64, seen []bool) (last int64, ok bool) {
	r, nodes, scorer := b.ring, b.order.nodes[:len(seen)], b.cfg.Scorer
	inside := k >= b.first && k <= r.now
	plain := inside && scorer == nil && b.last == nil
	for _, e := range run {
		if int64(e.i) <= at || uint(e.i) >= uint(len(seen)) || e.score == 0 {
			return at, false
		}
		at = int64(e.i)
		seen[e.i] = true
		if !r.small(e.score) {
			r.countBig(r.own(k), 0, e.score)
		}
		if plain {
			nodes[e.i].total += e.score
		} else if inside {
			score := scorer.Score(e.score)
			nodes[e.i].total += score
			if b.last != nil && score != 0 {
				b.last[e.i] = k
			}
		}
	}
	return at, true
}

// checkMembers demands that every subject of the snapshot had a reason to be in
// it, and that every total is a score.
func (b *Board) checkMembers(d *decoder, seen []bool) {
	for i, ok := range seen {
		if !ok {
			d.fail("one of its subjects has no sums")
			return
		}
		if b.ring.big > 0 && !b.fits(uint32(i), true, b.ring.now, 0) {
			d.fail("the total of one of its subjects is no int64")
			return
		}
	}
}
