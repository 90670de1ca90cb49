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

// hashes of one entry's texts, kept between making ready and putting.
type hashes struct{ id, subject, session uint64 }

// hash hashes the ids, subjects and sessions of a chunk.
func (s *Store) hash(entries []store.Entry) {
	for i := range entries {
		e, h := &entries[i], &s.hashes[i]
		h.id, h.subject, h.session = maphash.String(s.seed, e.ID), 0, 0
		if e.Subject != "" {
			h.subject = maphash.String(s.seed, e.Subject)
		}
		if e.Session != "" {
			h.session = maphash.String(s.seed, e.Session)
		}
	}
}

// warm loads what will be looked at for a chunk that is hashed: slots first, then
// what they point to. In a large ledger each of these is a miss of all caches. Put
// entry by entry they are waited for one after the other, while the loops here have
// many under way at once: a third less time for a new event. Nothing depends on what
// they find.
func (s *Store) warm(entries []store.Entry) {
	var keys [chunk]uint64
	for i := range entries {
		source, _ := s.source(entries[i].Source)
		keys[i] = mix(s.hashes[i].id, source)
	}
	var warmth uint32
	for i := range entries {
		h := &s.hashes[i]
		warmth += s.index.touch(keys[i]) + s.subjects.ids.touch(h.subject) + s.texts.ids.touch(h.session)
	}
	var records, subjects, sessions [chunk]uint32
	for i := range entries {
		h := &s.hashes[i]
		records[i], subjects[i], sessions[i] = s.index.guess(keys[i]), s.subjects.ids.guess(h.subject), s.texts.ids.guess(h.session)
		warmth += s.subjects.word(subjects[i]).refs + s.texts.word(sessions[i]).refs + uint32(s.heads[subjects[i]])
		if records[i] != 0 {
			warmth += uint32(s.arena.record(loc(records[i]))[0])
		}
	}
	for i := range entries {
		if t := s.subjects.text(subjects[i]); t != "" {
			warmth += uint32(t[len(t)-1])
		}
		if t := s.texts.text(sessions[i]); t != "" {
			warmth += uint32(t[len(t)-1])
		}
		if head := s.heads[subjects[i]]; head != 0 {
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
