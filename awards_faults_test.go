package tokenomics_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// TestAwardsForgetWhatIsPruned: awards are of the events that are there: those of an
// engine that pruned, and of one made anew.
func TestAwardsForgetWhatIsPruned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		day := 24 * time.Hour
		cfg := tokenomics.Config{Store: memstore.New(nil), Book: testBook(t, "1"), Titles: awardRules(), Now: func() time.Time { return time.Now().Add(1000 * day) },
			Upkeep: tokenomics.Upkeep{Keep: 40 * day, Tidy: time.Hour, Follow: time.Hour}}
		eng := newEngine(t, cfg)
		record(t, eng, call("old", "ana", cfg.Now()), call("old2", "ana", cfg.Now()))
		if _, err := eng.Awards(t.Context(), cfg.Now()); err != nil {
			t.Fatal(err)
		}
		run, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- eng.Run(run) }()
		time.Sleep(45 * day)
		x, err := eng.Awards(t.Context(), cfg.Now())
		if err != nil {
			t.Fatal(err)
		}
		y, err := newEngine(t, cfg).Awards(t.Context(), cfg.Now())
		if err != nil || x.Len() != y.Len() {
			t.Errorf("%d %d", x.Len(), y.Len())
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
}

// TestAwardsAfterALostMove: a write that moved a call to another day, and whose answer
// was lost, takes away from the old day what it took, tried again or not.
func TestAwardsAfterALostMove(t *testing.T) {
	for _, how := range []string{"it landed", "it landed, and is tried again", "it lands late, and is tried again"} {
		h := &hooked{Store: memstore.New(nil)}
		clock := testNow
		rule := tiers.Rule{ID: "two-days", Version: 1, Kind: tiers.OneTime, Gate: tiers.AtLeast(tiers.ActiveDays, 2), Window: tiers.LastDays(9), Revocation: tiers.Live(), Text: tiers.Text{Title: "t"}}
		cfg := tokenomics.Config{Store: h, Titles: []tiers.Rule{rule}, Now: func() time.Time { return clock }}
		eng := newEngine(t, cfg)
		e := call("a", "ana", testNow.Add(-3*aDay))
		record(t, eng, e, call("b", "ana", testNow.Add(-2*aDay)))
		if a, err := eng.Awards(t.Context(), clock); err != nil || len(a.Rules()) != 1 || a.Rules()[0].Holders != 1 {
			t.Fatal(a, err)
		}
		e.Revision, e.At = 1, testNow.Add(-2*aDay)
		var late []store.Entry
		h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
			late = slices.Clone(es)
			if strings.Contains(how, "late") {
				return nil, errDisk
			}
			_, err := h.Store.Put(ctx, es)
			return nil, errors.Join(errDisk, err)
		}
		if _, err := eng.Record(t.Context(), e); !errors.Is(err, errDisk) {
			t.Fatal(err)
		}
		h.put = nil
		if strings.Contains(how, "late") {
			if _, err := eng.Awards(t.Context(), clock); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Store.Put(t.Context(), late); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(how, "again") {
			record(t, eng, e)
		}
		a, err := eng.Awards(t.Context(), clock)
		if err != nil || a.Rules()[0].Holders != 0 {
			t.Errorf("%s: %d hold, %v", how, a.Rules()[0].Holders, err)
		}
	}
}

// TestAwardsAfterAReadThatFails: whichever reading of the ledger fails, the next one
// reads all that is missing.
func TestAwardsAfterAReadThatFails(t *testing.T) {
	for fail := 1; ; fail++ {
		h := &hooked{Store: memstore.New(nil)}
		clock := testNow
		cfg := tokenomics.Config{Store: h, Titles: awardRules(), MaxLate: tokenomics.NoLimit, Now: func() time.Time { return clock }}
		eng := newEngine(t, cfg)
		for i := range 20 {
			record(t, eng, call(fmt.Sprint(i), "ana", testNow.Add(-time.Duration(i)*aDay)))
		}
		if _, err := eng.Awards(t.Context(), clock); err != nil {
			t.Fatal(err)
		}
		record(t, eng, call("late", "ana", testNow.Add(-15*aDay)))
		n := 0
		h.scan = func() error {
			if n++; n == fail {
				return errDisk
			}
			return nil
		}
		if _, err := eng.Awards(t.Context(), clock); err == nil {
			if n > 1 {
				return
			}
			t.Fatal("nothing was read")
		}
		h.scan = nil
		for _, back := range []int{0, 10, 17} {
			x, err := eng.Awards(t.Context(), clock.Add(-time.Duration(back)*aDay))
			if err != nil {
				t.Fatal(err)
			}
			y, err := newEngine(t, cfg).Awards(t.Context(), clock.Add(-time.Duration(back)*aDay))
			if err != nil {
				t.Fatal(err)
			}
			bx, _ := x.Of("ana")
			by, _ := y.Of("ana")
			if plainBadges(bx) != plainBadges(by) {
				t.Errorf("%d, %d back: %s, fresh %s", fail, back, plainBadges(bx), plainBadges(by))
			}
		}
	}
}

