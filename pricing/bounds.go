package pricing

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Unknown is a set of facts that a record does not tell and a price depends
// on. The zero Unknown is none.
type Unknown uint8

// The facts that [Book.Bounds] can do without. They combine with |.
const (
	// UnknownTTL: only the sum of the cache writes is known, not their
	// lifetimes. Whatever write meter it stands in, it is taken for the sum.
	UnknownTTL Unknown = 1 << iota
	// UnknownMode: the served tier or speed, whichever the call leaves empty.
	UnknownMode
	// UnknownRegion: the call's geography, unless the call or the model's id
	// names one.
	UnknownRegion
	// UnknownSize: the counts may be the sums of several calls. Usage.Requests
	// > 1 says so too.
	UnknownSize

	allUnknown = UnknownTTL | UnknownMode | UnknownRegion | UnknownSize
)

var unknownNames = [...]string{"ttl", "mode", "region", "size"}

// String returns the names of the facts, "ttl", "mode", "region" and "size",
// joined by +; "none" for an empty set.
func (u Unknown) String() string {
	var names []string
	for i, n := range unknownNames {
		if u>>i&1 != 0 {
			names = append(names, n)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, "+")
}

// Bounds is the range of costs a call can have had. Both ends are whole costs
// with lines and explanations; where everything is known they are the same.
type Bounds struct {
	Low, High Cost
	Status    Status   // the least of all costs in the range
	Reasons   []Reason // the facts that make the difference; nil if Low and High cost the same
}

// Reason is a fact that is not known and makes a difference.
type Reason struct {
	Unknown   Unknown // one fact
	Low, High string  // what the two ends take for it
	Spread    Money   // how much less High would cost if the fact were as in Low
}

// Bounds returns the cheapest and the dearest a call can have been where the
// facts in unknown are not known: over every lifetime of cache writes, mode of
// service and region that the book prices for the model, and every step that
// the sums could reach. What the call does name is taken as known. Combinations
// the sheets exclude are not in the range, and at most one mode is taken at a
// time. A split of the cache writes lies within the range but for the rounding
// of lines, below 1e-11.
//
// The errors are those of [Book.Price]: that of the call as it stands where no
// combination has a price, and [ErrUnpriced] where one that can have been
// lacks a rate. The range then has the Status Partial, and is no upper bound.
func (b *Book) Bounds(c Call, unknown Unknown) (Bounds, error) {
	if c.Usage.Requests > 1 {
		unknown |= UnknownSize
	}
	var plain Cost
	err := b.PriceInto(&plain, &c)
	if plain.book == nil || unknown&allUnknown == 0 {
		return Bounds{Low: plain, High: plain, Status: plain.Status}, err
	}
	s := search{b: b, call: c, row: plain.row, at: unixNano(c.At)}
	s.l, _ = b.t.resolve(c.Provider, c.Model) // it was found just now
	s.over(s.domain(unknown))
	switch {
	case errors.Is(s.err, ErrOverflow):
		return Bounds{}, s.err
	case s.n == 0:
		return Bounds{Low: plain, High: plain, Status: plain.Status}, err
	}
	return Bounds{Low: s.low, High: s.high, Status: s.status, Reasons: s.reasons()}, s.err
}

// facts are one way things can have been.
type facts struct {
	ttl          usage.Meter // usage.Requests: as the call says
	mode, region string
	card         int // which of the row's steps, 0 the base; −1: as the prompt says
}

// domain is all the ways, fact by fact.
type domain struct {
	ttls           []usage.Meter
	modes, regions []string
	everyStep      bool
}

// search looks for the ends of a range.
type search struct {
	b    *Book
	call Call
	l    lookup
	row  uint32
	at   int64

	n               int // prices seen
	low, high       Cost
	lowest, highest facts
	onSpeed         bool // modes are speeds: the tier is known
	status          Status
	err             error
}

// cacheWrites are the meters of cache writes.
var cacheWrites = [...]usage.Meter{usage.CacheWrite5m, usage.CacheWrite30m, usage.CacheWrite1h, usage.CacheWrite12h}

// domain lists what each unknown fact can have been, the call as it stands
// first.
func (s *search) domain(unknown Unknown) domain {
	t := &s.b.t
	d := domain{ttls: []usage.Meter{usage.Requests}, modes: []string{""}, regions: []string{""}, everyStep: unknown&UnknownSize != 0}
	if unknown&UnknownTTL != 0 && s.call.Usage.CacheWrites() > 0 {
		var priced []usage.Meter
		for _, m := range cacheWrites {
			if t.cards[t.rows[s.row].cards.off].has.has(m) {
				priced = append(priced, m)
			}
		}
		if len(priced) > 0 {
			d.ttls = priced
		}
	}
	if unknown&UnknownMode != 0 && (s.call.Tier == "" || s.call.Speed == "") {
		s.onSpeed = s.call.Tier != ""
		for _, m := range t.modesOf(s.l.entry, s.row) {
			if s.call.Speed != "" && isSpeed(m) || s.onSpeed && !isSpeed(m) {
				continue
			}
			d.modes = append(d.modes, m)
		}
	}
	if unknown&UnknownRegion != 0 && s.call.Region == "" && s.l.geo == "" {
		d.regions = append(d.regions, t.regionsOf(s.l.entry)...)
	}
	return d
}

// isSpeed reports whether a mode is a speed rather than a tier.
func isSpeed(mode string) bool {
	n := len(mode) - len("fast")
	return n >= 0 && sameName(mode[n:], "fast")
}

// modesOf returns the modes of service that have a price for a row.
func (t *tables) modesOf(entry, row uint32) []string {
	var modes []string
	for _, v := range cut(t.variants, t.rows[row].variants) {
		modes = append(modes, v.modes...)
	}
	for _, i := range cut(t.refs, t.entries[entry].mods) {
		modes = append(modes, t.mods[i].modes...)
	}
	slices.Sort(modes)
	return slices.Compact(modes)
}

// regionsOf returns the regions that modifiers of an entry name; one that ends
// in * stands for all that begin so.
func (t *tables) regionsOf(entry uint32) []string {
	var regions []string
	for _, i := range cut(t.refs, t.entries[entry].mods) {
		regions = append(append(regions, t.mods[i].regions...), t.mods[i].notRegions...)
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}

// over prices every combination.
func (s *search) over(d domain) {
	for _, ttl := range d.ttls {
		for _, mode := range d.modes {
			for _, region := range d.regions {
				f := facts{ttl: ttl, mode: mode, region: region, card: -1}
				if !d.everyStep {
					s.try(f)
					continue
				}
				for f.card = 0; s.try(f); f.card++ {
				}
			}
		}
	}
}

// try prices one combination and keeps it if it is an end. It reports whether
// there may be a further step.
func (s *search) try(f facts) bool {
	var cost Cost
	sold, more, err := s.price(&cost, f)
	if !sold {
		return more
	}
	if s.err == nil || cost.book == nil {
		s.err = err
	}
	if cost.book == nil { // too large: there is no upper end
		return false
	}
	if s.n == 0 || cost.Total.Cmp(s.low.Total) < 0 {
		s.low, s.lowest = cost, f
	}
	if s.n == 0 || cost.Total.Cmp(s.high.Total) > 0 {
		s.high, s.highest = cost, f
	}
	if s.n == 0 || cost.Status < s.status {
		s.status = cost.Status
	}
	s.n++
	return more
}

// price prices the call as the facts have it. sold is false for what the
// provider does not sell: a combination that the sheet excludes, a lifetime
// without a rate, a step the prompt cannot reach.
func (s *search) price(dst *Cost, f facts) (sold, more bool, err error) {
	t, c := &s.b.t, s.call
	if f.ttl != usage.Requests {
		n := c.Usage.CacheWrites()
		for _, m := range cacheWrites {
			c.Usage.Set(m, 0)
		}
		c.Usage.Set(f.ttl, n)
	}
	if f.mode != "" && s.onSpeed {
		c.Speed = f.mode
	} else if f.mode != "" {
		c.Tier = f.mode
	}
	if f.region != "" {
		c.Region = f.region
	}
	if err := s.b.begin(dst, &c, s.l, s.row, s.at); err != nil {
		return true, false, err
	}
	cards := dst.terms.cards
	last := t.reach(cards, c.Usage.Prompt())
	dst.card = last
	if f.card >= 0 {
		dst.card, dst.assumed = cards.off+uint32(f.card), true
		if dst.card > last {
			return false, false, nil
		}
	}
	dst.high, more = dst.card, dst.card < last
	if dst.terms.fault != noFault || dst.terms.noSteps && dst.card != cards.off {
		return false, more, nil
	}
	if f.ttl != usage.Requests && !t.cards[dst.card].has.has(f.ttl) {
		return false, more, nil
	}
	err = s.b.total(dst, &c)
	return true, more, err
}

// reasons compares the ends fact by fact.
func (s *search) reasons() []Reason {
	if s.low.Total == s.high.Total {
		return nil
	}
	lo, hi := s.lowest, s.highest
	var out []Reason
	add := func(u Unknown, low, high string, mixed facts) {
		if low == high {
			return
		}
		other := s.low.Total // where only all facts together make the difference
		var cost Cost
		if sold, _, err := s.price(&cost, mixed); sold && err == nil {
			other = cost.Total
		}
		if spread, err := s.high.Total.Sub(other); err == nil && spread.Sign() > 0 {
			out = append(out, Reason{Unknown: u, Low: low, High: high, Spread: spread})
		}
	}
	add(UnknownTTL, lo.ttl.String(), hi.ttl.String(), facts{lo.ttl, hi.mode, hi.region, hi.card})
	add(UnknownMode, orStandard(lo.mode), orStandard(hi.mode), facts{hi.ttl, lo.mode, hi.region, hi.card})
	add(UnknownRegion, orStandard(lo.region), orStandard(hi.region), facts{hi.ttl, hi.mode, lo.region, hi.card})
	add(UnknownSize, s.sizeText(&s.low), s.sizeText(&s.high), facts{hi.ttl, hi.mode, hi.region, lo.card})
	return out
}

func orStandard(s string) string {
	if s == "" {
		return "standard"
	}
	return s
}

func (s *search) sizeText(c *Cost) string {
	if above := s.b.t.cards[c.card].above; above >= 0 {
		return fmt.Sprintf("every prompt above %d tokens", above)
	}
	return "no prompt above a step"
}

var unknownTexts = [...]string{"lifetime of the cache writes", "mode of service", "region", "size of each prompt"}

// String says the reason in words.
func (r Reason) String() string {
	what := r.Unknown.String()
	for i := range unknownTexts {
		if r.Unknown == 1<<i {
			what = unknownTexts[i]
		}
	}
	return fmt.Sprintf("%s not known: %s or %s makes %s", what, r.Low, r.High, r.Spread)
}

// Explain tells in plain text what the range is, why, and how each end came
// about.
func (r Bounds) Explain() string {
	if r.Low.Total == r.High.Total {
		return r.High.Explain()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s to %s %s, %s\n", r.Low.Total, r.High.Total, r.Low.book.currency, r.Status)
	for _, reason := range r.Reasons {
		fmt.Fprintf(&b, "  %s\n", reason)
	}
	b.WriteString("at the least: " + r.Low.Explain() + "at the most: " + r.High.Explain())
	return b.String()
}
