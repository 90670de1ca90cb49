package tiers

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// walk shows a ladder one value of a counter a day and returns the level after
// each.
func walk(t *testing.T, l *Ladder, values ...int64) (levels []int, all []Transition) {
	t.Helper()
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	var s State
	for day, n := range values {
		f := Facts{Subject: "ana", AsOf: noon(1).AddDate(0, 0, day), Counters: map[string]int64{"n": n}}
		var trs []Transition
		s, trs = l.Eval(&f, s)
		levels = append(levels, s.Level)
		all = append(all, trs...)
		if same, more := l.Eval(&f, s); same != s || len(more) != 0 {
			t.Fatalf("day %d evaluated twice: %v", day, more)
		}
	}
	return levels, all
}

func TestLadderHysteresis(t *testing.T) {
	n := Counter("n")
	rungs := []Rung{
		{Name: "low", Enter: AtLeast(n, 10), Keep: AtLeast(n, 8)},
		{Name: "high", Enter: AtLeast(n, 20), Keep: AtLeast(n, 15)},
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		name   string
		ladder Ladder
		values []int64
		want   []int
	}{
		{"enter and leave at different values", Ladder{Rungs: rungs}, []int64{9, 10, 9, 8, 7, 9, 10}, []int{0, 1, 1, 1, 0, 0, 1}},
		{"two rungs at once, both ways", Ladder{Rungs: rungs}, []int64{20, 15, 14, 20, 0}, []int{2, 2, 1, 2, 0}},
		{"sticky", Ladder{Rungs: rungs, Sticky: true}, []int64{20, 0, 0, 10}, []int{2, 2, 2, 2}},
		{"no loss within the dwell, then one rung each", Ladder{Rungs: rungs, MinDwell: 3 * day}, []int64{20, 0, 0, 0, 0, 0, 0}, []int{2, 2, 2, 1, 1, 1, 0}},
		{"up is never delayed", Ladder{Rungs: rungs, MinDwell: 3 * day}, []int64{10, 20, 0, 0, 0, 20}, []int{1, 2, 2, 2, 1, 2}},
	} {
		got, _ := walk(t, &c.ladder, c.values...)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	_, trs := walk(t, &Ladder{Name: "belt", Rungs: rungs}, 20, 0, 10, 20)
	var words []string
	for i := range trs {
		words = append(words, trs[i].String())
	}
	want := "ana: unlock belt|ana: level_up belt 1 to 2|ana: level_down belt 2 to 1|ana: revoke belt|ana: reinstate belt|ana: reinstate belt 1 to 2"
	if got := strings.Join(words, "|"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestLadderWantsItsFacts(t *testing.T) {
	l := DefaultLadder()
	f := factsOf(t, noon(2), LastDays(7), call(noon(1), 1e9))
	if r, ok := l.Of(&f); ok {
		t.Errorf("on %s by facts of another window", r.Name)
	}
	s, trs := l.Eval(&f, State{Level: 2})
	if s.Level != 2 || len(trs) != 1 || !errors.Is(trs[0].Err, ErrUnknown) {
		t.Errorf("%+v %v", s, trs)
	}
}

func TestCalibrate(t *testing.T) {
	l := DefaultLadder()
	rng := rand.New(rand.NewPCG(1, 1))
	var people []*Facts
	for i := range 1000 {
		// Days rise with the place, and tokens are heavy-tailed.
		days := 1 + i*30/1000
		tokens := int64(1_000_000 * (1 + rng.ExpFloat64()*float64(i)))
		a := NewAccumulator(l.Needs())
		for d := range days {
			a.Add(call(noon(1+d), tokens/int64(days)))
		}
		f, err := a.See(noon(30), l.Lens())
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, &f)
	}
	shares := []Fraction{Percent(90), Percent(50), Percent(20), Percent(5), PerMille(5)}
	fitted, fits, err := l.Calibrate(slices.Values(people), shares)
	if err != nil {
		t.Fatal(err)
	}
	if err := fitted.Validate(); err != nil {
		t.Fatal(err)
	}
	counts := make([]int, len(l.Rungs)+1)
	for _, f := range people {
		r, _ := fitted.Of(f)
		for level := range r.Level + 1 {
			counts[level]++
		}
	}
	for i, s := range shares {
		want := int(1000 * s.Num / s.Den)
		if counts[i+1] != want || fits[i].Reach != want || fits[i].Rung != l.Rungs[i].Name {
			t.Errorf("%s: %d people and a fit of %+v, want %d", l.Rungs[i].Name, counts[i+1], fits[i], want)
		}
	}
	// The ladder that was asked is as it was.
	if d := DefaultLadder(); l.Rungs[4].Enter.(All)[0] != d.Rungs[4].Enter.(All)[0] {
		t.Error("calibration changed the ladder it was asked of")
	}
	for _, c := range []struct {
		name   string
		people []*Facts
		shares []Fraction
	}{
		{"too few shares", people, shares[:4]},
		{"shares that rise", people, []Fraction{Percent(50), Percent(60), Percent(20), Percent(5), Percent(1)}},
		{"nobody", nil, shares},
		{"nobody with 20 active days", people[:300], shares},
	} {
		if _, _, err := l.Calibrate(slices.Values(c.people), c.shares); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestSimulate(t *testing.T) {
	days := func(n int) Rule {
		return Rule{ID: "days", Version: 1, Kind: Leveled, Levels: Steps(ActiveDays, int64(n), int64(2*n)), Window: LastDays(30), Text: Text{Title: "Days"}}
	}
	extra := Rule{ID: "calls", Version: 1, Gate: AtLeast(Calls, 6), Window: LastDays(30), Text: Text{Title: "Calls"}}
	gone := Rule{ID: "gone", Version: 1, Gate: AtLeast(Calls, 8), Window: LastDays(30), Text: Text{Title: "Gone"}}
	current, err := NewSet(days(3), gone)
	if err != nil {
		t.Fatal(err)
	}
	broken := Rule{ID: "broken", Version: 1, Gate: RankAtMost{Board: "none", Rank: 1}, Window: LastDays(30), Text: Text{Title: "Broken"}}
	proposed, err := NewSet(days(4), extra, broken)
	if err != nil {
		t.Fatal(err)
	}
	var people []Person
	for n := 1; n <= 8; n++ { // somebody with 1 active day, with 2, …
		a := NewAccumulator(current.Needs().Join(proposed.Needs()))
		for _, s := range on(upTo(n)...).samples {
			a.Add(s)
		}
		people = append(people, Person{Subject: string(rune('0' + n)), Samples: a})
	}
	out, err := Simulate(current, proposed, slices.Values(people), DateOf(2026, 4, 1), DateOf(2026, 4, 20))
	if err != nil {
		t.Fatal(err)
	}
	type brief struct {
		rule             string
		levels           []int
		gain, lose       string
		up, down         string
		faults, subjects int
	}
	var got []brief
	for _, o := range out {
		sum := 0
		for _, n := range o.Levels {
			sum += n
		}
		got = append(got, brief{o.Rule, o.Levels, strings.Join(o.Gain, ""), strings.Join(o.Lose, ""), strings.Join(o.Up, ""), strings.Join(o.Down, ""), o.Faults, sum})
	}
	want := []brief{
		{"days", []int{3, 4, 1}, "", "3", "", "67", 0, 8},
		{"calls", []int{5, 3}, "678", "", "", "", 0, 8},
		{"broken", []int{8, 0}, "", "", "", "", 8, 8},
		{"gone", []int{8, 0}, "", "8", "", "", 0, 8},
	}
	for i := range want {
		if i >= len(got) || !slices.Equal(got[i].levels, want[i].levels) {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
		got[i].levels, want[i].levels = nil, nil
		if g, w := got[i], want[i]; g.rule != w.rule || g.gain != w.gain || g.lose != w.lose || g.up != w.up || g.down != w.down || g.faults != w.faults || g.subjects != w.subjects {
			t.Errorf("%+v\nwant %+v", g, w)
		}
	}
	if out, err = Simulate(nil, proposed, slices.Values(people), DateOf(2026, 4, 20), DateOf(2026, 4, 20)); err != nil || len(out[0].Gain) != 5 {
		t.Errorf("without a current set: %+v %v", out, err)
	}
}

func TestLadderReplayAgreesWithEval(t *testing.T) {
	l := DefaultLadder()
	a := NewAccumulator(l.Needs())
	for _, d := range upTo(12) {
		a.Add(call(noon(d), 60_000_000))
	}
	first, last, ok := a.Span()
	if !ok || first != DateOf(2026, 4, 1) || last != DateOf(2026, 4, 12) {
		t.Fatalf("%s to %s", first, last)
	}
	s, trs, err := l.Replay(a, State{}, first, last+60, func(f *Facts) { f.Subject = "ana" })
	if err != nil {
		t.Fatal(err)
	}
	var path []string
	for _, tr := range trs {
		path = append(path, tr.At.Format("01-02 ")+tr.Change.String())
	}
	// Silver on the 5th active day, gold on the 10th. Days leave the window
	// from 1 May: gold needs 8 of them to keep, silver 3, bronze 1; a week at
	// least between two losses.
	want := "04-01 unlock, 04-05 level_up, 04-10 level_up, 05-05 level_down, 05-12 level_down, 05-19 revoke"
	if got := strings.Join(path, ", "); got != want || s.Level != 0 {
		t.Errorf("%s, level %d\nwant %s", got, s.Level, want)
	}
	// The same is known beforehand.
	s, _, err = l.Replay(a, State{}, first, last, nil)
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := l.Lapses(a, s, noon(13), nil); !ok || !at.Equal(DateOf(2026, 5, 5).Start(nil)) {
		t.Errorf("gold lapses on %v %v, want 5 May", at, ok)
	}
	s.Since = noon(28).AddDate(0, 0, 7) // reached lately: a week is certain
	if at, ok := l.Lapses(a, s, noon(30), nil); !ok || !at.Equal(DateOf(2026, 5, 13).Start(nil)) {
		t.Errorf("gold lapses on %v %v, want 13 May, the first midnight a week after noon of 5 May", at, ok)
	}
	l.Sticky = true
	if at, ok := l.Lapses(a, s, noon(13), nil); ok {
		t.Errorf("a sticky rung lapses on %v", at)
	}
}

// Rungs by quantile of a board, with a minimum population.
func TestLadderByQuantile(t *testing.T) {
	l := Ladder{Rungs: []Rung{
		{Name: "half", Enter: TopShare{Board: "b", Share: Percent(50), MinPopulation: 10}},
		{Name: "tenth", Enter: TopShare{Board: "b", Share: Percent(10), MinPopulation: 10}},
		{Name: "first", Enter: RankAtMost{Board: "b", Rank: 1, MinPopulation: 10}},
	}}
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rank, population, want int
	}{
		{1, 85, 3}, {2, 85, 2}, {8, 85, 2}, {9, 85, 1}, {42, 85, 1}, {43, 85, 0}, {0, 85, 0}, {1, 9, 0}, {1, 10, 3},
	} {
		f := Facts{Rank: map[string]int{"b": c.rank}, Population: map[string]int{"b": c.population}}
		if r, _ := l.Of(&f); r.Level != c.want {
			t.Errorf("rank %d of %d: rung %d, want %d", c.rank, c.population, r.Level, c.want)
		}
	}
}
