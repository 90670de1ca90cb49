package tokenomics_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// levelOf returns the level of a rule as Badges, Awards and Profile say it; they
// must agree.
func levelOf(t *testing.T, eng *tokenomics.Engine, subject, rule string) int {
	t.Helper()
	badges, err := eng.Badges(t.Context(), subject)
	if err != nil {
		t.Fatal(err)
	}
	level := 0
	for _, h := range badges[0].Held {
		if h.Rule.ID == rule {
			level = h.Level
		}
	}
	p, err := eng.Profile(t.Context(), subject)
	if err != nil {
		t.Fatal(err)
	}
	for _, title := range p.Titles {
		if title.Rule.ID == rule && title.Level != level {
			t.Errorf("%s: Badges say level %d of %s, Profile says %d", subject, level, rule, title.Level)
		}
	}
	return level
}

// Observations earn what rules ask of counters: once each whatever is repeated,
// corrected by a greater revision, taken back by Void; on another instance and
// after a restart alike. No board, total or cost sees them.
func TestObservations(t *testing.T) {
	shared := memstore.NewShared(nil, 0)
	clock := testNow
	cfg := tokenomics.Config{Store: shared, Titles: tiers.DefaultRules(), Now: func() time.Time { return clock }}
	eng := newEngine(t, cfg)
	other := newEngine(t, cfg)
	want := func(what string, level int) {
		t.Helper()
		if err := other.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, e := range []*tokenomics.Engine{eng, other, newEngine(t, cfg)} {
			if got := levelOf(t, e, "ana", "it-shipped"); got != level {
				t.Errorf("%s: engine %d says level %d, want %d", what, i, got, level)
			}
		}
	}
	record(t, eng, call("c", "ana", clock))
	sums := func() string {
		row, ok, err := eng.Standing("tokens-30d", "ana")
		total, err2 := eng.Totals(t.Context(), tokenomics.BySubject, clock.Add(-aDay), clock.Add(aDay))
		return fmt.Sprint(row, ok, err, total, err2)
	}
	before := sums()
	want("nothing", 0)
	merged := tokenomics.Observation(tiers.ChangesMerged, "pr-1", "ana", clock, 1)
	record(t, eng, merged)
	want("one merged", 1)
	receipts, err := eng.Record(t.Context(), merged)
	if err != nil || receipts[0].Status != tokenomics.Duplicate {
		t.Errorf("the same again: %v %v", receipts, err)
	}
	record(t, eng, tokenomics.Observation(tiers.ChangesMerged, "pr-2..9", "ana", clock, 8))
	want("nine merged", 1)
	record(t, eng, tokenomics.Observation(tiers.ChangesMerged, "pr-10", "ana", clock, 1))
	want("ten merged", 2)
	if receipts, err = eng.Void(t.Context(), merged.Key()); err != nil || !receipts[0].Counts {
		t.Errorf("taking one back: %v %v", receipts, err)
	}
	want("nine are left", 1)
	if receipts, err = eng.Void(t.Context(), merged.Key()); err != nil || receipts[0].Status != tokenomics.Duplicate {
		t.Errorf("taking it back again: %v %v", receipts, err)
	}
	if _, err = eng.Amend(t.Context(), merged.Key(), func(e *tokenomics.Event) { e.Usage.Requests = 42 }); err != nil {
		t.Fatal(err)
	}
	want("51 after all", 3)
	if after := sums(); after != before {
		t.Errorf("boards and totals are\n%s\nafter observations, and were\n%s", after, before)
	}
}
