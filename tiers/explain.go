package tiers

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Progress says how far one gate is. Done is an exact share from 0 to 1; of
// amounts and of compositions it is rounded down to a millionth.
type Progress struct {
	Label   string     `json:"label"`            // the gate in words
	Metric  Metric     `json:"metric,omitempty"` // of a threshold
	Op      Op         `json:"-"`
	Sized   bool       `json:"-"`              // Have, Want and Missing are numbers that belong together
	Have    Value      `json:"have"`           //
	Want    Value      `json:"want"`           //
	Missing Value      `json:"missing"`        // Want - Have; of an at most, Have - Want; 0 when met, never below
	Done    Fraction   `json:"done"`           // 1 exactly if met
	Met     bool       `json:"met"`            //
	Unknown bool       `json:"unknown"`        // cannot be decided from these facts
	Note    string     `json:"note,omitempty"` // what to know besides
	Of      []Progress `json:"of,omitempty"`   // parts of a composition
}

// judged completes a progress by the verdict.
func (p Progress) judged(v verdict) Progress {
	p.Met, p.Unknown = v == yes, v == unknown
	p.Done = doneIf(p.Met)
	if p.Met || !p.Sized {
		p.Missing = Value{kind: p.Want.kind, d: p.Want.d}
		return p
	}
	if p.Op.lower() {
		p.Done = lesser(doneShare(p.Have, p.Want), Fraction{999_999, 1_000_000})
		p.Missing = p.Want.minus(p.Have)
	} else {
		p.Missing = p.Have.minus(p.Want)
	}
	if p.Missing.sign() < 0 { // this number is enough; something else is short
		p.Missing = Value{kind: p.Want.kind, d: p.Want.d}
	}
	return p
}

// minus returns v - w of one kind; of shares in millionths, rounded down. It
// is what is shown, so a difference that overflows is shown as v.
func (v Value) minus(w Value) Value {
	switch v.kind {
	case amountValue:
		if m, err := v.m.Sub(w.m); err == nil {
			v.m = m
		}
		return v
	case shareValue:
		a, b := big.NewRat(v.n, max(v.d, 1)), big.NewRat(w.n, max(w.d, 1))
		return Share(millionths(a.Sub(a, b)))
	}
	if n := v.n - w.n; (n < v.n) == (w.n > 0) {
		v.n = n
	}
	return v
}

// millionths rounds an exact ratio down to a millionth.
func millionths(r *big.Rat) Fraction {
	const scale = 1_000_000
	n := new(big.Int).Mul(r.Num(), big.NewInt(scale))
	n.Div(n, r.Denom())
	if !n.IsInt64() {
		return Fraction{0, scale}
	}
	return Fraction{n.Int64(), scale}
}

// doneShare returns have of want from 0 to 1.
func doneShare(have, want Value) Fraction {
	if have.sign() <= 0 || want.sign() <= 0 {
		return Fraction{0, 1}
	}
	var f Fraction
	switch want.kind {
	case amountValue:
		f = shareOf(have.m, want.m)
	case shareValue:
		f = millionths(new(big.Rat).Quo(big.NewRat(have.n, max(have.d, 1)), big.NewRat(want.n, max(want.d, 1))))
	default:
		f = Fraction{have.n, want.n}
	}
	return lesser(f, Fraction{1, 1})
}

func doneIf(met bool) Fraction {
	if met {
		return Fraction{1, 1}
	}
	return Fraction{0, 1}
}

