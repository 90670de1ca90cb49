package tiers

import (
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Facts is what is known of one subject in one window as of one instant. An
// [Accumulator] fills it; Subject, Rank, Population, Held and Book are set by
// who knows them, the engine. Facts are read only: gates share them.
type Facts struct {
	Subject string
	AsOf    time.Time
	Lens    Lens
	First   Day // first day of the window; of all time, the first active day
	Last    Day // last day of the window that has begun, inclusive

	Usage         usage.Usage   // sums by meter; Requests holds Calls
	Cost          pricing.Money // of what is priced
	Unpriced      int64         // events without a full price: Cost is a lower bound if there are any
	Saving        pricing.Money // net saving of caches, of the events where it is known
	SavingUnknown int64         // events whose saving is not known

	Events          int64
	Calls           int64 // an event may be the sum of several calls
	AutomationCalls int64
	FirstAt, LastAt time.Time // of the events in the window; zero if there are none

	Days      []DayFacts     // active days, ascending
	Hours     [24]int64      // calls by hour of the day, in the window's zone
	Models    []ModelFacts   // by provider, then model
	Providers int            // how many different providers
	Sessions  int            // how many different sessions, those without a name as one
	Workflows int            // how many different named workflows
	Longest   []SessionFacts // the longest session for each idle gap that was asked for

	Counters map[string]int64 // the host's own counts in the window

	Rank       map[string]int // by board; a board that is in Population only: not ranked
	Population map[string]int // by board: how many are ranked

	Held map[string]int // by rule id: the level held, for prerequisites
	Book string         // version of the price book the costs come from

	Decided time.Time // when the host decides, by its clock; copied to transitions, kept in no state
}

// DayFacts is one active day.
type DayFacts struct {
	Day        Day
	Events     int64
	Calls      int64
	Tokens     int64
	Fresh      int64
	Generated  int64
	Prompt     int64
	CacheReads int64
	Cost       pricing.Money
	Saving     pricing.Money
}

// ModelFacts is one model of one provider.
type ModelFacts struct {
	Provider, Model string
	Calls           int64
	Tokens          int64
	Cost            pricing.Money // a lower bound while Unpriced is not 0
	Unpriced        int64         // events without a full price
}

// SessionFacts is a stretch of continuous work: calls of one session, each at
// most Idle after the one before it. A single call has length 0.
type SessionFacts struct {
	Idle     time.Duration
	Session  string // its name; empty also where facts were kept without names: see Is
	From, To time.Time

	hash uint64
}

// Is reports whether the stretch is of the session with a name. Facts that were
// kept know it even where Session is empty.
func (s *SessionFacts) Is(name string) bool { return s.hash == nameHash(name) }

// Length is the time from the first call to the last.
func (s SessionFacts) Length() time.Duration { return s.To.Sub(s.From) }

// ranked returns the place on a board. known is false if the board was not
// looked at; rank is 0 for a subject that has no place on it.
func (f *Facts) ranked(board string) (rank, population int, known bool) {
	rank, ok := f.Rank[board]
	population, ok2 := f.Population[board]
	return rank, population, ok || ok2
}

// Percentile returns the share of a board's population that stands no better
// than the subject, itself included: 1 for rank 1. It is false without a rank
// or a population.
func (f *Facts) Percentile(board string) (Fraction, bool) {
	rank, population, _ := f.ranked(board)
	if rank < 1 || population < rank {
		return Fraction{}, false
	}
	return Fraction{int64(population - rank + 1), int64(population)}, true
}

// longest returns the longest session for an idle gap; false if the facts
// were not gathered for that gap. A subject without events has a session of
// length 0.
func (f *Facts) longest(idle time.Duration) (*SessionFacts, bool) {
	for i := range f.Longest {
		if f.Longest[i].Idle == idle {
			return &f.Longest[i], true
		}
	}
	return nil, false
}
