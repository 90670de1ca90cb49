package pricing

import (
	"iter"
	"time"
)

// exchanged yields a row of a sheet in another currency as rows in the book's:
// one for each rate of exchange that holds in its span, with the rate in
// words.
func exchanged(m *Model, rates []Exchange, currency string) iter.Seq2[Model, string] {
	return func(yield func(Model, string) bool) {
		from, until := bounds(m.From, m.Until)
		for i, x := range rates {
			var next time.Time
			if i+1 < len(rates) {
				next = rates[i+1].From
			}
			f, u := bounds(x.From, next)
			if f, u = max(f, from), min(u, until); f >= u {
				continue
			}
			out := *m
			out.From, out.Until = instant(f), instant(u)
			out.Rates = m.Rates.Scale(x.Rate)
			out.Steps = scaleSteps(m.Steps, x.Rate)
			out.Variants = nil
			for _, v := range m.Variants {
				v.Rates, v.Steps = v.Rates.Scale(x.Rate), scaleSteps(v.Steps, x.Rate)
				out.Variants = append(out.Variants, v)
			}
			text := currency + " at " + x.Rate.String()
			if !x.From.IsZero() {
				text += " from " + shortTime(x.From)
			}
			if !yield(out, text) {
				return
			}
		}
	}
}

func scaleSteps(steps []Step, by Multiple) []Step {
	var out []Step
	for _, s := range steps {
		s.Rates = s.Rates.Scale(by)
		out = append(out, s)
	}
	return out
}

// checkExchange checks that rates are there, rise in time and keep every price
// a fraction of 64-bit integers.
func (f *faults) checkExchange(s *Sheet) {
	for i, x := range s.Exchange {
		if !x.Rate.IsSet() || x.Rate.num == 0 {
			f.add("exchange", "rate %d is absent, invalid or zero: %s", i, x.Rate.bad)
			return
		}
		if i > 0 && !x.From.After(s.Exchange[i-1].From) {
			f.add("exchange", "rate %d does not begin after the one before", i)
		}
	}
	for i := range s.Models {
		for m := range exchanged(&s.Models[i], s.Exchange, s.Currency) {
			f.model = modelName(m.Provider, m.ID)
			f.checkRates("rates", &m.Rates)
			f.checkSteps("steps", m.Steps, &m.Rates)
		}
	}
}
