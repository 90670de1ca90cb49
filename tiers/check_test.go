package tiers

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

func TestNewSetRefuses(t *testing.T) {
	with := func(change func(r *Rule)) []Rule {
		r := Rule{ID: "r", Version: 1, Gate: AtLeast(Calls, 1), Window: LastDays(30), Text: Text{Title: "R"}}
		change(&r)
		return []Rule{r}
	}
	gate := func(g Gate) []Rule { return with(func(r *Rule) { r.Gate = g }) }
	many := func(prereqs ...[]string) (out []Rule) {
		for i, p := range prereqs {
			r := with(func(*Rule) {})[0]
			r.ID, r.Prereqs = string(rune('a'+i)), p
			out = append(out, r)
		}
		return out
	}
	one := pricing.FromColumns(1_000_000, 0)
	for _, c := range []struct {
		name   string
		rules  []Rule
		rule   string
		field  string
		reason string
	}{
		{"no id", with(func(r *Rule) { r.ID = "" }), `"R"`, "id", "empty"},
		{"no version", with(func(r *Rule) { r.Version = 0 }), "r", "version", "want 1"},
		{"unknown kind", with(func(r *Rule) { r.Kind = 9 }), "r", "kind", "unknown"},
		{"unknown scope", with(func(r *Rule) { r.Scope = 9 }), "r", "scope", "unknown"},
		{"no title", with(func(r *Rule) { r.Text.Title = "" }), "r", "text.title", "empty"},
		{"no gate", gate(nil), "r", "gate", "missing"},
		{"leveled without levels", with(func(r *Rule) { r.Kind = Leveled }), "r", "levels", "missing"},
		{"levels of a one-time rule", with(func(r *Rule) { r.Levels = Steps(Calls, 1) }), "r", "levels", "only for"},
		{"repeatable without periods", with(func(r *Rule) { r.Kind = Repeatable }), "r", "window", "once in each"},
		{"grace of nothing", with(func(r *Rule) { r.Revocation = Grace(0) }), "r", "revocation.after", "more than 0"},
		{"keep with a grace", with(func(r *Rule) { r.Revocation.After = 1 }), "r", "revocation.after", "only for grace"},
		{"unknown policy", with(func(r *Rule) { r.Revocation.Policy = 9 }), "r", "revocation", "unknown"},
		{"window of no days", with(func(r *Rule) { r.Window = LastDays(0) }), "r", "window.days", "1 to 3660"},
		{"days of a month", with(func(r *Rule) { r.Window = Window{Period: CalMonth, Days: 3} }), "r", "window.days", "only for rolling"},
		{"season that ends before it begins", with(func(r *Rule) { r.Window = Season(5, 4) }), "r", "window.last", "before the first"},
		{"dates of a month", with(func(r *Rule) { r.Window = Window{Period: CalMonth, First: 3} }), "r", "window.first", "only for seasons"},
		{"unknown period", with(func(r *Rule) { r.Window.Period = 9 }), "r", "window.period", "unknown"},
		{"the machine's zone", with(func(r *Rule) { r.Window = LastDays(3).In(time.Local) }), "r", "window.zone", "local"},

		{"unknown metric", gate(AtLeast("karma", 1)), "r", "gate.metric", `"karma" is no metric`},
		{"counter without a name", gate(AtLeast(Counter(""), 1)), "r", "gate.metric", "no metric"},
		{"unknown comparison", gate(Threshold{Calls, 9, Count(1)}), "r", "gate.op", "unknown"},
		{"count for money", gate(AtLeast(Cost, 1)), "r", "gate.want", "an amount of money"},
		{"money for a count", gate(MoneyAtLeast(Calls, one)), "r", "gate.want", "a count"},
		{"everybody has no calls", gate(AtLeast(Calls, 0)), "r", "gate.want", "everybody"},
		{"nobody has fewer than no calls", gate(Threshold{Calls, LT, Count(0)}), "r", "gate.want", "cannot be met"},
		{"31 active days of 30", gate(AtLeast(ActiveDays, 31)), "r", "gate.want", "at most 30"},
		{"more than 24 hours of a day", gate(Threshold{ActiveHours, GT, Count(24)}), "r", "gate.want", "at most 24"},
		{"contradiction", gate(All{AtLeast(Calls, 10), Any{AtLeast(Events, 1)}, All{AtMost(Calls, 9)}}), "r", "gate.all", "contradicts"},
		{"contradiction at the edge", gate(All{Threshold{Calls, GT, Count(10)}, AtMost(Calls, 10)}), "r", "gate.all", "contradicts"},
		{"contradiction of amounts", gate(All{MoneyAtLeast(Cost, one), Threshold{Cost, LT, Amount(one)}}), "r", "gate.all", "contradicts"},
		{"contradiction of dates", gate(All{After(100), Date{Until: 100}}), "r", "gate.all", "contradicts"},
		{"level against gate", with(func(r *Rule) { r.Kind, r.Gate, r.Levels = Leveled, AtMost(Calls, 4), Steps(Calls, 1, 5) }), "r", "gate", "contradicts"},
		{"levels out of order", with(func(r *Rule) { r.Kind, r.Levels = Leveled, Steps(Calls, 1, 5, 5) }), "r", "levels[2].gate.want", "harder"},
		{"levels of less out of order", with(func(r *Rule) {
			r.Kind, r.Levels = Leveled, []Level{{Gate: AtMost(Calls, 5)}, {Gate: AtMost(Calls, 6)}}
		}), "r", "levels[1].gate.want", "harder"},
		{"level without a gate", with(func(r *Rule) { r.Kind, r.Levels = Leveled, []Level{{Name: "x"}} }), "r", "levels[0].gate", "missing"},
		{"empty all", gate(All{}), "r", "gate.all", "empty"},
		{"nothing in any", gate(Any{nil}), "r", "gate.any[0]", "missing"},
		{"nothing in not", gate(Not{}), "r", "gate.not", "missing"},
		{"3 of 2", gate(KOf{3, []Gate{AtLeast(Calls, 1), AtLeast(Events, 1)}}), "r", "gate.k_of.k", "1 to 2"},
		{"deep inside", gate(All{Any{Not{KOf{1, []Gate{AtLeast("x", 1)}}}}}), "r", "gate.all[0].any[0].not.k_of.of[0].metric", "no metric"},
		{"4 models with 30 % each", gate(Distinct{AtLeast: 4, Each: Percent(30)}), "r", "gate.distinct.each", "cannot all have"},
		{"no models", gate(Distinct{Each: Percent(30)}), "r", "gate.distinct.at_least", "1 or more"},
		{"share without denominator", gate(Distinct{AtLeast: 1}), "r", "gate.distinct.each", "want a share"},
		{"ratio of two kinds", gate(Ratio{Of: Cost, Per: Calls, AtLeast: Percent(1), Min: Count(1)}), "r", "gate.ratio.per", "two of a kind"},
		{"ratio both ways", gate(Ratio{Of: Fresh, Per: Tokens, AtLeast: Percent(1), AtMost: Percent(2), Min: Count(1)}), "r", "gate.ratio.at_least", "exactly one"},
		{"ratio of nothing", gate(Ratio{Of: Fresh, Per: Tokens, AtLeast: Percent(1)}), "r", "gate.ratio.min", "more than 0"},
		{"ratio of what", gate(Ratio{Of: "x", Per: "y", AtLeast: Percent(1), Min: Count(1)}), "r", "gate.ratio.of", "no metric"},
		{"negative ratio", gate(Ratio{Of: Fresh, Per: Tokens, AtLeast: Fraction{-1, 2}, Min: Count(1)}), "r", "gate.ratio.at_least", "want a share"},
		{"rank 0", gate(RankAtMost{Board: "b"}), "r", "gate.rank.at_most", "1 or more"},
		{"no board", gate(RankAtMost{Rank: 1}), "r", "gate.rank.board", "empty"},
		{"top of nobody", gate(TopShare{Board: "b", Share: Percent(1)}), "r", "gate.top.min_population", "1 or more"},
		{"top nothing", gate(TopShare{Board: "b", Share: Percent(0), MinPopulation: 1}), "r", "gate.top.share", "more than 0"},
		{"streak beyond the window", gate(Streak{Days: 31}), "r", "gate.streak.days", "cannot be met"},
		{"negative grace", gate(Streak{Days: 3, Grace: -1}), "r", "gate.streak.grace", "0 to 30"},
		{"comeback beyond the window", gate(Comeback{28, 2}), "r", "gate.comeback.away", "cannot be met"},
		{"session of nothing", gate(Session{}), "r", "gate.session.at_least", "more than 0"},
		{"session beyond the window", gate(Session{AtLeast: 1000 * time.Hour}), "r", "gate.session.at_least", "cannot be met"},
		{"session with long pauses", gate(Session{AtLeast: time.Hour, Idle: 25 * time.Hour}), "r", "gate.session.idle", "0 to 24h"},
		{"no hours", gate(HoursShare{From: 5, To: 5, AtLeast: Percent(1), Min: 1}), "r", "gate.hours.from", "two different"},
		{"hours of few calls", gate(HoursShare{From: 5, To: 6, AtLeast: Percent(1)}), "r", "gate.hours.min", "1 or more"},
		{"more than all hours", gate(HoursShare{From: 5, To: 6, AtLeast: Percent(101), Min: 1}), "r", "gate.hours.at_least", "0 to 1"},
		{"trend of a day", with(func(r *Rule) { r.Window, r.Gate = Window{Period: CalDay}, Trend{Cost, Calls, Percent(1), 1} }), "r", "gate.trend", "no halves"},
		{"trend of what has no days", gate(Trend{Models, Calls, Percent(1), 1}), "r", "gate.trend.of", "no metric by day"},
		{"trend per itself", gate(Trend{Calls, Calls, Percent(1), 1}), "r", "gate.trend.per", "other metric"},
		{"fall to nothing", gate(Trend{Cost, Calls, Percent(100), 1}), "r", "gate.trend.fall", "less than 1"},
		{"no date", gate(Date{}), "r", "gate.date.from", "at least one"},
		{"date before itself", gate(Date{From: 5, Until: 5}), "r", "gate.date.until", "cannot be met"},
		{"function without a name", gate(Func{Fn: func(*Facts) bool { return true }}), "r", "gate.func.name", "empty"},
		{"no function", gate(Func{Name: "f"}), "r", "gate.func.fn", "nil"},

		{"id twice", append(with(func(*Rule) {}), with(func(*Rule) {})...), "r", "id", "twice"},
		{"requires itself", many([]string{"a"}), "a", "prereqs[0]", "itself"},
		{"requires what is not there", many([]string{"z"}), "a", "prereqs[0]", `no rule "z"`},
		{"cycle", many([]string{"b"}, []string{"c"}, []string{"a"}), "a", "prereqs", "a requires b requires c requires a"},
	} {
		_, err := NewSet(c.rules...)
		var re *RuleError
		if !errors.As(err, &re) || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want a RuleError", c.name, err)
			continue
		}
		if re.Rule != c.rule || re.Field != c.field || !strings.Contains(re.Reason, c.reason) {
			t.Errorf("%s:\n got %s: %s: %s\nwant %s: %s: %s", c.name, re.Rule, re.Field, re.Reason, c.rule, c.field, c.reason)
		}
	}
	if _, err := NewSet(many(nil, []string{"a"}, []string{"b", "a"})...); err != nil {
		t.Errorf("good prerequisites: %v", err)
	}
	if _, err := NewSet(); err != nil {
		t.Errorf("no rules: %v", err)
	}
}

