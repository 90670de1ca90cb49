package tokenomics_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

func said(eng *tokenomics.Engine, after int64) (out []string, cursor int64) {
	for c, t := range eng.Announcements(after) {
		out = append(out, t.String())
		cursor = c
	}
	return out, cursor
}

func advance(t *testing.T, eng *tokenomics.Engine, now time.Time) {
	t.Helper()
	if err := eng.Advance(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}

func wantSaid(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: announced\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// An award is announced when its day is closed, once whatever is repeated; what a
// correction takes is announced as revoked once, and what comes back as
// reinstated, never as granted anew.
func TestAnnouncements(t *testing.T) {
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Titles: awardRules(), Now: func() time.Time { return clock }})
	record(t, eng, call("old", "old", clock.Add(-3*aDay)))
	if got, _ := said(eng, 0); len(got) != 0 {
		t.Errorf("before anything was closed: %v", got)
	}
	advance(t, eng, clock)
	wantSaid(t, "what had been gained before is no news", first(said(eng, 0)))

	record(t, eng, call("a1", "ana", clock), call("a2", "ana", clock))
	advance(t, eng, clock)
	wantSaid(t, "today is not closed", first(said(eng, 0)))
	clock = clock.Add(aDay)
	advance(t, eng, clock)
	got, cursor := said(eng, 0)
	wantSaid(t, "the close", got, "ana: unlock first", "ana: unlock two", "ana: unlock legend")

	for range 2 {
		record(t, eng, call("a1", "ana", testNow), call("a2", "ana", testNow))
		advance(t, eng, clock)
	}
	wantSaid(t, "the same again", first(said(eng, cursor)))

	void := call("a2", "ana", testNow)
	void.Void = true
	record(t, eng, void)
	advance(t, eng, clock)
	got, cursor = said(eng, cursor)
	wantSaid(t, "a void, after which two have as much", got, "ana: revoke two", "old: unlock legend")
	advance(t, eng, clock)
	record(t, eng, void)
	advance(t, eng, clock)
	wantSaid(t, "the void again", first(said(eng, cursor)))

	record(t, eng, call("a3", "ana", testNow))
	advance(t, eng, clock)
	got, cursor = said(eng, cursor)
	wantSaid(t, "a late call", got, "ana: reinstate two", "old: revoke legend")

	clock = clock.Add(3 * aDay)
	advance(t, eng, clock)
	got, cursor = said(eng, cursor)
	wantSaid(t, "three days without a call", got, "ana: revoke two")
	for _, tr := range eng.Announcements(0) {
		if tr.Evidence.Rule != tr.Rule || len(tr.Evidence.Gates) == 0 || tr.Decided.IsZero() || tr.At.IsZero() || tr.Version != 1 {
			t.Errorf("%s has no evidence: %+v", tr.String(), tr)
		}
	}
	if all, last := said(eng, -5); len(all) != 8 || last != cursor {
		t.Errorf("%d announcements up to %d", len(all), last)
	}
}

func first(s []string, _ int64) []string { return s }

// The observer hears each announcement once, in order, with no lock held: it may
// ask the engine and advance it. Its panics are reported and lose nothing.
func TestObserver(t *testing.T) {
	clock := testNow
	var eng *tokenomics.Engine
	var heard []string
	eng = newEngine(t, tokenomics.Config{
		Titles: awardRules(), Now: func() time.Time { return clock }, Announcements: 2,
		OnTransition: func(tr tiers.Transition) {
			heard = append(heard, tr.String())
			if _, err := eng.Badges(t.Context(), tr.Subject); err != nil {
				t.Error(err)
			}
			if err := eng.Advance(t.Context(), clock); err != nil {
				t.Error(err)
			}
			if tr.Rule == "legend" {
				panic("observer")
			}
		},
	})
	record(t, eng, call("a1", "ana", clock), call("a2", "ana", clock), call("b", "ben", clock))
	clock = clock.Add(aDay)
	advance(t, eng, clock)
	wantSaid(t, "the observer", heard, "ana: unlock first", "ana: unlock two", "ana: unlock legend", "ben: unlock first")
	wantSaid(t, "the log keeps two", first(said(eng, 0)), "ana: unlock legend", "ben: unlock first")
	var callback *tokenomics.CallbackError
	if faults := eng.Faults(); len(faults) != 1 || !errors.As(faults[0], &callback) || callback.Name != "OnTransition" || !errors.Is(faults[0], tokenomics.ErrCallback) {
		t.Errorf("%v", faults)
	}
}

// A rule's Go function that panics is reported with the rule's name, and every
// other rule goes on.
func TestPanickingRule(t *testing.T) {
	clock := testNow
	rules := append(awardRules(), tiers.Rule{
		ID: "boom", Version: 1, Text: tiers.Text{Title: "Boom"}, Window: tiers.LastDays(3),
		Gate: tiers.Func{Name: "boom", Fn: func(*tiers.Facts) bool { panic("no") }},
	})
	eng := newEngine(t, tokenomics.Config{Titles: rules, Now: func() time.Time { return clock }})
	record(t, eng, call("a1", "ana", clock), call("a2", "ana", clock))
	clock = clock.Add(aDay)
	a, err := eng.Awards(t.Context(), clock)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := a.Of("ana"); names(b) != "first two" {
		t.Errorf("%+v", b)
	}
	var rule *tiers.RuleError
	if faults := eng.Faults(); len(faults) != 1 || !errors.As(faults[0], &rule) || rule.Rule != "boom" || !errors.Is(faults[0], tiers.ErrPanic) {
		t.Errorf("%v", faults)
	}
	if b, err := eng.Badges(t.Context(), "ana"); err != nil || names(b[0]) != "first two" {
		t.Errorf("%+v, %v", b, err)
	}
}

