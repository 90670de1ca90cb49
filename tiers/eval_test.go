package tiers

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// history evaluates a rule once a day, on samples up to then, and returns what
// happened.
func history(t *testing.T, r Rule, from time.Time, days int, samples ...Sample) (State, []string) {
	t.Helper()
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	a := NewAccumulator(Needs{})
	for _, s := range samples {
		a.Add(s)
	}
	var s State
	var path []string
	for day := range days {
		f, err := a.See(from.AddDate(0, 0, day), r.Lens())
		if err != nil {
			t.Fatal(err)
		}
		f.Subject = "ana"
		var trs []Transition
		s, trs = Eval(&r, &f, s)
		for i := range trs {
			path = append(path, trs[i].At.Format("01-02 ")+strings.TrimPrefix(trs[i].String(), "ana: "))
		}
	}
	return s, path
}

func TestRepeatable(t *testing.T) {
	spend := func(day int, micros int64) Sample {
		s := call(noon(day), 1)
		s.Cost = micro(t, micros)
		return s
	}
	r := Rule{
		ID: "r", Version: 1, Kind: Repeatable, Window: Window{Period: CalWeek}, Revocation: Live(), Text: Text{Title: "R"},
		Gate: All{AtLeast(Calls, 2), MoneyAtMost(Cost, micro(t, 10))},
	}
	// The weeks of April 2026 begin on the 6th, 13th, 20th and 27th.
	s, path := history(t, r, noon(6), 25,
		spend(6, 1), spend(7, 1), // earned on the 7th
		spend(13, 1), spend(14, 1), spend(16, 9), // earned on the 14th, lost on the 16th
		spend(20, 1), // not earned
		spend(27, 5), spend(28, 5))
	want := []string{"04-07 unlock r for 2026-W15", "04-14 unlock r for 2026-W16", "04-16 revoke r for 2026-W16", "04-28 unlock r for 2026-W18"}
	if !slices.Equal(path, want) {
		t.Errorf("%q\nwant %q", path, want)
	}
	if s.Count != 2 || s.Reason != "2026-W18" || !s.Held() {
		t.Errorf("%+v, want 2 awards", s)
	}
	// Kept, the second week's award stays.
	r.Revocation = Keep()
	if s, _ = history(t, r, noon(6), 25, spend(6, 1), spend(7, 1), spend(13, 1), spend(14, 1), spend(16, 9)); s.Count != 2 || s.Level != 0 || !s.Held() {
		t.Errorf("%+v, want 2 awards and none of this week", s)
	}
}

func TestRepeatableLevels(t *testing.T) {
	r := Rule{ID: "r", Version: 1, Kind: Repeatable, Window: Window{Period: CalDay}, Levels: Steps(Calls, 1, 2), Text: Text{Title: "R"}}
	s, path := history(t, r, noon(1).Add(11*time.Hour), 3, call(noon(1), 1), call(noon(1), 1), call(noon(3), 1))
	want := []string{"04-01 unlock r for 2026-04-01", "04-01 level_up r 1 to 2 for 2026-04-01", "04-03 unlock r for 2026-04-03"}
	if !slices.Equal(path, want) || s.Count != 2 || s.Best != 1 {
		t.Errorf("%q, %+v\nwant %q", path, s, want)
	}
}

// A spend that may have fallen below the threshold, or not, takes nothing away.
func TestUnknownTakesNothing(t *testing.T) {
	r := Rule{ID: "r", Version: 1, Gate: MoneyAtLeast(Cost, micro(t, 10)), Window: LastDays(3), Revocation: Live(), Text: Text{Title: "R"}}
	rich, open := call(noon(1), 1), call(noon(2), 1)
	rich.Cost = micro(t, 10)
	open.Cost, open.Status = micro(t, 1), pricing.Partial
	_, path := history(t, r, noon(1), 8, rich, open)
	// The rich call leaves on the 4th, the open one on the 5th: only then is it sure.
	if want := []string{"04-01 unlock r", "04-05 revoke r"}; !slices.Equal(path, want) {
		t.Errorf("%q, want %q", path, want)
	}
	// Nor does it give anything.
	r.Gate = MoneyAtMost(Cost, micro(t, 10))
	if _, path = history(t, r, noon(2), 3, open); len(path) != 0 {
		t.Errorf("earned on an unknown spend: %q", path)
	}
}