func TestLadderRefuses(t *testing.T) {
	rung := func(name string, enter, keep int64) Rung {
		r := Rung{Name: name, Enter: AtLeast(Tokens, enter)}
		if keep > 0 {
			r.Keep = AtLeast(Tokens, keep)
		}
		return r
	}
	for _, c := range []struct {
		name   string
		ladder Ladder
		field  string
	}{
		{"no rungs", Ladder{}, "rungs"},
		{"no name", Ladder{Rungs: []Rung{rung("", 1, 0)}}, "rungs[0].name"},
		{"name twice", Ladder{Rungs: []Rung{rung("a", 1, 0), rung("a", 2, 0)}}, "rungs[1].name"},
		{"no gate", Ladder{Rungs: []Rung{{Name: "a"}}}, "rungs[0].enter"},
		{"easier above", Ladder{Rungs: []Rung{rung("a", 2, 0), rung("b", 1, 0)}}, "rungs[1].enter"},
		{"harder to keep", Ladder{Rungs: []Rung{rung("a", 2, 3)}}, "rungs[0].keep"},
		{"negative dwell", Ladder{MinDwell: -1, Rungs: []Rung{rung("a", 2, 0)}}, "min_dwell"},
		{"window", Ladder{Window: LastDays(-1), Rungs: []Rung{rung("a", 2, 0)}}, "window.days"},
		{"impossible", Ladder{Window: LastDays(7), Rungs: []Rung{{Name: "a", Enter: AtLeast(ActiveDays, 8)}}}, "rungs[0].enter.want"},
	} {
		var re *RuleError
		if err := c.ladder.Validate(); !errors.As(err, &re) || re.Rule != "ladder" || re.Field != c.field {
			t.Errorf("%s: %v, want a fault of %s", c.name, err, c.field)
		}
	}
}

