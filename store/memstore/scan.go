package memstore

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"math"
	"slices"

	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// Scan implements [store.Store]. It sorts what the query selects, which takes
// 16 bytes an entry for as long as the scan runs.
func (s *Store) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(store.Entry{}, err)
			return
		}
		s.view(q).yield(ctx, yield)
	}
}

// yield hands over what a view has, until the caller has enough.
func (v *view) yield(ctx context.Context, yield func(store.Entry, error) bool) {
	for i, h := range v.hits {
		if i%256 == 255 {
			if err := ctx.Err(); err != nil {
				yield(store.Entry{}, err)
				return
			}
		}
		var e store.Entry
		decode(v.record(h.loc), &e, "", v)
		if !yield(e, nil) {
			return
		}
	}
}

// view is what a scan needs of one state of the store, to be read without the
// lock: nothing in it is overwritten as long as it is held.
type view struct {
	texts, subjects []*page
	blocks          []*block
	hits            []hit
}

type hit struct {
	at  int64
	loc loc
}

func (v *view) text(field int, number uint32) string {
	if field == textSubject {
		return textAt(v.subjects, number)
	}
	return textAt(v.texts, number)
}

func (v *view) record(l loc) []byte { return v.blocks[l.block()].record(l.offset()) }

// view takes a view of what the query selects, in the order of scans.
func (s *Store) view(q store.Query) *view {
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.From.IsZero() {
		from = clampNano(q.From)
	}
	if !q.To.IsZero() {
		to = clampNano(q.To)
	}
	var v *view
	if q.Subject != "" {
		v = s.subjectView(q.Subject, from, to, q.Voids)
	} else {
		v = s.fullView(from, to, q.Voids)
	}
	v.sort()
	return v
}

// subjectView walks the list of one subject under the lock.
func (s *Store) subjectView(subject string, from, to int64, voids bool) *view {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v := s.emptyView()
	id, ok := s.subjects.find(subject)
	if !ok {
		return v
	}
	v.hits = make([]hit, 0, s.subjects.word(id).refs)
	for l := s.heads[id]; l != 0; {
		rec := s.arena.record(l)
		if at := recordAt(rec); at >= from && at < to && (voids || !recordVoid(rec)) {
			v.hits = append(v.hits, hit{at, l})
		}
		l = next(rec)
	}
	return v
}

// span is the part of a block that a view reads.
type span struct {
	number int
	block  *block
	used   int
	dead   []uint64
}

// fullView notes the blocks under the lock and reads them without it.
func (s *Store) fullView(from, to int64, voids bool) *view {
	s.mu.RLock()
	v, spans := s.spans(from, to)
	s.mu.RUnlock()
	v.collect(spans, from, to, voids)
	return v
}

// spans notes the blocks that may hold events of a time. The lock is held.
func (s *Store) spans(from, to int64) (*view, []span) {
	v := s.emptyView()
	spans := make([]span, 0, len(v.blocks))
	for i, b := range v.blocks {
		if b != nil && b.used > 0 && b.maxAt >= from && b.minAt < to {
			spans = append(spans, span{i, b, b.used, b.dead})
		}
	}
	return v, spans
}

// collect finds the records of a time in the blocks noted.
func (v *view) collect(spans []span, from, to int64, voids bool) {
	for _, sp := range spans {
		for off := 0; off < sp.used; {
			rec := sp.block.record(off)
			if at := recordAt(rec); at >= from && at < to && (voids || !recordVoid(rec)) && !isDead(sp.dead, off) {
				v.hits = append(v.hits, hit{at, makeLoc(sp.number, off)})
			}
			off += len(rec)
		}
	}
}

func (s *Store) emptyView() *view {
	s.views.Add(1) // from here on, what the view may hold is copied before it changes
	return &view{texts: s.texts.pages, subjects: s.subjects.pages, blocks: s.arena.blocks}
}

// sort orders the hits by time, then source, then id.
func (v *view) sort() {
	less := func(a, b hit) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		sourceA, idA := recordKey(v.record(a.loc))
		sourceB, idB := recordKey(v.record(b.loc))
		if sourceA != sourceB {
			return strings.Compare(textAt(v.texts, sourceA), textAt(v.texts, sourceB))
		}
		return bytes.Compare(idA, idB)
	}
	if !slices.IsSortedFunc(v.hits, less) {
		slices.SortFunc(v.hits, less)
	}
}

// clampNano is t in nanoseconds since 1970, or the nearest that an int64 can
// say.
func clampNano(t time.Time) int64 {
	switch sec := t.Unix(); {
	case sec > math.MaxInt64/int64(time.Second)-1:
		return math.MaxInt64
	case sec < math.MinInt64/int64(time.Second)+1:
		return math.MinInt64
	}
	return t.UnixNano()
}
