package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// pricer answers lines.
type pricer struct {
	book *pricing.Book
	now  func() time.Time
}

func (p *pricer) answer(text []byte) (answer, *pipe.Error) {
	in, bad := p.input(text)
	if bad != nil {
		return answer{}, bad
	}
	r, bad := in.response()
	if bad != nil {
		return answer{}, bad
	}
	if r.Provider == usage.Auto {
		if r.Provider, bad = p.provider(&r, in.at); bad != nil {
			return answer{}, bad
		}
	}
	b, bad := p.bill(&r, in.at, r.Provider)
	if bad != nil {
		return answer{}, bad
	}
	return b.answer(&r), nil
}

// provider finds out who served a body that does not say so: the provider
// whose own shape the body has, if it sells the model; else whoever sells it,
// as long as it costs the same at all of them.
func (p *pricer) provider(r *usage.Response, at time.Time) (string, *pipe.Error) {
	sellers := p.book.Providers(r.Model)
	if family := r.Shape.Family(); slices.Contains(sellers, family) {
		return family, nil
	}
	if len(sellers) == 0 {
		return "", pipe.Errorf(codeAmbiguousProvider, "no provider is known to serve %q: name the provider", r.Model)
	}
	var first bill
	for i, name := range sellers {
		b, bad := p.bill(r, at, name)
		if bad != nil {
			return "", bad
		}
		if i == 0 {
			first = b
		} else if b.total != first.total || b.status != first.status {
			return "", pipe.Errorf(codeAmbiguousProvider, "%s serve %q at different prices: name the provider", strings.Join(sellers, ", "), r.Model)
		}
	}
	return sellers[0], nil
}

// bill is the price of a reply: of one call, or of the several that it is
// billed as.
type bill struct {
	provider string
	total    pricing.Money
	status   pricing.Status
	matched  pricing.Match
	lines    []line
	missing  []usage.Meter
}

func (p *pricer) bill(r *usage.Response, at time.Time, provider string) (bill, *pipe.Error) {
	parts := r.Parts
	if len(parts) == 0 {
		parts = []usage.Part{{Model: r.Model, Usage: r.Usage}}
	}
	b := bill{provider: provider}
	priced, unpriced := 0, 0
	for i, part := range parts {
		cost, err := p.book.Price(pricing.Call{
			Provider: provider, Model: part.Model, At: at, Usage: part.Usage,
			Tier: r.Tier, Speed: r.Speed, Region: r.Region,
		})
		switch {
		case err == nil, errors.Is(err, pricing.ErrUnknownModel), errors.Is(err, pricing.ErrUnpriced):
		case errors.Is(err, usage.ErrRange):
			return b, pipe.Errorf(codeBadUsage, "body: %v", err)
		default:
			return b, pipe.Errorf(codeOverflow, "%v", err)
		}
		if b.total, err = b.total.Add(cost.Total); err != nil {
			return b, pipe.Errorf(codeOverflow, "%v", err)
		}
		if i == 0 || b.matched < cost.Matched {
			b.matched = cost.Matched
		}
		switch cost.Status {
		case pricing.Priced:
			priced++
		case pricing.Unpriced:
			unpriced++
		}
		b.add(&cost, part.Model, len(r.Parts) > 0)
	}
	switch {
	case priced == len(parts):
		b.status = pricing.Priced
	case unpriced == len(parts), len(b.lines) == 0: // a known model of whose use nothing has a rate, too
		b.status = pricing.Unpriced
	default:
		b.status = pricing.Partial
	}
	return b, nil
}

// add appends the lines of one part, which name their model if there are
// several.
func (b *bill) add(cost *pricing.Cost, model string, several bool) {
	for l := range cost.Lines() {
		row := line{
			Meter:     l.Meter,
			Quantity:  l.Quantity,
			UnitPrice: l.UnitPrice.String(),
			Factors:   make([]factor, 0, len(l.Factors)),
			Amount:    l.Amount,
			Sheet:     l.Sheet,
		}
		if several {
			row.Model = model
		}
		for _, f := range l.Factors {
			row.Factors = append(row.Factors, factor{f.Name, f.By.String()})
		}
		b.lines = append(b.lines, row)
	}
	for _, m := range cost.Missing() {
		if !slices.Contains(b.missing, m) {
			b.missing = append(b.missing, m)
		}
	}
	slices.Sort(b.missing)
}
