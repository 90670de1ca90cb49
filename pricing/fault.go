package pricing

import (
	"fmt"
	"strings"

	"github.com/tokenomics-go/tokenomics/usage"
)

// The errors of calls. They build their texts only when they happen, away
// from the path of calls that have a price.

// unknown is the error for a name that leads nowhere.
func (b *Book) unknown(dst *Cost, c *Call, fault lookupFault) error {
	*dst = Cost{missing: usedMeters(&c.Usage) &^ setOf(usage.Requests), usage: c.Usage}
	e := &ModelError{Provider: c.Provider, Model: c.Model, At: c.At, Err: ErrUnknownModel}
	sellers := b.Providers(c.Model)
	switch {
	case fault == ambiguousName:
		e.Err = ErrAmbiguousProvider
		e.Reason = "name one of " + strings.Join(sellers, ", ")
	case c.Provider == "" && len(sellers) > 0:
		e.Reason = "no vendor of its own sells it; name one of " + strings.Join(sellers, ", ")
	case len(sellers) > 0:
		e.Reason = "not sold there by book " + b.version + ", but by " + strings.Join(sellers, ", ")
	default:
		e.Reason = "in no sheet of book " + b.version + "; add it with Book.With, or ask Book.Infer for a guess"
	}
	return e
}

// notInForce is the error for a model whose rows do not hold the call's time.
func (b *Book) notInForce(dst *Cost, c *Call, entry *entry) error {
	*dst = Cost{missing: usedMeters(&c.Usage) &^ setOf(usage.Requests), usage: c.Usage}
	e := &ModelError{Provider: entry.provider, Model: c.Model, At: c.At, Err: ErrUnknownModel}
	segments := cut(b.t.segments, entry.segments)
	switch {
	case c.At.IsZero():
		e.Reason = "the call has no time: set At"
	case len(segments) == 0:
		e.Reason = "none of its prices ever came into force"
	default:
		e.Reason = fmt.Sprintf("known from %s", timeOr(segments[0].from, "ever"))
		if u := segments[len(segments)-1].until; !instant(u).IsZero() {
			e.Reason += " until " + shortTime(instant(u))
		}
	}
	return e
}

func timeOr(ns int64, otherwise string) string {
	if t := instant(ns); !t.IsZero() {
		return shortTime(t)
	}
	return otherwise
}

// unpriced is the error for meters in use without a rate.
func (b *Book) unpriced(dst *Cost, c *Call) error {
	dst.Status = Partial
	e := &b.t.entries[b.t.rows[dst.row].entry]
	return &ModelError{Provider: e.provider, Model: c.Model, At: c.At, Err: ErrUnpriced,
		Meters: dst.Missing(), Reason: b.t.modeText(&dst.terms, c)}
}

func (t *tables) modeText(x *terms, c *Call) string {
	if x.fault == unknownMode {
		return fmt.Sprintf("no rates for tier %q, speed %q", c.Tier, c.Speed)
	}
	return t.faultText(x)
}

// faultText says why the terms have no price; "" if they have.
func (t *tables) faultText(x *terms) string {
	var names []string
	if x.variant >= 0 {
		names = append(names, t.variants[x.variant].name)
	}
	for k := range int(x.n) {
		names = append(names, t.mods[x.applied[k]].name)
	}
	all := strings.Join(names, ", ")
	switch x.fault {
	case unknownMode:
		return "the mode of service has no rates in the sheet"
	case excludedPair:
		return "the sheet has no price for the combination of " + all
	case excludedStep:
		return "the sheet has no price for " + all + " above the context step"
	case tooManyModifiers:
		return fmt.Sprintf("more than %d modifiers apply", maxApplied)
	}
	return ""
}

// errCost is the error for a cost beyond what is kept.
func errCost(c *Call) error {
	return fmt.Errorf("%w: the cost of a call of %q is 9.2e12 units or more", ErrOverflow, c.Model)
}
