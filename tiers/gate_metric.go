package tiers

import (
	"fmt"
	"strings"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Op compares a fact with a threshold.
type Op uint8

// The comparisons. The zero value is [GE].
const (
	GE Op = iota // at least
	GT           // more than
	LE           // at most
	LT           // less than
)

var opNames = [...]string{">=", ">", "<=", "<"}

// String returns ">=", ">", "<=" or "<".
func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return fmt.Sprintf("op(%d)", uint8(o))
}

// words returns the comparison for people.
func (o Op) words() string {
	return [...]string{"at least", "more than", "at most", "less than"}[o&3]
}

// lower reports a comparison that asks for much rather than little.
func (o Op) lower() bool { return o == GE || o == GT }

// holds applies the comparison to the sign of have - want.
func (o Op) holds(sign int) bool {
	switch o {
	case GT:
		return sign > 0
	case LE:
		return sign <= 0
	case LT:
		return sign < 0
	}
	return sign >= 0
}

// Threshold compares one metric with a fixed value. [Cost] is a lower bound
// while some events have no price: a threshold it has not reached is then
// neither met nor missed.
type Threshold struct {
	Metric Metric
	Op     Op
	Want   Value // a count, or an amount for metrics of money
}

// AtLeast is met if a metric is n or more.
func AtLeast(m Metric, n int64) Threshold { return Threshold{m, GE, Count(n)} }

// AtMost is met if a metric is n or less.
func AtMost(m Metric, n int64) Threshold { return Threshold{m, LE, Count(n)} }

// MoneyAtLeast is met if a metric of money is the amount or more.
func MoneyAtLeast(m Metric, amount pricing.Money) Threshold { return Threshold{m, GE, Amount(amount)} }

// MoneyAtMost is met if a metric of money is the amount or less.
func MoneyAtMost(m Metric, amount pricing.Money) Threshold { return Threshold{m, LE, Amount(amount)} }

// MoneyAbove is met if a metric of money is more than the amount.
func MoneyAbove(m Metric, amount pricing.Money) Threshold { return Threshold{m, GT, Amount(amount)} }

func (g Threshold) check(v *view) verdict {
	var sign int
	switch g.Metric {
	case Cost:
		sign = v.f.Cost.Cmp(g.Want.m)
		if v.f.Unpriced > 0 && (sign < 0 || (sign == 0 && g.Op != GE && g.Op != LT)) {
			return unknown // the missing prices could lift it over the threshold
		}
	case CacheSaving:
		if v.f.Events > 0 && v.f.SavingUnknown == v.f.Events {
			return unknown
		}
		sign = v.f.Saving.Cmp(g.Want.m)
	default:
		n, ok := v.f.count(g.Metric)
		if !ok {
			return v.lacks("there is no metric " + string(g.Metric))
		}
		if n < g.Want.n {
			sign = -1
		} else if n > g.Want.n {
			sign = 1
		}
	}
	return verdictOf(g.Op.holds(sign))
}

func (g Threshold) explain(v *view) Progress {
	have, _ := v.f.Value(g.Metric)
	p := Progress{
		Label:  fmt.Sprintf("%s %s %s", g.Metric.words(), g.Op.words(), g.Want),
		Metric: g.Metric, Op: g.Op, Have: have, Want: g.Want, Sized: true,
	}.judged(g.check(v))
	if g.Metric == Cost && v.f.Unpriced > 0 {
		p.Note = "a lower bound: " + plural(v.f.Unpriced, "event") + " without a full price"
	}
	if g.Metric == CacheSaving && v.f.SavingUnknown > 0 {
		p.Note = "not known for " + plural(v.f.SavingUnknown, "event")
	}
	return p
}

func (g Threshold) validate(c *checker, path string) {
	info, ok := g.Metric.info()
	if !ok {
		c.fail(path+".metric", "%q is no metric", g.Metric)
		return
	}
	if int(g.Op) >= len(opNames) {
		c.fail(path+".op", "is unknown, want >=, >, <= or <")
		return
	}
	if info.money != (g.Want.kind == amountValue) || (!info.money && g.Want.kind != countValue) {
		c.fail(path+".want", "is %s, want %s for %s", g.Want, kindWord(info.money), g.Metric)
		return
	}
	if !info.signed {
		c.possible(path, g)
	}
}

// possible refuses thresholds on metrics that are never negative which nobody
// can meet, or nobody can miss.
func (c *checker) possible(path string, g Threshold) {
	zero := g.Want.sign()
	if (g.Op == LT && zero <= 0) || (g.Op == LE && zero < 0) {
		c.fail(path+".want", "is %s %s, which cannot be met: %s is never negative", g.Op.words(), g.Want, g.Metric)
	}
	if (g.Op == GE && zero <= 0) || (g.Op == GT && zero < 0) {
		c.fail(path+".want", "is %s %s, which everybody meets: %s is never negative", g.Op.words(), g.Want, g.Metric)
	}
	if limit := g.Metric.limit(c.window); limit > 0 && g.Op.lower() && (g.Want.n > limit || (g.Op == GT && g.Want.n == limit)) {
		c.fail(path+".want", "is %s %s, which cannot be met: %s is at most %d in %s", g.Op.words(), g.Want, g.Metric, limit, c.window)
	}
}

