package memstore

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// A record is one version and its price. It begins with
//
//	next, prev  uint32  neighbours among the records of the subject, 0 none
//	at          int64   event time, nanoseconds since 1970
//	size        uint16  of the record, in granules
//	kind        byte    bit 0 void, the others trust
//
// and goes on with varints: source, the id with its length, subject, a mask
// of the optional fields and those set in it, a mask of the meters and their
// counts, and the price. Texts are numbers of the dictionary.
const (
	offNext = 0
	offPrev = 4
	offAt   = 8
	offSize = 16
	offKind = 18
	offBody = 19

	maxRecord = 8 << 10 // bytes, generously: see fits
)

// The texts of an event that are kept in the dictionary, in the order of
// their bits in the mask; the source is always there and has none.
const (
	textProvider = iota
	textModel
	textSession
	textTeam
	textTier
	textRegion
	textWorkflow
	textAccount
	textSpeed
	textSource
	textLabel

	numTexts
	numRecent = 16 // a power of two
	maskTexts = textSource
)

// The mask's bits beyond those of the texts.
const (
	hasRevision = 1 << (maskTexts + iota)
	hasActor
	hasFlags
	hasLabels
	hasReported
)

// Bits of the byte before the price.
const (
	priceStatus   = 0b011 // two bits
	priceHasHigh  = 0b100 // high differs from cost
	priceWideCost = 0b1000
	priceWideHigh = 0b10000
)

func texts(e *store.Event) [maskTexts]*string {
	return [maskTexts]*string{&e.Provider, &e.Model, &e.Session, &e.Team, &e.Tier, &e.Region, &e.Workflow, &e.Account, &e.Speed}
}

// unixNano is the event time as records keep it. No valid event is of 1970,
// so that 0 stands for no time.
func unixNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func timeOf(nano int64) time.Time {
	if nano == 0 {
		return time.Time{}
	}
	return time.Unix(0, nano).UTC()
}

// fits reports what would make a record too long for a block. No valid event
// comes near.
func fits(e *store.Event) error {
	if len(e.ID) > 4<<10 {
		return &store.EventError{Key: e.Key(), Field: "id", Reason: fmt.Sprintf("is %d bytes long, want at most %d", len(e.ID), store.MaxText)}
	}
	if len(e.Labels) > 64 {
		return &store.EventError{Key: e.Key(), Field: "labels", Reason: fmt.Sprintf("are %d, want at most %d", len(e.Labels), store.MaxLabels)}
	}
	return nil
}

// write appends a version's record to the arena and links it to its subject.
func (s *Store) write(e *store.Entry, h *hashes) loc {
	views := s.views.Load()
	var subject uint32
	if e.Subject != "" {
		subject = s.subjects.takeHashed(e.Subject, h.subject, views)
		if int(subject) == len(s.heads) {
			s.heads = append(s.heads, 0)
		}
	}
	s.scratch = s.encode(s.scratch[:0], e, h, subject, views)
	at := unixNano(e.At)
	l := s.arena.add(s.scratch, at, views)
	s.link(l, subject)
	return l
}

func (s *Store) encode(b []byte, e *store.Entry, h *hashes, subject uint32, views uint64) []byte {
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(unixNano(e.At)))
	kind := byte(e.Trust) << 1
	if e.Void {
		kind |= 1
	}
	b = append(b, 0, 0, kind)

	b = binary.AppendUvarint(b, uint64(s.take(textSource, e.Source, views)))
	b = binary.AppendUvarint(b, uint64(len(e.ID)))
	b = append(b, e.ID...)
	b = binary.AppendUvarint(b, uint64(subject))
	b = s.encodeTexts(b, e, h, views)
	if e.Revision != 0 {
		b = binary.AppendUvarint(b, uint64(e.Revision))
	}
	if e.Actor != 0 {
		b = append(b, byte(e.Actor))
	}
	if e.Flags != 0 {
		b = append(b, byte(e.Flags))
	}
	if len(e.Labels) != 0 {
		b = binary.AppendUvarint(b, uint64(len(e.Labels)))
		for _, l := range e.Labels {
			b = binary.AppendUvarint(b, uint64(s.take(textLabel, l.Key, views)))
			b = binary.AppendUvarint(b, uint64(s.take(textLabel, l.Value, views)))
		}
	}
	if e.ReportedCost != nil {
		b = appendMoney(b, *e.ReportedCost)
	}
	b = appendUsage(b, &e.Usage)
	b = appendPrice(b, e)
	for len(b)%granule != 0 {
		b = append(b, 0)
	}
	binary.LittleEndian.PutUint16(b[offSize:], uint16(len(b)/granule))
	return b
}

func (s *Store) encodeTexts(b []byte, e *store.Entry, h *hashes, views uint64) []byte {
	var mask uint64
	fields := texts(&e.Event)
	for i, t := range fields {
		if *t != "" {
			mask |= 1 << i
		}
	}
	set := mask
	if e.Revision != 0 {
		mask |= hasRevision
	}
	if e.Actor != 0 {
		mask |= hasActor
	}
	if e.Flags != 0 {
		mask |= hasFlags
	}
	if len(e.Labels) != 0 {
		mask |= hasLabels
	}
	if e.ReportedCost != nil {
		mask |= hasReported
	}
	b = binary.AppendUvarint(b, mask)
	for ; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		var id uint32
		if i == textSession {
			id = s.texts.takeHashed(e.Session, h.session, views)
		} else {
			id = s.take(i, *fields[i], views)
		}
		b = binary.AppendUvarint(b, uint64(id))
	}
	return b
}

