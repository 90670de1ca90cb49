package tiers

import (
	"fmt"
	"time"
)

// Rung is one tier of a ladder. All its gates must be met to enter it; usually
// [All] of volume and active days, so that a burst alone does not climb.
type Rung struct {
	Name  string
	Enter Gate
	Keep  Gate   // holds the rung once entered; nil: the same as Enter
	Color string // for pages, such as "#b87333"
	Icon  string // an SVG image
	Level int    // 1 for the lowest; set by the ladder
}

// Ladder is a row of tiers over one window, lowest first. It is a value; do
// not modify one that is in use.
type Ladder struct {
	Name     string
	Window   Window
	MinTrust uint8
	Humans   bool
	Rungs    []Rung

	Sticky   bool          // a rung once reached is kept
	MinDwell time.Duration // no rung is lost sooner than this after it was reached or after the last loss
}

// DefaultLadder is Bronze, Silver, Gold, Platinum, Emerald over the last 30
// days. The thresholds are this project's own, meant for small and large alike:
// a person who works with an assistant every day reaches gold, and of a company
// of 85,000 with a mean of 0.7 billion tokens, if its spread is log-normal with
// a sigma of 2, some 300 have the tokens for emerald. Fit them to your own
// people with [Ladder.Calibrate].
func DefaultLadder() Ladder {
	rung := func(name, color string, tokens, days int64) Rung {
		enter := All{AtLeast(Tokens, tokens), AtLeast(ActiveDays, days)}
		keep := All{AtLeast(Tokens, tokens/10*9), AtLeast(ActiveDays, max(days-2, 1))}
		return Rung{Name: name, Enter: enter, Keep: keep, Color: color, Icon: icon("tier-" + name)}
	}
	return Ladder{
		Name:   "tier",
		Window: LastDays(30),
		Rungs: []Rung{
			rung("Bronze", "#b87333", 1_000_000, 1),
			rung("Silver", "#8a9299", 100_000_000, 5),
			rung("Gold", "#c8961e", 500_000_000, 10),
			rung("Platinum", "#5b8fa8", 3_000_000_000, 15),
			rung("Emerald", "#1f9d63", 20_000_000_000, 20),
		},
		MinDwell: 7 * 24 * time.Hour,
	}
}

// Lens returns which facts the ladder looks at.
func (l *Ladder) Lens() Lens {
	r := Rule{Window: l.Window, MinTrust: l.MinTrust, Humans: l.Humans}
	return r.Lens()
}

// Needs returns what an accumulator must keep for the ladder.
func (l *Ladder) Needs() Needs {
	n := l.gates()
	n.facets |= allFacets &^ facetsOfNames
	return n
}

// gates returns what the gates look at.
func (l *Ladder) gates() Needs {
	n := Needs{facets: facetKnown}
	n.addZone(l.Window.Zone)
	l.need(&n)
	return n
}

func (l *Ladder) need(n *Needs) {
	for i := range l.Rungs {
		for _, g := range []Gate{l.Rungs[i].Enter, l.Rungs[i].Keep} {
			if g != nil {
				g.need(n)
			}
		}
	}
}

// RuleID returns the name that transitions and awards of the ladder have for a
// rule: its Name, or "ladder".
func (l *Ladder) RuleID() string {
	if l.Name == "" {
		return "ladder"
	}
	return l.Name
}

// Validate reports the first fault of a ladder as a [*RuleError]: no rungs, a
// name used twice, a gate that cannot be met, a rung that is easier than the
// one below it, a rung that is harder to keep than to enter.
func (l *Ladder) Validate() error {
	c := &checker{rule: l.RuleID(), window: l.Window}
	if field, reason := l.Window.fault(); field != "" {
		c.fail("window."+field, "%s", reason)
	}
	if len(l.Rungs) == 0 {
		c.fail("rungs", "are missing, want at least one")
	}
	if l.MinDwell < 0 {
		c.fail("min_dwell", "is %s, want 0 or more", l.MinDwell)
	}
	names := map[string]bool{}
	for i := range l.Rungs {
		r, path := &l.Rungs[i], fmt.Sprintf("rungs[%d]", i)
		if r.Name == "" || names[r.Name] {
			c.fail(path+".name", "%q is empty or used twice", r.Name)
		}
		names[r.Name] = true
		c.gate(path+".enter", r.Enter)
		if r.Keep != nil {
			c.gate(path+".keep", r.Keep)
			c.easier(path+".keep", r.Keep, r.Enter, "harder than entering the rung")
		}
		if i > 0 && r.Enter != nil {
			c.easier(path+".enter", l.Rungs[i-1].Enter, r.Enter, "easier than the rung below")
		}
	}
	return c.err
}

// easier refuses a threshold of low that asks for more than the threshold of
// high on the same metric.
func (c *checker) easier(path string, low, high Gate, what string) {
	most := map[Metric]Threshold{}
	eachThreshold(high, func(t Threshold) { most[t.Metric] = t })
	eachThreshold(low, func(t Threshold) {
		h, ok := most[t.Metric]
		if !ok || h.Op != t.Op {
			return
		}
		if order := t.Want.cmp(h.Want); (order > 0) == t.Op.lower() && order != 0 {
			c.fail(path, "%s %s against %s: %s", t.Metric, t.Want, h.Want, what)
		}
	})
}

