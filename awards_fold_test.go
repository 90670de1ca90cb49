package tokenomics_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

const aDay = 24 * time.Hour

// foldRules are rules of every kind and scope that small histories earn, keep
// and lose.
func foldRules() []tiers.Rule {
	rule := func(id string, kind tiers.Kind, w tiers.Window, r tiers.Revocation, g tiers.Gate) tiers.Rule {
		return tiers.Rule{ID: id, Version: 2, Kind: kind, Gate: g, Window: w, Revocation: r, Text: tiers.Text{Title: id}}
	}
	leveled := rule("often", tiers.Leveled, tiers.LastDays(8), tiers.Grace(2*aDay), nil)
	leveled.Levels = tiers.Steps(tiers.ActiveDays, 2, 3, 5)
	needs := rule("needs", tiers.OneTime, tiers.LastDays(6), tiers.Live(), tiers.AtLeast(tiers.Calls, 2))
	needs.Prereqs = []string{"often"}
	trusted := rule("trusted", tiers.OneTime, tiers.LastDays(9), tiers.Live(), tiers.AtLeast(tiers.Events, 2))
	trusted.MinTrust = uint8(store.Gateway)
	humans := rule("by-hand", tiers.OneTime, tiers.LastDays(9), tiers.Live(), tiers.AtLeast(tiers.Events, 3))
	humans.Humans = true
	season := tiers.Season(dayNumber(testNow)-20, dayNumber(testNow)-5)
	rules := []tiers.Rule{
		rule("legend", tiers.Standing, tiers.LastDays(5), tiers.Keep(), tiers.RankAtMost{Board: "tokens-5d", Rank: 1, MinPopulation: 2}),
		rule("was-second", tiers.OneTime, tiers.LastDays(5), tiers.Keep(), tiers.All{
			tiers.RankAtMost{Board: "tokens-5d", Rank: 2}, tiers.Not{Gate: tiers.RankAtMost{Board: "tokens-5d", Rank: 1}}}),
		rule("top-half", tiers.OneTime, tiers.LastDays(5), tiers.Grace(3*aDay), tiers.TopShare{Board: "cost-5d", Share: tiers.Percent(50), MinPopulation: 3}),
		leveled, needs, trusted, humans,
		rule("good-week", tiers.Repeatable, tiers.Window{Period: tiers.CalWeek}, tiers.Live(), tiers.All{tiers.AtLeast(tiers.ActiveDays, 2), tiers.AtMost(tiers.WeekendDays, 0)}),
		rule("month", tiers.Repeatable, tiers.Window{Period: tiers.CalMonth}, tiers.Keep(), tiers.AtLeast(tiers.Tokens, 800)),
		rule("season", tiers.OneTime, season, tiers.Keep(), tiers.AtLeast(tiers.Events, 4)),
		rule("long", tiers.OneTime, tiers.LastDays(4), tiers.Live(), tiers.Session{AtLeast: 20 * time.Minute, Idle: 15 * time.Minute}),
		rule("two-models", tiers.OneTime, tiers.LastDays(6), tiers.Grace(aDay), tiers.Distinct{AtLeast: 2, Each: tiers.Percent(30), ByTokens: true}),
		rule("leaner", tiers.OneTime, tiers.LastDays(10), tiers.Live(), tiers.Trend{Of: tiers.Cost, Per: tiers.Generated, Fall: tiers.Percent(10), Min: 1}),
		rule("back", tiers.OneTime, tiers.LastDays(14), tiers.Live(), tiers.Comeback{Away: 3, Back: 1}),
		rule("ever", tiers.OneTime, tiers.Window{}, tiers.Keep(), tiers.AtLeast(tiers.ActiveDays, 6)),
		rule("frugal", tiers.OneTime, tiers.LastDays(7), tiers.Live(), tiers.All{tiers.MoneyAtMost(tiers.Cost, micros(900)), tiers.AtLeast(tiers.Events, 2)}),
	}
	reviewer := rule("reviewer", tiers.Leveled, tiers.LastDays(7), tiers.Live(), nil)
	reviewer.Levels = tiers.Steps(tiers.Counter("reviews"), 1, 4, 8)
	rules = append(rules, reviewer, rule("reviewed-more", tiers.OneTime, tiers.LastDays(12), tiers.Grace(aDay), tiers.Ratio{
		Of: tiers.Counter("reviews"), Per: tiers.Calls, AtLeast: tiers.Percent(50), Min: tiers.Count(2)}))
	teamReviews := rule("team-reviews", tiers.OneTime, tiers.LastDays(4), tiers.Live(), tiers.AtLeast(tiers.Counter("reviews"), 5))
	teamReviews.Scope = tiers.OfTeam
	team := rule("team-work", tiers.OneTime, tiers.LastDays(5), tiers.Live(), tiers.AtLeast(tiers.Events, 5))
	team.Scope = tiers.OfTeam
	teamFirst := rule("team-first", tiers.Standing, tiers.LastDays(5), tiers.Keep(), tiers.RankAtMost{Board: "teams-5d", Rank: 1})
	teamFirst.Scope = tiers.OfTeam
	teamLong := rule("team-long", tiers.OneTime, tiers.LastDays(5), tiers.Live(), tiers.Session{AtLeast: 20 * time.Minute})
	teamLong.Scope = tiers.OfTeam
	all := rule("company", tiers.OneTime, tiers.LastDays(3), tiers.Live(), tiers.AtLeast(tiers.Events, 12))
	all.Scope = tiers.OfOrganization
	return append(rules, team, teamFirst, teamLong, teamReviews, all)
}

