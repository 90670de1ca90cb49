package memstore

import "encoding/binary"

// The records of a subject form a list, newest first, that holds only those
// that count. It is linked both ways, so that a record can leave it, or move,
// without walking it.

func next(rec []byte) loc       { return loc(binary.LittleEndian.Uint32(rec[offNext:])) }
func prev(rec []byte) loc       { return loc(binary.LittleEndian.Uint32(rec[offPrev:])) }
func setNext(rec []byte, l loc) { binary.LittleEndian.PutUint32(rec[offNext:], uint32(l)) }
func setPrev(rec []byte, l loc) { binary.LittleEndian.PutUint32(rec[offPrev:], uint32(l)) }

// link puts a new record at the head of its subject's list.
func (s *Store) link(l loc, subject uint32) {
	head := s.heads[subject]
	if head != 0 {
		setNext(s.arena.links(l), head)
		setPrev(s.arena.links(head), l)
	}
	s.heads[subject] = l
}

// unlink takes a record out of its subject's list.
func (s *Store) unlink(rec []byte) {
	before, after := prev(rec), next(rec)
	if before != 0 {
		setNext(s.arena.record(before), after)
	} else {
		s.heads[recordSubject(rec)] = after
	}
	if after != 0 {
		setPrev(s.arena.record(after), before)
	}
}

// relink puts a record that moved in its old place of the list.
func (s *Store) relink(rec []byte, to loc) {
	if before := prev(rec); before != 0 {
		setNext(s.arena.record(before), to)
	} else {
		s.heads[recordSubject(rec)] = to
	}
	if after := next(rec); after != 0 {
		setPrev(s.arena.record(after), to)
	}
}