func (g Threshold) need(n *Needs) { n.metric(g.Metric) }

func (n *Needs) metric(m Metric) {
	info, _ := m.info()
	n.facets |= info.facet
	switch info.facet {
	case facetSessions:
		n.addIdle(DefaultIdle)
	case facetHours:
		n.everyHour()
	case facetCounters:
		n.addCounter(strings.TrimPrefix(string(m), counterPrefix))
	case facetMeters:
		if meter, err := usage.ParseMeter(string(m)); err == nil {
			n.meters |= 1 << meter
		}
	}
}

func kindWord(money bool) string {
	if money {
		return "an amount of money"
	}
	return "a count"
}

// sign returns the sign of a count or an amount.
func (v Value) sign() int {
	if v.kind == amountValue {
		return v.m.Sign()
	}
	switch {
	case v.n < 0:
		return -1
	case v.n > 0:
		return 1
	}
	return 0
}

// Ratio compares the share of one metric in another, exactly, once the other
// is at least Min: a ratio of little says nothing. Exactly one of AtLeast and
// AtMost is set.
type Ratio struct {
	Of, Per Metric // both counts or both money
	AtLeast Fraction
	AtMost  Fraction
	Min     Value // the least Per that counts; more than 0
}

func (g Ratio) op() (Op, Fraction) {
	if g.AtMost.Den != 0 {
		return LE, g.AtMost
	}
	return GE, g.AtLeast
}

func (g Ratio) check(v *view) verdict {
	op, want := g.op()
	per, ok := v.f.Value(g.Per)
	of, ok2 := v.f.Value(g.Of)
	if !ok || !ok2 {
		return v.lacks("there is no metric " + string(g.Of) + " or " + string(g.Per))
	}
	if per.cmp(g.Min) < 0 || per.sign() <= 0 {
		return no
	}
	if per.kind == amountValue {
		switch {
		case v.f.Unpriced > 0:
			return unknown
		case op == GE:
			return verdictOf(reaches(of.m, per.m, want))
		}
		return verdictOf(of.m.Sign() <= 0 || !exceeds(of.m, per.m, want))
	}
	return verdictOf(op.holds(cmpRatio(of.n, per.n, want)))
}

// exceeds reports whether part is more than the share f of whole.
func exceeds(part, whole pricing.Money, f Fraction) bool {
	a2, a1, a0 := mul192(part, uint64(f.Den))
	b2, b1, b0 := mul192(whole, uint64(f.Num))
	if a2 != b2 {
		return a2 > b2
	}
	return cmp128(a1, a0, b1, b0) > 0
}

func (g Ratio) explain(v *view) Progress {
	op, want := g.op()
	per, _ := v.f.Value(g.Per)
	of, _ := v.f.Value(g.Of)
	have := Fraction{0, 1}
	if per.kind == amountValue {
		have = shareOf(of.m, per.m)
	} else if per.n > 0 {
		have = Fraction{of.n, per.n}
	}
	p := Progress{
		Label: fmt.Sprintf("%s %s %s of %s", g.Of.words(), op.words(), want, g.Per.words()),
		Op:    op, Have: Share(have), Want: Share(want), Sized: true,
	}.judged(g.check(v))
	if per.cmp(g.Min) < 0 {
		p.Note = fmt.Sprintf("needs %s of %s, has %s", g.Min, g.Per.words(), per)
		p.Done = lesser(p.Done, doneShare(per, g.Min))
	}
	return p
}

func (g Ratio) validate(c *checker, path string) {
	path += ".ratio"
	of, ok := g.Of.info()
	if !ok {
		c.fail(path+".of", "%q is no metric", g.Of)
	}
	per, ok2 := g.Per.info()
	if !ok2 {
		c.fail(path+".per", "%q is no metric", g.Per)
	}
	if ok && ok2 && of.money != per.money {
		c.fail(path+".per", "%s and %s are a count and an amount, want two of a kind", g.Of, g.Per)
	}
	if (g.AtLeast.Den != 0) == (g.AtMost.Den != 0) {
		c.fail(path+".at_least", "want exactly one of at_least and at_most")
	}
	if _, f := g.op(); f.Den < 0 || f.Num < 0 {
		c.fail(path+".at_least", "is %d/%d, want a share", f.Num, f.Den)
	}
	if per.money != (g.Min.kind == amountValue) || g.Min.sign() <= 0 {
		c.fail(path+".min", "is %s, want %s of more than 0", g.Min, kindWord(per.money))
	}
}

func (g Ratio) need(n *Needs) {
	n.metric(g.Of)
	n.metric(g.Per)
	if g.Min.kind == amountValue {
		n.facets |= facetCost // what has no price leaves a ratio of money open
	}
}
