package tiers

import (
	"fmt"
	"strings"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Gate is a condition over facts. The gates of this package are plain values:
// [Threshold], [Ratio], [Distinct], [RankAtMost], [TopShare], [Streak],
// [Comeback], [Session], [HoursShare], [Trend], [Date], the compositions
// [All], [Any], [Not], [KOf], and [Func] for what data does not reach. No
// other package can add one, so that every gate can be explained.
type Gate interface {
	check(v *view) verdict
	explain(v *view) Progress
	validate(c *checker, path string)
	need(n *Needs)
}

// view is what a gate looks at: facts, and the first thing that kept it from
// deciding. An evaluation leaves its outcome in step.
type view struct {
	f    *Facts
	rule string
	err  error
	step step
}

// verdict is the answer of a gate. What is not known is neither met nor not.
type verdict int8

const (
	no      verdict = iota
	yes             // met
	unknown         // cannot be decided from these facts
)

func verdictOf(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// lacks notes a fact that was not gathered and answers unknown.
func (v *view) lacks(what string) verdict {
	if v.err == nil {
		v.err = &RuleError{Rule: v.rule, Field: "gate", Reason: what, Err: ErrUnknown}
	}
	return unknown
}

// All is met if every gate is.
type All []Gate

func (g All) check(v *view) verdict {
	out := yes
	for _, x := range g {
		switch x.check(v) {
		case no:
			return no
		case unknown:
			out = unknown
		}
	}
	return out
}

func (g All) explain(v *view) Progress { return compose(v, "all of", g, len(g)) }

func (g All) validate(c *checker, path string) {
	validateList(c, path+".all", g)
	c.contradictions(path+".all", g)
}

func (g All) need(n *Needs) { needList(n, g) }

// Any is met if at least one gate is.
type Any []Gate

func (g Any) check(v *view) verdict { return checkSome(v, g, 1) }

func (g Any) explain(v *view) Progress { return compose(v, "any of", g, 1) }

func (g Any) validate(c *checker, path string) { validateList(c, path+".any", g) }

func (g Any) need(n *Needs) { needList(n, g) }

// KOf is met if at least K of its gates are.
type KOf struct {
	K  int
	Of []Gate
}

func (g KOf) check(v *view) verdict { return checkSome(v, g.Of, g.K) }

func (g KOf) explain(v *view) Progress {
	return compose(v, fmt.Sprintf("at least %d of", g.K), g.Of, g.K)
}

func (g KOf) validate(c *checker, path string) {
	path += ".k_of"
	if g.K < 1 || g.K > len(g.Of) {
		c.fail(path+".k", "is %d, want 1 to %d, the number of gates", g.K, len(g.Of))
	}
	validateList(c, path+".of", g.Of)
}

func (g KOf) need(n *Needs) { needList(n, g.Of) }

// Not is met if its gate is not.
type Not struct{ Gate Gate }

func (g Not) check(v *view) verdict {
	switch g.Gate.check(v) {
	case no:
		return yes
	case yes:
		return no
	}
	return unknown
}

func (g Not) explain(v *view) Progress {
	p := g.Gate.explain(v)
	out := Progress{Label: "not: " + p.Label, Met: !p.Met && !p.Unknown, Unknown: p.Unknown, Of: []Progress{p}}
	out.Done = doneIf(out.Met)
	return out
}

func (g Not) validate(c *checker, path string) { c.gate(path+".not", g.Gate) }

func (g Not) need(n *Needs) { g.Gate.need(n) }

// checkSome answers whether k gates are met. It stops as soon as that is sure.
func checkSome(v *view, gates []Gate, k int) verdict {
	met, maybe := 0, 0
	for i, x := range gates {
		switch x.check(v) {
		case yes:
			met++
		case unknown:
			maybe++
		}
		if met >= k {
			return yes
		}
		if met+maybe+len(gates)-i-1 < k {
			return no
		}
	}
	return unknown
}

// compose explains k of n gates. The share done is the mean of the k gates
// that are furthest on.
func compose(v *view, label string, gates []Gate, k int) Progress {
	p := Progress{Label: label, Of: make([]Progress, 0, len(gates))}
	met, maybe := 0, 0
	words := make([]string, 0, len(gates))
	for _, g := range gates {
		x := g.explain(v)
		if x.Met {
			met++
		} else if x.Unknown {
			maybe++
		}
		p.Of = append(p.Of, x)
		words = append(words, x.Label)
	}
	p.Met = met >= k
	p.Unknown = !p.Met && met+maybe >= k
	p.Label = label + " (" + strings.Join(words, "; ") + ")"
	p.Done = meanOfBest(p.Of, k)
	return p
}

func validateList(c *checker, path string, gates []Gate) {
	if len(gates) == 0 {
		c.fail(path, "is empty, want at least one gate")
	}
	for i, g := range gates {
		c.gate(fmt.Sprintf("%s[%d]", path, i), g)
	}
}

func needList(n *Needs, gates []Gate) {
	for _, g := range gates {
		g.need(n)
	}
}

// Func is a gate in Go, for what the declarative gates do not reach. Fn must
// be a pure function of the facts and must not modify them; an engine calls it
// while others wait for awards, so it must not call the engine. If it panics
// the rule is not decided, keeps its state, and is reported with its name;
// other rules are not touched. A Func cannot be written as JSON.
type Func struct {
	Name string // for explanations
	Fn   func(f *Facts) bool
}

func (g Func) check(v *view) (out verdict) {
	defer func() {
		if r := recover(); r != nil {
			out = unknown
			if v.err == nil {
				v.err = &RuleError{Rule: v.rule, Field: "gate.func " + g.Name, Reason: fmt.Sprint(r), Err: ErrPanic}
			}
		}
	}()
	return verdictOf(g.Fn(v.f))
}

func (g Func) explain(v *view) Progress {
	return Progress{Label: g.Name}.judged(g.check(v))
}

func (g Func) validate(c *checker, path string) {
	if g.Name == "" {
		c.fail(path+".func.name", "is empty, want a name for explanations")
	}
	if g.Fn == nil {
		c.fail(path+".func.fn", "is nil, want a function")
	}
}

// need keeps everything: a Go function may look at any fact.
func (g Func) need(n *Needs) {
	n.facets |= allFacets
	n.meters |= 1<<usage.NumMeters - 1
	n.everyHour()
	n.anyBoard, n.anyCount = true, true
	n.addIdle(DefaultIdle)
}
