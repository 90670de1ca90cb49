package tokenomics

import (
	"context"
	"errors"
	"fmt"
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
	Why   tiers.Explanation
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
// over the days that are closed, then as of now. Rules about ranks are views
// of the present and are judged as of now only.
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
	acc, first, err := e.gather(ctx, subject, now)
	if err != nil {
		return p, err
	}
	return p, e.judge(&p, acc, first)
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

// gather folds a subject's events. Those later than the day of now are not
// looked at.
func (e *Engine) gather(ctx context.Context, subject string, now time.Time) (acc *tiers.Accumulator, first time.Time, err error) {
	acc = tiers.NewAccumulator(e.titles.Needs().Join(e.ladder.Needs()))
	prices := e.prices.Load()
	q := store.Query{Subject: subject, To: dayAfter(now)}
	for entry, err := range e.scan(ctx, q) {
		if err != nil {
			return nil, first, fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if first.IsZero() {
			first = entry.At
		}
		acc.Add(prices.sample(&entry))
	}
	return acc, first, nil
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

// judge evaluates ladder and titles at the close of each day from the first
// event on, then as of the profile's instant.
func (e *Engine) judge(p *Profile, acc *tiers.Accumulator, first time.Time) error {
	states := make([]tiers.State, e.titles.Len())
	var tier tiers.State
	var facts []tiers.Facts
	var ladder tiers.Facts
	at := func(asOf time.Time) (err error) {
		if facts, err = e.titles.Gather(facts, acc, asOf); err != nil {
			return fmt.Errorf("tokenomics: facts of %s: %w", p.Subject, err)
		}
		if err := acc.SeeInto(&ladder, asOf, e.ladder.Lens()); err != nil {
			return fmt.Errorf("tokenomics: facts of %s: %w", p.Subject, err)
		}
		ladder.Subject = p.Subject
		for i := range facts {
			facts[i].Subject = p.Subject
		}
		var steps []tiers.Transition
		if tier, steps = e.ladder.Eval(&ladder, tier); steps != nil {
			p.History = append(p.History, steps...)
		}
		for _, step := range e.titles.Eval(facts, states, nil) {
			if step.Change != tiers.Fault { // a rank of the past is not known; the present is judged below
				p.History = append(p.History, step)
			}
		}
		return nil
	}
	today := dayAfter(p.AsOf).Add(-24 * time.Hour)
	if !first.IsZero() {
		for day := dayAfter(first); !day.After(today); day = day.Add(24 * time.Hour) {
			if err := at(day.Add(-time.Nanosecond)); err != nil {
				return err
			}
		}
	}
	ranks, population := map[string]int{}, map[string]int{}
	for _, s := range p.Standings {
		if s.Err != nil {
			continue // rules about it cannot be decided and keep what was held
		}
		population[s.Board] = s.Of
		if s.Ranked {
			ranks[s.Board] = s.Rank
		}
	}
	version := ""
	if book := e.Book(p.AsOf); book != nil {
		version = book.Version()
	}
	setRanks := func(f *tiers.Facts) { f.Rank, f.Population, f.Book = ranks, population, version }
	facts = make([]tiers.Facts, len(e.titles.Lenses()))
	for i := range facts {
		setRanks(&facts[i])
	}
	setRanks(&ladder)
	if err := at(p.AsOf); err != nil {
		return err
	}
	p.Facts = ladder
	p.Tier = e.ladder.ProgressFrom(&ladder, tier)
	p.Since = tier.Since
	for i := range e.titles.Len() {
		p.Titles = append(p.Titles, Title{
			Rule: e.titles.Rule(i), Held: states[i].Held(), Level: states[i].Level, Count: states[i].Count, Since: states[i].Since,
			Why: e.titles.Explain(i, facts, states),
		})
	}
	return nil
}

// dayAfter returns the first instant of the UTC day after that of t.
func dayAfter(t time.Time) time.Time {
	return t.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
}
