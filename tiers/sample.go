package tiers

import (
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Sample is one counting call of a subject, as facts see it.
type Sample struct {
	At       time.Time // event time; required
	Provider string
	Model    string
	Session  string // empty: all samples without a session are one stream of work
	Workflow string
	Usage    usage.Usage

	Cost        pricing.Money  // exact or a lower bound
	Status      pricing.Status // how much of the call has a price
	Saving      pricing.Money  // what the cache saved less what its writes cost extra; may be negative
	SavingKnown bool

	Automation bool  // no person caused the call
	Trust      uint8 // how the call came to be known; higher is better
}
