package tiers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// scene is what a subject did, and what the host knows besides.
type scene struct {
	samples  []Sample
	counters map[string]int64
	held     []string
}

// on makes one call of 1,000 tokens at noon of each day of April 2026.
func on(days ...int) scene {
	var s scene
	for _, d := range days {
		s.samples = append(s.samples, call(noon(d), 1000))
	}
	return s
}

// with changes every sample of a scene.
func (s scene) with(change func(i int, x *Sample)) scene {
	s.samples = slices.Clone(s.samples)
	for i := range s.samples {
		change(i, &s.samples[i])
	}
	return s
}

func upTo(n int) []int {
	days := make([]int, n)
	for i := range days {
		days[i] = i + 1
	}
	return days
}

// lastDays are the days up to the 30th of April, before that month too.
func lastDays(n int) []int {
	days := make([]int, n)
	for i := range days {
		days[i] = 31 - n + i
	}
	return days
}

// aggregate makes a sample stand for a number of calls.
func aggregate(calls int64) func(int, *Sample) {
	return func(_ int, x *Sample) { x.Usage.Requests = calls }
}

// weekdays of April 2026, which begins on a Wednesday.
func weekdays(n int) []int {
	var days []int
	for d := 1; len(days) < n; d++ {
		if !DateOf(2026, 4, d).Weekend() {
			days = append(days, d)
		}
	}
	return days
}

func cost(t testing.TB, n int64) func(int, *Sample) {
	return func(i int, x *Sample) {
		x.Cost = pricing.Money{}
		if i == 0 {
			x.Cost = micro(t, n)
		}
	}
}

// cached is one sample of prompt tokens.
func cached(read, write, fresh int64, saving pricing.Money) scene {
	s := on(10)
	s.samples[0].Usage = usage.Usage{CacheRead: read, CacheWrite5m: write, Input: fresh}
	s.samples[0].Saving = saving
	return s
}

// each makes one sample a model, tokens alike in the order given.
func each(tokens []int64, provider string) scene {
	s := on(upTo(len(tokens))...)
	return s.with(func(i int, x *Sample) {
		x.Usage.Input = tokens[i]
		x.Model = string(rune('a' + i))
		if provider == "" {
			x.Provider = "p" + x.Model
		}
	})
}

// before shifts samples by days, to fill the first half of 60 days.
func halves(early, late func(*Sample)) scene {
	a := on(15)
	a.samples[0].At = noon(15).AddDate(0, 0, -30)
	early(&a.samples[0])
	b := call(noon(15), 1000)
	late(&b)
	a.samples = append(a.samples, b)
	return a
}

