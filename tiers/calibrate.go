package tiers

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
)

// Fit says how well one rung could be fitted to a population.
type Fit struct {
	Rung      string
	Want      Fraction // of the population that should stand on the rung or higher
	Threshold Value    // the value of the rung's first threshold that does it
	Reach     int      // how many of the population meet the rung so
}

// Calibrate proposes a ladder whose rungs are held by given shares of a
// population: shares[i] is how much of it should stand on rung i or higher. It
// moves the first threshold of each rung, usually the volume, and leaves the
// other gates, such as active days, as they are: only who meets those is in
// the running. A rung that fewer can meet than wanted gets a threshold that all
// of them reach, and its [Fit] says so. Equal values are in together, so a
// share may be exceeded. Keep gates move by the same ratio, rounded down.
//
// Facts must be of the ladder's window. It fails with [ErrInvalid] if there is
// one share too many or too few, shares do not fall, a rung has no first
// threshold in counts, nobody can meet a rung, or two rungs would get the same
// threshold.
func (l *Ladder) Calibrate(population iter.Seq[*Facts], shares []Fraction) (Ladder, []Fit, error) {
	c := &checker{rule: l.RuleID(), window: l.Window}
	if len(shares) != len(l.Rungs) {
		c.fail("shares", "are %d, want %d, one a rung", len(shares), len(l.Rungs))
		return Ladder{}, nil, c.err
	}
	for i, s := range shares {
		if !s.isShare() || s.Num == 0 || (i > 0 && s.Cmp(shares[i-1]) >= 0) {
			c.fail(fmt.Sprintf("shares[%d]", i), "is %s, want shares above 0 that fall from rung to rung", s)
		}
	}
	candidates, total := l.candidates(c, population)
	if c.err == nil && total == 0 {
		c.fail("population", "is empty")
	}
	if c.err != nil {
		return Ladder{}, nil, c.err
	}
	out := *l
	out.Rungs = slices.Clone(l.Rungs)
	fits := make([]Fit, len(l.Rungs))
	for i := range out.Rungs {
		fits[i] = out.fit(c, i, candidates[i], total, shares[i])
	}
	if c.err == nil {
		c.err = out.Validate()
	}
	return out, fits, c.err
}

// candidates lists for each rung the values of those who meet its other gates.
func (l *Ladder) candidates(c *checker, population iter.Seq[*Facts]) (values [][]int64, total int) {
	values = make([][]int64, len(l.Rungs))
	firsts := make([]Threshold, len(l.Rungs))
	others := make([][]Gate, len(l.Rungs))
	for i := range l.Rungs {
		var ok bool
		if firsts[i], others[i], ok = split(l.Rungs[i].Enter); !ok {
			c.fail(fmt.Sprintf("rungs[%d].enter", i), "does not begin with a threshold of at least a count")
			return values, 0
		}
	}
	for f := range population {
		if f.Lens != l.Lens() {
			c.fail("population", "has facts of %s, want %s", f.Lens.Window, l.Window)
			return values, 0
		}
		total++
		v := view{f: f, rule: l.RuleID()}
		for i := range l.Rungs {
			if All(others[i]).check(&v) == yes {
				n, _ := f.count(firsts[i].Metric)
				values[i] = append(values[i], n)
			}
		}
	}
	return values, total
}

// split takes a gate apart into its first threshold and the rest.
func split(g Gate) (Threshold, []Gate, bool) {
	var rest []Gate
	if all, ok := g.(All); ok && len(all) > 0 {
		g, rest = all[0], all[1:]
	}
	t, ok := g.(Threshold)
	return t, rest, ok && t.Op == GE && t.Want.kind == countValue
}

// fit moves one rung to the share wanted.
func (l *Ladder) fit(c *checker, i int, values []int64, total int, share Fraction) Fit {
	rung := &l.Rungs[i]
	first, rest, _ := split(rung.Enter)
	fit := Fit{Rung: rung.Name, Want: share}
	slices.SortFunc(values, func(a, b int64) int { return Count(b).cmp(Count(a)) })
	seats := min(seatsOf(total, share), len(values))
	if seats == 0 || values[seats-1] < 1 {
		c.fail(fmt.Sprintf("rungs[%d]", i), "is met by nobody of %d: too few, or its other gates are too hard", total)
		return fit
	}
	old := first.Want.n
	first.Want = Count(values[seats-1])
	fit.Threshold = first.Want
	fit.Reach, _ = slices.BinarySearchFunc(values, first.Want.n-1, func(v, at int64) int { return Count(at).cmp(Count(v)) })
	rung.Enter = join(first, rest)
	if keep, others, ok := split(rung.Keep); ok && keep.Metric == first.Metric {
		keep.Want = Count(max(1, scale(first.Want.n, keep.Want.n, old)))
		rung.Keep = join(keep, others)
	} else {
		rung.Keep = nil
	}
	return fit
}

func join(first Threshold, rest []Gate) Gate {
	if len(rest) == 0 {
		return first
	}
	return append(All{first}, rest...)
}

// seatsOf returns how many of n a share is, rounded down, but at least one.
func seatsOf(n int, share Fraction) int {
	return int(max(1, scale(int64(n), share.Num, share.Den)))
}

// scale returns n × num / den rounded down, for positive numbers; at most n.
func scale(n, num, den int64) int64 {
	switch {
	case num >= den:
		return n
	case num <= 0:
		return 0
	}
	hi, lo := bits.Mul64(uint64(n), uint64(num))
	q, _ := bits.Div64(hi, lo, uint64(den)) // fits, as num < den
	return int64(q)
}
