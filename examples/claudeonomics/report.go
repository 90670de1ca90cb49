package main

import (
	"context"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/store"
)

// report is what the screen and the JSON lines show of an engine.
type report struct {
	eng      *tokenomics.Engine
	metric   tokenomics.Metric
	board    string
	at       time.Time
	from, to time.Time
	ranked   int
	rows     []row
	models   []tokenomics.Total // in the window
	total    tokenomics.Total   // in the window
	dearest  store.Entry        // the call that cost most, in the window
}

// row is one line of the board.
type row struct {
	tokenomics.Standing
	was           int // rank yesterday; 0: had none
	tokens, fresh int64
	cost          tokenomics.Money
	unpriced      int64
	tier          string
	level         int
	titles        []string
	steps         []int64
}

func newReport(ctx context.Context, eng *tokenomics.Engine, o options, at time.Time) (*report, error) {
	r := &report{eng: eng, metric: o.metric, board: o.board(o.metric), at: at}
	var err error
	if r.from, r.to, err = eng.Window(r.board); err != nil {
		return nil, err
	}
	if r.ranked, err = eng.Len(r.board); err != nil {
		return nil, err
	}
	top, err := eng.Top(r.board, o.n)
	if err != nil {
		return nil, err
	}
	before, err := eng.AsOf(r.board, at.Add(-o.rankWindow().Step))
	if err != nil {
		return nil, err
	}
	for _, s := range top {
		line, err := r.row(ctx, o, s, before)
		if err != nil {
			return nil, err
		}
		r.rows = append(r.rows, line)
	}
	return r, r.addUp(ctx)
}

func (r *report) row(ctx context.Context, o options, s tokenomics.Standing, before *tokenomics.View) (row, error) {
	line := row{Standing: s}
	if y, ok := before.Standing(s.Subject); ok {
		line.was = y.Rank
	}
	tokens, _, err := r.eng.Standing(o.board(tokenomics.ByTokens), s.Subject)
	if err != nil {
		return line, err
	}
	fresh, _, err := r.eng.Standing(o.board(tokenomics.ByFresh), s.Subject)
	if err != nil {
		return line, err
	}
	cost, _, err := r.eng.Standing(o.board(tokenomics.ByCost), s.Subject)
	if err != nil {
		return line, err
	}
	line.tokens, line.fresh, line.cost, line.unpriced = tokens.Score, fresh.Score, cost.Cost, cost.Unpriced
	if line.steps, err = r.eng.Steps(r.board, s.Subject); err != nil {
		return line, err
	}
	p, err := r.eng.Profile(ctx, s.Subject)
	if err != nil {
		return line, err
	}
	line.tier, line.level = p.Tier.At.Name, p.Tier.At.Level
	for _, t := range p.Held() {
		line.titles = append(line.titles, t.Rule.Text.Title)
	}
	return line, nil
}

// addUp reads the window of the ledger once for its totals and its dearest
// call.
func (r *report) addUp(ctx context.Context) error {
	var err error
	if r.models, err = r.eng.Totals(ctx, tokenomics.ByModel, r.from, r.to); err != nil {
		return err
	}
	for _, m := range r.models {
		if r.total, err = r.total.Plus(m); err != nil {
			return err
		}
	}
	for entry, err := range r.eng.Store().Scan(ctx, store.Query{From: r.from, To: r.to}) {
		if err != nil {
			return err
		}
		if entry.Cost.Cmp(r.dearest.Cost) > 0 {
			r.dearest = entry
		}
	}
	return nil
}

func (r *report) metricTitle() string { return r.metric.String() }

// score writes a row's score for reading.
func (r *report) score(s tokenomics.Standing) string {
	if r.metric == tokenomics.ByCost {
		return screen.USD(s.Cost)
	}
	return screen.Count(s.Score)
}
