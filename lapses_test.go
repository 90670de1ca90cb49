package tokenomics_test

import (
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// A profile says when what is held would be lost if nothing more happened, and
// that is when it is lost.
func TestProfileLapses(t *testing.T) {
	clock := testNow
	rule := func(id string, r tiers.Revocation) tiers.Rule {
		return tiers.Rule{ID: id, Version: 1, Gate: tiers.AtLeast(tiers.Events, 1), Window: tiers.LastDays(3), Revocation: r, Text: tiers.Text{Title: id}}
	}
	needs := rule("needs", tiers.Live())
	needs.Prereqs = []string{"live"}
	ladder := tiers.Ladder{Window: tiers.LastDays(5), Rungs: []tiers.Rung{{Name: "one", Enter: tiers.AtLeast(tiers.Events, 1)}}}
	eng := newEngine(t, tokenomics.Config{
		Titles: []tiers.Rule{rule("live", tiers.Live()), rule("grace", tiers.Grace(2*aDay)), rule("kept", tiers.Keep()), needs},
		Ladder: &ladder, Now: func() time.Time { return clock },
	})
	record(t, eng, call("a", "ana", clock))
	day := clock.Truncate(aDay)
	want := map[string]time.Time{"live": day.Add(3 * aDay), "grace": day.Add(5 * aDay), "needs": day.Add(3 * aDay), "kept": {}}
	for range 5 {
		p, err := eng.Profile(t.Context(), "ana")
		if err != nil {
			t.Fatal(err)
		}
		for _, title := range p.Titles {
			at := want[title.Rule.ID]
			if title.Held && !at.IsZero() && clock.After(at) {
				t.Errorf("%s: held at %s, though it was to lapse at %s", title.Rule.ID, clock, at)
			}
			if !title.Held && clock.Before(at) {
				t.Errorf("%s: lost by %s, though it was to lapse at %s", title.Rule.ID, clock, at)
			}
			// Under grace the count begins with the close at which it failed.
			if off := title.Lapses.Sub(at); title.Held && off.Abs() > 2*aDay || title.Held && title.Rule.ID != "grace" && off != 0 {
				t.Errorf("%s at %s: lapses at %s, want %s", title.Rule.ID, clock, title.Lapses, at)
			}
		}
		if !p.Since.IsZero() && !p.Lapses.Equal(day.Add(5*aDay)) {
			t.Errorf("the rung lapses at %s", p.Lapses)
		}
		clock = clock.Add(aDay)
	}
}