func dayNumber(t time.Time) tiers.Day { return tiers.DayOf(t, nil) }

func micros(n int64) tokenomics.Money { return pricing.FromColumns(n, 0) }

func foldConfig(clock *time.Time) tokenomics.Config {
	ladder := tiers.DefaultLadder()
	ladder.Window, ladder.MinDwell = tiers.LastDays(6), 2*aDay
	for i, n := range []int64{50, 400, 900, 1800, 4000} {
		ladder.Rungs[i].Enter = tiers.All{tiers.AtLeast(tiers.Tokens, n), tiers.AtLeast(tiers.ActiveDays, int64(1+i/2))}
		ladder.Rungs[i].Keep = tiers.AtLeast(tiers.Tokens, n/2)
	}
	five := rank.Window{Length: 5 * aDay, Step: aDay}
	return tokenomics.Config{
		Now: func() time.Time { return *clock }, Titles: foldRules(), Ladder: &ladder,
		Boards: []tokenomics.Board{
			{Name: "tokens-5d", Window: five}, {Name: "cost-5d", Window: five, By: tokenomics.ByCost},
			{Name: "teams-5d", Window: five, Of: tokenomics.ByTeam},
		},
	}
}

// history makes versions of calls over some days: revised, voided, moved to
// other subjects, days and teams, late and repeated.
func history(r *rand.Rand, from time.Time, days, n int) []tokenomics.Event {
	var out []tokenomics.Event
	last := from
	for i := range n {
		at := from.Add(time.Duration(r.Int64N(int64(days) * int64(aDay)))).Truncate(time.Minute)
		if r.IntN(2) == 0 { // near the one before: sessions
			if at = last.Add(time.Duration(r.IntN(20)-5) * time.Minute); at.Before(from) {
				at = from
			}
		}
		last = at
		ev := tokenomics.Event{
			Source: "test", ID: fmt.Sprint(i), Subject: pickOne(r, "ana", "ben", "cy", "dee"), Team: pickOne(r, "", "x", "y"),
			Session: pickOne(r, "", "s", "t"), Actor: pickOne(r, store.Human, store.Automation), Trust: pickOne(r, store.ClientLog, store.Gateway),
			Call: tokenomics.Call{Provider: "acme", Model: pickOne(r, "small", "large", "odd"), At: at,
				Usage: tokenomics.Usage{Input: r.Int64N(200), Output: r.Int64N(100), CacheRead: r.Int64N(3) * 50}},
		}
		observed := r.IntN(6) == 0
		if observed {
			ev = tokenomics.Observation("reviews", ev.ID, ev.Subject, at, 1+r.Int64N(3))
			ev.Team = pickOne(r, "", "x", "y")
		}
		out = append(out, ev)
		for rev := int64(1); r.IntN(3) == 0; rev++ {
			ev.Revision = rev
			switch r.IntN(4) {
			case 0:
				ev.Void, ev.Usage = true, tokenomics.Usage{}
			case 1:
				ev.Subject = pickOne(r, "ana", "ben", "cy", "dee")
			case 2:
				if ev.At = ev.At.Add(time.Duration(r.IntN(96)-48) * time.Hour); ev.At.Before(from) {
					ev.At = from
				}
			default:
				if observed {
					ev.Usage.Requests += 2
				} else {
					ev.Usage.Output += 50
				}
			}
			out = append(out, ev)
			if ev.Void && !observed {
				break
			}
		}
	}
	return out
}

