package dashboard

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// TestEveryTextInBothLanguages: each text is there in both, with the same places
// to fill in, and is in another language.
func TestEveryTextInBothLanguages(t *testing.T) {
	all, err := loadLanguages(nil)
	if err != nil {
		t.Fatal(err)
	}
	places := regexp.MustCompile(`\{\d\}`)
	en, de := all[0].texts, all[1].texts
	same := 0
	for key, text := range en {
		other, ok := de[key]
		if !ok || other == "" || text == "" {
			t.Errorf("%s: %q, in German %q", key, text, other)
		}
		a, b := places.FindAllString(text, -1), places.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: %q has other places than %q", key, text, other)
		}
		if text == other && strings.Contains(text, " ") && !strings.HasPrefix(key, "time.") && len(text) > 12 {
			t.Errorf("%s: %q is not translated", key, text)
		}
		if text == other {
			same++
		}
	}
	if len(de) != len(en) || same > len(en)/5 {
		t.Errorf("%d texts in English, %d in German, %d of them the same", len(en), len(de), same)
	}
}

// everyGate is a rule for each kind of gate.
func everyGate() []tiers.Rule {
	tenth, half := tiers.Fraction{Num: 1, Den: 10}, tiers.Fraction{Num: 1, Den: 2}
	gates := []tiers.Gate{
		tiers.AtLeast(tiers.CacheWrites, 7), tiers.AtMost(tiers.WeekendDays, 0), tiers.MoneyAbove(tiers.CacheSaving, pricing.MustMoney("1.5")),
		tiers.Threshold{Metric: tiers.AutomationCalls, Op: tiers.LT, Want: tiers.Count(9)}, tiers.MoneyAtMost(tiers.Cost, pricing.MustMoney("12")),
		tiers.Ratio{Of: tiers.CacheReads, Per: tiers.Prompt, AtLeast: half, Min: tiers.Count(100)},
		tiers.Ratio{Of: tiers.BestDayTokens, Per: tiers.Tokens, AtMost: tenth, Min: tiers.Count(100)},
		tiers.Distinct{AtLeast: 3, Each: tiers.Fraction{Num: 0, Den: 1}}, tiers.Distinct{AtLeast: 2, Each: tenth, ByTokens: true, Provider: true}, tiers.Distinct{AtLeast: 2, Each: tenth},
		tiers.RankAtMost{Board: "tokens-30d", Rank: 3}, tiers.TopShare{Board: "cost-30d", Share: tenth, MinPopulation: 1},
		tiers.Streak{Days: 4, Grace: 1, Weekdays: true, Current: true}, tiers.Comeback{Away: 5, Back: 2},
		tiers.Date{Of: tiers.FirstEvent, From: 20000, Until: 30000}, tiers.Session{AtLeast: 90 * time.Minute},
		tiers.HoursShare{From: 6, To: 20, AtLeast: half, Min: 3}, tiers.HoursShare{From: 6, To: 20, AtMost: half, Min: 3},
		tiers.Trend{Of: tiers.Cost, Per: tiers.Generated, Fall: tenth, Min: 3},
		tiers.Any{tiers.AtLeast(tiers.Models, 2), tiers.Not{Gate: tiers.AtLeast(tiers.Providers, 2)}},
		tiers.KOf{K: 1, Of: []tiers.Gate{tiers.AtLeast(tiers.Sessions, 2), tiers.All{tiers.AtLeast(tiers.Calls, 5), tiers.AtLeast(tiers.Unpriced, 1)}}},
		tiers.AtLeast(tiers.Metric("web_searches"), 2), tiers.AtLeast(tiers.Counter("merged"), 2),
	}
	var rules []tiers.Rule
	for i, g := range gates {
		id := "rule-" + string(rune('a'+i))
		rules = append(rules, tiers.Rule{
			ID: id, Version: 1, Kind: tiers.OneTime, Window: tiers.LastDays(30), Revocation: tiers.Live(), Gate: g,
			Text: tiers.Text{Title: "Q" + id, Description: "Q"}, Prereqs: map[bool][]string{true: {"rule-a"}}[i == 5],
		})
	}
	return rules
}