// TestBadgesOfATeamAfterAReadThatFails: teams that only the boards know yet are looked
// up like others.
func TestBadgesOfATeamAfterAReadThatFails(t *testing.T) {
	rule := tiers.Rule{ID: "team-first", Version: 1, Kind: tiers.Standing, Gate: tiers.RankAtMost{Board: "teams", Rank: 1}, Scope: tiers.OfTeam, Window: tiers.LastDays(5), Text: tiers.Text{Title: "t"}}
	h := &hooked{Store: memstore.New(nil)}
	eng := newEngine(t, tokenomics.Config{Store: h, Titles: []tiers.Rule{rule}, Boards: []tokenomics.Board{{Name: "teams", Of: tokenomics.ByTeam}}})
	for i := range 40 {
		for k := range 40 - i {
			e := call(fmt.Sprintf("%02d-%02d", i, k), "ana", testNow.Add(-3*aDay))
			e.Team = fmt.Sprint("t", i)
			record(t, eng, e)
		}
	}
	n := 0
	h.scan = func() error {
		if n++; n == 2 {
			return errDisk
		}
		return nil
	}
	if _, err := eng.BadgesOf(t.Context(), tiers.OfTeam, "t0"); err == nil {
		t.Fatal("no error")
	}

	for _, team := range []string{"t39", "t0"} {
		if _, err := eng.BadgesOf(t.Context(), tiers.OfTeam, team); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAwardsAfterABackfillThatFails: what its first part brought in counts, though
// publishing it again finds only duplicates.
func TestAwardsAfterABackfillThatFails(t *testing.T) {
	h := &hooked{Store: memstore.New(nil)}
	rule := tiers.Rule{ID: "many", Version: 1, Kind: tiers.OneTime, Gate: tiers.AtLeast(tiers.Events, 10_001), Window: tiers.Window{}, Revocation: tiers.Keep(), Text: tiers.Text{Title: "t"}}
	eng := newEngine(t, tokenomics.Config{Store: h, Titles: []tiers.Rule{rule}})
	record(t, eng, call("x", "ana", testNow.Add(-2*aDay)))
	if _, err := eng.Awards(t.Context(), testNow); err != nil {
		t.Fatal(err)
	}
	b := eng.Backfill()
	for i := range 10_001 {
		who := "ana"
		if i == 10_000 {
			who = "bo"
		}
		if err := b.Add(call(fmt.Sprint(i), who, testNow.Add(-50*aDay))); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	h.put = func(ctx context.Context, es []store.Entry) ([]store.Change, error) {
		if n++; n == 2 {
			return nil, errDisk
		}
		return h.Store.Put(ctx, es)
	}
	if _, err := b.Publish(t.Context()); err == nil {
		t.Fatal("no error")
	}
	if _, err := b.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := eng.Awards(t.Context(), testNow)
	if err != nil || a.Rules()[0].Holders != 1 {
		t.Errorf("%+v %v", a.Rules(), err)
	}
}

type lostAnswer struct {
	*memstore.Shared
	lose bool
}

func (l *lostAnswer) Put(ctx context.Context, es []store.Entry) ([]store.Change, error) {
	c, err := l.Shared.Put(ctx, es)
	if l.lose {
		return nil, errors.Join(errDisk, err)
	}
	return c, err
}

// TestAwardsOfOwnWrites: with a feed, too, awards know what this engine wrote, though the
// answer was lost and nobody reads a board.
func TestAwardsOfOwnWrites(t *testing.T) {
	st := &lostAnswer{Shared: memstore.NewShared(nil, 100)}
	eng := newEngine(t, tokenomics.Config{Store: st, Titles: awardRules()[:2]})
	record(t, eng, call("a", "ana", testNow.Add(-aDay)))
	if a, err := eng.Awards(t.Context(), testNow); err != nil || a.Len() != 1 {
		t.Fatal(a, err)
	}
	st.lose = true
	b := call("b", "bo", testNow.Add(-aDay))
	if _, err := eng.Record(t.Context(), b); err == nil {
		t.Fatal("no error")
	}
	st.lose = false
	record(t, eng, b)
	if a, err := eng.Awards(t.Context(), testNow); err != nil || a.Len() != 2 {
		t.Error(a.Len(), err)
	}
	got, err := eng.Badges(t.Context(), "bo")
	if err != nil || names(got[0]) != "first" {
		t.Error(got, err)
	}
}

// TestTeamSessionsOfTheForgotten: three people who each called once are no session of
// half an hour because nobody knows any more who they were.
func TestTeamSessionsOfTheForgotten(t *testing.T) {
	rule := tiers.Rule{ID: "team-long", Version: 1, Kind: tiers.OneTime, Gate: tiers.Session{AtLeast: 20 * time.Minute, Idle: 15 * time.Minute}, Scope: tiers.OfTeam, Window: tiers.LastDays(5), Revocation: tiers.Live(), Text: tiers.Text{Title: "t"}}
	eng := newEngine(t, tokenomics.Config{Titles: []tiers.Rule{rule}})
	for i, who := range []string{"ana", "bo", "cem"} {
		e := call(who, who, testNow.Add(-aDay+time.Duration(i)*14*time.Minute))
		e.Team = "x"
		record(t, eng, e)
	}
	held := func() int {
		b, err := eng.BadgesOf(t.Context(), tiers.OfTeam, "x")
		if err != nil {
			t.Fatal(err)
		}
		return len(b[0].Held)
	}
	if held() != 0 {
		t.Fatal("already")
	}
	for _, who := range []string{"ana", "bo", "cem"} {
		if _, err := eng.Forget(t.Context(), who); err != nil {
			t.Fatal(err)
		}
	}
	if held() != 0 {
		t.Error("three people are one session")
	}
}
