package tokenomics

import (
	"iter"
	"sync/atomic"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// Stats accounts for every event an engine was given since it was made, and says
// how it is. It describes arrivals, not state, so it is in no snapshot.
type Stats struct {
	Events   int64                    // inputs that got a receipt
	ByStatus [store.NumStatuses]int64 // their statuses; sums to Events
	Unknown  int64                    // inputs of batches whose write failed: retry them

	Subjects int           // subjects ever seen by a board
	Boards   int           // boards kept,
	Segments int           // segments of them,
	Broken   int           // and how many of both are not to be trusted
	Rebuilds int64         // how often the boards were made of the ledger, the start included
	BookAge  time.Duration // how old the newest sheet of the price book is; negative: it has no date
	Position int64         // of the boards in the store's feed; 0 without one
}

// Of returns how many events got a status.
func (s Stats) Of(st Status) int64 { return s.ByStatus[st] }

// Gauges yields every figure under a name that never changes, for a host to
// expose in its own metrics: events, events_accepted, events_superseding and so
// on for each status, events_unknown, subjects, boards, segments, boards_broken,
// rebuilds, book_age_seconds (-1: not known) and feed_position. The order is
// fixed; names may be added. The figures of the statuses sum to events.
func (s Stats) Gauges() iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		if !yield("events", s.Events) {
			return
		}
		for st := Accepted; int(st) < store.NumStatuses; st++ {
			if !yield("events_"+st.String(), s.ByStatus[st]) {
				return
			}
		}
		age := int64(s.BookAge / time.Second)
		if s.BookAge < 0 {
			age = -1
		}
		for _, g := range [...]struct {
			name string
			n    int64
		}{
			{"events_unknown", s.Unknown}, {"subjects", int64(s.Subjects)}, {"boards", int64(s.Boards)}, {"segments", int64(s.Segments)},
			{"boards_broken", int64(s.Broken)}, {"rebuilds", s.Rebuilds}, {"book_age_seconds", age}, {"feed_position", s.Position},
		} {
			if !yield(g.name, g.n) {
				return
			}
		}
	}
}

type counters struct {
	byStatus [store.NumStatuses]atomic.Int64
	unknown  atomic.Int64
	rebuilds atomic.Int64
}

// count counts the statuses of a batch: each counter is touched once.
func (c *counters) count(receipts []Receipt) {
	if len(receipts) == 1 {
		c.byStatus[receipts[0].Status].Add(1)
		return
	}
	var n [store.NumStatuses]int64
	for i := range receipts {
		n[receipts[i].Status]++
	}
	for s, n := range n {
		if n != 0 {
			c.byStatus[s].Add(n)
		}
	}
}

// Stats returns the counters as they are now.
func (e *Engine) Stats() Stats {
	var s Stats
	for i := range e.counters.byStatus {
		n := e.counters.byStatus[i].Load()
		s.ByStatus[i] = n
		s.Events += n
	}
	s.Unknown = e.counters.unknown.Load()
	s.Rebuilds = e.counters.rebuilds.Load()
	s.BookAge = e.bookAge(e.now().UTC())
	s.Position = e.feed.pos.Load()
	e.mu.RLock()
	defer e.mu.RUnlock()
	s.Subjects, s.Boards = e.names.Len(), len(e.boards)
	for _, b := range e.boards {
		if b.err != nil {
			s.Broken++
		}
		for i := range b.segments {
			s.Segments += len(b.segments[i].boards)
			for _, seg := range b.segments[i].boards {
				if seg.err != nil {
					s.Broken++
				}
			}
		}
	}
	return s
}