// eachThreshold visits the thresholds that must all be met.
func eachThreshold(g Gate, visit func(Threshold)) {
	switch g := g.(type) {
	case Threshold:
		visit(g)
	case All:
		for _, x := range g {
			eachThreshold(x, visit)
		}
	}
}

// Of returns the rung that facts reach by the thresholds to enter; false for
// none. Rungs are reached in order: one whose gate is met above one that is
// not does not count.
func (l *Ladder) Of(f *Facts) (Rung, bool) {
	return l.rung(l.level(f, 0))
}

func (l *Ladder) rung(level int) (Rung, bool) {
	if level < 1 || level > len(l.Rungs) {
		return Rung{}, false
	}
	r := l.Rungs[level-1]
	r.Level = level
	return r, true
}

// level returns the rung the facts are worth to a subject on rung at.
func (l *Ladder) level(f *Facts, at int) int {
	v := view{f: f, rule: l.RuleID()}
	if f.Lens != l.Lens() {
		return 0
	}
	for i := range l.Rungs {
		gate := l.Rungs[i].Enter
		if i < at && l.Rungs[i].Keep != nil {
			gate = l.Rungs[i].Keep
		}
		if gate.check(&v) != yes {
			return i
		}
	}
	return len(l.Rungs)
}

// Climb is how far a subject is on a ladder.
type Climb struct {
	At   Rung       `json:"-"` // the rung reached; Level 0: none
	Next Rung       `json:"-"` // the rung above; Level 0: at the top
	Done Fraction   `json:"done"`
	Gate []Progress `json:"gates"` // of the next rung, one a gate
}

// Progress says for each gate of the next rung what the facts have, want and
// miss.
func (l *Ladder) Progress(f *Facts) Climb {
	return l.progress(f, l.level(f, 0))
}

// ProgressFrom is [Ladder.Progress] for a subject that stands where its state
// says, which may be higher than its facts alone.
func (l *Ladder) ProgressFrom(f *Facts, s State) Climb { return l.progress(f, s.Level) }

func (l *Ladder) progress(f *Facts, level int) Climb {
	c := Climb{Done: Fraction{1, 1}}
	c.At, _ = l.rung(level)
	var ok bool
	if c.Next, ok = l.rung(level + 1); !ok {
		return c
	}
	v := view{f: f, rule: l.RuleID()}
	c.Gate = explainParts(c.Next.Enter, &v)
	c.Done = meanOfBest(c.Gate, len(c.Gate))
	return c
}

// Eval moves a subject's state on the ladder, as [Eval] does for a rule: up at
// once and over several rungs, down only when the gate to keep a rung is not
// met, at most one rung in each MinDwell, never if the ladder is sticky.
func (l *Ladder) Eval(f *Facts, prev State) (State, []Transition) {
	if f.AsOf.Before(prev.AsOf) {
		return prev, nil
	}
	if f.Lens != l.Lens() {
		err := &RuleError{Rule: l.RuleID(), Field: "window", Err: ErrUnknown,
			Reason: "the facts are of " + f.Lens.Window.String() + ", want " + l.Window.String() + " and the ladder's filters"}
		return prev, []Transition{{Change: Fault, Subject: f.Subject, Rule: l.RuleID(), Version: 1, From: prev.Level, To: prev.Level, At: f.AsOf, Decided: f.Decided, Err: err}}
	}
	next := prev
	if _, moved := l.decide(f, &next); !moved {
		return next, nil
	}
	change := step{from: prev.Level, to: next.Level, best: prev.Best}
	return next, change.transitions(l.rule(), f, nil)
}

// decide moves a state to the rung that facts are worth. It reports whether a
// lower one than the state's is met, and whether the rung changed.
func (l *Ladder) decide(f *Facts, s *State) (failing, moved bool) {
	s.AsOf = f.AsOf
	level := l.level(f, s.Level)
	failing = level < s.Level && !l.Sticky
	if level < s.Level {
		switch {
		case l.Sticky, f.AsOf.Sub(s.Since) < l.MinDwell:
			level = s.Level
		case l.MinDwell > 0:
			level = s.Level - 1
		}
	}
	if level == s.Level {
		return failing, false
	}
	l.shift(s, level)
	return failing, true
}

// shift puts a state on another rung as of its time.
func (l *Ladder) shift(s *State, level int) {
	s.move(&Rule{Version: 1, Kind: Leveled}, level)
	s.Since = s.AsOf
}

// rule is the ladder as a leveled rule, for evidence.
func (l *Ladder) rule() *Rule {
	r := &Rule{
		ID: l.RuleID(), Version: 1, Kind: Leveled, Window: l.Window, MinTrust: l.MinTrust, Humans: l.Humans,
		Text: Text{Title: l.RuleID()},
	}
	for i := range l.Rungs {
		r.Levels = append(r.Levels, Level{Name: l.Rungs[i].Name, Gate: l.Rungs[i].Enter})
	}
	return r
}
