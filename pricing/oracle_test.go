package pricing

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// oracle prices a call by its exact provider and id straight from the sheets,
// with big rationals and no index: slow, and plain enough to be read as the
// definition of what Price does.
type oracle []Sheet

func (o oracle) price(c Call) (total, high *big.Int, missing meterSet, known bool) {
	var row *Model
	for s := range o {
		for m := range o[s].Models {
			r := &o[s].Models[m]
			if r.Provider == c.Provider && r.ID == c.Model && r.State != Cancelled &&
				!c.At.Before(r.From) && (r.Until.IsZero() || c.At.Before(r.Until)) {
				row = r // the later sheet wins
			}
		}
	}
	if row == nil {
		return nil, nil, 0, false
	}
	base, steps, variant := row.Rates, row.Steps, ""
	open := map[string]bool{}
	for _, mode := range []string{c.Tier, c.Speed} {
		if mode != "" && mode != "standard" {
			open[mode] = true
		}
	}
	matched := map[string]bool{}
	for _, v := range row.Variants {
		if variant == "" && slices.ContainsFunc(v.Modes, func(m string) bool { return open[m] }) {
			base, steps, variant = v.Rates, v.Steps, v.Name
			for _, m := range v.Modes {
				delete(open, m)
			}
		}
	}
	var mods []*Modifier
	for s := range o {
		for k := range o[s].Modifiers {
			if m := &o[s].Modifiers[k]; o.applies(m, c, open) {
				mods = append(mods, m)
				for _, x := range m.Modes {
					matched[x] = true
				}
			}
		}
	}
	var denied meterSet
	for m := range open {
		if !matched[m] {
			denied = allMeters
		}
	}
	u := c.Usage
	stepped := false
	prices := func(above int) *big.Int {
		sum := new(big.Int)
		for m, n := range u.Vector() {
			meter := usage.Meter(m)
			rate := o.rate(row, base, steps, above, meter)
			if meter == usage.Requests {
				if n = u.Calls(); rate == nil {
					continue
				}
			}
			if n == 0 || denied.has(meter) {
				continue
			}
			if rate == nil {
				missing |= setOf(meter)
				continue
			}
			rate.Mul(rate, new(big.Rat).SetInt64(n))
			for _, x := range mods {
				if scope(x).has(meter) {
					f, _ := new(big.Rat).SetString(x.By.String())
					rate.Mul(rate, f)
				}
			}
			sum.Add(sum, halfEven(rate.Mul(rate, new(big.Rat).SetInt64(picoPerUnit))))
		}
		return sum
	}
	reached := -1
	for i, s := range steps {
		if p := u.Prompt(); p > s.Above || s.Inclusive && p == s.Above {
			reached = i
		}
	}
	for i, m := range mods {
		for _, n := range mods[:i] {
			if slices.Contains(m.Excludes, n.Name) || slices.Contains(n.Excludes, m.Name) {
				denied |= scope(m) | scope(n)
			}
		}
		if variant != "" && (slices.Contains(m.Excludes, variant) || excludes(row, variant, m.Name)) {
			denied |= scope(m)
		}
		if m.NoSteps && reached >= 0 {
			stepped = true
			if u.Requests <= 1 {
				denied |= scope(m)
			}
		}
	}
	missing |= usedMeters(&u) & denied &^ setOf(usage.Requests)
	if u.Requests <= 1 {
		total = prices(reached)
		return total, total, missing, true
	}
	total = prices(-1)
	high = total
	for i := 0; i <= reached && !stepped; i++ {
		if p := prices(i); p.Cmp(high) > 0 {
			high = p
		}
	}
	return total, high, missing, true
}

func excludes(row *Model, variant, name string) bool {
	for _, v := range row.Variants {
		if v.Name == variant {
			return slices.Contains(v.Excludes, name)
		}
	}
	return false
}

func scope(m *Modifier) meterSet {
	if len(m.Meters) == 0 {
		return tokenMeters
	}
	var s meterSet
	for _, x := range m.Meters {
		s |= setOf(x)
	}
	return s
}

