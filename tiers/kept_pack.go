package tiers

import (
	"encoding/binary"
	"math/bits"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// A packed day is the facets it has, the number of cells and the cells. All
// numbers are varints. Amounts and instants, which are mostly round, are written
// in units of 100,000 pico-units and of a millisecond where that loses nothing.

const (
	milli     = uint64(time.Millisecond)
	roundPico = 100_000
)

// pack writes the cells of an accumulator that has counted one UTC day only.
func (k *Keeper) pack(b []byte, day Day, a *Accumulator, want facet) []byte {
	b = binary.AppendUvarint(b, uint64(want))
	n := 0
	for _, c := range a.cals {
		n += len(c.cells)
	}
	b = binary.AppendUvarint(b, uint64(n))
	for i, c := range a.cals {
		// Stretches that cannot matter are left out where it is plain that they
		// cannot: the day's cell is the whole UTC day, of one class.
		whole := c.zone == nil && len(c.cells) == 1
		for _, x := range c.cells {
			if len(a.cals) > 1 {
				b = binary.AppendUvarint(b, uint64(i))
			}
			b = binary.AppendUvarint(b, zigzag(int64(x.day-day))<<10|uint64(x.class))
			b = k.packCell(b, x, day, want, whole)
		}
	}
	return b
}

func (k *Keeper) packCell(b []byte, x *cell, day Day, want facet, whole bool) []byte {
	b = binary.AppendUvarint(b, uint64(x.events))
	if want&facetCalls != 0 {
		b = binary.AppendUvarint(b, uint64(x.calls-x.events)) // an event is one call or more
	}
	if want&facetMeters != 0 {
		b = packUsage(b, &x.usage)
	} else {
		for _, n := range x.daily(want) {
			b = binary.AppendUvarint(b, uint64(*n))
		}
	}
	if want&facetCost != 0 {
		b = packMoney(b, x.cost)
		b = binary.AppendUvarint(b, uint64(x.unpriced))
	}
	if want&facetSaving != 0 {
		b = packMoney(b, x.saving)
		b = binary.AppendUvarint(b, uint64(x.savingUnknown))
	}
	if want&facetTimes != 0 {
		b = packRound(b, uint64(x.firstAt-startOf(day)), milli)
		b = packRound(b, uint64(x.lastAt-x.firstAt), milli)
	}
	if want&facetHours != 0 {
		b = packHours(b, &x.hours)
	}
	if want&facetModels != 0 {
		b = k.packModels(b, x.models)
	}
	if want&facetSessions != 0 {
		b = k.packSessions(b, x, day, whole)
	}
	if want&facetWorkflows != 0 {
		b = binary.AppendUvarint(b, uint64(len(x.workflows)))
		for _, w := range x.workflows {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	return b
}

// daily returns the sums of the day that are kept without the meters.
func (x *cell) daily(want facet) (sums []*int64) {
	for i, n := range [...]*int64{&x.tokens, &x.fresh, &x.cacheReads, &x.generated, &x.prompt} {
		if want&(facetTokens<<i) != 0 {
			sums = append(sums, n)
		}
	}
	return sums
}

func startOf(day Day) int64 { return int64(day) * secondsPerDay * int64(time.Second) }

func packUsage(b []byte, u *usage.Usage) []byte {
	v := u.Vector()
	var mask uint64
	for m, n := range v {
		if n != 0 {
			mask |= 1 << m
		}
	}
	b = binary.AppendUvarint(b, mask)
	for ; mask != 0; mask &= mask - 1 {
		b = binary.AppendUvarint(b, uint64(v[bits.TrailingZeros64(mask)]))
	}
	return b
}

func packHours(b []byte, hours *[24]int64) []byte {
	var mask uint32
	for h, n := range hours {
		if n != 0 {
			mask |= 1 << h
		}
	}
	b = append(b, byte(mask), byte(mask>>8), byte(mask>>16))
	for ; mask != 0; mask &= mask - 1 {
		b = binary.AppendUvarint(b, uint64(hours[bits.TrailingZeros32(mask)]))
	}
	return b
}

func (k *Keeper) packModels(b []byte, models []ModelFacts) []byte {
	b = binary.AppendUvarint(b, uint64(len(models)))
	for i := range models {
		m := &models[i]
		name := modelName{m.Provider, m.Model}
		n, ok := k.number[name]
		if !ok {
			n = uint32(len(k.models))
			k.models = append(k.models, name)
			k.number[name] = n
		}
		priced := uint64(0)
		if m.Unpriced != 0 {
			priced = 1
		}
		b = binary.AppendUvarint(b, uint64(n)<<1|priced)
		b = binary.AppendUvarint(b, uint64(m.Calls))
		b = binary.AppendUvarint(b, uint64(m.Tokens))
		b = packMoney(b, m.Cost)
		if m.Unpriced != 0 {
			b = binary.AppendUvarint(b, uint64(m.Unpriced))
		}
	}
	return b
}

// packSessions writes every session, so that they can be counted, and of a whole
// day only the stretches that may be the longest: see [Keeper.matter].
func (k *Keeper) packSessions(b []byte, x *cell, day Day, whole bool) []byte {
	b = binary.AppendUvarint(b, uint64(len(x.sessions)))
	start := startOf(day)
	if whole {
		k.mark(x, start)
	}
	n := 0
	for i := range x.sessions {
		s := &x.sessions[i]
		b = binary.LittleEndian.AppendUint64(b, s.hash)
		kept := uint64(0)
		for j := range s.spans {
			if !whole || k.runs[n+j].name == matters {
				kept++
			}
		}
		b = binary.AppendUvarint(b, kept)
		at := start
		for j, sp := range s.spans {
			if !whole || k.runs[n+j].name == matters {
				b = packRound(b, zigzag(sp.from-at), milli)
				b = packRound(b, uint64(sp.to-sp.from), milli)
				at = sp.to
			}
		}
		n += len(s.spans)
	}
	return b
}

func zigzag(n int64) uint64   { return uint64(n)<<1 ^ uint64(n>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// packRound writes a number below 2^63, in a unit where it is whole.
func packRound(b []byte, n, unit uint64) []byte {
	if n%unit == 0 {
		return binary.AppendUvarint(b, n/unit<<1|1)
	}
	return binary.AppendUvarint(b, n<<1)
}

func packMoney(b []byte, m pricing.Money) []byte {
	hi, lo := m.Pico()
	n := int64(lo)
	switch {
	case hi != n>>63 || n >= 1<<60 || n < -1<<60:
		b = binary.AppendUvarint(b, 2)
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, uint64(hi)), lo)
	case n%roundPico == 0:
		return binary.AppendUvarint(b, zigzag(n/roundPico)<<2|1)
	}
	return binary.AppendUvarint(b, zigzag(n)<<2)
}
