package tiers

import (
	"fmt"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Distinct is met by subjects that use at least a number of models, each of
// them for at least a share of the whole. By spend, only what is priced
// counts.
type Distinct struct {
	AtLeast  int
	Each     Fraction // 0 of 1: any use
	ByTokens bool     // share of tokens; otherwise share of spend
	Provider bool     // count providers instead of models
}

func (g Distinct) check(v *view) verdict { return verdictOf(g.count(v.f) >= g.AtLeast) }

// count returns how many models, or providers, have their share.
func (g Distinct) count(f *Facts) (n int) {
	var tokens int64
	if g.ByTokens {
		tokens = f.Usage.Tokens()
	}
	for i := 0; i < len(f.Models); i++ {
		part := f.Models[i].Tokens
		cost := f.Models[i].Cost
		for g.Provider && i+1 < len(f.Models) && f.Models[i+1].Provider == f.Models[i].Provider {
			i++
			part += f.Models[i].Tokens
			cost = sumOrMax(cost, f.Models[i].Cost)
		}
		switch {
		case g.Each.Num == 0:
			n++
		case g.ByTokens:
			if tokens > 0 && cmpRatio(part, tokens, g.Each) >= 0 {
				n++
			}
		case reaches(cost, f.Cost, g.Each):
			n++
		}
	}
	return n
}

// sumOrMax adds two amounts that are parts of a sum known to fit.
func sumOrMax(a, b pricing.Money) pricing.Money {
	if c, err := a.Add(b); err == nil {
		return c
	}
	return a
}

func (g Distinct) unit() string {
	if g.Provider {
		return "providers"
	}
	return "models"
}

func (g Distinct) explain(v *view) Progress {
	by := "spend"
	if g.ByTokens {
		by = "tokens"
	}
	label := fmt.Sprintf("at least %d %s", g.AtLeast, g.unit())
	if g.Each.Num > 0 {
		label += fmt.Sprintf(" with at least %s of %s each", g.Each, by)
	}
	return Progress{
		Label: label, Op: GE, Have: Count(int64(g.count(v.f))), Want: Count(int64(g.AtLeast)), Sized: true,
	}.judged(g.check(v))
}

func (g Distinct) validate(c *checker, path string) {
	path += ".distinct"
	if g.AtLeast < 1 {
		c.fail(path+".at_least", "is %d, want 1 or more", g.AtLeast)
	}
	if !g.Each.isShare() {
		c.fail(path+".each", "is %d/%d, want a share from 0 to 1", g.Each.Num, g.Each.Den)
		return
	}
	if g.AtLeast >= 1 && g.Each.Num > 0 && cmpRatio(1, int64(g.AtLeast), g.Each) < 0 {
		c.fail(path+".each", "is %s, which %d %s cannot all have", g.Each, g.AtLeast, g.unit())
	}
}

func (g Distinct) need(n *Needs) {
	switch {
	case g.ByTokens && g.Provider:
		n.facets |= facetProviders | facetProviderTokens | facetTokens
	case g.ByTokens:
		n.facets |= facetModels | facetModelTokens | facetTokens
	default: // by spend, the models of a provider are added up
		n.facets |= facetModels | facetModelCost | facetCost
	}
}