// Every default rule is earned, missed by one and lost; those of titles have
// tests of their own. What is kept is lost by correction only: the facts that
// miss it are those of a corrected history, and hold nothing from the start.
func TestDefaultRules(t *testing.T) {
	tried := map[string]bool{"token-legend": true, "session-immortal": true, "model-connoisseur": true, "cache-wizard": true}
	defer func() {
		for _, r := range DefaultRules() {
			if !tried[r.ID] {
				t.Errorf("%s is not tried", r.ID)
			}
		}
	}()
	cents := func(n int64) pricing.Money { return micro(t, n*10_000) }
	nothing := scene{}
	longSession := func(d time.Duration) scene {
		s := on(weekdays(12)...)
		for at := time.Duration(0); at < d; at += 20 * time.Minute {
			s.samples = append(s.samples, call(noon(2).Add(at), 1))
		}
		s.samples = append(s.samples, call(noon(2).Add(d), 1))
		return s
	}
	saving := func(spend, saved int64) scene {
		s := cached(1, 0, 0, cents(saved))
		s.samples[0].Cost = cents(spend)
		return s
	}
	counted := func(merged, reverted int64) scene {
		return scene{counters: map[string]int64{ChangesMerged: merged, ChangesReverted: reverted}}
	}
	workflows := func(n int) scene {
		return on(upTo(n)...).with(func(i int, x *Sample) { x.Workflow = string(rune('a' + i)) })
	}
	meters := func(u usage.Usage) scene {
		s := on(3)
		s.samples[0].Usage = u
		return s
	}
	hours := func(in, out int64) scene {
		s := on(upTo(10)...).with(aggregate(1))
		s.samples[0].Usage.Requests = in - 9
		s.samples = append(s.samples, call(noon(5).Add(8*time.Hour), 1)) // 20:00
		s.samples[10].Usage.Requests = out
		return s
	}
	for _, c := range []struct {
		id    string
		level int // held by earn
		earn  scene
		miss  scene // one unit short
	}{
		{"first-call", 1, on(1), nothing},
		{"regular", 1, on(upTo(5)...), on(upTo(4)...)},
		{"regular", 2, on(upTo(10)...), on(upTo(9)...)},
		{"regular", 3, on(upTo(20)...), on(upTo(19)...)},
		{"ten-weekdays", 1, on(weekdays(10)...), on(weekdays(9)...)},
		{"ten-weekdays", 1, on(weekdays(11)[1:]...), on(append(weekdays(9), weekdays(11)[10])...)},
		{"long-haul", 1, on(lastDays(100)...), on(lastDays(99)...)},
		{"long-haul", 2, on(lastDays(250)...), on(lastDays(249)...)},
		{"long-haul", 3, on(lastDays(500)...), on(lastDays(499)...)},
		{"even-keel", 1,
			on(upTo(10)...).with(func(i int, x *Sample) { x.Usage.Input = []int64{400_000, 177_778}[min(i, 1)] }),
			on(upTo(10)...).with(func(i int, x *Sample) { x.Usage.Input = []int64{400_001, 177_777}[min(i, 1)] })},
		{"even-keel", 1,
			on(upTo(10)...).with(func(_ int, x *Sample) { x.Usage.Input = 100_000 }),
			on(upTo(9)...).with(func(_ int, x *Sample) { x.Usage.Input = 200_000 })},
		{"welcome-back", 1, on(1, 12, 13, 14), on(1, 11, 12, 13)},
		{"welcome-back", 1, on(1, 12, 13, 14), on(1, 12, 13)},
		{"real-holiday", 1, on(1, 16), on(1, 15)},
		{"good-week", 1, on(27, 28, 30), on(27, 28)},
		{"good-week", 1, on(27, 28, 29), on(26, 28, 29)}, // the 26th is the Sunday of the week before
		{"weekend-off", 1, on(weekdays(12)...), on(weekdays(11)...)},
		{"weekend-off", 1, on(weekdays(12)...), on(append(weekdays(12), 4)...)},
		{"daylight", 1, hours(190, 10), hours(189, 11)},
		{"daylight", 1, hours(199, 1), hours(198, 1)},
		{"takes-breaks", 1, longSession(4*time.Hour - time.Nanosecond), longSession(4 * time.Hour)},
		{"small-and-steady", 1, on(upTo(15)...).with(cost(t, 50_000_000)), on(upTo(15)...).with(cost(t, 50_000_001))},
		{"small-and-steady", 1, on(upTo(15)...), on(upTo(14)...)},
		{"under-budget", 1, on(upTo(10)...).with(cost(t, 200_000_000)), on(upTo(10)...).with(cost(t, 200_000_001))},
		{"under-budget", 1, on(upTo(10)...), on(upTo(9)...)},
		{"leaner", 1,
			halves(func(s *Sample) { s.Usage, s.Cost = usage.Usage{Output: 50_000}, micro(t, 1000) }, func(s *Sample) { s.Usage, s.Cost = usage.Usage{Output: 50_000}, micro(t, 800) }),
			halves(func(s *Sample) { s.Usage, s.Cost = usage.Usage{Output: 50_000}, micro(t, 1000) }, func(s *Sample) { s.Usage, s.Cost = usage.Usage{Output: 50_000}, micro(t, 801) })},
		{"leaner", 1,
			halves(func(s *Sample) { s.Usage, s.Cost = usage.Usage{Output: 50_000}, micro(t, 1000) }, func(s *Sample) { s.Usage, s.Cost = usage.Usage{Output: 50_000}, micro(t, 0) }),
			halves(func(s *Sample) { s.Usage, s.Cost = usage.Usage{Output: 49_999}, micro(t, 1000) }, func(s *Sample) { s.Usage, s.Cost = usage.Usage{Output: 50_000}, micro(t, 0) })},
		{"shorter-prompts", 1,
			halves(func(s *Sample) { s.Usage = usage.Usage{Input: 1000, Requests: 200} }, func(s *Sample) { s.Usage = usage.Usage{Input: 800, Requests: 200} }),
			halves(func(s *Sample) { s.Usage = usage.Usage{Input: 1000, Requests: 200} }, func(s *Sample) { s.Usage = usage.Usage{Input: 801, Requests: 200} })},
		{"every-cent", 1, on(1).with(aggregate(500)), on(1).with(aggregate(499))},
		{"every-cent", 1, on(1).with(aggregate(500)), on(1).with(aggregate(500)).with(func(_ int, x *Sample) { x.Status = pricing.Partial })},
		{"by-hand", 1,
			on(1, 2).with(func(i int, x *Sample) { x.Usage.Requests, x.Automation = []int64{270, 30}[i], i == 1 }),
			on(1, 2).with(func(i int, x *Sample) { x.Usage.Requests, x.Automation = []int64{270, 31}[i], i == 1 })},
		{"by-hand", 1, on(1).with(aggregate(300)), on(1).with(aggregate(299))},
		{"warm-start", 1, cached(500_000, 0, 500_000, pricing.Money{}), cached(499_999, 0, 500_001, pricing.Money{})},
		{"warm-start", 1, cached(1_000_000, 0, 0, pricing.Money{}), cached(999_999, 0, 0, pricing.Money{})},
		{"read-it-again", 1, cached(1_000_000, 100_000, 0, pricing.Money{}), cached(999_999, 100_000, 0, pricing.Money{})},
		{"cache-saver", 1, saving(500, 500), saving(500, 499)},
		{"cache-saver", 1, saving(500, 500), saving(499, 500)},
		{"cache-saver", 2, saving(500, 1000), saving(500, 999)},
		{"cache-saver", 3, saving(500, 1500), saving(500, 1499)},
		{"second-opinion", 1, each([]int64{80, 20}, "p"), each([]int64{8001, 1999}, "p")},
		{"three-kitchens", 1, each([]int64{90, 5, 5}, ""), each([]int64{9001, 500, 499}, "")},
		{"three-kitchens", 1, each([]int64{50, 25, 25}, ""), each([]int64{50, 25, 25}, "one provider only")},
		{"named-work", 1, workflows(3), workflows(2)},
		{"named-work", 2, workflows(10), workflows(9)},
		{"named-work", 3, workflows(25), workflows(24)},
		{"looked-it-up", 1, meters(usage.Usage{WebSearches: 10}), meters(usage.Usage{WebSearches: 9})},
		{"more-than-words", 1, meters(usage.Usage{ImageInput: 1000, Pages: 10}), meters(usage.Usage{ImageInput: 1000, Pages: 9})},
		{"more-than-words", 1, meters(usage.Usage{AudioInputMs: 60_000, VideoInput: 1000}), meters(usage.Usage{AudioInputMs: 60_000, AudioInput: 1_000})},
		{"all-rounder", 1,
			scene{samples: on(upTo(5)...).samples, held: []string{"regular", "even-keel", "warm-start", "second-opinion"}},
			scene{samples: on(upTo(5)...).samples, held: []string{"regular", "even-keel", "warm-start"}}},
		{"it-shipped", 1, counted(1, 0), counted(0, 0)},
		{"it-shipped", 2, counted(10, 0), counted(9, 0)},
		{"it-shipped", 3, counted(50, 0), counted(49, 0)},
		{"it-stayed", 1, counted(20, 1), counted(20, 2)},
		{"it-stayed", 1, counted(20, 0), counted(19, 0)},
	} {
		tried[c.id] = true
		r := title(t, DefaultRules(), c.id)
		earned := c.earn.facts(t, r)
		state, trs := Eval(r, &earned, State{})
		if state.Level != c.level || len(trs) != c.level {
			x := Explain(r, &earned)
			t.Errorf("%s: level %d after %d transitions, want %d\n%s", c.id, state.Level, len(trs), c.level, x.String())
			continue
		}
		again, trs := Eval(r, &earned, state)
		if again != state || len(trs) != 0 {
			t.Errorf("%s: the same facts again: %v", c.id, trs)
		}
		missed := c.miss.facts(t, r)
		if s, _ := Eval(r, &missed, State{}); s.Level != c.level-1 {
			x := Explain(r, &missed)
			t.Errorf("%s: level %d one short of level %d\n%s", c.id, s.Level, c.level, x.String())
		}
		loses(t, r, &missed, state)
	}
}

