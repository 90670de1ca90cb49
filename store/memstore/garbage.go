package memstore

// kill takes a record that no longer counts out of everything but the index,
// which knows of its successor already.
func (s *Store) kill(l loc) {
	s.discard(l)
	s.tidy(l.block())
}

// discard takes a record out of everything but the index and leaves it as
// garbage.
func (s *Store) discard(l loc) {
	views := s.views.Load()
	rec := s.arena.record(l)
	s.unlink(rec)
	s.release(rec, views)
	s.arena.kill(l, views)
}

// tidy empties a block that became wasteful, because records of it died or
// it is no longer the tail.
func (s *Store) tidy(n int) {
	if s.arena.wasteful(n) {
		s.empty(n, s.views.Load())
	}
}

// empty moves what still counts in a block to the tail and drops the block.
func (s *Store) empty(n int, views uint64) {
	b := s.arena.blocks[n]
	for off := 0; off < b.used; {
		rec := b.record(off)
		if !isDead(b.dead, off) {
			to := s.arena.add(rec, recordAt(rec), views)
			s.relink(rec, to)
			s.index.move(s.keyHash(rec), uint32(makeLoc(n, off)), uint32(to))
		}
		off += len(rec)
	}
	s.arena.drop(n, views)
}