// TestNoEnglishInGerman: what package tiers says in English of a gate is on no
// German page, neither of the rules that are shipped nor of any other gate.
func TestNoEnglishInGerman(t *testing.T) {
	for name, rules := range map[string][]tiers.Rule{"shipped": tiers.DefaultRules(), "every gate": everyGate()} {
		w := newWorld(t)
		boards := w.eng.Boards()
		var err error
		if w.eng, err = tokenomics.New(t.Context(), &tokenomics.Config{Boards: boards, Titles: rules, Now: w.clock}); err != nil {
			t.Fatal(name, err)
		}
		w.company()
		h := w.handler(Options{Authorize: as(Viewer{Subject: "large-03"})})
		german := ""
		for _, page := range []string{"titles", "me", "", "card.svg", "cost", "about", "team?name=large"} {
			german += html.UnescapeString(mustGet(t, h, "/"+page, "Accept-Language", "de"))
		}
		p, err := w.eng.Profile(t.Context(), "large-03")
		if err != nil {
			t.Fatal(err)
		}
		labels := 0
		var check func(ps []tiers.Progress)
		check = func(ps []tiers.Progress) {
			for _, g := range ps {
				labels++
				if strings.Contains(german, ">"+g.Label+"<") || g.Note != "" && strings.Contains(german, ">"+g.Note+"<") {
					t.Errorf("%s: the German page says %q (%s)", name, g.Label, g.Note)
				}
				check(g.Of)
			}
		}
		for i := range p.Titles {
			check(p.Titles[i].Why.Gates)
			if d := p.Titles[i].Rule.Text.Description; d != "Q" && strings.Contains(german, d) {
				t.Errorf("%s: the German page says %q", name, d)
			}
		}
		check(p.Tier.Gate)
		if labels < 20 {
			t.Errorf("%s: only %d gates were looked for", name, labels)
		}
		for _, word := range []string{"at least", "at most", " of your ", "active days", "not ranked", "gate.", "meter.", "rule."} {
			if i := strings.Index(german, word); i >= 0 {
				t.Errorf("%s: the German pages say %q", name, german[max(0, i-60):min(len(german), i+60)])
			}
		}
		english := mustGet(t, h, "/titles", "Accept-Language", "en")
		for _, r := range rules {
			if !r.Hidden && !strings.Contains(html.UnescapeString(english), r.Text.Title) {
				t.Errorf("%s: no %q in English", name, r.Text.Title)
			}
		}
	}
}

// TestHostsWords: a gate that is a function of the host's has the host's words,
// marked as no German; what a text is filled in with is not looked at again.
func TestHostsWords(t *testing.T) {
	w := newWorld(t)
	rule := tiers.Rule{ID: "own", Version: 1, Kind: tiers.OneTime, Window: tiers.LastDays(30), Text: tiers.Text{Title: "Own", Description: "{1} and {0}"},
		Revocation: tiers.Live(), Gate: tiers.Func{Name: "likes tea", Fn: func(*tiers.Facts) bool { return false }}}
	var err error
	if w.eng, err = tokenomics.New(t.Context(), &tokenomics.Config{Titles: []tiers.Rule{rule}, Now: w.clock}); err != nil {
		t.Fatal(err)
	}
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-03"})})
	if page := mustGet(t, h, "/titles", "Accept-Language", "de"); !strings.Contains(page, `<span lang="en">likes tea</span>`) {
		t.Error("the host's words are not there, or not marked")
	}
	if code, _, _ := get(t, h, "/titles", "Accept-Language", "de"); code != http.StatusOK {
		t.Error(code)
	}
	l := h.languages[0]
	if got := l.text("gate.have", "{1}", "x"); got != "{1} of x" {
		t.Errorf("filled in twice: %q", got)
	}
}
