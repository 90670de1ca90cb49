package tokenomics_test

import (
	"context"
	"errors"
	"expvar"
	"fmt"
	"log"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/tiers"
	"github.com/tokenomics-go/tokenomics/usage"
)

// What one call cost, exactly, and why.
func Example_priceOneCall() {
	body := []byte(`{"id":"msg_01","type":"message","model":"claude-opus-5","usage":{
		"input_tokens":200,"cache_read_input_tokens":6000,"output_tokens":30,"speed":"fast"}}`)

	r, err := usage.FromJSON(usage.Auto, body)
	if err != nil {
		log.Fatal(err)
	}
	cost, err := pricing.Builtin().Price(pricing.Call{
		Model: r.Model, Usage: r.Usage, Tier: r.Tier, Speed: r.Speed, Region: r.Region,
		At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC),
	})
	switch {
	case errors.Is(err, pricing.ErrUnknownModel): // in no sheet at that time: never 0, never a guess
	case errors.Is(err, pricing.ErrUnpriced): // the model is known, a meter has no rate
	}
	fmt.Println(cost.Total, cost.Status)
	for l := range cost.Lines() {
		fmt.Println(l.Meter, l.Quantity, "×", l.UnitPrice, "=", l.Amount)
	}
	// Output:
	// 0.0095 priced
	// input 200 × 0.00001 = 0.002
	// cache_read 6000 × 0.000001 = 0.006
	// output 30 × 0.00005 = 0.0015
}

// Record what calls used, read who stands where.
func Example_recordAndRank() {
	ctx := context.Background()
	eng, err := tokenomics.New(ctx, nil) // nil: built-in prices, memory store, 30-day boards, tiers and titles
	if err != nil {
		log.Fatal(err)
	}
	event := tokenomics.Event{
		Source: "anthropic", ID: "msg_1", Subject: "ana",
		Call: tokenomics.Call{Model: "claude-opus-5-5", At: time.Now(), Usage: tokenomics.Usage{Input: 1200, CacheRead: 90_000, Output: 800}},
	}
	for range 2 { // a client that tries again
		receipts, err := eng.Record(ctx, event)
		if err != nil {
			log.Fatal(err) // the store failed: record the same again
		}
		fmt.Println(receipts[0].Status, receipts[0].Cost)
	}
	top, err := eng.Top("tokens-30d", 250)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range top {
		fmt.Println(s.Rank, s.Subject, s.Score)
	}
	// Output:
	// accepted 0.0388
	// duplicate 0.0388
	// 1 ana 92000
}

// A ladder and a rule of one's own.
func Example_customTierAndRule() {
	ctx := context.Background()
	ladder := tiers.Ladder{Window: tiers.LastDays(30), Rungs: []tiers.Rung{
		{Name: "apprentice", Enter: tiers.AtLeast(tiers.Tokens, 10_000)},
		{Name: "artisan", Enter: tiers.All{tiers.AtLeast(tiers.Tokens, 100_000), tiers.AtLeast(tiers.ActiveDays, 5)}},
	}}
	owl := tiers.Rule{
		ID: "night-owl", Version: 1, Window: tiers.LastDays(30),
		Gate: tiers.Func{Name: "a call between midnight and five", Fn: func(f *tiers.Facts) bool {
			return f.Hours[0]+f.Hours[1]+f.Hours[2]+f.Hours[3]+f.Hours[4] > 0
		}},
		Text: tiers.Text{Title: "Night Owl", Description: "Work between midnight and five."},
	}
	clock := func() time.Time { return time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC) }
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Ladder: &ladder, Titles: []tiers.Rule{owl}, Now: clock})
	if err != nil {
		log.Fatal(err)
	}
	_, err = eng.Record(ctx, tokenomics.Event{Source: "openai", ID: "resp_1", Subject: "cem", Call: tokenomics.Call{
		Model: "gpt-6-sol", At: time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC), Usage: tokenomics.Usage{Input: 40_000, Output: 2_000}}})
	if err != nil {
		log.Fatal(err)
	}
	p, err := eng.Profile(ctx, "cem")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.Tier.At.Name, "next:", p.Tier.Next.Name)
	for _, g := range p.Tier.Gate {
		fmt.Println(" ", g)
	}
	for _, t := range p.Held() {
		fmt.Println(t.Rule.Text.Title)
	}
	// Output:
	// apprentice next: artisan
	//   tokens at least 100,000: 42 %, has 42,000, missing 58,000
	//   active days at least 5: 20 %, has 1, missing 4
	// Night Owl
}

