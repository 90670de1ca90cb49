package store

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// By is what [Aggregator.Sum] groups by.
type By string

// The dimensions. A day is a UTC day, such as "2026-11-15".
const (
	BySubject  By = "subject"
	ByTeam     By = "team"
	ByWorkflow By = "workflow"
	BySession  By = "session"
	ByModel    By = "model"
	ByProvider By = "provider"
	ByDay      By = "day"
)

// Of returns an event's key in a dimension; false for an unknown dimension.
func (b By) Of(e *Event) (string, bool) {
	switch b {
	case BySubject:
		return e.Subject, true
	case ByTeam:
		return e.Team, true
	case ByWorkflow:
		return e.Workflow, true
	case BySession:
		return e.Session, true
	case ByModel:
		return e.Model, true
	case ByProvider:
		return e.Provider, true
	case ByDay:
		return e.At.Format(time.DateOnly), true
	}
	return "", false
}

// Aggregator adds up in the store what a caller would add up over a Scan, and
// is quicker.
type Aggregator interface {
	// Sum yields the sums of the entries a query selects, one for each
	// combination of keys of the dimensions, sorted by the bytes of the first
	// key, then the second and so on. They equal what adding up a Scan with
	// [Sum.Add] gives. Without dimensions there is one sum, of everything,
	// unless nothing was selected.
	//
	// If head is not nil, *head is set to the position of the state that is
	// seen, as by [Follower.ScanAt], or to 0 in a store without a feed. On an
	// error, also of a sum that does not fit, the error is yielded once, last.
	//
	// Sums by day and subject over whole days are what an engine reopens from;
	// stores may keep them ready.
	Sum(ctx context.Context, q Query, head *int64, by ...By) iter.Seq2[Sum, error]
}

// Sum adds up the entries of one combination of keys.
type Sum struct {
	Keys     []string // in the order of the dimensions; not good beyond the step of the loop
	Events   int64
	Usage    usage.Usage   // Requests is the sum of usage.Usage.Calls
	Cost     pricing.Money // exact, or the lower bound where High is greater
	High     pricing.Money
	Unpriced int64 // events without a full price; what they cost is not in Cost
}

// Add adds an entry, which must be no void. On an error, of a sum that does not
// fit, s is undefined.
func (s *Sum) Add(e *Entry) error {
	return s.Plus(sumOf(e))
}

// Take takes an entry away again.
func (s *Sum) Take(e *Entry) error {
	o := sumOf(e)
	for m, n := range o.Usage.Vector() {
		o.Usage.Set(usage.Meter(m), -n)
	}
	o.Events, o.Unpriced, o.Cost, o.High = -1, -o.Unpriced, o.Cost.Neg(), o.High.Neg()
	return s.Plus(o)
}

// Plus adds another sum, whatever its keys.
func (s *Sum) Plus(o Sum) error {
	var err error
	if s.Usage, err = s.Usage.Add(o.Usage); err == nil {
		if s.Cost, err = s.Cost.Add(o.Cost); err == nil {
			s.High, err = s.High.Add(o.High)
		}
	}
	if err != nil {
		return fmt.Errorf("store: sum of %q: %w", s.Keys, err)
	}
	s.Events += o.Events
	s.Unpriced += o.Unpriced
	return nil
}

func sumOf(e *Entry) Sum {
	s := Sum{Events: 1, Usage: e.Usage, Cost: e.Cost, High: e.High}
	s.Usage.Requests = e.Usage.Calls()
	if e.Status != pricing.Priced {
		s.Unpriced = 1
	}
	return s
}
