package pricing

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Allowance is a quantity that a provider gives each account free in every
// calendar month, in UTC. What one call has of it depends on the calls before
// it, so a price does not contain it: [Book.Credits] computes it over a period.
// In a [Book], an allowance of the same Provider and Name from a later sheet
// replaces the earlier ones.
type Allowance struct {
	Name     string // required
	Provider string // empty: every provider
	Source   string
	Note     string

	From, Until time.Time // the calls it is given to, as in Model; a month that it begins or ends in has the whole quantity
	Accounts    []string  // the call's Account; empty: each
	Meter       usage.Meter
	Quantity    int64 // free each month, in the meter's unit: 1 to usage.MaxCount
}

// Credits is what allowances take off the costs of a period.
type Credits struct {
	Total    Money   // the sum of the grants' credits
	Grants   []Grant // by month, account, provider and name
	Unpriced int     // calls that used a meter with an allowance and have no price for it: they take nothing of it
}

// Grant is what one allowance gave one account in one month.
type Grant struct {
	Month         time.Time // its first midnight in UTC
	Account       string
	Provider      string // the allowance's
	Name          string // the allowance's
	Sheet, Source string
	Meter         usage.Meter
	Quantity      int64 // free in a month
	Used          int64 // of it
	Beyond        int64 // used beyond it, and to be paid
	Credit        Money // to be taken off the sum of the costs' Totals
}

// Credits returns what the book's allowances take off the costs of calls,
// which must be all that each account made in the months in question. Free is
// what comes first in time. What a call used beyond the free part costs what a
// call that used only that much would cost, and the credit is the rest: it is
// exact, and the same in whatever order the calls come. Several allowances of
// one meter are used up one after another, in the book's order.
//
// It keeps the calls that use a meter with an allowance, and no others. The
// error matches [ErrOverflow] if a sum does not fit.
func (b *Book) Credits(calls iter.Seq[Call]) (Credits, error) {
	var out Credits
	t := &b.t
	var list []grantable
	for c := range calls {
		if !t.mayGrant(&c) {
			continue
		}
		g := grantable{account: c.Account, at: unixNano(c.At), month: monthOf(c.At)}
		_ = b.PriceInto(&g.cost, &c) // errors show as lines that are not there
		g.provider = cmp.Or(g.cost.Provider(), c.Provider)
		before := len(list)
		for i := range t.allowances {
			a := &t.allowances[i]
			n := c.Usage.Get(a.meter)
			if n <= 0 || !a.holds(&g) || slices.ContainsFunc(list[before:], func(o grantable) bool { return o.meter == a.meter }) {
				continue
			}
			if !g.cost.pays(a.meter) {
				out.Unpriced++
				break
			}
			g.meter, g.rest, g.amount = a.meter, n, g.cost.amountOf(a.meter, n)
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(x, y grantable) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.rest, y.rest), x.amount.Cmp(y.amount),
			cmp.Compare(x.cost.row, y.cost.row), cmp.Compare(x.cost.card, y.cost.card))
	})
	var err error
	for i := range t.allowances {
		if out.Grants, err = t.grant(out.Grants, &t.allowances[i], list); err != nil {
			return Credits{}, err
		}
	}
	slices.SortFunc(out.Grants, func(x, y Grant) int {
		return cmp.Or(x.Month.Compare(y.Month), strings.Compare(x.Account, y.Account), strings.Compare(x.Provider, y.Provider), strings.Compare(x.Name, y.Name))
	})
	for _, g := range out.Grants {
		if out.Total, err = out.Total.Add(g.Credit); err != nil {
			return Credits{}, err
		}
	}
	return out, nil
}

// grantable is a line of a bill of which a part may be free.
type grantable struct {
	provider, account string

	at     int64
	month  time.Time
	cost   Cost
	meter  usage.Meter
	rest   int64 // not free so far
	amount Money // of rest
}

// mayGrant reports whether a call uses a meter of an allowance at all.
func (t *tables) mayGrant(c *Call) bool {
	return slices.ContainsFunc(t.allowances, func(a allowance) bool { return c.Usage.Get(a.meter) > 0 })
}

