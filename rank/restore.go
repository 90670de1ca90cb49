package rank

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"unicode/utf8"
)

// Restore replaces the whole state of the board by that of a snapshot of a board
// with the same window, history and scorer; ties, names and CountHidden may
// differ. Subjects get handles in the board's own [Names].
//
// Errors match [ErrSnapshot] for bytes that are no whole snapshot,
// [ErrSnapshotVersion] for one of another version, [ErrSnapshotConfig] for one of
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
	v, end := shortUvarint(d.data, d.pos)
	if end < 0 {
		d.fail("a number is broken")
		return 0
	}
	d.pos = end
	return v
}

// varint reads what binary.AppendVarint wrote.
func (d *decoder) varint() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
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

// countSums reads how many sums a step has.
func (d *decoder) countSums() int {
	if d.left() < 4 {
		d.fail("a step is missing")
		return 0
	}
	n := binary.LittleEndian.Uint32(d.data[d.pos:])
	if d.pos += 4; uint64(n) > uint64(d.left())/2 { // each takes two bytes or more
		d.fail("%d sums do not fit in the %d bytes left", n, d.left())
		return 0
	}
	return int(n)
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
	if v := snapshot[header-1]; v != snapshotVersion {
		return fail(ErrSnapshotVersion, "it has version %d, this code reads %d", v, snapshotVersion)
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
	ends = make([]int, n)
	size := 0
	for j := range ends {
		length := d.uvarint()
		if length == 0 || length > MaxSubject || int(length) > len(d.data)-size {
			d.fail("a subject has %d bytes", length)
			return "", nil
		}
		size += int(length)
		ends[j] = size
	}
	if size > d.left() {
		d.fail("%d bytes of subjects do not fit in the %d bytes left", size, d.left())
		return "", nil
	}
	text = string(d.data[d.pos:][:size])
	d.pos += size
	before, begin := "", 0
	valid := utf8.ValidString(text)
	for _, end := range ends {
		name := text[begin:end]
		if name <= before || !utf8.RuneStart(name[0]) || !valid {
			d.fail("its subjects are not in order, or not valid")
			return "", nil
		}
		before, begin = name, end
	}
	return text, ends
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
		var buf [sumRun]entry
		p.n = d.countSums()
		p.marks = make([]sumMark, 0, (p.n+sumRun-1)/sumRun)
		next := uint64(0)
		pos := d.pos
		for left := p.n; left > 0; {
			run := buf[:min(left, sumRun)]
			left -= len(run)
			p.marks = append(p.marks, sumMark{uint32(next), uint32(pos - d.pos)})
			pos, next = readSums(d.data, pos, next, run)
			if pos < 0 || next > uint64(len(seen)) {
				d.fail("a sum of step %d is broken, or of none of its subjects", k)
				return
			}
			b.loadRun(run, k, seen)
		}
		if p.n > 0 {
			p.data = bytes.Clone(d.data[d.pos:pos])
			r.own(k).packed = p
		}
		d.pos = pos
	}
}

// loadRun takes note of sums of step k.
func (b *Board) loadRun(run []entry, k int64, seen []bool) {
	r, nodes, scorer := b.ring, b.order.nodes, b.cfg.Scorer
	inside := k >= b.first && k <= r.now
	plain := inside && scorer == nil && b.last == nil
	for _, e := range run {
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