// A rule about a board that is not there is nobody's, and is reported.
func TestRuleWithoutBoard(t *testing.T) {
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Titles: awardRules(), Boards: []tokenomics.Board{{Name: "other"}}, Now: func() time.Time { return clock }})
	record(t, eng, call("a1", "ana", clock))
	clock = clock.Add(aDay)
	if h, err := eng.Holders(t.Context(), "legend"); err != nil || len(h) != 0 {
		t.Errorf("%v, %v", h, err)
	}
	if faults := eng.Faults(); len(faults) != 1 || !errors.Is(faults[0], tokenomics.ErrUnknownBoard) || !strings.Contains(faults[0].Error(), tiers.TokensBoard) {
		t.Errorf("%v", faults)
	}
}

// Rules of teams and of the organization are about the calls of all their
// members; prerequisites do not reach over scopes.
func TestTeamAwards(t *testing.T) {
	clock := testNow
	three := tiers.Rule{ID: "three", Version: 1, Scope: tiers.OfTeam, Window: tiers.LastDays(7), Gate: tiers.AtLeast(tiers.Events, 3), Text: tiers.Text{Title: "Three"}}
	five := tiers.Rule{ID: "five", Version: 1, Scope: tiers.OfOrganization, Window: tiers.LastDays(7), Gate: tiers.AtLeast(tiers.Events, 5), Text: tiers.Text{Title: "Five"}}
	rules := append(awardRules(), three, five)
	eng := newEngine(t, tokenomics.Config{Titles: rules, Now: func() time.Time { return clock }})
	for i, who := range []string{"ana", "ben", "ana", "cy", "cy"} {
		ev := call(fmt.Sprint(i), who, clock.Add(time.Duration(-i)*time.Hour))
		if ev.Team = "x"; who == "cy" {
			ev.Team = "y"
		}
		record(t, eng, ev)
	}
	got, err := eng.BadgesOf(t.Context(), tiers.OfTeam, "x", "y", "z")
	if err != nil || names(got[0]) != "three" || names(got[1]) != "" || names(got[2]) != "" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := eng.BadgesOf(t.Context(), tiers.OfOrganization, "organization"); err != nil || names(got[0]) != "five" {
		t.Errorf("%+v, %v", got, err)
	}
	if p, err := eng.Profile(t.Context(), "ana"); err != nil || len(p.Titles) != len(awardRules()) {
		t.Errorf("a profile has titles of teams: %d, %v", len(p.Titles), err)
	}
	clock = clock.Add(aDay)
	if h, err := eng.Holders(t.Context(), "three"); err != nil || len(h) != 1 || h[0].Subject != "x" {
		t.Errorf("%+v, %v", h, err)
	}
	if h, err := eng.Holders(t.Context(), "five"); err != nil || len(h) != 1 || h[0].Subject != "organization" {
		t.Errorf("%+v, %v", h, err)
	}

	five.Prereqs = []string{"three"}
	_, err = tokenomics.New(t.Context(), &tokenomics.Config{Titles: []tiers.Rule{three, five}, Book: testBook(t, "1")})
	var bad *tokenomics.ConfigError
	if !errors.As(err, &bad) || bad.Field != "Titles" || !strings.Contains(bad.Reason, "five: prereqs[0]") {
		t.Errorf("a prerequisite of another scope: %v", err)
	}
}

// Who is forgotten is in no announcement any more.
func TestForgottenInAnnouncements(t *testing.T) {
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Store: newSubjectStore(), Titles: awardRules(), Now: func() time.Time { return clock }, OnTransition: func(tiers.Transition) {}})
	record(t, eng, call("a1", "ana", clock), call("a2", "ana", clock), call("b", "ben", clock))
	clock = clock.Add(aDay)
	advance(t, eng, clock)
	if _, err := eng.Forget(t.Context(), "ana"); err != nil {
		t.Fatal(err)
	}
	advance(t, eng, clock)
	wantSaid(t, "after forgetting", first(said(eng, 0)), "ben: unlock first")
	if a, err := eng.Awards(t.Context(), clock); err != nil || a.Len() != 1 {
		t.Errorf("%d, %v", a.Len(), err)
	}
}

// Awards follow a subject to the name it is counted as, and back.
func TestRenamedInAwards(t *testing.T) {
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Store: newSubjectStore(), Titles: awardRules(), Now: func() time.Time { return clock }})
	record(t, eng, call("a", "ana", clock), call("b", "ana@old", clock))
	clock = clock.Add(aDay)
	hold := func(want string) {
		t.Helper()
		a, err := eng.Awards(t.Context(), clock)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := a.Of("ana")
		live, err := eng.Badges(t.Context(), "ana")
		if err != nil || names(b) != want || names(live[0]) != want {
			t.Errorf("ana holds %q, now %q (%v), want %q", names(b), names(live[0]), err, want)
		}
	}
	hold("first legend")
	if err := eng.Rename(t.Context(), "ana@old", "ana"); err != nil {
		t.Fatal(err)
	}
	hold("first two")
	if b, err := eng.Badges(t.Context(), "ana@old"); err != nil || b[0].Subject != "ana" || names(b[0]) != "first two" {
		t.Errorf("by the old name: %+v, %v", b, err)
	}
	if err := eng.Rename(t.Context(), "ana@old", ""); err != nil {
		t.Fatal(err)
	}
	hold("first legend")
}
