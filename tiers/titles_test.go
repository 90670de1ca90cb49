package tiers

import (
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

func TestDefaultTitlesAreValid(t *testing.T) {
	s, err := NewSet(DefaultTitles()...)
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 4 {
		t.Fatalf("%d titles, want 4", s.Len())
	}
	for i := range s.Len() {
		text := s.Rule(i).Text
		if text.Title == "" || text.Description == "" || text.Unlocked == "" || !strings.HasPrefix(text.Icon, "<svg") {
			t.Errorf("%s: incomplete text %+v", s.Rule(i).ID, text)
		}
	}
	l := DefaultLadder()
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, r := range l.Rungs {
		if !strings.HasPrefix(r.Icon, "<svg") {
			t.Errorf("%s has no icon", r.Name)
		}
	}
}

func TestTokenLegendMovesWithTheRank(t *testing.T) {
	r := title(t, DefaultTitles(), "token-legend")
	f := factsOf(t, noon(10), r.Window, call(noon(9), 5))
	f.Subject = "ana"
	f.Population = map[string]int{TokensBoard: 3}
	f.Rank = map[string]int{TokensBoard: 2}
	s, trs := Eval(r, &f, State{})
	if s.Held() || len(trs) != 0 {
		t.Fatalf("rank 2: %+v %v", s, trs)
	}
	f.Rank = map[string]int{TokensBoard: 1}
	s, trs = Eval(r, &f, s)
	if !s.Held() || len(trs) != 1 || trs[0].Change != Unlock || trs[0].Key() != (AwardKey{"ana", "token-legend", 1, ""}) {
		t.Fatalf("rank 1: %+v %v", s, trs)
	}
	f.Rank = map[string]int{} // fell off the board
	s, trs = Eval(r, &f, s)
	if s.Held() || len(trs) != 1 || trs[0].Change != Revoke {
		t.Fatalf("unranked: %+v %v", s, trs)
	}
	f.Rank = map[string]int{TokensBoard: 1}
	s, trs = Eval(r, &f, s)
	if !s.Held() || len(trs) != 1 || trs[0].Change != Reinstate || trs[0].Grants() {
		t.Fatalf("rank 1 again: %+v %v", s, trs)
	}
	f.Rank, f.Population = nil, nil
	again, trs := Eval(r, &f, s)
	if again != s || len(trs) != 1 || trs[0].Change != Fault {
		t.Fatalf("without the board: %+v %v", again, trs)
	}
}

func TestSessionImmortal(t *testing.T) {
	r := title(t, DefaultTitles(), "session-immortal")
	session := func(name string, gap, length time.Duration) (out []Sample) {
		for at := time.Duration(0); at <= length; at += gap {
			s := call(noon(3).Add(at), 1000)
			s.Session = name
			out = append(out, s)
		}
		return out
	}
	for _, c := range []struct {
		name    string
		samples []Sample
		want    bool
	}{
		{"just long enough", session("a", 15*time.Minute, 8*time.Hour), true},
		{"one call short", session("a", 15*time.Minute, 8*time.Hour-15*time.Minute), false},
		{"one pause too long", session("a", 15*time.Minute+time.Nanosecond, 9*time.Hour), false},
		{"two sessions in parallel are not one", append(session("a", 15*time.Minute, 4*time.Hour), session("b", 5*time.Minute, 7*time.Hour)...), false},
		{"over midnight", session("a", 10*time.Minute, 14*time.Hour), true},
	} {
		f := factsOf(t, noon(10), r.Window, c.samples...)
		if s, _ := Eval(r, &f, State{}); s.Held() != c.want {
			x := Explain(r, &f)
			t.Errorf("%s: held %v, want %v\n%s", c.name, s.Held(), c.want, x.String())
		}
	}
}

func TestModelConnoisseur(t *testing.T) {
	r := title(t, DefaultTitles(), "model-connoisseur")
	spend := func(amounts ...int64) (out []Sample) {
		for i, n := range amounts {
			s := call(noon(1+i), 1)
			s.Model = string(rune('a' + i))
			s.Cost = micro(t, n)
			out = append(out, s)
		}
		return out
	}
	for _, c := range []struct {
		amounts []int64
		want    bool
	}{
		{[]int64{70, 10, 10, 10}, true},
		{[]int64{700001, 100000, 100000, 99999}, false},
		{[]int64{100, 100, 100}, false},
		{[]int64{20, 20, 20, 20, 20}, true},
		{[]int64{0, 0, 0, 0}, false},
		{nil, false},
	} {
		f := factsOf(t, noon(10), r.Window, spend(c.amounts...)...)
		if s, _ := Eval(r, &f, State{}); s.Held() != c.want {
			t.Errorf("%v: held %v, want %v", c.amounts, s.Held(), c.want)
		}
	}
}

func TestCacheWizard(t *testing.T) {
	r := title(t, DefaultTitles(), "cache-wizard")
	one := func(read, fresh, saving int64) Sample {
		s := call(noon(5), 0)
		s.Usage = usage.Usage{CacheRead: read, Input: fresh}
		s.Saving = micro(t, saving)
		return s
	}
	for _, c := range []struct {
		name   string
		sample Sample
		want   bool
	}{
		{"earns it", one(8_000_000, 2_000_000, 1), true},
		{"share one token short", one(7_999_999, 2_000_001, 1), false},
		{"volume one token short", one(7_999_999, 2_000_000, 1), false},
		{"no net saving", one(9_000_000, 1_000_000, 0), false},
		{"the writes cost more than the reads saved", one(9_000_000, 1_000_000, -5), false},
	} {
		f := factsOf(t, noon(10), r.Window, c.sample)
		if s, _ := Eval(r, &f, State{}); s.Held() != c.want {
			x := Explain(r, &f)
			t.Errorf("%s: held %v, want %v\n%s", c.name, s.Held(), c.want, x.String())
		}
	}
	// A saving nobody knows is not a saving.
	s := one(8_000_000, 2_000_000, 1)
	s.SavingKnown, s.Status = false, pricing.Unpriced
	f := factsOf(t, noon(10), r.Window, s)
	if got, trs := Eval(r, &f, State{}); got.Held() || len(trs) != 0 {
		t.Errorf("unknown saving: %+v %v", got, trs)
	}
	// It expires with the window, after a week of grace.
	f = factsOf(t, noon(10), r.Window, one(8_000_000, 2_000_000, 1))
	st, _ := Eval(r, &f, State{})
	a := NewAccumulator(Needs{})
	a.Add(one(8_000_000, 2_000_000, 1))
	var lost time.Time
	for day := 11; day < 60; day++ {
		f, err := a.Facts(noon(day), r.Window)
		if err != nil {
			t.Fatal(err)
		}
		var trs []Transition
		if st, trs = Eval(r, &f, st); len(trs) > 0 {
			lost = trs[0].At
			break
		}
	}
	// The sample of the 5th leaves the window of 30 days on 5 May.
	if want := noon(5).AddDate(0, 0, 30+7); !lost.Equal(want) {
		t.Errorf("lost at %v, want %v", lost, want)
	}
}

func TestDefaultLadder(t *testing.T) {
	l := DefaultLadder()
	days := func(n int, tokens int64) (out []Sample) {
		for d := range n {
			out = append(out, call(noon(1+d), tokens))
		}
		return out
	}
	for _, c := range []struct {
		name    string
		samples []Sample
		want    string
	}{
		{"nothing", nil, ""},
		{"one token short of bronze", days(1, 999_999), ""},
		{"bronze", days(1, 1_000_000), "Bronze"},
		{"a burst climbs no further", days(1, 1e12), "Bronze"},
		{"silver", days(5, 20_000_000), "Silver"},
		{"gold", days(10, 50_000_000), "Gold"},
		{"platinum", days(20, 150_000_000), "Platinum"},
		{"emerald", days(20, 1_000_000_000), "Emerald"},
		{"a day short of emerald", days(19, 2_000_000_000), "Platinum"},
	} {
		f := factsOf(t, noon(28), l.Window, c.samples...)
		r, ok := l.Of(&f)
		if r.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.name, r.Name, c.want)
		}
	}
	f := factsOf(t, noon(28), l.Window, days(5, 1_000_000)...)
	p := l.Progress(&f)
	if p.At.Name != "Bronze" || p.Next.Name != "Silver" || len(p.Gate) != 2 {
		t.Fatalf("%+v", p)
	}
	if got, want := p.Gate[0].String(), "tokens at least 100,000,000: 5 %, has 5,000,000, missing 95,000,000"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !p.Gate[1].Met || p.Gate[1].Done != (Fraction{1, 1}) {
		t.Errorf("active days: %+v", p.Gate[1])
	}
}
