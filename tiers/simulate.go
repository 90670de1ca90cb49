package tiers

import "iter"

// Person is one subject of a simulation.
type Person struct {
	Subject string
	Samples *Accumulator
	Place   func(f *Facts) // sets ranks; may be nil
}

// Outlook is what a simulation says of one rule.
type Outlook struct {
	Rule   string
	Title  string
	Levels []int    // how many subjects hold each level; Levels[0] hold nothing
	Gain   []string // who would hold it and does not now
	Lose   []string // who holds it now and would not
	Up     []string // who would hold a higher level than now
	Down   []string // who would hold a lower level than now
	Faults int      // subjects for whom it could not be decided
}

// Simulate replays a population's days under a proposed set of rules and under
// the current one, before the proposal is rolled out. current may be nil: then
// everybody who holds a rule gains it. Rules are matched by id; a rule that is
// only in the current set is reported with everybody who loses it. Subjects
// are listed in the order of the population. The accumulators must keep what
// both sets need. It costs one fold a person and day and set; with first equal
// to last it asks who would hold what if the rules began that day.
func Simulate(current, proposed *Set, population iter.Seq[Person], first, last Day) ([]Outlook, error) {
	sim := simulation{index: map[string]int{}}
	for _, s := range []*Set{proposed, current} {
		if s != nil {
			sim.list(s)
		}
	}
	for p := range population {
		was, _, err := held(current, &p, first, last)
		if err != nil {
			return nil, err
		}
		will, faults, err := held(proposed, &p, first, last)
		if err != nil {
			return nil, err
		}
		sim.count(&p, was, will, faults)
	}
	return sim.out, nil
}

type simulation struct {
	out   []Outlook
	index map[string]int
}

func (s *simulation) list(set *Set) {
	for i := range set.rules {
		r := &set.rules[i]
		if _, ok := s.index[r.ID]; ok {
			continue
		}
		s.index[r.ID] = len(s.out)
		s.out = append(s.out, Outlook{Rule: r.ID, Title: r.Text.Title, Levels: make([]int, r.levels()+1)})
	}
}

// held returns the levels one person holds at the end of the days, by rule,
// and the rules that could not be decided on the last day.
func held(set *Set, p *Person, first, last Day) (levels map[string]int, faults map[string]bool, err error) {
	levels, faults = map[string]int{}, map[string]bool{}
	if set == nil {
		return levels, faults, nil
	}
	states := make([]State, set.Len())
	trs, err := set.Replay(p.Samples, states, first, last, p.Place)
	if err != nil {
		return nil, nil, err
	}
	for i := range states {
		if states[i].Held() {
			levels[set.rules[i].ID] = max(states[i].Level, 1)
		}
	}
	for i := range trs {
		if trs[i].Change == Fault && trs[i].At.Equal(last.Close()) {
			faults[trs[i].Rule] = true
		}
	}
	return levels, faults, nil
}

func (s *simulation) count(p *Person, was, will map[string]int, faults map[string]bool) {
	for i := range s.out {
		o := &s.out[i]
		before, after := was[o.Rule], will[o.Rule]
		if after < len(o.Levels) {
			o.Levels[after]++
		}
		if faults[o.Rule] {
			o.Faults++
		}
		switch {
		case before == 0 && after > 0:
			o.Gain = append(o.Gain, p.Subject)
		case before > 0 && after == 0:
			o.Lose = append(o.Lose, p.Subject)
		case after > before:
			o.Up = append(o.Up, p.Subject)
		case after < before:
			o.Down = append(o.Down, p.Subject)
		}
	}
}
