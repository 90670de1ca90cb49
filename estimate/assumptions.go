package estimate

import (
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Assumptions is what has to be believed to turn a bare total of tokens into
// money. Every one is named, has a source, and is varied by [Spend].
//
// The likely shares of Meters must sum to one million, and so must those of
// Models; their bounds must leave room for a sum of one million.
type Assumptions struct {
	Meters      []MeterShare // which tokens they were
	Models      []ModelShare // which models they went to
	LongContext Span         // share of tokens in calls above the models' context step, where there is one
	Discount    Span         // share taken off the list price by contract
	At          time.Time    // which day's prices
	OtherDates  []time.Time  // other days whose prices may be meant
}

// MeterShare is the share of the tokens that one meter counts.
type MeterShare struct {
	Meter usage.Meter
	Share Span
}

// ModelShare is the share of the tokens that went to one model.
type ModelShare struct {
	Provider, Model string
	Share           Span
}

// Name is the provider and model as one word, such as "anthropic/claude-opus-4-6".
func (m ModelShare) Name() string {
	if m.Provider == "" {
		return m.Model
	}
	return m.Provider + "/" + m.Model
}

// Validate reports the first assumption that cannot hold, as an error that
// matches [ErrAssumption].
func (a *Assumptions) Validate() error {
	meters := make([]Span, len(a.Meters))
	seen := map[usage.Meter]bool{}
	for i, m := range a.Meters {
		if !m.Meter.IsToken() || seen[m.Meter] {
			return fmt.Errorf("%w: meter %s counts no tokens or is given twice", ErrAssumption, m.Meter)
		}
		seen[m.Meter] = true
		meters[i] = m.Share
		if err := m.Share.check("share of " + m.Meter.String()); err != nil {
			return err
		}
	}
	models := make([]Span, len(a.Models))
	for i, m := range a.Models {
		models[i] = m.Share
		if err := m.Share.check("share of " + m.Name()); err != nil {
			return err
		}
	}
	if err := checkWhole("meters", meters); err != nil {
		return err
	}
	if err := checkWhole("models", models); err != nil {
		return err
	}
	if err := a.LongContext.check("share of long context"); err != nil {
		return err
	}
	return a.Discount.check("discount")
}

// checkWhole reports shares whose likely values are not one whole, or whose
// bounds allow none.
func checkWhole(name string, shares []Span) error {
	var low, likely, high int64
	for _, s := range shares {
		low, likely, high = low+s.Low, likely+s.Likely, high+s.High
	}
	if likely != Million || low > Million || high < Million {
		return fmt.Errorf("%w: the shares of the %s sum to %d (bounds %d to %d), want %d",
			ErrAssumption, name, likely, low, high, Million)
	}
	return nil
}

// Moved returns the assumptions with another likely share of one meter, the
// other meters' likely shares giving way in proportion. Bounds stay, and widen
// where the new shares lie beyond them. A meter that is not assumed leaves the
// assumptions as they are.
func (a Assumptions) Moved(meter usage.Meter, share int64) Assumptions {
	for k, m := range a.Meters {
		if m.Meter != meter {
			continue
		}
		meters := make([]MeterShare, len(a.Meters))
		for i, s := range moved(a.meterShares(), k, max(0, min(share, Million))) {
			meters[i] = a.Meters[i]
			span := &meters[i].Share
			span.Low, span.Likely, span.High = min(span.Low, s), s, max(span.High, s)
		}
		a.Meters = meters
	}
	return a
}

// meterShares returns the likely shares of the meters.
func (a *Assumptions) meterShares() []int64 {
	out := make([]int64, len(a.Meters))
	for i, m := range a.Meters {
		out[i] = m.Share.Likely
	}
	return out
}

// modelShares returns the likely shares of the models.
func (a *Assumptions) modelShares() []int64 {
	out := make([]int64, len(a.Models))
	for i, m := range a.Models {
		out[i] = m.Share.Likely
	}
	return out
}

// meterSpans returns the spans of the meters' shares.
func (a *Assumptions) meterSpans() []Span {
	out := make([]Span, len(a.Meters))
	for i, m := range a.Meters {
		out[i] = m.Share
	}
	return out
}

// modelSpans returns the spans of the models' shares.
func (a *Assumptions) modelSpans() []Span {
	out := make([]Span, len(a.Models))
	for i, m := range a.Models {
		out[i] = m.Share
	}
	return out
}