func (s scene) facts(t testing.TB, r *Rule) Facts {
	t.Helper()
	set, err := NewSet(DefaultRules()...)
	if err != nil {
		t.Fatal(err)
	}
	a := NewAccumulator(set.Needs())
	for _, x := range s.samples {
		a.Add(x)
	}
	for name, n := range s.counters {
		a.Count(name, noon(15), n)
	}
	f, err := a.See(noon(30), r.Lens())
	if err != nil {
		t.Fatal(err)
	}
	f.Subject = "ana"
	f.Held = map[string]int{}
	for _, id := range s.held {
		f.Held[id] = 1
	}
	return f
}

// loses shows a rule that is held facts that are one short of it, and wants
// what its policy says.
func loses(t *testing.T, r *Rule, missed *Facts, state State) {
	t.Helper()
	level := state.Level
	later := *missed
	s, trs := Eval(r, &later, state)
	switch r.policy().Policy {
	case PolicyKeep:
		if s.Level != level || len(trs) != 0 {
			t.Errorf("%s is kept, got %v", r.ID, trs)
		}
	case PolicyLive:
		if s.Level != level-1 || len(trs) != 1 {
			t.Errorf("%s is live, got level %d %v", r.ID, s.Level, trs)
		}
	case PolicyGrace:
		if s.Level != level || len(trs) != 0 {
			t.Errorf("%s has grace, got %v", r.ID, trs)
		}
		later.AsOf = later.AsOf.Add(r.Revocation.After - 1)
		if s, trs = Eval(r, &later, s); s.Level != level || len(trs) != 0 {
			t.Errorf("%s still has grace, got %v", r.ID, trs)
		}
		later.AsOf = later.AsOf.Add(1)
		if s, trs = Eval(r, &later, s); s.Level != level-1 || len(trs) != 1 {
			t.Errorf("%s has no grace left, got level %d %v", r.ID, s.Level, trs)
		}
	}
}

