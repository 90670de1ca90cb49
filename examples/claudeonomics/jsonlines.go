package main

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// The JSON lines. Amounts are decimal strings; scores are integers, but by
// cost, where they are decimal strings too.
type (
	standingLine struct {
		Type     string           `json:"type"` // "standing"
		Board    string           `json:"board"`
		Rank     int              `json:"rank"`
		Was      int              `json:"was,omitempty"` // yesterday; left out: had none
		Subject  string           `json:"subject"`
		Score    any              `json:"score"`
		Tokens   int64            `json:"tokens"`
		Fresh    int64            `json:"fresh"`
		USD      tokenomics.Money `json:"usd"`
		Unpriced int64            `json:"unpriced"`
		Tier     string           `json:"tier,omitempty"`
		Titles   []string         `json:"titles,omitempty"`
		Steps    []int64          `json:"steps"`
	}
	totalsLine struct {
		Type     string            `json:"type"` // "totals"
		By       string            `json:"by"`
		Key      string            `json:"key"`
		Events   int64             `json:"events"`
		Usage    tokenomics.Usage  `json:"usage"`
		Tokens   int64             `json:"tokens"`
		USD      tokenomics.Money  `json:"usd"`
		High     *tokenomics.Money `json:"usd_high,omitempty"` // where the cost is a range
		Unpriced int64             `json:"unpriced"`
	}
	profileLine struct {
		Type      string             `json:"type"` // "profile"
		Subject   string             `json:"subject"`
		AsOf      time.Time          `json:"as_of"`
		Standings []profileStanding  `json:"standings"`
		Tier      string             `json:"tier,omitempty"`
		Next      string             `json:"next,omitempty"`
		Climb     tiers.Climb        `json:"climb"`
		Titles    []profileTitle     `json:"titles"`
		History   []tiers.Transition `json:"history,omitempty"`
	}
	profileStanding struct {
		Board  string `json:"board"`
		Ranked bool   `json:"ranked"`
		Rank   int    `json:"rank,omitempty"`
		Of     int    `json:"of"`
		Score  any    `json:"score"`
	}
	profileTitle struct {
		Rule string            `json:"rule"`
		Held bool              `json:"held"`
		Why  tiers.Explanation `json:"why"`
	}
)

// writeJSON writes the board, or one profile, then the totals by model over
// everything and how good it all is.
func (r *report) writeJSON(ctx context.Context, w io.Writer, subject string, quality *qualityLine) error {
	enc := json.NewEncoder(w)
	if subject != "" {
		line, err := r.profileLine(ctx, subject)
		if err != nil {
			return err
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	} else {
		for i := range r.rows {
			l := &r.rows[i]
			if err := enc.Encode(standingLine{"standing", r.board, l.Rank, l.was, l.Subject, r.jsonScore(l.Standing), l.tokens, l.fresh,
				l.cost, l.unpriced, l.tier, l.titles, l.steps}); err != nil {
				return err
			}
		}
	}
	totals, err := r.eng.Totals(ctx, tokenomics.ByModel, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	for _, t := range totals {
		line := totalsLine{"totals", "model", t.Key, t.Events, t.Usage, t.Tokens, t.Cost, nil, t.Unpriced}
		if t.High != t.Cost {
			line.High = &t.High
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return enc.Encode(quality)
}

func (r *report) jsonScore(s tokenomics.Standing) any {
	if r.metric == tokenomics.ByCost {
		return s.Cost
	}
	return s.Score
}

func (r *report) profileLine(ctx context.Context, subject string) (*profileLine, error) {
	p, err := r.profile(ctx, subject)
	if err != nil {
		return nil, err
	}
	line := &profileLine{Type: "profile", Subject: subject, AsOf: p.AsOf, Tier: p.Tier.At.Name, Next: p.Tier.Next.Name, Climb: p.Tier, History: p.History}
	for i, s := range p.Standings {
		ps := profileStanding{Board: s.Board, Ranked: s.Ranked, Rank: s.Rank, Of: s.Of, Score: s.Score}
		if b := r.eng.Boards()[i]; b.By == tokenomics.ByCost && b.Score == nil {
			ps.Score = s.Cost
		}
		line.Standings = append(line.Standings, ps)
	}
	for _, t := range p.Titles {
		line.Titles = append(line.Titles, profileTitle{t.Rule.ID, t.Held, t.Why})
	}
	return line, nil
}
