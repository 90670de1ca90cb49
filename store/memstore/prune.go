package memstore

import (
	"context"
	"math"
	"time"
)

// Prune implements [store.Pruner]. It takes the lock for one block at a time:
// a scan that begins meanwhile may see a part of the old keys gone.
func (s *Store) Prune(ctx context.Context, before time.Time) (int64, error) {
	limit := clampNano(before)
	var pruned int64
	for {
		if err := ctx.Err(); err != nil {
			return pruned, err
		}
		found, more := s.pruneBlock(limit)
		pruned += found
		if !more {
			return pruned, nil
		}
	}
}

// pruneBlock forgets the old keys of one block that may have some, and reports
// whether there was one. It looks through all blocks each time, as records may
// have moved since.
func (s *Store) pruneBlock(limit int64) (pruned int64, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, b := range s.arena.blocks {
		if b == nil || b.minAt >= limit {
			continue
		}
		b.minAt = math.MaxInt64
		for off := 0; off < b.used; {
			rec := b.record(off)
			if !isDead(b.dead, off) {
				if at := recordAt(rec); at >= limit {
					b.minAt = min(b.minAt, at)
				} else {
					s.index.remove(s.keyHash(rec), uint32(makeLoc(n, off)))
					s.discard(makeLoc(n, off))
					pruned++
				}
			}
			off += len(rec)
		}
		s.tidy(n)
		return pruned, true
	}
	return 0, false
}