func appendUsage(b []byte, u *usage.Usage) []byte {
	v := u.Vector()
	var mask uint64
	for m, n := range v {
		if n != 0 {
			mask |= 1 << m
		}
	}
	b = binary.AppendUvarint(b, mask)
	for ; mask != 0; mask &= mask - 1 {
		b = binary.AppendUvarint(b, uint64(v[bits.TrailingZeros64(mask)]))
	}
	return b
}

func appendPrice(b []byte, e *store.Entry) []byte {
	head := len(b)
	b = append(b, byte(e.Status)&priceStatus)
	b = binary.AppendUvarint(b, uint64(e.Activation))
	var wide bool
	if b, wide = appendAmount(b, e.Cost); wide {
		b[head] |= priceWideCost
	}
	if e.High != e.Cost {
		b[head] |= priceHasHigh
		if b, wide = appendAmount(b, e.High); wide {
			b[head] |= priceWideHigh
		}
	}
	return b
}

// appendAmount writes an amount of less than nine million as a varint.
func appendAmount(b []byte, m pricing.Money) ([]byte, bool) {
	hi, lo := m.Pico()
	if hi == int64(lo)>>63 {
		return binary.AppendVarint(b, int64(lo)), false
	}
	return appendMoney(b, m), true
}

func appendMoney(b []byte, m pricing.Money) []byte {
	hi, lo := m.Pico()
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, uint64(hi)), lo)
}

// reader walks over a record this package wrote.
type reader struct{ b []byte }

func (r *reader) uvarint() uint64 {
	if c := r.b[0]; c < 0x80 {
		r.b = r.b[1:]
		return uint64(c)
	}
	v, n := binary.Uvarint(r.b)
	r.b = r.b[n:]
	return v
}

func (r *reader) byte() byte {
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) bytes(n uint64) []byte {
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) money() pricing.Money {
	b := r.bytes(16)
	return pricing.FromPico(int64(binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint64(b[8:]))
}

func (r *reader) amount(wide bool) pricing.Money {
	if wide {
		return r.money()
	}
	v, n := binary.Varint(r.b)
	r.b = r.b[n:]
	return pricing.FromPico(v>>63, uint64(v))
}

func recordAt(rec []byte) int64  { return int64(binary.LittleEndian.Uint64(rec[offAt:])) }
func recordVoid(rec []byte) bool { return rec[offKind]&1 != 0 }

// recordKey returns a record's source and id, and a reader at its subject.
func recordKey(rec []byte) (source uint32, id []byte, rest reader) {
	rest = reader{rec[offBody:]}
	source = uint32(rest.uvarint())
	id = rest.bytes(rest.uvarint())
	return source, id, rest
}

// names are the dictionaries as one view saw them.
type names struct{ texts, subjects []*page }

func (s *Store) names() names { return names{s.texts.pages, s.subjects.pages} }

func (s *Store) decode(rec []byte, e *store.Entry, id string) { s.names().decode(rec, e, id) }

// decode fills a zero entry from a record. The caller gives the id as a
// string if it has it; an empty one is taken from the record.
func (n names) decode(rec []byte, e *store.Entry, id string) {
	source, rawID, r := recordKey(rec)
	if id == "" {
		id = string(rawID)
	}
	kind := rec[offKind]
	e.Source, e.ID = textAt(n.texts, source), id
	e.Void, e.Trust = kind&1 != 0, store.Trust(kind>>1)
	e.At = timeOf(recordAt(rec))
	e.Subject = textAt(n.subjects, uint32(r.uvarint()))

	mask := r.uvarint()
	fields := texts(&e.Event)
	for set := mask & (1<<maskTexts - 1); set != 0; set &= set - 1 {
		*fields[bits.TrailingZeros64(set)] = textAt(n.texts, uint32(r.uvarint()))
	}
	if mask&hasRevision != 0 {
		e.Revision = int64(r.uvarint())
	}
	if mask&hasActor != 0 {
		e.Actor = store.Actor(r.byte())
	}
	if mask&hasFlags != 0 {
		e.Flags = store.Flags(r.byte())
	}
	if mask&hasLabels != 0 {
		e.Labels = make(store.Labels, r.uvarint())
		for i := range e.Labels {
			e.Labels[i].Key = textAt(n.texts, uint32(r.uvarint()))
			e.Labels[i].Value = textAt(n.texts, uint32(r.uvarint()))
		}
	}
	if mask&hasReported != 0 {
		m := r.money()
		e.ReportedCost = &m
	}
	for meters := r.uvarint(); meters != 0; meters &= meters - 1 {
		e.Usage.Set(usage.Meter(bits.TrailingZeros64(meters)), int64(r.uvarint()))
	}

	price := r.byte()
	e.Status = pricing.Status(price & priceStatus)
	e.Activation = int64(r.uvarint())
	e.Cost = r.amount(price&priceWideCost != 0)
	e.High = e.Cost
	if price&priceHasHigh != 0 {
		e.High = r.amount(price&priceWideHigh != 0)
	}
}

// release gives back the texts a record mentions.
func (s *Store) release(rec []byte, views uint64) {
	source, _, r := recordKey(rec)
	s.texts.release(source, views)
	s.subjects.release(uint32(r.uvarint()), views)
	mask := r.uvarint()
	for set := mask & (1<<maskTexts - 1); set != 0; set &= set - 1 {
		s.texts.release(uint32(r.uvarint()), views)
	}
	if mask&hasLabels == 0 {
		return
	}
	if mask&hasRevision != 0 {
		r.uvarint()
	}
	if mask&hasActor != 0 {
		r.byte()
	}
	if mask&hasFlags != 0 {
		r.byte()
	}
	for range 2 * r.uvarint() {
		s.texts.release(uint32(r.uvarint()), views)
	}
}
