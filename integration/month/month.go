// Package month deals the events of a month, to measure stores with.
package month

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Month deals events of thirty days in the order of time, with ids as random as
// providers' are, of subjects that are busy by Zipf's law.
type Month struct {
	rand *rand.Rand
	zipf *rand.Zipf
	of   int // events
	next int
}

// New returns a month of so many events of at most so many subjects.
func New(events int, subjects uint64) *Month {
	r := rand.New(rand.NewPCG(7, 7))
	return &Month{rand: r, zipf: rand.NewZipf(r, 1.1, 20, subjects-1), of: events}
}

// Deal returns the next n events.
func (m *Month) Deal(n int) []store.Entry {
	r, start := m.rand, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	batch := make([]store.Entry, n)
	for i := range batch {
		who := m.zipf.Uint64()
		cost := pricing.FromPico(0, r.Uint64N(2e12))
		batch[i] = store.Entry{
			Event: store.Event{
				Source: "anthropic", ID: fmt.Sprintf("msg_%012x%012x", r.Uint64N(1<<48), r.Uint64N(1<<48)), Subject: fmt.Sprintf("user-%05d@example.com", who),
				Call: pricing.Call{Provider: "anthropic", Model: []string{"claude-opus-4-6", "claude-sonnet-4-6"}[r.IntN(2)],
					At:    start.Add(time.Duration(float64(m.next) / float64(m.of) * float64(30*24*time.Hour))),
					Usage: usage.Usage{Input: r.Int64N(5000), CacheRead: r.Int64N(100_000), CacheWrite5m: r.Int64N(9000), Output: r.Int64N(4000)}},
				Session: fmt.Sprintf("%08x-%d", who*2654435761, m.next/200_000), Team: fmt.Sprint("team-", who%100), Actor: store.Human, Trust: store.ClientLog,
			},
			Cost: cost, High: cost, Status: pricing.Priced, Activation: 1,
		}
		m.next++
	}
	return batch
}
