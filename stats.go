package tokenomics

import (
	"sync/atomic"

	"github.com/tokenomics-go/tokenomics/store"
)

// Stats accounts for every event an engine was given since it was made. It
// describes arrivals, not state, so it is in no snapshot.
type Stats struct {
	Events   int64                    // inputs that got a receipt
	ByStatus [store.NumStatuses]int64 // their statuses; sums to Events
	Unknown  int64                    // inputs of batches whose write failed: retry them
	Subjects int                      // subjects ever seen by a board
}

// Of returns how many events got a status.
func (s Stats) Of(st Status) int64 { return s.ByStatus[st] }

type counters struct {
	byStatus [store.NumStatuses]atomic.Int64
	unknown  atomic.Int64
}

// count counts the statuses of a batch: each counter is touched once.
func (c *counters) count(receipts []Receipt) {
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
	e.mu.RLock()
	s.Subjects = e.names.Len()
	e.mu.RUnlock()
	return s
}
