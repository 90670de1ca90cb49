package memstore

import (
	"encoding/binary"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
)

// A record is one version and its price, in a block:
//
//	next, prev  uint32  neighbors among the records of the subject, 0 none
//	at          int64   event time, nanoseconds since 1970
//	size        uint16  of the record, in granules
//	kind        byte    bit 0 void, the others trust
//	body                see appendBody
const (
	offNext = 0
	offPrev = 4
	offAt   = 8
	offSize = 16
	offKind = 18
	offBody = 19

	maxRecord = 8 << 10 // bytes, generously: see fits
	maxText   = 4 << 10
	maxLabels = 64
)

// fits reports what would make a record too long for a block. No valid event
// comes near.
func fits(e *store.Event) error {
	if len(e.Source)|len(e.ID)|len(e.Subject)|len(e.Provider)|len(e.Model)|len(e.Account)|len(e.Tier)|len(e.Speed)|
		len(e.Region)|len(e.Session)|len(e.Workflow)|len(e.Team) < maxText && len(e.Labels) <= maxLabels {
		return nil // each is
	}
	for _, t := range [...]string{e.Source, e.ID, e.Subject, e.Provider, e.Model, e.Account, e.Tier, e.Speed, e.Region, e.Session, e.Workflow, e.Team} {
		if len(t) > maxText {
			return &store.EventError{Key: e.Key(), Field: "texts", Reason: fmt.Sprintf("one is %d bytes long, want at most %d", len(t), store.MaxText)}
		}
	}
	if len(e.Labels) > maxLabels {
		return &store.EventError{Key: e.Key(), Field: "labels", Reason: fmt.Sprintf("are %d, want at most %d", len(e.Labels), store.MaxLabels)}
	}
	return nil
}

func kind(e *store.Event) byte {
	k := byte(e.Trust) << 1
	if e.Void {
		k |= 1
	}
	return k
}

func setKind(e *store.Event, k byte) { e.Void, e.Trust = k&1 != 0, store.Trust(k>>1) }

// write appends a version's record to the arena and links it to its subject.
func (s *Store) write(e *store.Entry, r *ready) loc {
	s.taking = taking{store: s, ready: r, views: s.views.Load()}
	at := unixNano(e.At)
	b := append(s.scratch[:0], 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(at))
	b = append(b, 0, 0, kind(&e.Event))
	b = appendBody(b, e, &s.taking)
	for len(b)%granule != 0 {
		b = append(b, 0)
	}
	binary.LittleEndian.PutUint16(b[offSize:], uint16(len(b)/granule))
	s.scratch = b
	l := s.arena.add(b, at, s.taking.views)
	s.link(l, s.taking.subject)
	return l
}

// taking gives out the numbers of the dictionaries to one record, and counts
// the mentions.
type taking struct {
	store   *Store
	ready   *ready
	views   uint64
	subject uint32 // the number of the record's subject
}

func (t *taking) number(field int, text string) uint32 {
	s := t.store
	if field == textSubject {
		t.subject = 0
		if text != "" {
			t.subject = s.subjects.take(text, t.ready.subject, t.ready.subjectNo, t.views)
			if int(t.subject) == len(s.heads) {
				s.heads = append(s.heads, 0)
			}
		}
		return t.subject
	}
	switch {
	case text == "":
		return 0
	case field == textSource && t.ready.known:
		s.texts.word(t.ready.source).refs++
		return t.ready.source
	case field == textSession:
		return s.texts.take(text, t.ready.session, t.ready.sessionNo, t.views)
	}
	recent := s.recent(field, text)
	if w := s.texts.word(*recent); w.text == text {
		w.refs++
	} else {
		*recent = s.texts.take(text, s.texts.hash(text), 0, t.views)
	}
	return *recent
}

func recordAt(rec []byte) int64  { return int64(binary.LittleEndian.Uint64(rec[offAt:])) }
func recordVoid(rec []byte) bool { return rec[offKind]&1 != 0 }

// recordKey returns the number of a record's source and its id.
func recordKey(rec []byte) (source uint32, id []byte) {
	r := reader{b: rec[offBody:]}
	return r.key()
}

func recordSubject(rec []byte) uint32 {
	r := reader{b: rec[offBody:]}
	r.key()
	return uint32(r.uvarint())
}

// decode fills a zero entry from a record.
func decode(rec []byte, e *store.Entry, id string, t texter) {
	e.At = timeOf(recordAt(rec))
	setKind(&e.Event, rec[offKind])
	r := reader{b: rec[offBody:]}
	r.entry(e, id, t)
}

// text makes a Store the texter of its records, to holders of the lock.
func (s *Store) text(field int, number uint32) string {
	if field == textSubject {
		return s.subjects.text(number)
	}
	return s.texts.text(number)
}

// release gives back the texts a record mentions.
func (s *Store) release(rec []byte, views uint64) {
	var e store.Entry
	r := releasing{s, views}
	decode(rec, &e, "-", &r)
}

// releasing counts down the mentions of the texts it is asked for.
type releasing struct {
	store *Store
	views uint64
}

func (r *releasing) text(field int, number uint32) string {
	if field == textSubject {
		r.store.subjects.release(number, r.views)
	} else {
		r.store.texts.release(number, r.views)
	}
	return ""
}
