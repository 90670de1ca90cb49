package tokenomics

import (
	"context"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// Climb returns the rung a subject holds and how far the next one is: what
// [Engine.Profile] says of the tier, at a fraction of the price, as no titles are
// looked at. It reads the subject's events from the ledger. No subject, "", climbs
// nothing.
func (e *Engine) Climb(ctx context.Context, subject string) (tiers.Climb, error) {
	if subject == "" {
		return tiers.Climb{}, nil
	}
	needs := e.ladder.Needs()
	if names, all := needs.Boards(); all || len(names) > 0 { // ranks of past days: the long way
		p, err := e.Profile(ctx, subject)
		return p.Tier, err
	}
	if as := e.CountedAs(subject); as != "" {
		subject = as
	}
	now := e.now().UTC()
	acc, prices := tiers.NewAccumulator(needs), e.prices.Load()
	for entry, err := range e.scan(ctx, store.Query{Subject: subject, To: dayAfter(now), Voids: counts(needs)}) {
		if err != nil {
			return tiers.Climb{}, fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if !entry.Void || observed(&entry) {
			e.scopes[0].count(acc, prices, &entry)
		}
	}
	version := ""
	if book := e.Book(now); book != nil {
		version = book.Version()
	}
	state, facts := tiers.State{}, tiers.Facts{}
	place := func(f *tiers.Facts) { f.Subject = subject }
	var err error
	if first, _, ok := acc.Span(); ok {
		state, _, err = e.ladder.Replay(acc, state, first, lastDay(now), place)
	}
	if err == nil {
		facts, err = acc.See(now, e.ladder.Lens())
	}
	if err != nil {
		return tiers.Climb{}, fmt.Errorf("tokenomics: facts of %s: %w", subject, err)
	}
	place(&facts)
	facts.Book = version
	state, _ = e.ladder.Eval(&facts, state)
	return e.ladder.ProgressFrom(&facts, state), nil
}
