package tokenomics_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// awardRules are small enough to earn with single calls of one input token.
func awardRules() []tiers.Rule {
	rule := func(id string, kind tiers.Kind, g tiers.Gate) tiers.Rule {
		return tiers.Rule{ID: id, Version: 1, Kind: kind, Gate: g, Window: tiers.LastDays(3), Text: tiers.Text{Title: id}}
	}
	two := rule("two", tiers.OneTime, tiers.AtLeast(tiers.Events, 2))
	two.Revocation = tiers.Live()
	return []tiers.Rule{
		rule("first", tiers.OneTime, tiers.AtLeast(tiers.Events, 1)),
		two,
		rule("legend", tiers.Standing, tiers.RankAtMost{Board: tiers.TokensBoard, Rank: 1, MinPopulation: 2}),
	}
}

func TestAwardsAndBadges(t *testing.T) {
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Titles: awardRules(), Now: func() time.Time { return clock }})
	day := 24 * time.Hour
	record(t, eng, call("a1", "ana", clock.Add(-2*day)), call("a2", "ana", clock.Add(-2*day)), call("b1", "ben", clock.Add(-day)), call("c1", "cy", clock))

	got, err := eng.Badges(t.Context(), "ana", "ben", "nobody", "cy")
	if err != nil {
		t.Fatal(err)
	}
	if names(got[0]) != "first two legend" || names(got[1]) != "first" || names(got[2]) != "" || names(got[3]) != "first" {
		t.Errorf("now: %+v", got)
	}

	a, err := eng.Awards(t.Context(), clock)
	if err != nil {
		t.Fatal(err)
	}
	if a.Len() != 2 || !a.AsOf().Equal(clock.UTC().Truncate(day).Add(-1)) {
		t.Errorf("%d subjects as of %s: today is not closed", a.Len(), a.AsOf())
	}
	if b, ok := a.Of("ana"); !ok || names(b)[:9] != "first two" {
		t.Errorf("ana: %+v", b)
	}
	if _, ok := a.Of("cy"); ok {
		t.Error("cy has no closed day")
	}
	if r := a.Rules(); r[0].Holders != 2 || r[0].Levels[0] != 2 || r[1].Holders != 1 {
		t.Errorf("%+v", r)
	}
	if h, err := a.Holders("first"); err != nil || len(h) != 2 || h[0].Subject != "ana" || h[1].Subject != "ben" {
		t.Errorf("%+v, %v", h, err)
	}
	if _, err := a.Holders("karma"); !errors.Is(err, tokenomics.ErrUnknownRule) {
		t.Error(err)
	}

	before, err := eng.Awards(t.Context(), clock.Add(-2*day))
	if err != nil || before.Len() != 0 {
		t.Errorf("before anything was closed: %d, %v", before.Len(), err)
	}
}

func names(b tokenomics.Badges) string {
	s := ""
	for i, held := range b.Held {
		if i > 0 {
			s += " "
		}
		s += held.Rule.ID
	}
	return s
}
