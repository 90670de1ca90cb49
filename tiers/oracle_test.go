package tiers

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// oracle answers gates from the raw samples, slowly and in another way than
// the package: rationals instead of words, dates instead of day numbers.
type oracle struct {
	samples    []Sample // of the window, by time
	window     Window
	asOf       time.Time
	first      time.Time // noon UTC of the first civil date of the window
	last       time.Time
	rank       map[string]int
	population map[string]int
	counters   map[string]int64
}

func zoneOf(w Window) *time.Location {
	if w.Zone == nil {
		return time.UTC
	}
	return w.Zone
}

// civil is noon UTC of the civil date of an instant.
func civil(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
}

func newOracle(all []Sample, asOf time.Time, lens Lens) *oracle {
	o := &oracle{window: lens.Window, asOf: asOf}
	zone := zoneOf(lens.Window)
	today := civil(asOf, zone)
	o.first, o.last = time.Time{}, today
	switch lens.Window.Period {
	case Rolling:
		o.first = today.AddDate(0, 0, 1-lens.Window.Days)
	case CalDay:
		o.first = today
	case CalWeek:
		for o.first = today; o.first.Weekday() != time.Monday; o.first = o.first.AddDate(0, 0, -1) {
		}
		o.last = o.first.AddDate(0, 0, 6)
	case CalMonth:
		o.first = today.AddDate(0, 0, 1-today.Day())
		o.last = o.first.AddDate(0, 1, -1)
	case CalSeason:
		o.first, o.last = civil(lens.Window.First.Start(nil), time.UTC), civil(lens.Window.Last.Start(nil), time.UTC)
	}
	if today.Before(o.last) {
		o.last = today // what comes later in the period is not known yet
	}
	for _, s := range all {
		d := civil(s.At, zone)
		if d.Before(o.first) || d.After(o.last) || s.Trust < lens.MinTrust || (lens.Humans && s.Automation) {
			continue
		}
		o.samples = append(o.samples, s)
	}
	slices.SortStableFunc(o.samples, func(a, b Sample) int { return a.At.Compare(b.At) })
	if lens.Window.Period == AllTime {
		if o.first = today; len(o.samples) > 0 {
			o.first = civil(o.samples[0].At, zone)
			for _, s := range o.samples { // clocks may go back over midnight
				if d := civil(s.At, zone); d.Before(o.first) {
					o.first = d
				}
			}
		}
	}
	return o
}

func rat(m pricing.Money) *big.Rat {
	r, ok := new(big.Rat).SetString(m.String())
	if !ok {
		panic("not a decimal: " + m.String())
	}
	return r
}

func ratOf(f Fraction) *big.Rat { return big.NewRat(f.Num, f.Den) }

