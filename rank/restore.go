package rank

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
)

// Restore replaces the whole state of the board by that of a snapshot of a board
// with the same window, history and scorer; ties, names and CountHidden may
// differ. Subjects get handles in the board's own [Names].
//
// Errors match [ErrSnapshot] for bytes that are no whole snapshot,
// [ErrSnapshotVersion] for one of a newer version, [ErrSnapshotConfig] for one of
// another configuration, or [ErrFull]. The board is then as it was.
func (b *Board) Restore(snapshot []byte) error {
	fresh := newBoard(b.cfg)
	if err := fresh.load(snapshot); err != nil {
		return err
	}
	*b = *fresh
	return nil
}

// decoder reads the parts of a snapshot; after the first fault it reads zeros.
type decoder struct {
	rest  []byte
	fault string
}

func (d *decoder) fail(reason string, args ...any) {
	if d.fault == "" {
		d.fault = fmt.Sprintf(reason, args...)
	}
	d.rest = nil
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 || n > 1 && d.rest[n-1] == 0 { // truncated, too long, or not the shortest form
		d.fail("a number is broken")
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// count reads a number of things of at least one byte each.
func (d *decoder) count(what string) int {
	v := d.uvarint()
	if v > uint64(len(d.rest)) {
		d.fail("%d %s do not fit in the %d bytes left", v, what, len(d.rest))
		return 0
	}
	return int(v)
}

func (d *decoder) bytes(n int) []byte {
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
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
	d := &decoder{rest: snapshot[header:end]}
	config := appendConfig(nil, &b.cfg)
	if !bytes.HasPrefix(d.rest, config) {
		return fail(ErrSnapshotConfig, "window, history or scorer differ from the board's")
	}
	d.rest = d.rest[len(config):]
	started := b.loadNow(d)
	names := loadNames(d)
	b.order.grow(len(names))
	seen := b.loadHidden(d, len(names))
	if started {
		b.loadSums(d, len(names), &seen)
	}
	b.checkMembers(d, len(names), seen)
	if len(d.rest) > 0 {
		d.fail("%d bytes follow its end", len(d.rest))
	}
	if d.fault != "" {
		return fail(ErrSnapshot, "%s", d.fault)
	}
	for _, name := range names {
		id := b.names.ID(name)
		if id == NoID {
			return noSubject("restore", name)
		}
		b.ring.members.add(id)
	}
	b.order.rebuild()
	return nil
}

func (b *Board) loadNow(d *decoder) bool {
	if len(d.rest) == 0 || d.rest[0] > 1 {
		d.fail("it does not say whether it has a now")
		return false
	}
	if d.bytes(1)[0] == 0 {
		return false
	}
	now, n := binary.Varint(d.rest)
	if n <= 0 || n > 1 && d.rest[n-1] == 0 {
		d.fail("its now is broken")
		return false
	}
	d.rest = d.rest[n:]
	if low, high := b.cfg.Window.steps(); now < low || now > high {
		d.fail("its now, step %d, is beyond what a window can hold", now)
		return false
	}
	b.ring.slide(now)
	b.first = b.cfg.Window.first(now)
	return true
}

func loadNames(d *decoder) []string {
	n := d.count("subjects")
	names := make([]string, 0, n)
	var name []byte
	for range n {
		shared := d.uvarint()
		if shared > uint64(len(name)) {
			d.fail("a subject shares more bytes than the one before has")
			return nil
		}
		rest := d.bytes(d.count("bytes"))
		next := append(name[:shared:shared], rest...)
		if bytes.Compare(next, name) <= 0 || badSubject(string(next)) != "" {
			d.fail("its subjects are not in order, or not valid")
			return nil
		}
		name = next
		names = append(names, string(name))
	}
	return names
}

func (b *Board) loadHidden(d *decoder, members int) (seen bitset) {
	at := uint64(0)
	for j := range d.count("hidden subjects") {
		rise := d.uvarint()
		if at += rise; rise == 0 && j > 0 || rise > uint64(members) || at >= uint64(members) {
			d.fail("its hidden subjects are not in order")
			return nil
		}
		b.hidden.set(uint32(at), true)
		if !b.cfg.CountHidden {
			b.order.out.set(uint32(at), true)
		}
	}
	return b.hidden.clone()
}

// loadSums reads the sums of all steps and adds up the totals.
func (b *Board) loadSums(d *decoder, members int, seen *bitset) {
	r := b.ring
	if b.cfg.Ties == FirstReached {
		b.last = slices.Repeat([]int64{minStep}, members)
	}
	for k := r.oldest; k <= r.now+1; k++ {
		c := r.column(k)
		var p packer
		at := uint64(0)
		for j := range d.count("sums") {
			head, magnitude := d.uvarint(), d.uvarint()
			rise := head >> 1
			if at += rise; rise == 0 && j > 0 || rise > uint64(members) || at >= uint64(members) || magnitude == 0 || magnitude > math.MaxInt64+head&1 {
				d.fail("a sum of step %d is no sum of one of its subjects", k)
				return
			}
			i, v := uint32(at), int64(magnitude)
			if head&1 != 0 {
				v = -v
			}
			seen.set(i, true)
			p.add(i, v)
			r.countBig(c, 0, v)
			if k < b.first || k > r.now {
				continue
			}
			score := b.cfg.Scorer.Score(v)
			b.order.nodes[i].total += score
			if b.last != nil && score != 0 {
				b.last[i] = k
			}
		}
		c.packed = p.done()
	}
}

// checkMembers demands that every subject of the snapshot had a reason to be in
// it, and that every total is a score.
func (b *Board) checkMembers(d *decoder, members int, seen bitset) {
	for i := range uint32(members) {
		if !seen.has(i) {
			d.fail("one of its subjects has no sums")
			return
		}
		if b.ring.big > 0 && !b.fits(i, true, b.ring.now, 0) {
			d.fail("the total of one of its subjects is no int64")
			return
		}
	}
}