// Prices of one's own: a contract, and a model nobody else has.
func Example_extendPriceSheet() {
	july := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	book, err := pricing.Builtin().With(pricing.Sheet{
		Name: "acme-contract", Source: "order form 2026-07", AsOf: july, Currency: "USD",
		Models: []pricing.Model{{
			Provider: "acme", ID: "myclaw-2", Aliases: []string{"myclaw"}, From: july,
			Rates: pricing.Rates{Input: pricing.PerMillion("2.40"), Output: pricing.PerMillion("12"), WebSearches: pricing.PerThousand("10")},
			Steps: []pricing.Step{{Above: 200_000, Rates: pricing.Rates{Input: pricing.PerMillion("4.80"), Output: pricing.PerMillion("18")}}},
		}},
	})
	if err != nil {
		log.Fatal(err) // names the sheet, the model and the field
	}
	for _, prompt := range []int64{200_000, 200_001} {
		cost, err := book.Price(pricing.Call{Model: "myclaw", At: july, Usage: usage.Usage{Input: prompt, Output: 100}})
		fmt.Println(cost.Total, err)
	}
	_, err = book.Price(pricing.Call{Model: "myclaw", At: july.AddDate(0, 0, -1), Usage: usage.Usage{Input: 1}})
	fmt.Println(errors.Is(err, pricing.ErrUnknownModel)) // June had no such model
	// Output:
	// 0.4812 <nil>
	// 0.9618048 <nil>
	// true
}

// counted is a store of one's own: here one that wraps another. See
// store/storetest for the suite that proves a store right.
type counted struct {
	store.Store
	accepted *expvar.Int
}

func (c *counted) Unwrap() store.Store { return c.Store } // keeps optional abilities in sight

func (c *counted) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	changes, err := c.Store.Put(ctx, entries)
	for _, ch := range changes {
		if ch.Status == store.Accepted {
			c.accepted.Add(1)
		}
	}
	return changes, err
}

func Example_ownStore() {
	ctx := context.Background()
	mine := &counted{memstore.New(nil), new(expvar.Int)}
	clock := func() time.Time { return time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC) }
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Store: mine, Now: clock})
	if err != nil {
		log.Fatal(err)
	}
	e := tokenomics.Event{Source: "gateway", ID: "1", Subject: "dua", Call: tokenomics.Call{Model: "claude-sonnet-5-5", At: clock(), Usage: tokenomics.Usage{Input: 10}}}
	if _, err := eng.Record(ctx, e, e); err != nil {
		log.Fatal(err)
	}
	fmt.Println(mine.accepted, "accepted of", eng.Stats().Events)
	// Output: 1 accepted of 2
}

// Boards for each team, and of the teams themselves.
func Example_segmentBoards() {
	ctx := context.Background()
	clock := func() time.Time { return time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC) }
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Now: clock, Boards: []tokenomics.Board{
		{Name: "people", Per: []tokenomics.Dimension{tokenomics.ByTeam, tokenomics.ByModel}},
		{Name: "teams", Of: tokenomics.ByTeam},
	}})
	if err != nil {
		log.Fatal(err)
	}
	for id, e := range map[string]tokenomics.Event{
		"1": {Subject: "ana", Team: "infra", Call: tokenomics.Call{Usage: tokenomics.Usage{Input: 500}}},
		"2": {Subject: "bo", Team: "infra", Call: tokenomics.Call{Usage: tokenomics.Usage{Input: 300}}},
		"3": {Subject: "cem", Team: "web", Call: tokenomics.Call{Usage: tokenomics.Usage{Input: 900}}},
	} {
		e.Source, e.ID, e.Model, e.At = "gateway", id, "claude-sonnet-5-5", clock()
		if _, err := eng.Record(ctx, e); err != nil {
			log.Fatal(err)
		}
	}
	for _, board := range []string{"people", tokenomics.Within("people", tokenomics.ByTeam, "infra"), "teams"} {
		top, err := eng.Top(board, 10)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(board)
		for _, s := range top {
			fmt.Println(" ", s.Rank, s.Subject, s.Score)
		}
	}
	// Output:
	// people
	//   1 cem 900
	//   2 ana 500
	//   3 bo 300
	// people/team=infra
	//   1 ana 500
	//   2 bo 300
	// teams
	//   1 web 900
	//   2 infra 800
}

