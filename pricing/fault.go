package pricing

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// The errors of calls. They build their texts only when they are asked for:
// a ledger may hold many calls of a model nobody knows.

// unknown is the error for a name that leads nowhere.
func (b *Book) unknown(dst *Cost, c *Call, fault lookupFault) error {
	*dst = Cost{missing: usedMeters(&c.Usage) &^ setOf(usage.Requests), usage: c.Usage}
	e := &ModelError{Provider: c.Provider, Model: c.Model, At: c.At, Err: ErrUnknownModel, book: b, entry: noEntry}
	if fault == ambiguousName {
		e.Err = ErrAmbiguousProvider
	}
	return e
}

// noEntry is no index into entries.
const noEntry = ^uint32(0)

// notInForce is the error for a model whose rows do not hold the call's time.
func (b *Book) notInForce(dst *Cost, c *Call, entry uint32) error {
	*dst = Cost{missing: usedMeters(&c.Usage) &^ setOf(usage.Requests), usage: c.Usage}
	return &ModelError{Provider: b.t.entries[entry].provider, Model: c.Model, At: c.At, Err: ErrUnknownModel, book: b, entry: entry}
}

// Reason says what is missing and what to do about it; "" if the rest of the
// error says it all.
func (e *ModelError) Reason() string {
	switch {
	case e.book == nil || errors.Is(e.Err, ErrUnpriced):
		return e.fault
	case e.entry != noEntry:
		return e.book.t.spanText(e.entry, e.At)
	}
	sellers := strings.Join(e.book.Providers(e.Model), ", ")
	switch {
	case errors.Is(e.Err, ErrAmbiguousProvider):
		return "name one of " + sellers
	case sellers == "":
		return "in no sheet of book " + e.book.version + "; add it with Book.With, or ask Book.Infer for a guess"
	case e.Provider == "":
		return "no vendor of its own sells it; name one of " + sellers
	}
	return "not sold there by book " + e.book.version + ", but by " + sellers
}

// spanText says when an entry has prices.
func (t *tables) spanText(entry uint32, at time.Time) string {
	segments := cut(t.segments, t.entries[entry].segments)
	switch {
	case at.IsZero():
		return "the call has no time: set At"
	case len(segments) == 0:
		return "none of its prices ever came into force"
	}
	text := "known from " + timeOr(segments[0].from, "ever")
	if u := instant(segments[len(segments)-1].until); !u.IsZero() {
		text += " until " + shortTime(u)
	}
	return text
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
		Meters: dst.Missing(), fault: b.t.modeText(&dst.terms, c)}
}

func (t *tables) modeText(x *terms, c *Call) string {
	if x.fault == modeWithoutPrice {
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
	case modeWithoutPrice:
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
