package tokenomics

import (
	"context"
	"errors"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// Profile is what one subject used, where it stands and what it has earned, as
// of one instant.
type Profile struct {
	Subject   string
	AsOf      time.Time
	Standings []BoardStanding // one a board of subjects, in the engine's order

	// Facts is what the ladder looked at: by default, the last 30 days.
	Facts tiers.Facts

	// Tier is the rung held, Level 0 for none, and how far the next one is.
	Tier  tiers.Climb
	Since time.Time // when the rung was reached

	// Lapses is when the rung would be lost if nothing more happened, zero if it
	// would not: see tiers.Ladder.Lapses.
	Lapses time.Time

	// Titles are the rules of the configuration, in their order.
	Titles []Title

	// History is what was gained and lost, oldest first, from the subject's
	// first counting event on. It is computed from the events that count now:
	// a correction changes it too.
	History []tiers.Transition
}

// BoardStanding is a subject's row of one board.
type BoardStanding struct {
	Board string
	Standing
	Ranked bool  // false: its total is zero, or it was never seen
	Of     int   // how many have a rank
	Err    error // why the board cannot be trusted; the rest is then empty
}

// Title is what a subject holds of one rule, and why or why not.
type Title struct {
	Rule  *tiers.Rule // not to be modified
	Held  bool
	Level int       // held now, 1 for a rule without levels; 0: nothing, or a repeatable in no present period
	Count int       // how many times it was earned; 0 or 1 unless repeatable
	Since time.Time // when it was earned, in event time; zero unless held

	// Lapses is when it would be lost if nothing more happened: when its gate is
	// not met any more, and the grace after that is over. It is zero for what is not
	// held or is kept for good. Ranks are taken to stay.
	Lapses time.Time
	Why    tiers.Explanation
}

// Held returns the titles held.
func (p *Profile) Held() []Title {
	var held []Title
	for _, t := range p.Titles {
		if t.Held {
			held = append(held, t)
		}
	}
	return held
}

// Profile returns one subject's profile. A subject that was never seen has an
// empty one. It reads the subject's events from the ledger and folds them:
// over the days that are closed, with the ranks of those days, then as of now.
// It is the answer to every why; for rows of a page [Engine.Badges] is quicker.
//
// A rule that cannot be decided, because a host function in it panicked, keeps
// what was held; its Why says so.
func (e *Engine) Profile(ctx context.Context, subject string) (Profile, error) {
	now := e.now().UTC()
	who, err := e.who(ctx)
	if err != nil {
		return Profile{Subject: subject, AsOf: now}, err
	}
	if as := who.resolve(subject); as != "" {
		subject = as
	}
	p := Profile{Subject: subject, AsOf: now}
	if p.Standings, err = e.standings(ctx, subject); err != nil {
		return p, err
	}
	return p, e.judge(ctx, &p)
}

// standings returns a subject's row of every board, all of one instant.
func (e *Engine) standings(ctx context.Context, subject string) ([]BoardStanding, error) {
	if err := e.lock(ctx); err != nil {
		return nil, err
	}
	defer e.mu.RUnlock()
	all := make([]BoardStanding, 0, len(e.boards))
	for _, b := range e.boards {
		if b.spec.Of != BySubject {
			continue
		}
		all = append(all, BoardStanding{Board: b.spec.Name, Standing: Standing{Subject: subject}})
		bs := &all[len(all)-1]
		if bs.Err = b.trusted(); bs.Err != nil {
			continue
		}
		s, ok := b.ranks.Standing(subject)
		s.Subject = subject
		bs.Standing, bs.Ranked, bs.Of = b.row(s), ok, b.ranks.Len()
	}
	return all, nil
}

// sample turns an entry into what rules look at.
func (p *prices) sample(entry *store.Entry) tiers.Sample {
	s := tiers.Sample{
		At: entry.At, Provider: entry.Provider, Model: entry.Model, Session: entry.Session, Workflow: entry.Workflow,
		Usage: entry.Usage, Cost: entry.Cost, Status: entry.Status,
		Automation: entry.Actor == store.Automation, Trust: uint8(entry.Trust),
	}
	if entry.Usage.CacheReads() == 0 && entry.Usage.CacheWrites() == 0 {
		s.SavingKnown = true // nothing was cached: nothing saved
		return s
	}
	if book := p.book(entry.At); book != nil && entry.Status != pricing.Unpriced {
		var c pricing.Cost
		if err := book.PriceInto(&c, &entry.Call); err == nil || errors.Is(err, pricing.ErrUnpriced) {
			s.Saving, s.SavingKnown = c.CacheSaving()
		}
	}
	return s
}

// dayAfter returns the first instant of the UTC day after that of t.
func dayAfter(t time.Time) time.Time {
	return t.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
}