// Recording in the background: requests do not wait for the ledger.
func Example_recorder() {
	ctx := context.Background()
	clock := func() time.Time { return time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC) }
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Now: clock})
	if err != nil {
		log.Fatal(err)
	}
	rec, err := eng.Recorder(&tokenomics.RecorderOptions{
		Queue: 1000, WhenFull: tokenomics.Drop, // a full queue must not hold up requests
		OnError: func(err error, attempt int) { log.Println("attempt", attempt, err) },
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range []string{"msg_1", "msg_2", "msg_1"} { // in each request
		err := rec.Record(ctx, tokenomics.Event{Source: "anthropic", ID: id, Subject: "ana",
			Call: tokenomics.Call{Model: "claude-sonnet-5-5", At: clock(), Usage: tokenomics.Usage{Input: 100}}})
		if errors.Is(err, tokenomics.ErrDropped) {
			log.Println("no room") // counted, too
		}
	}
	stop, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if left, err := rec.Close(stop); err != nil { // when the program ends
		log.Println("keep these for the next start:", left, err)
	}
	s := rec.Stats()
	fmt.Println(s.Events, "events,", s.Of(tokenomics.Accepted), "accepted,", s.Of(tokenomics.Duplicate), "duplicate,", s.Of(tokenomics.Dropped), "dropped")
	// Output: 3 events, 2 accepted, 1 duplicate, 0 dropped
}

// Corrections: a call that was wrong, one that should not count, and history
// from before the ledger began.
func Example_correct() {
	ctx := context.Background()
	now := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Now: func() time.Time { return now }, Boards: []tokenomics.Board{{Name: "ever", Window: rank.Ever()}}})
	if err != nil {
		log.Fatal(err)
	}
	call := func(id string, at time.Time, tokens int64) tokenomics.Event {
		return tokenomics.Event{Source: "gateway", ID: id, Subject: "ana", Call: tokenomics.Call{Model: "claude-sonnet-5-5", At: at, Usage: tokenomics.Usage{Input: tokens}}}
	}
	show := func(what string) {
		s, _, err := eng.Standing("ever", "ana")
		fmt.Println(what, s.Score, err)
	}
	if _, err := eng.Record(ctx, call("1", now, 500), call("2", now, 70)); err != nil {
		log.Fatal(err)
	}
	show("recorded:")

	if _, err := eng.Amend(ctx, tokenomics.Key{Source: "gateway", ID: "1"}, func(e *tokenomics.Event) { e.Usage.Input = 50 }); err != nil {
		log.Fatal(err)
	}
	show("amended:")

	if _, err := eng.Void(ctx, tokenomics.Key{Source: "gateway", ID: "2"}); err != nil {
		log.Fatal(err)
	}
	show("one taken back:")

	history := eng.Backfill() // Record refuses what is older than MaxLate
	if err := history.Add(call("3", now.AddDate(-1, 0, 0), 1000), call("4", now.AddDate(0, -6, 0), 1000)); err != nil {
		log.Fatal(err)
	}
	show("not yet published:")
	if _, err := history.Publish(ctx); err != nil {
		log.Fatal(err) // publish again
	}
	show("published:")
	// Output:
	// recorded: 570 <nil>
	// amended: 120 <nil>
	// one taken back: 50 <nil>
	// not yet published: 50 <nil>
	// published: 2050 <nil>
}

// Who holds what, and what is new.
func Example_awards() {
	ctx := context.Background()
	clock := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	eng, err := tokenomics.New(ctx, &tokenomics.Config{
		Now:    func() time.Time { return clock },
		Titles: tiers.DefaultRules(),
		OnTransition: func(t tiers.Transition) {
			fmt.Println("news:", t.String())
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := eng.Record(ctx, tokenomics.Event{
		Source: "anthropic", ID: "msg_1", Subject: "ana",
		Call: tokenomics.Call{Model: "claude-opus-5-5", At: clock, Usage: tokenomics.Usage{Input: 1200, CacheRead: 2_000_000, Output: 800}},
	}); err != nil {
		log.Fatal(err)
	}
	clock = clock.Add(24 * time.Hour)

	if err := eng.Advance(ctx, clock); err != nil { // closes yesterday, and announces what it brought
		log.Fatal(err)
	}
	badges, err := eng.Badges(ctx, "ana", "ben") // now: the rows of a page
	if err != nil {
		log.Fatal(err)
	}
	for _, held := range badges[0].Held {
		fmt.Println(badges[0].Subject, "holds", held.Rule.Text.Title)
	}
	awards, err := eng.Awards(ctx, clock) // as of the last close, of everybody
	if err != nil {
		log.Fatal(err)
	}
	for _, rung := range awards.Tiers() {
		fmt.Println(rung.Holders, "of", awards.Len(), "on", rung.Name)
	}
	// Output:
	// news: ana: unlock tier
	// news: ana: unlock first-call
	// news: ana: unlock warm-start
	// ana holds First Call
	// ana holds Warm Start
	// 1 of 1 on Bronze
	// 0 of 1 on Silver
	// 0 of 1 on Gold
	// 0 of 1 on Platinum
	// 0 of 1 on Emerald
}

// A counter of the host's own, for rules about what came of the tokens.
func Example_observation() {
	ctx := context.Background()
	at := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Now: func() time.Time { return at }, Titles: tiers.DefaultRules()})
	if err != nil {
		log.Fatal(err)
	}
	merged := tokenomics.Observation(tiers.ChangesMerged, "pr-77", "ana", at, 1)
	receipts, err := eng.Record(ctx, merged)
	if err != nil {
		log.Fatal(err)
	}
	badges, err := eng.Badges(ctx, "ana")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipts[0].Status, badges[0].Held[0].Rule.Text.Title)
	// Output: accepted It Shipped
}