// A host function that panics is reported with the rule's name and disables
// nothing else (reliability table, #30).
func TestFuncPanics(t *testing.T) {
	boom := Rule{ID: "boom", Version: 1, Gate: Func{Name: "mine", Fn: func(f *Facts) bool { panic("no such luck") }}, Text: Text{Title: "B"}}
	calm := Rule{ID: "calm", Version: 1, Gate: Func{Name: "yours", Fn: func(f *Facts) bool { return f.Events == 1 }}, Text: Text{Title: "C"}}
	s, err := NewSet(boom, calm)
	if err != nil {
		t.Fatal(err)
	}
	a := NewAccumulator(s.Needs())
	a.Add(call(noon(1), 1))
	facts, err := s.Gather(nil, a, noon(2))
	if err != nil {
		t.Fatal(err)
	}
	states := []State{{Level: 1, Best: 1, Count: 1}, {}}
	trs := s.Eval(facts, states, nil)
	if len(trs) != 2 || trs[0].Change != Fault || trs[0].Rule != "boom" || trs[1].Change != Unlock || trs[1].Rule != "calm" {
		t.Fatalf("%v", trs)
	}
	var re *RuleError
	if !errors.As(trs[0].Err, &re) || !errors.Is(re, ErrPanic) || re.Rule != "boom" || !strings.Contains(re.Error(), "mine") || !strings.Contains(re.Error(), "no such luck") {
		t.Errorf("%v", trs[0].Err)
	}
	if states[0].Level != 1 {
		t.Errorf("the state was not kept: %+v", states[0])
	}
	x := s.Explain(0, facts, states)
	if x.Err == nil || !strings.Contains(x.String(), "cannot be decided") {
		t.Errorf("%s", x.String())
	}
}