func TestCostIsALowerBound(t *testing.T) {
	for _, c := range []struct {
		op          Op
		less, equal verdict // what is known of the threshold
		more        verdict
	}{
		{GE, unknown, yes, yes},
		{GT, unknown, unknown, yes},
		{LE, unknown, unknown, no},
		{LT, unknown, no, no},
	} {
		for sign, want := range map[int64]verdict{-1: c.less, 0: c.equal, 1: c.more} {
			f := Facts{Events: 1, Unpriced: 1, Cost: micro(t, 10+sign)}
			if got := (Threshold{Cost, c.op, Amount(micro(t, 10))}).check(&view{f: &f}); got != want {
				t.Errorf("at least %s %s 10: %d, want %d", f.Cost, c.op, got, want)
			}
		}
	}
}

func TestPrerequisites(t *testing.T) {
	weekly := Rule{ID: "weekly", Version: 1, Kind: Repeatable, Gate: AtLeast(Calls, 1), Window: Window{Period: CalWeek}, Text: Text{Title: "W"}}
	crown := Rule{ID: "crown", Version: 1, Gate: AtLeast(Calls, 1), Prereqs: []string{"weekly"}, Text: Text{Title: "C"}}
	later := Rule{ID: "later", Version: 1, Gate: AtLeast(Calls, 2), Prereqs: []string{"crown", "weekly"}, Text: Text{Title: "L"}}
	s, err := NewSet(later, crown, weekly) // out of order on purpose
	if err != nil {
		t.Fatal(err)
	}
	a := NewAccumulator(s.Needs())
	a.Add(call(noon(1), 1))
	states := make([]State, s.Len())
	facts, err := s.Gather(nil, a, noon(1))
	if err != nil {
		t.Fatal(err)
	}
	trs := s.Eval(facts, states, nil)
	if len(trs) != 2 || trs[0].Rule != "weekly" || trs[1].Rule != "crown" {
		t.Fatalf("%v", trs)
	}
	if g := trs[1].Evidence.Gates; len(g) != 2 || g[0].Label != "holds weekly" || !g[0].Met {
		t.Errorf("the evidence does not name the prerequisite: %+v", g)
	}
	if x := s.Explain(0, facts, states); x.Met() || !x.Gates[0].Met || !x.Gates[1].Met || x.Gates[2].Met {
		t.Errorf("%s", x.String())
	}
	// A week later the weekly rule is at level 0 but was earned: that counts.
	a.Add(call(noon(8), 1))
	if facts, err = s.Gather(facts, a, noon(20)); err != nil {
		t.Fatal(err)
	}
	trs = s.Eval(facts, states, nil)
	if len(trs) != 1 || trs[0].Rule != "later" {
		t.Fatalf("%v", trs)
	}
	if x := s.Explain(1, facts, states); !x.Met() || !x.Gates[0].Met {
		t.Errorf("%s", x.String())
	}
}

// A new version of a rule does not award anew what was awarded.
func TestNewVersionAwardsNothing(t *testing.T) {
	r := Rule{ID: "r", Version: 1, Gate: AtLeast(Calls, 1), Text: Text{Title: "R"}}
	f := factsOf(t, noon(1), Window{}, call(noon(1), 1))
	s, trs := Eval(&r, &f, State{})
	if len(trs) != 1 || s.Version != 1 {
		t.Fatalf("%+v %v", s, trs)
	}
	for r.Version = 2; r.Version < 5; r.Version++ {
		r.Gate = AtLeast(Calls, int64(r.Version)) // harder: no longer met, but kept
		if again, trs := Eval(&r, &f, s); again != s || len(trs) != 0 {
			t.Errorf("version %d: %v", r.Version, trs)
		}
	}
}