func (o oracle) applies(m *Modifier, c Call, open map[string]bool) bool {
	if m.Provider != c.Provider || len(m.Models) > 0 && !slices.Contains(m.Models, c.Model) {
		return false
	}
	if c.At.Before(m.From) || !m.Until.IsZero() && !c.At.Before(m.Until) {
		return false
	}
	if len(m.Modes) > 0 && !slices.ContainsFunc(m.Modes, func(x string) bool { return open[x] }) {
		return false
	}
	if len(m.Regions) > 0 {
		region := c.Region
		if region == "" && c.Provider == usage.Bedrock {
			region = "regional"
		}
		matches := func(list []string) bool {
			return slices.ContainsFunc(list, func(x string) bool {
				p, wild := strings.CutSuffix(x, "*")
				return x == region || wild && strings.HasPrefix(region, p)
			})
		}
		if region == "" || !matches(m.Regions) || matches(m.NotRegions) {
			return false
		}
	}
	if len(m.Windows) == 0 {
		return true
	}
	t := c.At.UTC()
	clock := t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC))
	for _, w := range m.Windows {
		if (len(w.Days) == 0 || slices.Contains(w.Days, t.Weekday())) && clock >= w.Start && clock < w.End {
			return true
		}
	}
	return false
}

func (o oracle) rate(row *Model, base Rates, steps []Step, above int, m usage.Meter) *big.Rat {
	rates := base
	if above >= 0 {
		rates = steps[above].Rates
	}
	r := rates.Get(m)
	if !r.IsSet() && !m.IsToken() {
		r = row.Rates.Get(m)
	}
	if as, ok := row.BilledAs[m]; ok && !r.IsSet() {
		r = rates.Get(as)
	}
	if m == usage.Reasoning && !r.IsSet() {
		r = rates.Output
	}
	return r.Rat()
}

// halfEven rounds a non-negative rational to a whole number.
func halfEven(q *big.Rat) *big.Int {
	n, rest := new(big.Int).QuoRem(q.Num(), q.Denom(), new(big.Int))
	if c := rest.Lsh(rest, 1).Cmp(q.Denom()); c > 0 || c == 0 && n.Bit(0) == 1 {
		n.Add(n, big.NewInt(1))
	}
	return n
}

// randomCall returns a call of a row of the sheets, near its edges in time and
// size.
func randomCall(r *rand.Rand, sheets []Sheet) Call {
	s := &sheets[r.IntN(len(sheets))]
	for len(s.Models) == 0 {
		s = &sheets[r.IntN(len(sheets))]
	}
	m := &s.Models[r.IntN(len(s.Models))]
	c := Call{Provider: m.Provider, Model: m.ID, At: time.Unix(1_700_000_000+r.Int64N(110_000_000), 0)}
	if r.IntN(3) == 0 {
		edges := []time.Time{m.From, m.Until, at("2026-08-16T16:00:00Z"), at("2026-03-13")}
		if e := edges[r.IntN(len(edges))]; !e.IsZero() {
			c.At = e.Add(time.Duration(r.IntN(3) - 1))
		}
	}
	c.Tier = []string{"", "", "", "standard", "batch", "flex", "priority", "fast", "warp"}[r.IntN(9)]
	c.Speed = []string{"", "", "standard", "fast"}[r.IntN(4)]
	c.Region = []string{"", "", "us", "global", "eu", "us-east-1"}[r.IntN(6)]
	for range 1 + r.IntN(5) {
		meter := usage.Meter(r.IntN(usage.NumMeters))
		if r.IntN(3) > 0 {
			meter = usage.Meter(r.IntN(8))
		}
		c.Usage.Set(meter, r.Int64N(1<<r.IntN(40)))
	}
	if c.Usage.Requests > 0 {
		c.Usage.Requests = r.Int64N(5)
	}
	if len(m.Steps) > 0 && r.IntN(2) == 0 {
		c.Usage.Input = max(0, m.Steps[0].Above-c.Usage.Prompt()+c.Usage.Input+r.Int64N(3)-1)
	}
	return c
}