func pickOne[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// naive computes what everybody of a scope holds as of a close, and now, from the
// ledger alone: it folds each day's facts from all events up to it and ranks by
// adding up.
type naive struct {
	t       *testing.T
	eng     *tokenomics.Engine
	entries []store.Entry
	scope   tiers.Scope
	set     *tiers.Set
	ladder  *tiers.Ladder
}

func newNaive(t *testing.T, eng *tokenomics.Engine, scope tiers.Scope, ladder *tiers.Ladder) *naive {
	n := &naive{t: t, eng: eng, scope: scope}
	for entry, err := range eng.Store().Scan(t.Context(), store.Query{Voids: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, seen, _ := entry.Observed(); entry.Void && seen == 0 {
			continue
		}
		n.entries = append(n.entries, entry)
	}
	var of []tiers.Rule
	for _, r := range foldRules() {
		if r.Scope == scope {
			of = append(of, r)
		}
	}
	var err error
	if n.set, err = tiers.NewSet(of...); err != nil {
		t.Fatal(err)
	}
	if n.ladder = ladder; scope != tiers.OfSubject {
		n.ladder = nil
	}
	return n
}

func (n *naive) name(e *store.Entry) string {
	return [...]string{e.Subject, e.Team, "organization"}[n.scope]
}

func (n *naive) names() []string {
	seen := map[string]bool{}
	var out []string
	for i := range n.entries {
		if name := n.name(&n.entries[i]); name != "" && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// place ranks a name at an instant on every board.
func (n *naive) place(name string, asOf time.Time) (ranks, populations map[string]int) {
	ranks, populations = map[string]int{}, map[string]int{}
	boards := [][]string{{"tokens-5d", "cost-5d"}, {"teams-5d"}, nil}[n.scope]
	for _, board := range boards {
		sums := map[string]int64{}
		for i := range n.entries {
			e := &n.entries[i]
			d := dayNumber(e.At)
			if last := dayNumber(asOf); d > last-5 && d <= last && n.name(e) != "" {
				sums[n.name(e)] += e.Usage.Tokens()
			}
		}
		if board == "cost-5d" {
			sums = n.costs(asOf)
		}
		for _, s := range sums {
			if s == 0 {
				continue
			}
			populations[board]++
			if mine := sums[name]; mine != 0 && s > mine {
				ranks[board]++
			}
		}
		if sums[name] != 0 {
			ranks[board]++
		} else {
			delete(ranks, board)
		}
		if _, ok := populations[board]; !ok {
			populations[board] = 0
		}
	}
	return ranks, populations
}

// costs are nano-units, floored by subject and day as a board by cost does.
func (n *naive) costs(asOf time.Time) map[string]int64 {
	type cell struct {
		name string
		day  tiers.Day
	}
	cells := map[cell]tokenomics.Money{}
	for i := range n.entries {
		e := &n.entries[i]
		d := dayNumber(e.At)
		if last := dayNumber(asOf); d > last-5 && d <= last {
			c := cell{n.name(e), d}
			cells[c], _ = cells[c].Add(e.Cost)
		}
	}
	sums := map[string]int64{}
	for c, m := range cells {
		nano, _, _ := m.FloorNano()
		sums[c.name] += nano
	}
	return sums
}

// holds returns what a name holds at the close of a day, or at now if that is
// later; false if it had no event by then.
func (n *naive) holds(name string, through tiers.Day, now time.Time) (tokenomics.Badges, []tiers.Transition, bool) {
	needs := n.set.Needs()
	if n.ladder != nil {
		needs = needs.Join(n.ladder.Needs())
	}
	acc := tiers.NewAccumulator(needs)
	states := make([]tiers.State, n.set.Len())
	var tier tiers.State
	var all []tiers.Transition
	evalAt := func(asOf time.Time) {
		facts, err := n.set.Gather(nil, acc, asOf)
		if err != nil {
			n.t.Fatal(err)
		}
		ranks, populations := n.place(name, asOf)
		for i := range facts {
			facts[i].Subject, facts[i].Rank, facts[i].Population = name, ranks, populations
		}
		if n.ladder != nil {
			f, err := acc.See(asOf, n.ladder.Lens())
			if err != nil {
				n.t.Fatal(err)
			}
			f.Subject = name
			var trs []tiers.Transition
			tier, trs = n.ladder.Eval(&f, tier)
			all = append(all, trs...)
		}
		all = n.set.Eval(facts, states, all)
	}
	var day, first tiers.Day
	for i := range n.entries {
		e := &n.entries[i]
		if n.name(e) != name {
			continue
		}
		d := dayNumber(e.At)
		if day == 0 {
			day, first = d, d
		}
		for ; day < d && day <= through; day++ {
			evalAt(day.Close())
		}
		if d > through && now.IsZero() || d > max(dayNumber(now), through) {
			break
		}
		if counter, seen, ok := e.Observed(); ok {
			acc.Count(counter, e.At, seen)
			continue
		}
		s := tiers.Sample{At: e.At, Provider: e.Provider, Model: e.Model, Session: e.Session, Workflow: e.Workflow, Usage: e.Usage,
			Cost: e.Cost, Status: e.Status, Automation: e.Actor == store.Automation, Trust: uint8(e.Trust)}
		if n.scope != tiers.OfSubject {
			s.Session = e.Subject + "/" + e.Session
		}
		if c, err := n.eng.Book(e.At).Price(e.Call); err == nil {
			s.Saving, s.SavingKnown = c.CacheSaving()
		}
		acc.Add(s)
	}
	if first == 0 || now.IsZero() && first > through {
		return tokenomics.Badges{Subject: name}, nil, false
	}
	for ; day <= through; day++ {
		evalAt(day.Close())
	}
	if !now.IsZero() {
		evalAt(now)
	}
	b := tokenomics.Badges{Subject: name}
	if n.ladder != nil && tier.Level > 0 {
		b.Tier, b.Since = n.ladder.Rungs[tier.Level-1], tier.Since
		b.Tier.Level = tier.Level
	}
	for i, s := range states {
		if s.Held() {
			b.Held = append(b.Held, tokenomics.Badge{Rule: n.set.Rule(i), Level: s.Level, Count: s.Count, Since: s.Since})
		}
	}
	return b, all, true
}

func plainBadges(b tokenomics.Badges) string {
	s := fmt.Sprintf("%s on %s since %s:", b.Subject, b.Tier.Name, b.Since.Format(time.DateTime))
	for _, h := range b.Held {
		s += fmt.Sprintf(" %s %d×%d since %s", h.Rule.ID, h.Level, h.Count, h.Since.Format(time.DateOnly))
	}
	return s
}

// sameAwards compares all scopes of an engine with a naive fold of its ledger.
func sameAwards(t *testing.T, what string, eng *tokenomics.Engine, ladder *tiers.Ladder, now time.Time) (held int) {
	t.Helper()
	for scope := tiers.OfSubject; scope <= tiers.OfOrganization; scope++ {
		n := newNaive(t, eng, scope, ladder)
		names := n.names()
		if _, err := eng.AwardsOf(t.Context(), scope, now); err != nil { // settles what corrections did to ranks
			t.Fatal(err)
		}
		live, err := eng.BadgesOf(t.Context(), scope, names...)
		if err != nil {
			t.Fatal(err)
		}
		yesterday := dayNumber(now) - 1
		for i, name := range names {
			if want, _, _ := n.holds(name, yesterday, now); plainBadges(live[i]) != plainBadges(want) {
				t.Fatalf("%s: now\n%s\na fold says\n%s", what, plainBadges(live[i]), plainBadges(want))
			}
		}
		for _, day := range []tiers.Day{yesterday, yesterday - 1, yesterday - 4, yesterday - 11, yesterday - 30} {
			a, err := eng.AwardsOf(t.Context(), scope, day.Close())
			if err != nil {
				t.Fatal(err)
			}
			known := 0
			for _, name := range names {
				want, _, ok := n.holds(name, day, time.Time{})
				got, ok2 := a.Of(name)
				if ok != ok2 || plainBadges(got) != plainBadges(want) {
					t.Fatalf("%s: at the close of %s\n%s (%t)\na fold says\n%s (%t)", what, day, plainBadges(got), ok2, plainBadges(want), ok)
				}
				held += len(got.Held)
				if ok {
					known++
				}
			}
			if a.Len() != known {
				t.Fatalf("%s: %d known, a fold says %d", what, a.Len(), known)
			}
		}
	}
	return held
}

// TestLaw5AwardsAreAFold: whatever arrives in which order, late, revised, voided
// or moved, and whenever anybody asks in between, awards are the fold over closed
// days of the events that count now. Two engines that took the same events in
// other orders agree to the byte.
func TestLaw5AwardsAreAFold(t *testing.T) {
	seeds := uint64(24)
	if testing.Short() {
		seeds = 6
	}
	held, told := 0, 0
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 21))
		clock := testNow.Add(-40 * aDay)
		end := testNow
		cfg := foldConfig(&clock)
		cfg.MaxLate = tokenomics.NoLimit
		granted, level := map[tiers.AwardKey]int{}, map[string]int{}
		cfg.OnTransition = func(tr tiers.Transition) {
			if tr.Grants() {
				granted[tr.Key()]++
			}
			key := fmt.Sprint(tr.Subject, tr.Rule, tr.Reason)
			if last, ok := level[key]; ok && last != tr.From {
				t.Errorf("seed %d: %s, after it was told to be at %d", seed, tr.String(), last)
			}
			level[key] = tr.To
		}
		eng := newEngine(t, cfg)
		versions := history(r, clock.Add(-5*aDay), 44, 120)
		// Most events come about when they happen, some much later.
		type arrival struct {
			at time.Time
			ev tokenomics.Event
		}
		var arrivals []arrival
		for _, ev := range versions {
			late := time.Duration(r.Int64N(int64(6 * time.Hour)))
			if r.IntN(5) == 0 {
				late = time.Duration(r.Int64N(int64(20 * aDay)))
			}
			at := ev.At.Add(late)
			if at.After(end) {
				at = end
			}
			arrivals = append(arrivals, arrival{at, ev})
		}
		slices.SortStableFunc(arrivals, func(a, b arrival) int { return a.at.Compare(b.at) })
		for _, a := range arrivals {
			if a.at.After(clock) {
				clock = a.at
			}
			record(t, eng, a.ev)
			switch r.IntN(12) {
			case 0:
				if err := eng.Advance(t.Context(), clock); err != nil {
					t.Fatal(err)
				}
			case 1:
				if _, err := eng.Badges(t.Context(), "ana", "cy"); err != nil {
					t.Fatal(err)
				}
			case 2:
				if _, err := eng.Awards(t.Context(), clock.Add(-time.Duration(r.IntN(20))*aDay)); err != nil {
					t.Fatal(err)
				}
			}
		}
		clock = end
		held += sameAwards(t, fmt.Sprint("seed ", seed), eng, cfg.Ladder, clock)
		sameProfiles(t, seed, eng, cfg.Ladder, clock)
		for key, n := range granted {
			if n != 1 {
				t.Errorf("seed %d: %+v was granted %d times", seed, key, n)
			}
		}
		told += len(granted)
		if a, err := eng.Awards(t.Context(), clock); err != nil {
			t.Fatal(err)
		} else {
			sameAsTold(t, seed, a, level)
		}

		cfg.OnTransition = nil
		other := newEngine(t, cfg)
		for range 2 {
			r.Shuffle(len(versions), func(i, j int) { versions[i], versions[j] = versions[j], versions[i] })
			record(t, other, versions...)
			if r.IntN(2) == 0 {
				if _, err := other.Awards(t.Context(), clock); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, back := range []int{0, 1, 9} {
			if x, y := awardBytes(t, eng, clock.Add(-time.Duration(back)*aDay)), awardBytes(t, other, clock.Add(-time.Duration(back)*aDay)); x != y {
				t.Fatalf("seed %d: another order gives other awards:\n%s\n%s", seed, x, y)
			}
		}
	}
	if held < int(seeds)*80 || told < int(seeds)*20 {
		t.Errorf("only %d awards compared, %d told", held, told)
	}
}

// sameProfiles compares profiles, history and all, with a naive fold.
func sameProfiles(t *testing.T, seed uint64, eng *tokenomics.Engine, ladder *tiers.Ladder, now time.Time) {
	t.Helper()
	n := newNaive(t, eng, tiers.OfSubject, ladder)
	for _, name := range n.names() {
		p, err := eng.Profile(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		_, want, _ := n.holds(name, dayNumber(now)-1, now)
		if len(p.History) != len(want) {
			t.Fatalf("seed %d: %s has %d transitions, a fold says %d", seed, name, len(p.History), len(want))
		}
		for i := range want {
			if g, w := &p.History[i], &want[i]; g.String() != w.String() || !g.At.Equal(w.At) || len(g.Evidence.Gates) != len(w.Evidence.Gates) {
				t.Fatalf("seed %d: %s at %s, a fold says %s at %s", seed, g.String(), g.At, w.String(), w.At)
			}
		}
		b := tokenomics.Badges{Subject: name, Tier: p.Tier.At, Since: p.Since}
		for i := range p.Titles {
			if h := &p.Titles[i]; h.Held {
				b.Held = append(b.Held, tokenomics.Badge{Rule: h.Rule, Level: h.Level, Count: h.Count, Since: h.Since})
			}
		}
		live, err := eng.Badges(t.Context(), name)
		if err != nil || plainBadges(live[0]) != plainBadges(b) {
			t.Fatalf("seed %d: the profile says\n%s\nkept facts say\n%s (%v)", seed, plainBadges(b), plainBadges(live[0]), err)
		}
	}
}

// sameAsTold compares what is held with what was announced last.
func sameAsTold(t *testing.T, seed uint64, a *tokenomics.Awards, level map[string]int) {
	t.Helper()
	for _, name := range []string{"ana", "ben", "cy", "dee"} {
		b, _ := a.Of(name)
		held := map[string]int{"tier": b.Tier.Level}
		for _, h := range b.Held {
			held[h.Rule.ID] = h.Level
		}
		for rule, is := range held {
			if was, ok := level[name+rule]; ok && was != is {
				t.Errorf("seed %d: %s was told to be at %d of %s, and is at %d", seed, name, was, rule, is)
			}
		}
		for _, r := range foldRules() {
			if r.Scope == tiers.OfSubject && r.Kind != tiers.Repeatable && held[r.ID] != level[name+r.ID] && level[name+r.ID] != 0 {
				t.Errorf("seed %d: %s was told to be at %d of %s, and is at %d", seed, name, level[name+r.ID], r.ID, held[r.ID])
			}
		}
	}
}

func awardBytes(t *testing.T, eng *tokenomics.Engine, asOf time.Time) string {
	t.Helper()
	a, err := eng.Awards(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		Held   string
		Counts []int
	}
	var out []line
	for _, name := range []string{"ana", "ben", "cy", "dee"} {
		b, _ := a.Of(name)
		out = append(out, line{Held: plainBadges(b)})
	}
	for _, h := range a.Rules() {
		out = append(out, line{h.Rule.ID, append([]int{h.Holders}, h.Levels...)})
	}
	for _, h := range a.Tiers() {
		out = append(out, line{h.Name, []int{h.Holders}})
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
