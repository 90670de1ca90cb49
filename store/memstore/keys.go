package memstore

import (
	"hash/maphash"

	"github.com/tokenomics-go/tokenomics/store"
)

// chunk is how many entries of a batch are made ready together, numRecent how
// many texts of a field are noted: a power of two.
const (
	chunk     = 64
	numRecent = 16
)

// ready is what is known of an entry before it is put: the hashes of its key, subject
// and session, and the numbers that the two texts have most likely.
type ready struct {
	source               uint32 // the number of its source,
	known                bool   // if that has one
	id, key              uint64 // hashes; key is that of the key if the source is known
	subject, session     uint64
	subjectNo, sessionNo uint32
}

// hash makes a chunk ready but for the guesses.
func (s *Store) hash(entries []store.Entry) {
	for i := range entries {
		e, r := &entries[i], &s.ready[i]
		if i > 0 && e.Source == entries[i-1].Source {
			r.source, r.known = s.ready[i-1].source, s.ready[i-1].known
		} else {
			r.source, r.known = s.source(e.Source)
		}
		r.id = maphash.String(s.seed, e.ID)
		r.key = mix(r.id, r.source)
		r.subject, r.session, r.subjectNo, r.sessionNo = 0, 0, 0, 0
		if e.Subject != "" {
			r.subject = maphash.String(s.seed, e.Subject)
		}
		if e.Session != "" {
			r.session = maphash.String(s.seed, e.Session)
		}
	}
}

// warm loads what will be looked at for a chunk that is hashed: slots first, then
// what they point to. In a large ledger each of these is a miss of all caches. Put
// entry by entry they are waited for one after the other, while the loops here have
// many under way at once: a third less time for a new event. Nothing depends on what
// they find but where a text is looked for first.
func (s *Store) warm(entries []store.Entry) {
	var warmth uint32
	all := s.ready[:len(entries)]
	for i := range all {
		r := &all[i]
		warmth += s.index.touch(r.key) + s.subjects.ids.touch(r.subject) + s.texts.ids.touch(r.session)
	}
	var records [chunk]uint32
	for i := range all {
		r := &all[i]
		records[i] = s.index.guess(r.key)
		r.subjectNo, r.sessionNo = s.subjects.ids.guess(r.subject), s.texts.ids.guess(r.session)
		warmth += s.subjects.word(r.subjectNo).refs + s.texts.word(r.sessionNo).refs + uint32(s.heads[r.subjectNo])
		if records[i] != 0 {
			warmth += uint32(s.arena.record(loc(records[i]))[0])
		}
	}
	for i := range all {
		r := &all[i]
		if t := s.subjects.text(r.subjectNo); t != "" {
			warmth += uint32(t[len(t)-1])
		}
		if t := s.texts.text(r.sessionNo); t != "" {
			warmth += uint32(t[len(t)-1])
		}
		if head := s.heads[r.subjectNo]; head != 0 {
			warmth += uint32(s.arena.record(head)[0])
		}
	}
	s.warmth = warmth
}

// source returns the number of a source that is known.
func (s *Store) source(text string) (uint32, bool) {
	if id := *s.recent(textSource, text); s.texts.text(id) == text {
		return id, true
	}
	return s.texts.find(text)
}

// recent is where the number of a text of some field was noted when it was
// last met. A field has few texts at a time, so most are found here.
func (s *Store) recent(field int, text string) *uint32 {
	i := uint(len(text))
	if i > 0 {
		i += uint(text[i-1]) * 7
	}
	return &s.recents[field][i%numRecent]
}

// mix is the hash of a key, of that of its id and the number of its source.
func mix(hash uint64, source uint32) uint64 {
	hash ^= uint64(source) * 0x9e3779b97f4a7c15
	hash ^= hash >> 32
	hash *= 0xd6e8feb86659fd93
	return hash ^ hash>>32
}

// keyHash returns the hash of a record's key.
func (s *Store) keyHash(rec []byte) uint64 {
	source, id := recordKey(rec)
	return mix(maphash.Bytes(s.seed, id), source)
}

// find returns the location of a key's record, 0 for none.
func (s *Store) find(source uint32, id string, hash uint64) loc {
	p := s.index.part(hash)
	if p.n == 0 {
		return 0
	}
	mask := len(p.slots) - 1
	for i := int(uint32(hash)) & mask; p.slots[i] != 0; i = (i + 1) & mask {
		if uint32(p.slots[i]>>32) != uint32(hash) {
			continue
		}
		l := loc(p.slots[i])
		if recSource, recID := recordKey(s.arena.record(l)); recSource == source && string(recID) == id {
			return l
		}
	}
	return 0
}

// lookup returns the location of a key's record, 0 for none.
func (s *Store) lookup(k store.Key) loc {
	source, ok := s.texts.find(k.Source)
	if !ok {
		return 0
	}
	return s.find(source, k.ID, mix(maphash.String(s.seed, k.ID), source))
}