func TestFactsRefuse(t *testing.T) {
	a := NewAccumulator(Needs{})
	berlin := zone(t, "Europe/Berlin")
	if _, err := a.Facts(noon(1), LastDays(3).In(berlin)); !errors.Is(err, ErrWindow) {
		t.Errorf("a zone that is not kept: %v", err)
	}
	if _, err := a.Facts(noon(1), LastDays(0)); !errors.Is(err, ErrWindow) {
		t.Errorf("a window of no days: %v", err)
	}
	a.Add(Sample{})
	if _, err := a.Facts(noon(1), Window{}); !errors.Is(err, ErrSample) {
		t.Errorf("a sample without time: %v", err)
	}
	a.Reset()
	bad := call(noon(1), -1)
	a.Add(bad)
	if _, err := a.Facts(noon(1), Window{}); !errors.Is(err, ErrSample) {
		t.Errorf("a negative count: %v", err)
	}
	a.Reset()
	a.Count("c", noon(1), 1<<62)
	a.Count("c", noon(1), 1<<62)
	if _, err := a.Facts(noon(1), Window{}); !errors.Is(err, ErrOverflow) {
		t.Errorf("a counter beyond its range: %v", err)
	}
	a.Reset()
	if f, err := a.Facts(noon(1), Window{}); err != nil || f.Events != 0 {
		t.Errorf("after a reset: %v", err)
	}
	// Facts of another window do not decide a rule.
	r := Rule{ID: "r", Version: 1, Gate: AtLeast(Calls, 1), Window: LastDays(30), Text: Text{Title: "R"}}
	f := factsOf(t, noon(2), LastDays(7), call(noon(1), 1))
	if s, trs := Eval(&r, &f, State{}); s.Held() || len(trs) != 1 || !errors.Is(trs[0].Err, ErrUnknown) {
		t.Errorf("facts of another window: %v", trs)
	}
}