func lesser(a, b Fraction) Fraction {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

// meanOfBest returns the mean of the k greatest shares, rounded down.
func meanOfBest(of []Progress, k int) Fraction {
	taken := make([]bool, len(of))
	sum := new(big.Rat)
	for range k {
		best := -1
		for i := range of {
			if !taken[i] && (best < 0 || of[i].Done.Cmp(of[best].Done) > 0) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		taken[best] = true
		sum.Add(sum, big.NewRat(of[best].Done.Num, of[best].Done.Den))
	}
	if k < 1 {
		return Fraction{0, 1}
	}
	f := millionths(sum.Quo(sum, big.NewRat(int64(k), 1)))
	if f.Num >= f.Den {
		return Fraction{1, 1}
	}
	return f
}

// String says the progress in one line, such as
// "tokens at least 10,000,000: 42 %, has 4,200,000, missing 5,800,000".
func (p Progress) String() string {
	s := p.Label + ": "
	switch {
	case p.Met:
		s += "met"
	case p.Unknown:
		s += "not known"
	default:
		s += p.Done.String()
	}
	if p.Sized {
		s += ", has " + p.Have.String()
		if !p.Met && !p.Unknown && p.Missing.sign() > 0 {
			if p.Op.lower() {
				s += ", missing " + p.Missing.String()
			} else {
				s += ", over by " + p.Missing.String()
			}
		}
	}
	if p.Note != "" {
		s += " (" + p.Note + ")"
	}
	return s
}

// Explanation says how facts stand to a rule: the evidence of a transition and
// the answer to "what am I missing".
type Explanation struct {
	Rule    string    `json:"rule"`
	Version int       `json:"version"`
	Title   string    `json:"title"`
	Subject string    `json:"subject,omitempty"`
	AsOf    time.Time `json:"as_of"`
	First   Day       `json:"first"` // first day of the window
	Last    Day       `json:"last"`  // last day of the window, inclusive
	Window  string    `json:"window"`
	Book    string    `json:"book,omitempty"` // version of the price book behind the costs

	Level   int        `json:"level"`             // the level these facts are worth; 0: none
	Levels  int        `json:"levels"`            // how many there are
	Gates   []Progress `json:"gates"`             // what holding the rule at all takes, prerequisites first
	Reached []Progress `json:"reached,omitempty"` // what the level takes that these facts are worth
	Next    []Progress `json:"next,omitempty"`    // what the next level takes; empty at the top
	Err     error      `json:"-"`                 // why the rule cannot be decided, or nil
}

// Met reports whether the facts are worth at least the first level.
func (x *Explanation) Met() bool { return x.Level > 0 }

// Done returns how far the next level is, or 1 at the top.
func (x *Explanation) Done() Fraction {
	parts := x.Next
	if x.Level == 0 {
		parts = append(append([]Progress(nil), x.Gates...), x.Next...)
	}
	if len(parts) == 0 {
		return Fraction{1, 1}
	}
	return meanOfBest(parts, len(parts))
}

// String says it in words, one line a gate, parts indented.
func (x *Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s, version %d) over %s, %s to %s: ", x.Title, x.Rule, x.Version, x.Window, x.First, x.Last)
	switch {
	case x.Err != nil:
		b.WriteString("cannot be decided: " + x.Err.Error())
	case x.Levels > 1:
		fmt.Fprintf(&b, "level %d of %d", x.Level, x.Levels)
	case x.Met():
		b.WriteString("met")
	default:
		b.WriteString("not met")
	}
	b.WriteByte('\n')
	writeProgress(&b, x.Gates, "  ")
	if len(x.Next) > 0 {
		fmt.Fprintf(&b, "  for level %d:\n", x.Level+1)
		writeProgress(&b, x.Next, "    ")
	}
	return b.String()
}

func writeProgress(b *strings.Builder, list []Progress, indent string) {
	for i := range list {
		p := &list[i]
		if len(p.Of) == 0 {
			b.WriteString(indent + p.String() + "\n")
			continue
		}
		head, _, _ := strings.Cut(p.Label, " (")
		fmt.Fprintf(b, "%s%s: %s\n", indent, head, p.state())
		writeProgress(b, p.Of, indent+"  ")
	}
}

func (p *Progress) state() string {
	switch {
	case p.Met:
		return "met"
	case p.Unknown:
		return "not known"
	}
	return p.Done.String()
}

// Explain says for each gate of a rule what the facts have, what it wants,
// what is missing and how far it is.
func Explain(r *Rule, f *Facts) Explanation {
	x := Explanation{
		Rule: r.ID, Version: r.Version, Title: r.Text.Title, Subject: f.Subject,
		AsOf: f.AsOf, First: f.First, Last: f.Last, Window: f.Lens.Window.String(), Book: f.Book,
		Levels: r.levels(),
	}
	v := view{f: f, rule: r.ID}
	level, verdict := r.worth(&v)
	x.Level, x.Err = level, v.err
	if verdict == unknown {
		x.Level = 0
	}
	if !r.sameLens(f) {
		return x
	}
	for _, id := range r.Prereqs {
		p := Progress{Label: "holds " + id, Met: f.Held[id] > 0}
		p.Done = doneIf(p.Met)
		x.Gates = append(x.Gates, p)
	}
	if r.Gate != nil {
		x.Gates = append(x.Gates, explainParts(r.Gate, &v)...)
	}
	if x.Level > 0 && len(r.Levels) > 0 {
		x.Reached = explainParts(r.Levels[x.Level-1].Gate, &v)
	}
	if x.Level < len(r.Levels) {
		x.Next = explainParts(r.Levels[x.Level].Gate, &v)
	}
	return x
}

// explainParts opens the outermost All: its parts read better as a list.
func explainParts(g Gate, v *view) []Progress {
	p := g.explain(v)
	if _, ok := g.(All); ok {
		return p.Of
	}
	return []Progress{p}
}