// holds reports whether an allowance is given to a call.
func (a *allowance) holds(g *grantable) bool {
	return (a.provider == "" || a.provider == g.provider) && g.at >= a.from && g.at < a.until &&
		(len(a.accounts) == 0 || slices.Contains(a.accounts, g.account))
}

// pays reports whether a meter has a price in this cost.
func (c *Cost) pays(m usage.Meter) bool {
	return c.book != nil && c.book.t.cards[c.card].has.has(m) && !c.terms.denied.has(m)
}

// amountOf returns what n units of a meter cost on the terms of this cost.
func (c *Cost) amountOf(m usage.Meter, n int64) Money {
	a, _, _ := c.book.t.amount(&c.book.t.cards[c.card], m, n, &c.terms) // n is at most what was priced: it fits
	return Money{int64(a.hi), a.lo}
}

// grant uses an allowance up, line by line in their order, and adds a grant
// for every account and month.
func (t *tables) grant(grants []Grant, a *allowance, list []grantable) ([]Grant, error) {
	type period struct {
		account string
		month   time.Time
	}
	index := map[period]int{}
	s := &t.sheets[a.sheet]
	for k := range list {
		g := &list[k]
		if g.meter != a.meter || g.rest == 0 || !a.holds(g) {
			continue
		}
		p := period{g.account, g.month}
		i, known := index[p]
		if !known {
			i = len(grants)
			index[p] = i
			grants = append(grants, Grant{Month: g.month, Account: g.account, Provider: a.provider, Name: a.name,
				Sheet: s.name, Source: cmp.Or(a.source, s.source), Meter: a.meter, Quantity: a.quantity})
		}
		into := &grants[i]
		free := min(g.rest, a.quantity-into.Used)
		g.rest -= free
		after := g.cost.amountOf(g.meter, g.rest)
		saved, err := g.amount.Sub(after)
		if err == nil {
			into.Credit, err = into.Credit.Add(saved)
		}
		if err != nil || into.Beyond > maxBeyond {
			return nil, fmt.Errorf("%w: the credits of %q in %s", ErrOverflow, a.name, g.month.Format("2006-01"))
		}
		g.amount = after
		into.Used += free
		into.Beyond += g.rest
	}
	return grants, nil
}

// maxBeyond leaves room for one more call.
const maxBeyond = 1<<63 - 1 - usage.MaxCount

// monthOf returns the first midnight of a month in UTC.
func monthOf(at time.Time) time.Time {
	y, m, _ := at.UTC().Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}

// addAllowance compiles an allowance.
func (nb *builder) addAllowance(sheet uint16, a *Allowance) {
	t := nb.t
	from, until := bounds(a.From, a.Until)
	c := allowance{name: a.Name, provider: a.Provider, source: a.Source, note: a.Note, sheet: sheet,
		from: from, until: until, accounts: slices.Clone(a.Accounts), meter: a.Meter, quantity: a.Quantity}
	i := slices.IndexFunc(t.allowances, func(o allowance) bool { return o.name == c.name && o.provider == c.provider })
	if i < 0 {
		i = len(t.allowances)
		t.allowances = append(t.allowances, c)
	}
	t.allowances[i] = c
}

func (f *faults) checkAllowances(all []Allowance) {
	seen := map[[2]string]bool{}
	for i := range all {
		a := &all[i]
		f.model = fmt.Sprintf("allowance %q of %q", a.Name, a.Provider)
		if a.Name == "" {
			f.model = fmt.Sprintf("allowances[%d]", i)
		}
		f.checkName("name", a.Name, false)
		f.checkName("provider", a.Provider, true)
		f.checkSpan(a.From, a.Until)
		switch {
		case int(a.Meter) >= usage.NumMeters:
			f.add("meter", "does not exist: %v", a.Meter)
		case a.Meter == usage.Requests:
			f.add("meter", "is requests, whose 0 means 1: there is no allowance of it")
		}
		if a.Quantity < 1 || a.Quantity > usage.MaxCount {
			f.add("quantity", "is %d, want 1 to %d", a.Quantity, int64(usage.MaxCount))
		}
		if at := [2]string{a.Provider, a.Name}; seen[at] {
			f.add("name", "is used twice for this provider")
		} else {
			seen[at] = true
		}
	}
}
