package tiers

import (
	"fmt"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// worker fills an accumulator with a month of a person's work: 22 active days,
// 3 models, 2 sessions a day, and a number of calls a day.
func worker(a *Accumulator, seed, calls int) {
	for day := range 30 {
		if DateOf(2026, 4, 1+day).Weekend() {
			continue
		}
		for i := range calls {
			n := int64(1000 + (seed*7919+day*31+i*17)%5000)
			a.Add(Sample{
				At: noon(1 + day).Add(time.Duration(i) * 7 * time.Minute), Provider: "anthropic", Model: fmt.Sprint("model-", (i+seed)%3),
				Session: fmt.Sprint(day, i%2), Usage: usage.Usage{Input: n, CacheRead: 4 * n, CacheWrite5m: n / 2, Output: n / 4},
				Cost: pricing.FromColumns(12*n, 0), Saving: pricing.FromColumns(5*n, 0), SavingKnown: true, Status: pricing.Priced,
			})
		}
	}
}

func place(f *Facts) {
	f.Rank, f.Population = ranks, population
}

var (
	ranks      = map[string]int{TokensBoard: 7}
	population = map[string]int{TokensBoard: 85_000}
)

func defaultSet(t testing.TB) *Set {
	t.Helper()
	s, err := NewSet(DefaultRules()...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// settled returns the facts and states of one subject after a first
// evaluation, so that a second one finds nothing to change.
func settled(t testing.TB, s *Set) ([]Facts, []State) {
	t.Helper()
	a := NewAccumulator(s.Needs())
	worker(a, 1, 20)
	facts, err := s.Gather(nil, a, noon(30))
	if err != nil {
		t.Fatal(err)
	}
	for i := range facts {
		place(&facts[i])
	}
	states := make([]State, s.Len())
	s.Eval(facts, states, nil)
	return facts, states
}

// BenchmarkEval30 evaluates the default rules, two more than thirty, for one
// subject that was touched.
func BenchmarkEval30(b *testing.B) {
	s := defaultSet(b)
	facts, states := settled(b, s)
	var trs []Transition
	b.ReportAllocs()
	for b.Loop() {
		trs = s.Eval(facts, states, trs[:0])
	}
	if len(trs) != 0 {
		b.Fatal(trs)
	}
	b.ReportMetric(float64(s.Len()), "rules")
}

// BenchmarkEval85000x30 evaluates the default rules for a company, each with
// facts of its own.
func BenchmarkEval85000x30(b *testing.B) {
	s := defaultSet(b)
	const people, kinds = 85_000, 500 // facts of 500 people, shared to fit in memory
	facts := make([][]Facts, kinds)
	states := make([][]State, people)
	for i := range facts {
		a := NewAccumulator(s.Needs())
		worker(a, i, 3)
		var err error
		if facts[i], err = s.Gather(nil, a, noon(30)); err != nil {
			b.Fatal(err)
		}
		for k := range facts[i] {
			place(&facts[i][k])
		}
	}
	for i := range states {
		states[i] = make([]State, s.Len())
		s.Eval(facts[i%kinds], states[i], nil)
	}
	var trs []Transition
	b.ReportAllocs()
	for b.Loop() {
		for i := range states {
			trs = s.Eval(facts[i%kinds], states[i], trs[:0])
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	s := defaultSet(b)
	a := NewAccumulator(s.Needs())
	x := call(noon(1), 1000)
	x.Workflow = "w"
	at := x.At
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		x.At = at.Add(time.Duration(i%43_200) * time.Minute) // a month, again and again
		a.Add(x)
	}
}

func BenchmarkGather(b *testing.B) {
	s := defaultSet(b)
	a := NewAccumulator(s.Needs())
	worker(a, 1, 20)
	var facts []Facts
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if facts, err = s.Gather(facts, a, noon(30)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(facts)), "lenses")
}

func BenchmarkExplain(b *testing.B) {
	s := defaultSet(b)
	facts, states := settled(b, s)
	b.ReportAllocs()
	for b.Loop() {
		for i := range s.Len() {
			x := s.Explain(i, facts, states)
			_ = x.Level
		}
	}
}

// A touched subject is evaluated with no more than two allocations.
func TestEvalAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s := defaultSet(t)
	facts, states := settled(t, s)
	var trs []Transition
	if got := testing.AllocsPerRun(100, func() { trs = s.Eval(facts, states, trs[:0]) }); got > 2 {
		t.Errorf("%v allocations, want at most 2", got)
	}
}
