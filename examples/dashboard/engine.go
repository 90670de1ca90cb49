package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/claudeonomics/sample"
	"github.com/tokenomics-go/tokenomics/examples/internal/company"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/logs"
	"github.com/tokenomics-go/tokenomics/rank"
)

// boards are those of the page: 30 days and 7 days, by tokens, cost and output.
// The first can look back a month, for the history of ranks.
func boards() []tokenomics.Board {
	week := rank.Window{Length: 7 * 24 * time.Hour, Step: 24 * time.Hour}
	var all []tokenomics.Board
	for _, w := range []struct {
		window rank.Window
		suffix string
	}{{rank.Rolling30d, "30d"}, {week, "7d"}} {
		for _, b := range tokenomics.BoardsOver(w.window, w.suffix) {
			if b.By != tokenomics.ByFresh {
				all = append(all, b)
			}
		}
	}
	all[0].History = 30
	return all
}

// engine returns an engine that has recorded what is to be shown.
func engine(ctx context.Context, o *options, out io.Writer) (*tokenomics.Engine, error) {
	if o.simulate > 0 {
		return simulated(ctx, o.simulate, out)
	}
	if o.group == 0 {
		o.group = 4 // the sample's teams are of four to five people
	}
	if o.least == 0 {
		o.least = 100_000 // and some of them use little
	}
	at := sample.At()
	eng, err := tokenomics.New(ctx, &tokenomics.Config{
		Boards: boards(), MaxLate: tokenomics.NoLimit, MaxFuture: tokenomics.NoLimit,
		Now: func() time.Time { return at },
	})
	if err != nil {
		return nil, err
	}
	events, _, err := logs.Read(ctx, sample.FS(), &ingest.Options{Now: at})
	if err != nil {
		return nil, err
	}
	for i := range events {
		events[i].Workflow = events[i].Team + "-sprint" // logs name no workflow; the sample's teams have one each
	}
	_, err = eng.Record(ctx, events...)
	return eng, err
}

// simulated records a month of a made-up company that ends now.
func simulated(ctx context.Context, people int, out io.Writer) (*tokenomics.Engine, error) {
	now := time.Now().UTC()
	today := now.Truncate(24 * time.Hour)
	c := company.New(people, 2026, today)
	clock := func() time.Time { return now }
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Boards: boards(), MaxFuture: 48 * time.Hour, Now: func() time.Time { return clock() }})
	if err != nil {
		return nil, err
	}
	var failed error
	var receipts []tokenomics.Receipt
	began := time.Now()
	for d := range c.Days {
		c.Events(d, func() []tokenomics.Event { return nil }, func(batch []tokenomics.Event) {
			batch = slices.DeleteFunc(batch, func(e tokenomics.Event) bool { return e.At.After(now) })
			if failed == nil {
				receipts, failed = eng.RecordInto(ctx, receipts[:0], batch)
			}
		})
		if failed != nil {
			return nil, failed
		}
	}
	fmt.Fprintf(out, "%s events of %s people in %s\n", screen.Exact(eng.Stats().Events), screen.Exact(int64(people)), time.Since(began).Round(time.Millisecond))
	clock = func() time.Time { return time.Now().UTC() }
	return eng, nil
}
