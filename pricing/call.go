package pricing

import (
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Call is what a provider served and metered: everything a price depends on.
// Tier, Speed and Region are what was served, as the response says, not what
// was asked for; empty means the provider's standard.
type Call struct {
	Provider string // short name such as "anthropic"; empty: the model's own
	Model    string // as the response names it
	Account  string // credential or contract, for negotiated prices; optional
	At       time.Time
	Usage    usage.Usage
	Tier     string // "standard", "batch", "flex", "priority", …
	Speed    string // "standard", "fast"
	Region   string // inference geography or host region, such as "us"
}

// Status says how much of a call has a price. The zero value is Unpriced:
// what is not known is never free.
type Status uint8

// The statuses, from nothing known to everything known.
const (
	Unpriced Status = iota // the model is in no sheet at that time
	Partial                // the model is known, a meter in use has no rate
	Priced                 // every meter in use has a rate
)

// String returns "unpriced", "partial" or "priced".
func (s Status) String() string {
	switch s {
	case Priced:
		return "priced"
	case Partial:
		return "partial"
	}
	return "unpriced"
}