// Keep protects against expiry, never against correction: when the call that
// earned an award is voided, the award was never made.
func TestCorrectionTakesAKeptAwardAway(t *testing.T) {
	r := Rule{ID: "r", Version: 1, Gate: AtLeast(Tokens, 100), Window: LastDays(3), Text: Text{Title: "R"}}
	if s, path := history(t, r, noon(1), 20, call(noon(2), 100)); !s.Held() || len(path) != 1 {
		t.Errorf("expired: %q", path)
	}
	if s, path := history(t, r, noon(1), 20, call(noon(2), 99)); s.Held() || len(path) != 0 {
		t.Errorf("corrected: %q", path)
	}
}

func TestTransitionsCarryEvidence(t *testing.T) {
	r := Rule{ID: "r", Version: 7, Kind: Leveled, Levels: Steps(Tokens, 10, 20, 40), Window: LastDays(30), Text: Text{Title: "R"}}
	f := factsOf(t, noon(10), r.Window, call(noon(9), 25))
	f.Subject, f.Book, f.Decided = "ana", "book-1", noon(11)
	_, trs := Eval(&r, &f, State{})
	if len(trs) != 2 {
		t.Fatalf("%v", trs)
	}
	tr := trs[1]
	if tr.Key() != (AwardKey{"ana", "r", 2, ""}) || tr.Version != 7 || !tr.At.Equal(noon(10)) || !tr.Decided.Equal(noon(11)) {
		t.Errorf("%+v", tr)
	}
	x := tr.Evidence
	if x.Book != "book-1" || x.First != DateOf(2026, 3, 12) || x.Last != DateOf(2026, 4, 10) || x.Level != 2 || x.Levels != 3 {
		t.Errorf("%+v", x)
	}
	want := "R (r, version 7) over the last 30 days, 2026-03-12 to 2026-04-10: level 2 of 3\n" +
		"  for level 3:\n" +
		"    tokens at least 40: 62.5 %, has 25, missing 15\n"
	if x.String() != want || x.Done() != (Fraction{625_000, 1_000_000}) {
		t.Errorf("%s%v\nwant\n%s", x.String(), x.Done(), want)
	}
	top := factsOf(t, noon(10), r.Window, call(noon(9), 40))
	if x := Explain(&r, &top); len(x.Next) != 0 || x.Done() != (Fraction{1, 1}) {
		t.Errorf("at the top: %+v", x)
	}
	none := factsOf(t, noon(10), r.Window)
	if x := Explain(&r, &none); x.Done() != (Fraction{0, 1_000_000}) || x.Met() || len(x.Next) != 1 {
		t.Errorf("at the bottom: %+v", x)
	}
}

func TestPercentile(t *testing.T) {
	for _, c := range []struct {
		rank, population int
		want             Fraction
		ok               bool
	}{
		{1, 4, Fraction{4, 4}, true},
		{4, 4, Fraction{1, 4}, true},
		{0, 4, Fraction{}, false},
		{5, 4, Fraction{}, false},
		{0, 0, Fraction{}, false},
	} {
		f := Facts{Rank: map[string]int{"b": c.rank}, Population: map[string]int{"b": c.population}}
		if got, ok := f.Percentile("b"); got != c.want || ok != c.ok {
			t.Errorf("rank %d of %d: %v %v", c.rank, c.population, got, ok)
		}
	}
}

