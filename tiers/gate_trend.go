package tiers

import (
	"fmt"
	"math/bits"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// HoursShare compares the share of calls made from one hour of the day to
// another, in the window's zone, once there are Min calls. The hours wrap over
// midnight: 22 to 6 is the night. Exactly one of AtLeast and AtMost is set.
type HoursShare struct {
	From, To int // hours of the day, 0 to 23; To is exclusive
	AtLeast  Fraction
	AtMost   Fraction
	Min      int64 // the least number of calls that counts; 1 or more
}

func (g HoursShare) op() (Op, Fraction) {
	if g.AtMost.Den != 0 {
		return LE, g.AtMost
	}
	return GE, g.AtLeast
}

// holds reports whether an hour is among those of the gate.
func (g HoursShare) holds(h int) bool {
	return (g.From < g.To && h >= g.From && h < g.To) || (g.From > g.To && (h >= g.From || h < g.To))
}

// calls returns the calls in the hours, and all calls.
func (g HoursShare) calls(f *Facts) (in, all int64) {
	for h, n := range f.Hours {
		all += n
		if g.holds(h) {
			in += n
		}
	}
	return in, all
}

func (g HoursShare) check(v *view) verdict {
	op, want := g.op()
	in, all := g.calls(v.f)
	return verdictOf(all > 0 && all >= g.Min && op.holds(cmpRatio(in, all, want)))
}

func (g HoursShare) explain(v *view) Progress {
	op, want := g.op()
	in, all := g.calls(v.f)
	p := Progress{
		Label: fmt.Sprintf("%s %s of calls from %02d:00 to %02d:00", op.words(), want, g.From, g.To),
		Op:    op, Have: Share(Fraction{in, max(all, 1)}), Want: Share(want), Sized: true,
	}.judged(g.check(v))
	if all < g.Min {
		p.Note = fmt.Sprintf("needs %s, has %s", plural(g.Min, "call"), grouped(all))
		p.Done = lesser(p.Done, Fraction{all, g.Min})
	}
	return p
}

func (g HoursShare) validate(c *checker, path string) {
	path += ".hours"
	if g.From < 0 || g.From > 23 || g.To < 0 || g.To > 23 || g.From == g.To {
		c.fail(path+".from", "and to are %d and %d, want two different hours from 0 to 23", g.From, g.To)
	}
	if (g.AtLeast.Den != 0) == (g.AtMost.Den != 0) {
		c.fail(path+".at_least", "want exactly one of at_least and at_most")
	} else if _, f := g.op(); !f.isShare() {
		c.fail(path+".at_least", "is %d/%d, want a share from 0 to 1", f.Num, f.Den)
	}
	if g.Min < 1 {
		c.fail(path+".min", "is %d, want 1 or more", g.Min)
	}
}

func (g HoursShare) need(n *Needs) {
	n.facets |= facetHours
	var set uint32
	for h := range 24 {
		if g.holds(h) {
			set |= 1 << h
		}
	}
	n.addHours(set)
}

// Trend is met if one daily metric per another fell from the first half of the
// window to the second by at least a share: spend per generated token, say, by
// 20 %. In both halves Per must be at least Min. Metrics by day are [Tokens],
// [Fresh], [Prompt], [Generated], [CacheReads], [Events], [Calls] and, as Of
// only, [Cost].
type Trend struct {
	Of, Per Metric
	Fall    Fraction
	Min     int64 // 1 or more
}

// half sums one half of the window.
type half struct {
	of, per int64
	cost    pricing.Money
}

func (g Trend) halves(f *Facts) (early, late half) {
	middle := f.First + (f.Last-f.First+1)/2
	for i := range f.Days {
		h := &late
		if f.Days[i].Day < middle {
			h = &early
		}
		h.per += f.Days[i].value(g.Per)
		if g.Of == Cost {
			h.cost = sumOrMax(h.cost, f.Days[i].Cost)
		} else {
			h.of += f.Days[i].value(g.Of)
		}
	}
	return early, late
}

// value returns one metric of a day.
func (d *DayFacts) value(m Metric) int64 {
	switch m {
	case Tokens:
		return d.Tokens
	case Fresh:
		return d.Fresh
	case Prompt:
		return d.Prompt
	case Generated:
		return d.Generated
	case CacheReads:
		return d.CacheReads
	case Events:
		return d.Events
	case Calls:
		return d.Calls
	}
	return 0
}

func daily(m Metric) bool {
	switch m {
	case Tokens, Fresh, Prompt, Generated, CacheReads, Events, Calls:
		return true
	}
	return false
}

func (g Trend) check(v *view) verdict {
	early, late := g.halves(v.f)
	if early.per < g.Min || late.per < g.Min {
		return no
	}
	if g.Of == Cost {
		if v.f.Unpriced > 0 {
			return unknown
		}
		if early.cost.Sign() <= 0 || late.cost.Sign() < 0 {
			return no
		}
	} else if early.of <= 0 {
		return no
	}
	// late.of / late.per <= early.of / early.per * (1 - fall), exactly.
	a := g.amount(late).times(uint64(early.per)).times(uint64(g.Fall.Den))
	b := g.amount(early).times(uint64(late.per)).times(uint64(g.Fall.Den - g.Fall.Num))
	return verdictOf(a.cmp(b) <= 0)
}

// amount returns what the trend is of as a whole number of its units.
func (g Trend) amount(h half) words {
	if g.Of == Cost {
		hi, lo := h.cost.Pico()
		return words{lo, uint64(hi)}
	}
	return words{uint64(h.of)}
}

func (g Trend) explain(v *view) Progress {
	early, late := g.halves(v.f)
	p := Progress{Label: fmt.Sprintf("%s per %s down by at least %s from the first half to the second", g.Of.words(), g.Per.words(), g.Fall)}
	p = p.judged(g.check(v))
	if low := min(early.per, late.per); low < g.Min {
		p.Note = fmt.Sprintf("needs %s of %s in both halves, has %s and %s", grouped(g.Min), g.Per.words(), grouped(early.per), grouped(late.per))
		p.Done = lesser(Fraction{max(low, 0), g.Min}, Fraction{999_999, 1_000_000})
	} else if g.Of == Cost {
		p.Note = fmt.Sprintf("%s for %s, then %s for %s", early.cost, grouped(early.per), late.cost, grouped(late.per))
	} else {
		p.Note = fmt.Sprintf("%s for %s, then %s for %s", grouped(early.of), grouped(early.per), grouped(late.of), grouped(late.per))
	}
	return p
}

func (g Trend) validate(c *checker, path string) {
	path += ".trend"
	if !daily(g.Of) && g.Of != Cost {
		c.fail(path+".of", "%q is no metric by day, want tokens, fresh, prompt, generated, cache_reads, events, calls or cost", g.Of)
	}
	if !daily(g.Per) || g.Per == g.Of {
		c.fail(path+".per", "%q is no other metric by day, want tokens, fresh, prompt, generated, cache_reads, events or calls", g.Per)
	}
	if !g.Fall.isShare() || g.Fall.Num == 0 || g.Fall.Num == g.Fall.Den {
		c.fail(path+".fall", "is %d/%d, want more than 0 and less than 1", g.Fall.Num, g.Fall.Den)
	}
	if g.Min < 1 {
		c.fail(path+".min", "is %d, want 1 or more", g.Min)
	}
	if days := ActiveDays.limit(c.window); days == 1 {
		c.fail(path, "has no halves in %s", c.window)
	}
}

func (g Trend) need(n *Needs) {
	for _, m := range []Metric{g.Of, g.Per} {
		switch m {
		case Tokens:
			n.facets |= facetTokens
		case Fresh:
			n.facets |= facetFresh
		case Prompt:
			n.facets |= facetPrompt
		case Generated:
			n.facets |= facetGenerated
		case CacheReads:
			n.facets |= facetCacheReads
		case Events:
			n.facets |= facetEvents
		case Calls:
			n.facets |= facetCalls
		case Cost:
			n.facets |= facetCost
		}
	}
}

// words is an unsigned whole number of 256 bits, lowest word first.
type words [4]uint64

// times multiplies. What does not fit is lost: the numbers here are below 2^64
// times 2^63 times 2^63 times a small denominator.
func (w words) times(n uint64) (out words) {
	var carry uint64
	for i, x := range w {
		hi, lo := bits.Mul64(x, n)
		var c uint64
		out[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	return out
}

func (w words) cmp(x words) int {
	for i := len(w) - 1; i >= 0; i-- {
		if w[i] != x[i] {
			if w[i] < x[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}
