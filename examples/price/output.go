package main

import (
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// answer is the answer to a line that could be read.
type answer struct {
	Line        int            `json:"line"`
	Provider    string         `json:"provider"`
	Model       string         `json:"model"`
	USD         *pricing.Money `json:"usd,omitempty"` // absent if unpriced
	Status      string         `json:"status"`
	Matched     string         `json:"matched"`
	Usage       usage.Usage    `json:"usage"`
	Lines       []line         `json:"lines"`
	Missing     []usage.Meter  `json:"missing,omitempty"`
	ReportedUSD string         `json:"reported_usd,omitempty"` // what the provider says it charges
	Notes       []string       `json:"notes,omitempty"`        // oddities of the body, see package usage
}

// line is one line of the bill.
type line struct {
	Model     string        `json:"model,omitempty"` // where a reply is billed on several models
	Meter     usage.Meter   `json:"meter"`
	Quantity  int64         `json:"quantity"`
	UnitPrice string        `json:"unit_price"`
	Factors   []factor      `json:"factors"`
	Amount    pricing.Money `json:"amount"`
	Sheet     string        `json:"sheet"`
}

type factor struct {
	Name string `json:"name"`
	By   string `json:"by"`
}

func (b *bill) answer(r *usage.Response) answer {
	a := answer{
		Provider:    b.provider,
		Model:       r.Model,
		Status:      b.status.String(),
		Matched:     b.matched.String(),
		Usage:       r.Usage,
		Lines:       b.lines,
		Missing:     b.missing,
		ReportedUSD: r.ReportedCost,
		Notes:       r.Notes,
	}
	if b.status != pricing.Unpriced {
		a.USD = &b.total
	}
	if a.Lines == nil {
		a.Lines = []line{}
	}
	return a
}
