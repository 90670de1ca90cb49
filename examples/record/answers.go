package main

import (
	"context"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/store"
)

// answer writes what was asked for at the end: the dump, places and sums.
func answer(ctx context.Context, st store.Store, o options, out *pipe.Writer) error {
	if o.dump {
		if err := dump(ctx, st, out); err != nil {
			return err
		}
	}
	if o.top == 0 && o.totals == "" {
		return nil
	}
	at := o.at
	if at.IsZero() {
		at = o.clock()
	}
	const name = "asked"
	view, err := tokenomics.New(ctx, &tokenomics.Config{
		Store: st, ReadOnly: true, Now: func() time.Time { return at },
		Boards: []tokenomics.Board{{Name: name, Window: o.window, By: o.by}},
	})
	if err != nil {
		return err
	}
	if o.top > 0 {
		rows, err := view.Top(name, o.top)
		if err != nil {
			return err
		}
		for _, s := range rows {
			var score any = s.Score
			if o.by == tokenomics.ByCost {
				score = s.Cost
			}
			out.Put(struct {
				Type    string `json:"type"`
				Rank    int    `json:"rank"`
				Subject string `json:"subject"`
				Score   any    `json:"score"`
			}{"standing", s.Rank, s.Subject, score})
		}
	}
	if o.totals == "" {
		return nil
	}
	from, to, err := view.Window(name)
	if err != nil {
		return err
	}
	totals, err := view.Totals(ctx, o.totals, from, to)
	if err != nil {
		return err
	}
	for _, t := range totals {
		usd := &t.Cost
		if t.Unpriced == t.Events && t.Cost.IsZero() {
			usd = nil // unknown is not zero
		}
		out.Put(struct {
			Type     string            `json:"type"`
			By       string            `json:"by"`
			Key      string            `json:"key"`
			Events   int64             `json:"events"`
			Tokens   int64             `json:"tokens"`
			USD      *tokenomics.Money `json:"usd,omitempty"` // absent where nothing has a price
			High     *tokenomics.Money `json:"usd_high,omitempty"`
			Unpriced int64             `json:"unpriced"`
		}{"total", string(o.totals), t.Key, t.Events, t.Tokens, usd, above(t.Cost, t.High), t.Unpriced})
	}
	return nil
}

// dump writes every counting version, voids included, by time and key.
func dump(ctx context.Context, st store.Store, out *pipe.Writer) error {
	for entry, err := range st.Scan(ctx, store.Query{Voids: true}) {
		if err != nil {
			return err
		}
		out.Put(store.LineOf(&entry.Event))
	}
	return nil
}
