package tiers

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Set is a validated collection of rules, with what they need and the order
// in which prerequisites are decided. It is immutable and safe for concurrent
// use.
type Set struct {
	rules   []Rule
	index   map[string]int
	lenses  []Lens
	facets  []facet // of each lens: what its rules look at
	wants   []facet // of each rule: what it looks at
	lens    []int   // of each rule: its lens
	prereqs [][]int // of each rule: the rules it requires
	order   []int   // every rule after its prerequisites
	needs   Needs
}

// NewSet validates rules and returns them as a set, in the order given. The
// error is a [*RuleError] that names rule and field: a rule of its own that is
// at fault, an id used twice, a prerequisite that is not in the set, or
// prerequisites that form a cycle.
func NewSet(rules ...Rule) (*Set, error) {
	s := &Set{rules: slices.Clone(rules), index: make(map[string]int, len(rules)), needs: Needs{facets: facetKnown}}
	for i := range s.rules {
		r := &s.rules[i]
		if err := r.Validate(); err != nil {
			return nil, err
		}
		if _, ok := s.index[r.ID]; ok {
			return nil, &RuleError{Rule: r.ID, Field: "id", Reason: "is used twice", Err: ErrInvalid}
		}
		s.index[r.ID] = i
		s.gather(r)
	}
	if err := s.linkPrereqs(); err != nil {
		return nil, err
	}
	return s, nil
}

// gather notes which facts a rule looks at.
func (s *Set) gather(r *Rule) {
	lens := r.Lens()
	i := slices.Index(s.lenses, lens)
	if i < 0 {
		i = len(s.lenses)
		s.lenses = append(s.lenses, lens)
		s.facets = append(s.facets, 0)
	}
	s.lens = append(s.lens, i)
	s.needs.addZone(lens.Window.Zone)
	var n Needs
	if r.Gate != nil {
		r.Gate.need(&n)
	}
	for i := range r.Levels {
		r.Levels[i].Gate.need(&n)
	}
	s.needs.take(n)
	s.facets[i] |= n.facets
	s.wants = append(s.wants, n.facets)
}

func (s *Set) linkPrereqs() error {
	s.prereqs = make([][]int, len(s.rules))
	for i := range s.rules {
		for k, id := range s.rules[i].Prereqs {
			j, ok := s.index[id]
			if !ok {
				return &RuleError{Rule: s.rules[i].ID, Field: fmt.Sprintf("prereqs[%d]", k), Reason: fmt.Sprintf("there is no rule %q in the set", id), Err: ErrInvalid}
			}
			s.prereqs[i] = append(s.prereqs[i], j)
		}
	}
	state := make([]int8, len(s.rules)) // 0 new, 1 on the path, 2 done
	var visit func(i int, path []string) error
	visit = func(i int, path []string) error {
		path = append(path, s.rules[i].ID)
		switch state[i] {
		case 1:
			return &RuleError{Rule: s.rules[i].ID, Field: "prereqs", Reason: "form a cycle: " + strings.Join(path, " requires "), Err: ErrInvalid}
		case 2:
			return nil
		}
		state[i] = 1
		for _, j := range s.prereqs[i] {
			if err := visit(j, path); err != nil {
				return err
			}
		}
		state[i] = 2
		s.order = append(s.order, i)
		return nil
	}
	for i := range s.rules {
		if err := visit(i, nil); err != nil {
			return err
		}
	}
	return nil
}

// Len returns the number of rules.
func (s *Set) Len() int { return len(s.rules) }

// Rule returns rule i of [0, Len). It must not be modified.
func (s *Set) Rule(i int) *Rule { return &s.rules[i] }

// Index returns the place of a rule in the set; false if there is none.
func (s *Set) Index(id string) (int, bool) {
	i, ok := s.index[id]
	return i, ok
}

// Lenses returns the different views on a subject's samples that the rules
// look through. Evaluation wants one [Facts] for each, in this order.
func (s *Set) Lenses() []Lens { return slices.Clone(s.lenses) }

// Needs returns what an accumulator must keep for these rules.
func (s *Set) Needs() Needs { return s.needs }

// FactsOf returns which of the facts rule i looks at: an index into
// [Set.Lenses].
func (s *Set) FactsOf(i int) int { return s.lens[i] }

// Gather fills one [Facts] for each lens of the set, with what the rules that
// look through it need: models, sessions and workflows are left empty where no
// rule asks for them. The slice is used again
// if it has the length for it; fields that the accumulator does not know, such
// as ranks, are left alone.
func (s *Set) Gather(facts []Facts, a *Accumulator, asOf time.Time) ([]Facts, error) {
	if len(facts) != len(s.lenses) {
		facts = make([]Facts, len(s.lenses))
	}
	for i, lens := range s.lenses {
		if err := a.see(&facts[i], asOf, lens, s.facets[i]); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// Eval moves the states of all rules, in place, and appends the transitions to
// dst. There must be one Facts for each lens and one State for each rule.
// Prerequisites are read from the states as they become. It allocates for
// transitions only.
func (s *Set) Eval(facts []Facts, states []State, dst []Transition) []Transition {
	if len(facts) != len(s.lenses) || len(states) != len(s.rules) {
		return append(dst, Transition{Change: Fault, Err: &RuleError{
			Rule: "set", Field: "facts", Err: ErrUnknown,
			Reason: fmt.Sprintf("are %d and states %d, want %d and %d", len(facts), len(states), len(s.lenses), len(s.rules)),
		}})
	}
	s.eval(facts, states, func(i int, c *step) {
		f := &facts[s.lens[i]]
		if len(s.prereqs[i]) > 0 {
			f = s.withHeld(i, f, states)
		}
		dst = c.transitions(&s.rules[i], f, dst)
	})
	return dst
}

// eval moves the states and tells of each step.
func (s *Set) eval(facts []Facts, states []State, tell func(rule int, c *step)) {
	v := new(view) // gates keep it from the stack: one for all rules
	for _, i := range s.order {
		r, f, state := &s.rules[i], &facts[s.lens[i]], &states[i]
		if f.AsOf.Before(state.AsOf) {
			continue
		}
		v.f, v.rule, v.err = f, r.ID, nil
		level, got := 0, no
		if f.Lens != s.lenses[s.lens[i]] {
			level, got = r.worth(v) // says what is wrong
		} else if s.allHeld(i, states) {
			level, got = r.worthOfGates(v)
		}
		if decide(v, r, state, level, got) {
			tell(i, &v.step)
		}
	}
}

func (s *Set) allHeld(i int, states []State) bool {
	for _, j := range s.prereqs[i] {
		if !states[j].Held() {
			return false
		}
	}
	return true
}

// Explain explains rule i with the facts of its lens and the states as
// prerequisites.
func (s *Set) Explain(i int, facts []Facts, states []State) Explanation {
	return Explain(&s.rules[i], s.withHeld(i, &facts[s.lens[i]], states))
}

// withHeld returns a copy of facts that knows the prerequisites of a rule.
func (s *Set) withHeld(i int, f *Facts, states []State) *Facts {
	with := *f
	with.Held = make(map[string]int, len(s.prereqs[i]))
	for _, j := range s.prereqs[i] {
		if states[j].Held() {
			with.Held[s.rules[j].ID] = max(states[j].Level, 1)
		}
	}
	return &with
}
