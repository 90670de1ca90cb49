package store

import (
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// observedIn begins the Source of observations; the counter's name follows.
const observedIn = "counter:"

// Observation returns an event that says that something happened besides calls:
// n more of a counter of the host's, such as "changes_merged", for a subject. Rules
// that look at the counter see it; boards, totals and costs do not.
//
// It is an event in all else. The counter and the id are its key: what is recorded
// again counts once, and the next Revision says another n, or 0 to take it back.
// Trust and Team may be set. It is judged by the same horizon as a call, kept by
// every store, follows the feed, and is in every copy of a ledger. To stores it is
// a void: an entry that uses nothing.
func Observation(counter, id, subject string, at time.Time, n int64) Event {
	return Event{
		Source: observedIn + counter, ID: id, Void: true, Subject: subject,
		Call: pricing.Call{At: at, Usage: usage.Usage{Requests: n}},
	}
}

// Observed returns what an observation counts: its counter, and how many. It is
// false for every other event.
func (e *Event) Observed() (counter string, n int64, ok bool) {
	counter, ok = strings.CutPrefix(e.Source, observedIn)
	if !ok || !e.Void || counter == "" {
		return "", 0, false
	}
	return counter, e.Usage.Requests, true
}
