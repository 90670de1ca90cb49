package estimate

import (
	"fmt"
	"math/big"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// grid holds the list price of a million tokens of every assumed meter on
// every assumed model on one day, in units of 1e-12: below and above the
// model's context step.
type grid struct {
	at         time.Time
	base, long [][]*big.Int // [model][meter]
}

// contextProbe is a prompt, in tokens, above every context step.
const contextProbe = 100 * Million

// newGrid asks the book for every price.
func newGrid(book *pricing.Book, a *Assumptions, at time.Time) (*grid, error) {
	g := &grid{at: at}
	for _, model := range a.Models {
		price := func(u usage.Usage, what usage.Meter) (base, long *big.Int, err error) {
			u.Requests = Million
			cost, err := book.Price(pricing.Call{Provider: model.Provider, Model: model.Model, At: at, Usage: u})
			if err != nil {
				return nil, nil, fmt.Errorf("estimate: price of %s of %s on %s: %w",
					what, model.Name(), at.Format(time.DateOnly), err)
			}
			return pico(cost.Total), pico(cost.High), nil
		}
		// The cost of an aggregate of calls is at the base rates, its upper
		// bound at the dearest context step the prompts could reach. So a
		// price is asked for on top of a prompt that is large enough for all.
		prompt := usage.Usage{Input: contextProbe}
		promptBase, promptLong, err := price(prompt, usage.Input)
		if err != nil {
			return nil, err
		}
		base := make([]*big.Int, len(a.Meters))
		long := make([]*big.Int, len(a.Meters))
		for k, meter := range a.Meters {
			u := prompt
			u.Set(meter.Meter, u.Get(meter.Meter)+Million)
			if base[k], long[k], err = price(u, meter.Meter); err != nil {
				return nil, err
			}
			base[k].Sub(base[k], promptBase)
			long[k].Sub(long[k], promptLong)
		}
		g.base, g.long = append(g.base, base), append(g.long, long)
	}
	return g, nil
}

// modelCosts returns the value of a million tokens on each model, for given
// shares of the meters and of long context.
func (g *grid) modelCosts(meters []int64, context int64) []*big.Int {
	out := make([]*big.Int, len(g.base))
	for m := range g.base {
		sum := new(big.Int)
		for k, share := range meters {
			v := new(big.Int).Mul(g.base[m][k], big.NewInt(Million-context))
			v.Add(v, new(big.Int).Mul(g.long[m][k], big.NewInt(context)))
			sum.Add(sum, v.Mul(v, big.NewInt(share)))
		}
		out[m] = sum
	}
	return out
}

// fold weighs the models' values with their shares and takes the discount off.
func (g *grid) fold(cost []*big.Int, models []int64, discount int64) *big.Int {
	sum := new(big.Int)
	for m, share := range models {
		sum.Add(sum, new(big.Int).Mul(cost[m], big.NewInt(share)))
	}
	return sum.Mul(sum, big.NewInt(Million-discount))
}

// value is fold of modelCosts.
func (g *grid) value(meters, models []int64, context, discount int64) *big.Int {
	return g.fold(g.modelCosts(meters, context), models, discount)
}
