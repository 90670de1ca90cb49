package tokenomics

import (
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// The vocabulary of the rooms below, so that most programs import one package.
type (
	// Event is one version of what is known about one call.
	Event = store.Event
	// Key identifies a call.
	Key = store.Key
	// Call is what a provider served and metered.
	Call = pricing.Call
	// Usage is what a call consumed, in disjoint meters.
	Usage = usage.Usage
	// Money is an exact amount.
	Money = pricing.Money
	// Status says what became of one recorded event.
	Status = store.Status
)

// The statuses of a recorded event.
const (
	Accepted    = store.Accepted
	Superseding = store.Superseding
	Duplicate   = store.Duplicate
	Stale       = store.Stale
	Conflict    = store.Conflict
	TooLate     = store.TooLate
	TooEarly    = store.TooEarly
	Invalid     = store.Invalid
	Refused     = store.Refused
	Dropped     = store.Dropped
)