// days returns the active civil dates, ascending.
func (o *oracle) days() []time.Time {
	var out []time.Time
	for _, s := range o.samples {
		if d := civil(s.At, zoneOf(o.window)); !slices.ContainsFunc(out, d.Equal) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// metric returns the value as a rational.
func (o *oracle) metric(m Metric) *big.Rat {
	sum := new(big.Rat)
	names := map[string]bool{}
	best := map[time.Time]int64{}
	zone := zoneOf(o.window)
	for i := range o.samples {
		s := &o.samples[i]
		u := s.Usage
		calls := max(u.Requests, 1)
		n := int64(0)
		switch m {
		case Tokens:
			n = u.Tokens()
		case Fresh:
			n = u.Fresh()
		case Prompt:
			n = u.Prompt()
		case CacheReads:
			n = u.CacheReads()
		case CacheWrites:
			n = u.CacheWrites()
		case Generated:
			n = u.Generated()
		case Events:
			n = 1
		case Calls, "requests":
			n = calls
		case AutomationCalls:
			if s.Automation {
				n = calls
			}
		case Unpriced:
			if s.Status != pricing.Priced {
				n = 1
			}
		case Cost:
			sum.Add(sum, rat(s.Cost))
		case CacheSaving:
			if s.SavingKnown {
				sum.Add(sum, rat(s.Saving))
			}
		case ActiveDays:
			names[civil(s.At, zone).String()] = true
		case WeekendDays:
			if d := civil(s.At, zone); d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
				names[d.String()] = true
			}
		case ActiveHours:
			names[fmt.Sprint(s.At.In(zone).Hour())] = true
		case Models:
			names[s.Provider+"/"+s.Model] = true
		case Providers:
			names[s.Provider] = true
		case Sessions:
			names[s.Session] = true
		case Workflows:
			if s.Workflow != "" {
				names[s.Workflow] = true
			}
		case BestDayTokens:
			best[civil(s.At, zone)] += u.Tokens()
		default:
			if meter, err := usage.ParseMeter(string(m)); err == nil {
				n = u.Get(meter)
			}
		}
		sum.Add(sum, big.NewRat(n, 1))
	}
	sum.Add(sum, big.NewRat(int64(len(names)), 1))
	for _, n := range best {
		if r := big.NewRat(n, 1); r.Cmp(sum) > 0 {
			sum = r
		}
	}
	if name, ok := o.counters[string(m)]; ok {
		sum.Add(sum, big.NewRat(name, 1))
	}
	return sum
}

func (o *oracle) unpriced() bool { return o.metric(Unpriced).Sign() > 0 }

// gate answers +1 met, 0 not met, -1 not known.
func (o *oracle) gate(g Gate) int {
	is := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	switch g := g.(type) {
	case All:
		worst := 1
		for _, x := range g {
			switch o.gate(x) {
			case 0:
				return 0
			case -1:
				worst = -1
			}
		}
		return worst
	case Any:
		return o.kOf(1, g)
	case KOf:
		return o.kOf(g.K, g.Of)
	case Not:
		return [...]int{-1, 1, 0}[o.gate(g.Gate)+1]
	case Threshold:
		have, want := o.metric(g.Metric), big.NewRat(g.Want.n, 1)
		if g.Want.kind == amountValue {
			want = rat(g.Want.m)
		}
		holds := func(have *big.Rat) bool {
			return map[Op]bool{GE: have.Cmp(want) >= 0, GT: have.Cmp(want) > 0, LE: have.Cmp(want) <= 0, LT: have.Cmp(want) < 0}[g.Op]
		}
		if g.Metric == Cost && o.unpriced() {
			// The true cost is anything from what is known upwards.
			far := new(big.Rat).Add(new(big.Rat).Add(have, want), big.NewRat(1, 1))
			at := new(big.Rat).Add(have, big.NewRat(1, 1_000_000_000_000))
			if holds(have) != holds(far) || holds(have) != holds(at) {
				return -1
			}
		}
		if g.Metric == CacheSaving && len(o.samples) > 0 && !slices.ContainsFunc(o.samples, func(s Sample) bool { return s.SavingKnown }) {
			return -1
		}
		return is(holds(have))
	case Ratio:
		of, per := o.metric(g.Of), o.metric(g.Per)
		least := big.NewRat(g.Min.n, 1)
		if g.Min.kind == amountValue {
			least = rat(g.Min.m)
		}
		if per.Cmp(least) < 0 || per.Sign() <= 0 {
			return 0
		}
		if g.Min.kind == amountValue && o.unpriced() {
			return -1
		}
		share := new(big.Rat).Quo(of, per)
		if g.AtMost.Den != 0 {
			return is(share.Cmp(ratOf(g.AtMost)) <= 0)
		}
		return is(share.Cmp(ratOf(g.AtLeast)) >= 0)
	case Distinct:
		return is(o.distinct(g) >= g.AtLeast)
	case RankAtMost:
		return is(o.rank[g.Board] > 0 && o.rank[g.Board] <= g.Rank && o.population[g.Board] >= g.MinPopulation)
	case TopShare:
		rank, n := o.rank[g.Board], o.population[g.Board]
		return is(rank > 0 && n >= g.MinPopulation && big.NewRat(int64(rank), int64(n)).Cmp(ratOf(g.Share)) <= 0)
	case Streak:
		return is(o.streak(g) >= g.Days)
	case Comeback:
		days := o.days()
		for i := len(days) - 1; i > 0; i-- {
			if o.missing(days[i-1], days[i], false) >= g.Away {
				return is(len(days)-i >= g.Back)
			}
		}
		return 0
	case Session:
		return is(o.session(g.idle()) >= g.AtLeast)
	case HoursShare:
		var in, all int64
		for _, s := range o.samples {
			n := max(s.Usage.Requests, 1)
			all += n
			for h := g.From; h != g.To; h = (h + 1) % 24 {
				if s.At.In(zoneOf(o.window)).Hour() == h {
					in += n
				}
			}
		}
		if all < g.Min || all == 0 {
			return 0
		}
		if g.AtMost.Den != 0 {
			return is(big.NewRat(in, all).Cmp(ratOf(g.AtMost)) <= 0)
		}
		return is(big.NewRat(in, all).Cmp(ratOf(g.AtLeast)) >= 0)
	case Trend:
		return o.trend(g)
	case Date:
		d := civil(o.asOf, zoneOf(o.window))
		if g.Of != Today {
			days := o.days()
			if len(days) == 0 {
				return 0
			}
			if d = days[0]; g.Of == LastEvent {
				d = days[len(days)-1]
			}
		}
		day := Day(d.Unix() / 86400)
		return is((g.From == 0 || day >= g.From) && (g.Until == 0 || day < g.Until))
	}
	panic(fmt.Sprintf("no oracle for %T", g))
}

func (o *oracle) kOf(k int, gates []Gate) int {
	met, maybe := 0, 0
	for _, g := range gates {
		switch o.gate(g) {
		case 1:
			met++
		case -1:
			maybe++
		}
	}
	if met >= k {
		return 1
	}
	if met+maybe >= k {
		return -1
	}
	return 0
}

func (o *oracle) distinct(g Distinct) int {
	shares := map[string]*big.Rat{}
	whole := new(big.Rat)
	for _, s := range o.samples {
		name := s.Provider
		if !g.Provider {
			name += "\x00" + s.Model
		}
		part := rat(s.Cost)
		if g.ByTokens {
			part = big.NewRat(s.Usage.Tokens(), 1)
		}
		if shares[name] == nil {
			shares[name] = new(big.Rat)
		}
		shares[name].Add(shares[name], part)
		whole.Add(whole, part)
	}
	n := 0
	for _, part := range shares {
		if g.Each.Num == 0 || (whole.Sign() > 0 && new(big.Rat).Quo(part, whole).Cmp(ratOf(g.Each)) >= 0) {
			n++
		}
	}
	return n
}

// missing counts the existing dates between two, weekends left out if asked.
func (o *oracle) missing(from, to time.Time, weekdays bool) (n int) {
	for d := from.AddDate(0, 0, 1); d.Before(to); d = d.AddDate(0, 0, 1) {
		exists := false
		for h := -36; h <= 36; h++ { // is there an hour on that date in the zone?
			exists = exists || civil(d.Add(time.Duration(h)*time.Hour), zoneOf(o.window)).Equal(d)
		}
		if exists && (!weekdays || (d.Weekday() != time.Saturday && d.Weekday() != time.Sunday)) {
			n++
		}
	}
	return n
}

func (o *oracle) streak(g Streak) int {
	days := o.days()
	best := 0
	for i := range days {
		n := 1
		for j := i + 1; j < len(days) && o.missing(days[j-1], days[j], g.Weekdays) <= g.Grace; j++ {
			n++
		}
		reaches := i+n == len(days) && o.missing(days[len(days)-1], civil(o.asOf, zoneOf(o.window)), g.Weekdays) <= g.Grace
		if !g.Current || reaches {
			best = max(best, n)
		}
	}
	return best
}

func (o *oracle) session(idle time.Duration) (best time.Duration) {
	names := map[string][]time.Time{}
	for _, s := range o.samples {
		names[s.Session] = append(names[s.Session], s.At)
	}
	for _, at := range names {
		slices.SortFunc(at, time.Time.Compare)
		from := at[0]
		for i := range at {
			if i > 0 && at[i].Sub(at[i-1]) > idle {
				from = at[i]
			}
			best = max(best, at[i].Sub(from))
		}
	}
	return best
}

func (o *oracle) trend(g Trend) int {
	days := int(o.last.Sub(o.first).Hours()/24+0.5) + 1
	middle := o.first.AddDate(0, 0, days/2)
	early, late := *o, *o
	early.samples, late.samples = nil, nil
	for _, s := range o.samples {
		if civil(s.At, zoneOf(o.window)).Before(middle) {
			early.samples = append(early.samples, s)
		} else {
			late.samples = append(late.samples, s)
		}
	}
	least := big.NewRat(g.Min, 1)
	if early.metric(g.Per).Cmp(least) < 0 || late.metric(g.Per).Cmp(least) < 0 {
		return 0
	}
	if g.Of == Cost && o.unpriced() {
		return -1
	}
	was := new(big.Rat).Quo(early.metric(g.Of), early.metric(g.Per))
	now := new(big.Rat).Quo(late.metric(g.Of), late.metric(g.Per))
	if was.Sign() > 0 && now.Cmp(was.Mul(was, new(big.Rat).Sub(big.NewRat(1, 1), ratOf(g.Fall)))) <= 0 {
		return 1
	}
	return 0
}

// pick returns one of several values.
func pick[T any](rng *rand.Rand, values ...T) T { return values[rng.IntN(len(values))] }

// randomSamples is a history with small numbers, so that equal values, edges
// and ties are common.
func randomSamples(rng *rand.Rand, from time.Time, days int) []Sample {
	out := make([]Sample, rng.IntN(60))
	for i := range out {
		at := from.Add(time.Duration(rng.Int64N(int64(days) * int64(24*time.Hour))))
		if i > 0 && rng.IntN(2) == 0 { // close to another one
			at = out[i-1].At.Add(time.Duration(rng.IntN(9)-4) * 5 * time.Minute)
		}
		s := Sample{
			At: at.UTC(), Provider: pick(rng, "", "x", "y"), Model: pick(rng, "a", "b", "c"),
			Session: pick(rng, "", "s", "t"), Workflow: pick(rng, "", "w", "v"),
			Automation: rng.IntN(3) == 0, Trust: uint8(rng.IntN(4)), Status: pricing.Priced, SavingKnown: rng.IntN(8) > 0,
			Cost: pricing.FromColumns(rng.Int64N(4), rng.Int64N(2)), Saving: pricing.FromColumns(rng.Int64N(5)-2, 0),
		}
		if rng.IntN(20) == 0 {
			s.Status = pick(rng, pricing.Partial, pricing.Unpriced)
		}
		for range 3 {
			s.Usage.Set(usage.Meter(rng.IntN(usage.NumMeters)), rng.Int64N(5))
		}
		out[i] = s
	}
	return out
}

func randomMetric(rng *rand.Rand) Metric {
	return pick(rng, Tokens, Fresh, Prompt, CacheReads, CacheWrites, Generated, Events, Calls, AutomationCalls, Unpriced,
		ActiveDays, WeekendDays, ActiveHours, Models, Providers, Sessions, Workflows, BestDayTokens,
		Metric(usage.Meter(rng.IntN(usage.NumMeters)).String()))
}

func randomShare(rng *rand.Rand) Fraction {
	den := 1 + rng.Int64N(6)
	return Fraction{rng.Int64N(den + 1), den}
}

// randomGate may be one that validation would refuse: gates must not fail.
func randomGate(rng *rand.Rand, depth int) Gate {
	some := func() []Gate {
		gates := make([]Gate, 1+rng.IntN(3))
		for i := range gates {
			gates[i] = randomGate(rng, depth-1)
		}
		return gates
	}
	op := pick(rng, GE, GT, LE, LT)
	if depth > 0 && rng.IntN(2) == 0 {
		switch of := some(); rng.IntN(4) {
		case 0:
			return All(of)
		case 1:
			return Any(of)
		case 2:
			return KOf{K: 1 + rng.IntN(len(of)), Of: of}
		default:
			return Not{of[0]}
		}
	}
	ratio := Ratio{Of: randomMetric(rng), Per: randomMetric(rng), Min: Count(1 + rng.Int64N(3))}
	hours := HoursShare{From: rng.IntN(24), To: rng.IntN(24), Min: 1 + rng.Int64N(3)}
	if rng.IntN(3) == 0 {
		ratio.Of, ratio.Per, ratio.Min = CacheSaving, Cost, Amount(pricing.FromColumns(1+rng.Int64N(3), 0))
	}
	if share := randomShare(rng); rng.IntN(2) == 0 {
		ratio.AtLeast, hours.AtLeast = share, share
	} else {
		ratio.AtMost, hours.AtMost = share, share
	}
	day := DateOf(2026, 3, 25) + Day(rng.IntN(20))
	switch rng.IntN(12) {
	case 0:
		return Threshold{Cost, op, Amount(pricing.FromColumns(rng.Int64N(40), 0))}
	case 1:
		return Threshold{CacheSaving, op, Amount(pricing.FromColumns(rng.Int64N(9)-4, 0))}
	case 2:
		return ratio
	case 3:
		return hours
	case 4:
		return Distinct{AtLeast: 1 + rng.IntN(4), Each: randomShare(rng), ByTokens: rng.IntN(2) == 0, Provider: rng.IntN(2) == 0}
	case 5:
		return pick[Gate](rng, RankAtMost{"b", 1 + rng.IntN(4), rng.IntN(5)}, TopShare{"b", randomShare(rng), rng.IntN(5)})
	case 6:
		return Streak{Days: 1 + rng.IntN(5), Grace: rng.IntN(3), Weekdays: rng.IntN(2) == 0, Current: rng.IntN(2) == 0}
	case 7:
		return Comeback{Away: 1 + rng.IntN(4), Back: 1 + rng.IntN(3)}
	case 8:
		return Session{AtLeast: time.Duration(1+rng.IntN(9)) * 5 * time.Minute, Idle: pick(rng, 5*time.Minute, 15*time.Minute, 0)}
	case 9:
		return Date{Of: pick(rng, Today, FirstEvent, LastEvent), From: day, Until: day + Day(rng.IntN(9))}
	case 10:
		of := pick(rng, Tokens, Prompt, Cost, Generated)
		return Trend{Of: of, Per: pick(rng, Calls, Fresh, Events), Fall: Fraction{1 + rng.Int64N(3), 5}, Min: 1 + rng.Int64N(3)}
	}
	return Threshold{randomMetric(rng), op, Count(rng.Int64N(12))}
}