// oddSheet has what the built-in sheets lack: fractions of 1e-12, variants
// with steps, requests with a fee, overlapping scopes and large multiples.
func oddSheet() Sheet {
	third := Per("1", 3_000_000)
	return Sheet{Name: "odd", Models: []Model{
		{Provider: "odd", ID: "fractions", Rates: Rates{Input: third, CacheRead: PerMillion("0.0000037"), Output: PerMillion("0.08333333333333334"), Requests: PerThousand("1.7"), Images: Each("0.039"), ComputeMs: PerHour("2.5")},
			Steps: []Step{{Above: 1000, Inclusive: true, Rates: Rates{Input: Per("2", 3_000_000), CacheRead: PerMillion("0.0000041"), Output: PerMillion("1")}}},
			Variants: []Variant{{Name: "swift", Modes: []string{"fast"}, Rates: Rates{Input: Per("1", 7), Output: Per("5", 11)}, Excludes: []string{"thin"},
				Steps: []Step{{Above: 50, Rates: Rates{Input: Per("2", 7), Output: Per("10", 11)}}}}},
			BilledAs: map[usage.Meter]usage.Meter{usage.ImageInput: usage.Input, usage.AudioInput: usage.CacheRead}},
		{Provider: "odd", ID: "huge", Rates: Rates{Input: Each("0.000000000001"), Output: Per("18446744.073709551615", 1), Requests: Each("0")}},
	}, Modifiers: []Modifier{
		{Name: "thin", Provider: "odd", Modes: []string{"batch"}, By: Times("0.3333333333333333")},
		{Name: "thick", Provider: "odd", Modes: []string{"flex", "priority"}, By: Times("18446744073709551615")},
		{Name: "half-cache", Provider: "odd", Regions: []string{"us*"}, By: Times("1/3"), Meters: []usage.Meter{usage.CacheRead, usage.Output, usage.Images}},
		{Name: "prime", Provider: "odd", Regions: []string{"*"}, NotRegions: []string{"global"}, By: Times("1.00000000000000003"), Meters: []usage.Meter{usage.Output, usage.Requests}},
	}}
}

func TestPriceEqualsOracle(t *testing.T) {
	const seed = 11
	sheets := append(loadSheets(t), oddSheet())
	book, err := NewBook(sheets...)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 12))
	var priced, partial, bounds, rounded int
	for range trials(60_000) {
		from := sheets
		if r.IntN(4) == 0 {
			from = sheets[len(sheets)-1:]
		}
		c := randomCall(r, from)
		cost, err := book.Price(c)
		if r.IntN(4) == 0 {
			checkHandles(t, r, book, c, cost, err)
		}
		total, high, missing, known := oracle(sheets).price(c)
		switch {
		case !known:
			if !errors.Is(err, ErrUnknownModel) {
				t.Fatalf("seed %d: %+v: %v, want ErrUnknownModel", seed, c, err)
			}
			continue
		case new(big.Int).Rsh(high, 64).Cmp(big.NewInt(maxCostHi)) >= 0:
			if !errors.Is(err, ErrOverflow) {
				t.Fatalf("seed %d: %+v: %v, want ErrOverflow", seed, c, err)
			}
			continue
		case (missing != 0) != errors.Is(err, ErrUnpriced) || err != nil && missing == 0:
			t.Fatalf("seed %d: %+v: %v, want missing %v", seed, c, err, missing.list())
		}
		if bigOf(cost.Total).Cmp(total) != 0 || bigOf(cost.High).Cmp(high) != 0 || cost.missing != missing {
			t.Fatalf("seed %d: %+v:\n%s to %s, missing %v, want %v to %v, missing %v\n%s", seed, c, cost.Total, cost.High, cost.Missing(), total, high, missing.list(), cost.Explain())
		}
		sum := Money{}
		for l := range cost.Lines() {
			sum, _ = sum.Add(l.Amount)
			exact := new(big.Rat).Mul(l.UnitPrice.Rat(), new(big.Rat).SetInt64(l.Quantity))
			for _, f := range l.Factors {
				by, _ := new(big.Rat).SetString(f.By.String())
				exact.Mul(exact, by)
			}
			exact.Mul(exact, new(big.Rat).SetInt64(picoPerUnit))
			if halfEven(exact).Cmp(bigOf(l.Amount)) != 0 || exact.IsInt() == l.Rounded {
				t.Fatalf("seed %d: %+v: line %+v is not what it says", seed, c, l)
			}
			if l.Rounded {
				rounded++
			}
		}
		if sum != cost.Total {
			t.Fatalf("seed %d: %+v: lines add to %s, total is %s", seed, c, sum, cost.Total)
		}
		if priced++; missing != 0 {
			partial++
		}
		if cost.High != cost.Total {
			bounds++
		}
	}
	if priced < trials(10_000) || partial < trials(1000) || bounds < trials(20) || rounded < trials(100) {
		t.Errorf("too few cases met: %d priced, %d partial, %d bounds, %d rounded lines", priced, partial, bounds, rounded)
	}
}