// Shares of amounts of any size are exact: against math/big.
func TestSharesOfAmountsAreExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	equal := 0
	number := func() int64 { return rng.Int64() >> (rng.IntN(2) * rng.IntN(63)) } // half of them as large as can be
	for range 20_000 {
		money := func() pricing.Money {
			hi := int64(0)
			if rng.IntN(2) == 0 {
				hi = number()
			}
			return pricing.FromPico(hi, rng.Uint64()>>(rng.IntN(2)*rng.IntN(64)))
		}
		f := Fraction{number(), max(1, number())}
		whole := money()
		part := money()
		if rng.IntN(2) == 0 { // on the edge
			f.Num = 1 + f.Num%f.Den
			q := new(big.Int).Mul(bigPico(whole), big.NewInt(f.Num))
			q.Div(q, big.NewInt(f.Den))
			lo := new(big.Int).And(q, new(big.Int).SetUint64(^uint64(0)))
			part = pricing.FromPico(new(big.Int).Rsh(q, 64).Int64(), lo.Uint64())
		}
		a := new(big.Int).Mul(bigPico(part), big.NewInt(f.Den))
		b := new(big.Int).Mul(bigPico(whole), big.NewInt(f.Num))
		c := a.Cmp(b)
		if c == 0 {
			equal++
		}
		if got, want := reaches(part, whole, f), whole.Sign() > 0 && c >= 0; got != want {
			t.Fatalf("%s is %v of %s: %v, want %v", part, f, whole, got, want)
		}
		if got := exceeds(part, whole, f); got != (c > 0) {
			t.Fatalf("%s exceeds %v of %s: %v", part, f, whole, got)
		}
	}
	if equal < 20 {
		t.Errorf("only %d equal shares", equal)
	}
}

func TestFraction(t *testing.T) {
	for _, c := range []struct {
		text string
		want Fraction
		str  string
	}{
		{"60%", Fraction{60, 100}, "60 %"},
		{"12.5%", Fraction{125, 1000}, "12.5 %"},
		{"12.5 %", Fraction{125, 1000}, "12.5 %"},
		{"3/8", Fraction{3, 8}, "37.5 %"},
		{"2/3", Fraction{2, 3}, "66.66 %"},
		{"0%", Fraction{0, 100}, "0 %"},
		{"300%", Fraction{300, 100}, "300 %"},
		{"1/300", Fraction{1, 300}, "0.33 %"},
	} {
		got, err := ParseFraction(c.text)
		if err != nil || got != c.want || got.String() != c.str {
			t.Errorf("%s: %v %s %v, want %v %s", c.text, got, got, err, c.want, c.str)
		}
		b, err := got.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var again Fraction
		if err := again.UnmarshalText(b); err != nil || again != got {
			t.Errorf("%s: written as %s, read as %v %v", c.text, b, again, err)
		}
	}
	for _, bad := range []string{"", "%", "60", "-1%", "1/0", "1/", "/2", "1/-2", "1.%", ".5%", "1e2%", "1.0000000001%", "99999999999999999999%", "a/b"} {
		if f, err := ParseFraction(bad); err == nil {
			t.Errorf("%q is read as %v", bad, f)
		}
	}
	if s := (Fraction{-1, 200}).String(); s != "-0.5 %" {
		t.Errorf("-1/200 is %s", s)
	}
}

func TestValueString(t *testing.T) {
	for want, v := range map[string]Value{
		"0":             Count(0),
		"999":           Count(999),
		"-1,000":        Count(-1000),
		"4,200,000":     Count(4_200_000),
		"12.5":          Amount(micro(t, 12_500_000)),
		"8h":            Span(8 * time.Hour),
		"3h20m":         Span(3*time.Hour + 20*time.Minute + 900*time.Millisecond),
		"1m30s":         Span(90 * time.Second),
		"0s":            Span(0),
		"2026-04-07":    OnDay(DateOf(2026, 4, 7)),
		"33.33 %":       Share(Fraction{1, 3}),
		"1,000,000,000": Count(1_000_000_000),
	} {
		if v.String() != want {
			t.Errorf("%+v is %q, want %q", v, v.String(), want)
		}
	}
}
