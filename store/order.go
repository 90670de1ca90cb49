package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"time"
)

// Compare orders two versions of one key by the law of revisions: Trust, then
// Revision, then void over use, then generated tokens, then all tokens, then
// canonical bytes. It returns 0 only for identical versions. Because it is a
// total order, the counting version is a function of the set of versions.
func Compare(a, b *Event) int {
	if c := cmp.Or(cmp.Compare(a.Trust, b.Trust), cmp.Compare(a.Revision, b.Revision), compareBool(a.Void, b.Void)); c != 0 {
		return c
	}
	if same(a, b) { // far the commonest case, and five times faster than canonical bytes
		return 0
	}
	if c := cmp.Or(
		cmp.Compare(a.Usage.Generated(), b.Usage.Generated()),
		cmp.Compare(a.Usage.Tokens(), b.Usage.Tokens())); c != 0 {
		return c
	}
	var bufA, bufB [512]byte
	return bytes.Compare(AppendCanonical(bufA[:0], a), AppendCanonical(bufB[:0], b))
}

// Judge says what putting version e does where old counts now, and whether e
// counts afterwards. It is the whole law of revisions, for stores to call.
func Judge(old, e *Event) (s Status, counts bool) {
	c := Compare(e, old)
	switch {
	case c == 0:
		return Duplicate, true
	case e.Trust == old.Trust && e.Revision == old.Revision && e.Void == old.Void:
		return Conflict, c > 0
	case c > 0:
		return Superseding, true
	}
	return Stale, false
}

// Weigh is [Judge] for entries: what a Put of e says where old counts now, nil
// for a new key. The change's Before is old itself. Whether the store keeps e is
// [Change.Moved].
func Weigh(old, e *Entry) Change {
	if old == nil {
		return Change{Status: Accepted, Counts: true}
	}
	c := Change{Before: old}
	c.Status, c.Counts = Judge(&old.Event, &e.Event)
	return c
}

// Moved reports whether the store keeps e, of which the change tells: as the
// version that counts now, or as the same version under the price of a later
// activation.
func (c *Change) Moved(e *Entry) bool {
	return c.Counts && (c.Status != Duplicate || e.Activation > c.Before.Activation)
}

// InOrder compares two entries by At, then Source, then ID: the order of scans.
func InOrder(a, b *Entry) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// same reports whether two versions are plainly identical. It may miss
// identical ones, but never takes two versions for one.
func same(a, b *Event) bool {
	return a.Trust == b.Trust && a.Revision == b.Revision && a.Void == b.Void &&
		a.Usage == b.Usage && a.At.Equal(b.At) &&
		a.Source == b.Source && a.ID == b.ID && a.Subject == b.Subject &&
		a.Provider == b.Provider && a.Model == b.Model && a.Account == b.Account &&
		a.Tier == b.Tier && a.Speed == b.Speed && a.Region == b.Region &&
		a.Session == b.Session && a.Workflow == b.Workflow && a.Team == b.Team &&
		a.Actor == b.Actor && a.Flags == b.Flags && slices.Equal(a.Labels, b.Labels) &&
		(a.ReportedCost == nil) == (b.ReportedCost == nil) &&
		(a.ReportedCost == nil || *a.ReportedCost == *b.ReportedCost)
}

// AppendCanonical appends the canonical bytes of an event: every field that is
// part of its identity, length-prefixed, in a fixed order. Two valid events
// are the same version exactly if their canonical bytes are equal. The bytes
// decide between versions, so this encoding never changes.
func AppendCanonical(b []byte, e *Event) []byte {
	b = append(b, 1) // version of this encoding
	for _, s := range [...]string{e.Source, e.ID, e.Subject, e.Provider, e.Model, e.Account,
		e.Tier, e.Speed, e.Region, e.Session, e.Workflow, e.Team} {
		b = appendString(b, s)
	}
	b = binary.AppendVarint(b, e.Revision)
	void := byte(0)
	if e.Void {
		void = 1
	}
	b = append(b, void, byte(e.Actor), byte(e.Trust), byte(e.Flags))
	b = binary.AppendVarint(b, unixNano(e.At))
	b = binary.AppendUvarint(b, uint64(len(e.Labels)))
	for _, l := range e.Labels {
		b = appendString(appendString(b, l.Key), l.Value)
	}
	for m, n := range e.Usage.Vector() {
		if n != 0 {
			b = binary.AppendVarint(append(b, byte(m)), n)
		}
	}
	b = append(b, 0xff)
	if e.ReportedCost != nil {
		hi, lo := e.ReportedCost.Pico()
		b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, uint64(hi)), lo)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func unixNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// SortLabels sorts labels by key, as the ledger keeps them.
func SortLabels(l Labels) {
	slices.SortStableFunc(l, func(a, b Label) int { return cmp.Compare(a.Key, b.Key) })
}