// checkHandles checks that every handle of the model prices a call as the book
// does, whatever call the handle was resolved for and whatever the cost it
// writes to was before.
func checkHandles(t *testing.T, r *rand.Rand, book *Book, c Call, want Cost, wantErr error) {
	plain, err := book.Resolve(c.Provider, c.Model)
	if err != nil {
		return
	}
	other := c
	if r.IntN(2) == 0 {
		other.Tier, other.Region = []string{"", "batch", "fast"}[r.IntN(3)], []string{"", "us"}[r.IntN(2)]
	}
	other.At, other.Usage = c.At.AddDate(1, 0, 0), usage.Usage{Pages: -1} // of no account
	onTerms, err := book.ResolveCall(&c)
	if err != nil {
		t.Fatal(err)
	}
	onOthers, err := book.ResolveCall(&other)
	if err != nil {
		t.Fatal(err)
	}
	dirty, _ := Builtin().Price(opusCall())
	for _, h := range []Handle{plain, onTerms, onOthers} {
		got := dirty
		if err := h.PriceInto(&got, &c); got != want || !sameText(err, wantErr) {
			t.Fatalf("%+v: by handle on terms %+v: %s (%v), want %s (%v)", c, h.plan, got.Explain(), err, want.Explain(), wantErr)
		}
		if total, ok := h.Total(&c); ok && (wantErr != nil || total != want.Total || total != want.High || want.Status != Priced) {
			t.Fatalf("%+v: total by handle on terms %+v: %s, want %s (%v)", c, h.plan, total, want.Explain(), wantErr)
		}
	}
}

// The fast path of a product equals the slow one.
func FuzzProduct(f *testing.F) {
	f.Add(uint64(1_000_000), uint64(5_000_000), uint64(1), uint64(11), uint64(10))
	f.Add(uint64(1)<<40, uint64(1)<<63, uint64(3), uint64(7), uint64(9))
	f.Add(uint64(1), uint64(1), uint64(2), uint64(1), uint64(1))
	f.Add(uint64(3), uint64(1), uint64(2), uint64(1), uint64(1))
	f.Fuzz(func(t *testing.T, q, rn, rd, fn, fd uint64) {
		if q > 1<<40 || rd == 0 || fd == 0 {
			return
		}
		by := new(big.Rat).SetFrac(new(big.Int).SetUint64(fn), new(big.Int).SetUint64(fd))
		a, rounded, ok := product(q, rn, rd, fn, fd, func() *big.Rat { return by })
		b, slowRounded, slowOK := productBig(q, rn, rd, by)
		if ok != slowOK || ok && (a != b || rounded != slowRounded) {
			t.Fatalf("%d × %d/%d × %d/%d = %v, %t, %t, slowly %v, %t, %t", q, rn, rd, fn, fd, a, rounded, ok, b, slowRounded, slowOK)
		}
	})
}