func TestDefaultRulesAreComplete(t *testing.T) {
	rules := DefaultRules()
	if len(rules) < 4+24 {
		t.Errorf("%d rules, want the four titles and two dozen", len(rules))
	}
	if _, err := NewSet(rules...); err != nil {
		t.Fatal(err)
	}
	icons, texts := map[string]string{}, map[string]string{}
	for _, r := range rules {
		x := r.Text
		if x.Title == "" || !strings.HasSuffix(x.Description, ".") || x.Unlocked == "" || r.Category == "" {
			t.Errorf("%s: incomplete: %+v %q", r.ID, x, r.Category)
		}
		if !strings.HasPrefix(x.Icon, "<svg") || icons[x.Icon] != "" {
			t.Errorf("%s: no icon of its own (%s)", r.ID, icons[x.Icon])
		}
		icons[x.Icon] = r.ID
		if texts[x.Title] != "" {
			t.Errorf("%s and %s share a title", r.ID, texts[x.Title])
		}
		texts[x.Title] = r.ID
	}
}

// Using more of the same must never earn one of the two dozen: ten times the
// tokens at ten times the cost, on the same days, changes nothing.
func TestDefaultRulesDoNotRewardWaste(t *testing.T) {
	titles := len(DefaultTitles())
	base := on(upTo(12)...).with(func(i int, x *Sample) {
		x.Usage = usage.Usage{Input: 600_000, CacheRead: 500_000, CacheWrite5m: 100_000, Output: 20_000}
		x.Saving = micro(t, 10_000)
	})
	more := base.with(func(_ int, x *Sample) {
		x.Usage = usage.Usage{Input: 6_000_000, CacheRead: 5_000_000, CacheWrite5m: 1_000_000, Output: 200_000}
		x.Cost, _ = x.Cost.MulInt(10)
		x.Saving, _ = x.Saving.MulInt(10)
	})
	for _, r := range DefaultRules()[titles:] {
		before, after := base.facts(t, &r), more.facts(t, &r)
		s, _ := Eval(&r, &before, State{})
		if got, _ := Eval(&r, &after, State{}); got.Level > s.Level {
			t.Errorf("%s: level %d for ten times the tokens, %d before", r.ID, got.Level, s.Level)
		}
	}
}
