package tiers

import (
	"fmt"
	"slices"
	"time"
)

// checker validates one rule and keeps its first fault.
type checker struct {
	rule   string
	window Window
	err    error
}

func (c *checker) fail(field, reason string, args ...any) {
	if c.err == nil {
		c.err = &RuleError{Rule: c.rule, Field: field, Reason: fmt.Sprintf(reason, args...), Err: ErrInvalid}
	}
}

// gate validates a gate that must be there.
func (c *checker) gate(path string, g Gate) {
	if g == nil {
		c.fail(path, "is missing")
		return
	}
	g.validate(c, path)
}

// Validate reports the first fault of a rule as a [*RuleError] that names the
// rule and the field and matches [ErrInvalid]: a gate that cannot be met or
// that everybody meets, gates that contradict each other, thresholds out of
// order, an unknown metric, a window or zone that does not do. Prerequisites
// are checked by [NewSet].
func (r *Rule) Validate() error {
	c := &checker{rule: r.ID, window: r.Window}
	if r.ID == "" {
		c.rule = fmt.Sprintf("%q", r.Text.Title)
		c.fail("id", "is empty, want a stable name")
	}
	if r.Version < 1 {
		c.fail("version", "is %d, want 1 or more", r.Version)
	}
	if int(r.Kind) >= len(kindNames) {
		c.fail("kind", "is unknown")
	}
	if int(r.Scope) >= len(scopeNames) {
		c.fail("scope", "is unknown")
	}
	if field, reason := r.Window.fault(); field != "" {
		c.fail("window."+field, "%s", reason)
	}
	if r.Text.Title == "" {
		c.fail("text.title", "is empty, want what people read")
	}
	r.validateKind(c)
	r.validateRevocation(c)
	if r.Gate != nil {
		c.gate("gate", r.Gate)
	}
	r.validateLevels(c)
	for i, id := range r.Prereqs {
		if id == r.ID || slices.Contains(r.Prereqs[:i], id) {
			c.fail(fmt.Sprintf("prereqs[%d]", i), "%q is the rule itself or there twice", id)
		}
	}
	return c.err
}

func (r *Rule) validateKind(c *checker) {
	switch {
	case r.Gate == nil && len(r.Levels) == 0:
		c.fail("gate", "is missing, want a gate or levels")
	case r.Kind == Leveled && len(r.Levels) == 0:
		c.fail("levels", "are missing, want at least one")
	case (r.Kind == OneTime || r.Kind == Standing) && len(r.Levels) > 0:
		c.fail("levels", "are only for leveled and repeatable rules")
	case r.Kind == Repeatable && (r.Window.Period == AllTime || r.Window.Period == Rolling):
		c.fail("window", "is %s, want a day, week, month or season: a repeatable rule is earned once in each", r.Window)
	}
}

func (r *Rule) validateRevocation(c *checker) {
	v := r.Revocation
	switch {
	case int(v.Policy) >= len(policyNames):
		c.fail("revocation", "is unknown, want keep, live or grace")
	case v.Policy == PolicyGrace && (v.After <= 0 || v.After > MaxDays*24*time.Hour):
		c.fail("revocation.after", "is %s, want more than 0", v.After)
	case v.Policy != PolicyGrace && v.After != 0:
		c.fail("revocation.after", "is only for grace")
	}
}

func (r *Rule) validateLevels(c *checker) {
	for i := range r.Levels {
		path := fmt.Sprintf("levels[%d]", i)
		c.gate(path+".gate", r.Levels[i].Gate)
		if i == 0 {
			continue
		}
		below, ok := r.Levels[i-1].Gate.(Threshold)
		here, ok2 := r.Levels[i].Gate.(Threshold)
		if ok && ok2 && below.Metric == here.Metric && below.Op == here.Op {
			if order := here.Want.cmp(below.Want); order == 0 || (order < 0) == here.Op.lower() {
				c.fail(path+".gate.want", "is %s after %s, want levels that become harder", here.Want, below.Want)
			}
		}
	}
	var gates []Gate
	if r.Gate != nil {
		gates = append(gates, r.Gate)
	}
	for i := range r.Levels {
		gates = append(gates, r.Levels[i].Gate)
	}
	c.contradictions("gate", gates)
}

// contradictions refuses gates that must all be met but cannot be together:
// bounds of one metric that leave nothing between them, dates that do not
// overlap.
func (c *checker) contradictions(path string, gates []Gate) {
	low, high := map[Metric]Threshold{}, map[Metric]Threshold{}
	dates := map[DateOfWhat]Date{}
	var walk func(g Gate)
	walk = func(g Gate) {
		switch g := g.(type) {
		case All:
			for _, x := range g {
				walk(x)
			}
		case Threshold:
			keepTightest(low, high, g)
		case Date:
			d := dates[g.Of]
			d.From = max(d.From, g.From)
			if d.Until == 0 || (g.Until != 0 && g.Until < d.Until) {
				d.Until = g.Until
			}
			dates[g.Of] = d
		}
	}
	for _, g := range gates {
		walk(g)
	}
	for _, g := range gates { // in order, so that the error is always the same one
		c.contradiction(path, g, low, high, dates)
	}
}

func keepTightest(low, high map[Metric]Threshold, g Threshold) {
	side := high
	if g.Op.lower() {
		side = low
	}
	old, ok := side[g.Metric]
	order := g.Want.cmp(old.Want)
	strict := g.Op == GT || g.Op == LT
	if !ok || (order == 0 && strict) || (order != 0 && (order > 0) == g.Op.lower()) {
		side[g.Metric] = g
	}
}

func (c *checker) contradiction(path string, g Gate, low, high map[Metric]Threshold, dates map[DateOfWhat]Date) {
	switch g := g.(type) {
	case All:
		for _, x := range g {
			c.contradiction(path, x, low, high, dates)
		}
	case Threshold:
		l, ok := low[g.Metric]
		h, ok2 := high[g.Metric]
		if !ok || !ok2 {
			return
		}
		if order := l.Want.cmp(h.Want); order > 0 || (order == 0 && (l.Op == GT || h.Op == LT)) {
			c.fail(path, "contradicts itself: %s %s %s and %s %s", g.Metric, l.Op.words(), l.Want, h.Op.words(), h.Want)
		}
	case Date:
		if d := dates[g.Of]; d.Until != 0 && d.From >= d.Until {
			c.fail(path, "contradicts itself: on or after %s and before %s", d.From, d.Until)
		}
	}
}
