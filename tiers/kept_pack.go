package tiers

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// A packed day is the number of its set of facets, the cells, each with its class
// and whether another follows, and counters of the host. All numbers are varints. Amounts and instants, which are mostly round, are written
// in units of 100,000 pico-units and of a millisecond where that loses nothing.

const (
	milli     = uint64(time.Millisecond)
	roundPico = 100_000
)

// pack writes what an accumulator has counted that has seen one UTC day only.
func (k *Keeper) pack(b []byte, day Day, a *Accumulator, want facet) []byte {
	cells, counted := 0, false
	for _, c := range a.cals {
		cells += len(c.cells)
		counted = counted || len(c.counters) > 0
	}
	if !counted {
		want &^= facetCounters
	}
	b = binary.AppendUvarint(b, uint64(k.numberOf(want)))
	if cells == 0 {
		b = append(b, 0)
	}
	for i, c := range a.cals {
		// Stretches that cannot matter are left out where it is plain that they
		// cannot: the day's cell is the whole UTC day, of one class.
		whole := c.zone == nil && len(c.cells) == 1
		for _, x := range c.cells {
			class := uint64(x.class)<<2 | 1
			if cells--; cells > 0 {
				class |= 2 // another follows
			}
			b = binary.AppendUvarint(b, class)
			b = k.packHead(b, i, x.day-day)
			b = k.packCell(b, x, day, want, whole)
		}
	}
	if want&facetCounters != 0 {
		b = k.packCounters(b, day, a)
	}
	return b
}

// numberOf returns the number of a set of facets.
func (k *Keeper) numberOf(want facet) int {
	n, ok := k.setNumber[want]
	if !ok {
		k.sets = append(k.sets, want)
		n = len(k.sets)
		k.setNumber[want] = n
	}
	return n
}

// setOf returns the facets that a packed day has.
func (k *Keeper) setOf(body []byte) facet {
	n, _ := binary.Uvarint(body)
	if n == 0 || n > uint64(len(k.sets)) {
		return 0
	}
	return k.sets[n-1]
}

// packHead writes of which zone's day something is, counted from the UTC day.
func (k *Keeper) packHead(b []byte, zone int, ahead Day) []byte {
	if len(k.needs.zones) == 1 {
		return b // UTC
	}
	return binary.AppendUvarint(b, uint64(zone)<<2|zigzag(int64(ahead)))
}
func (k *Keeper) packCell(b []byte, x *cell, day Day, want facet, whole bool) []byte {
	if want&facetEvents != 0 {
		b = binary.AppendUvarint(b, uint64(x.events))
	}
	if want&facetCalls != 0 {
		b = binary.AppendUvarint(b, uint64(x.calls))
	}
	if want&facetsOfUsage != 0 {
		b = k.packUsage(b, &x.usage, want)
	}
	if want&facetsOfModels != 0 {
		b = k.packModels(b, x.models, want)
	}
	if want&facetCost != 0 && !costOfModels(want) {
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
		b = k.packHours(b, &x.hours)
	}
	if want&facetsOfWork != 0 {
		b = k.packSessions(b, x, day, want, whole)
	}
	if want&facetWorkflows != 0 {
		b = binary.AppendUvarint(b, uint64(len(x.workflows)))
		for _, w := range x.workflows {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	return b
}

// costOfModels reports whether the cost of all is the sum of that of the models.
func costOfModels(want facet) bool { return want&facetCost != 0 && want&facetModelCost != 0 }

func startOf(day Day) int64 { return int64(day) * secondsPerDay * int64(time.Second) }

func (k *Keeper) packUsage(b []byte, u *usage.Usage, want facet) []byte {
	v := k.foldingOf(want).fold(u)
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

func (k *Keeper) packHours(b []byte, hours *[24]int64) []byte {
	var sums [24]int64
	var mask uint64
	for h, n := range hours {
		if n != 0 {
			sums[k.hours[h]] += n
			mask |= 1 << k.hours[h]
		}
	}
	b = binary.AppendUvarint(b, mask)
	for ; mask != 0; mask &= mask - 1 {
		b = binary.AppendUvarint(b, uint64(sums[bits.TrailingZeros64(mask)]))
	}
	return b
}

// packModels writes a list of models; where only providers are told apart, of
// each provider the first.
func (k *Keeper) packModels(b []byte, models []ModelFacts, want facet) []byte {
	models = append(k.list[:0], models...)
	k.list = models
	if want&(facetModels|facetModelTokens|facetModelCost|facetModelCalls) == 0 {
		models = models[:mergeProviders(models)]
	} else if want&facetModelTokens == 0 && want&facetProviderTokens != 0 {
		tokensByProvider(models)
	}
	b = binary.AppendUvarint(b, uint64(len(models)))
	for i := range models {
		m := &models[i]
		name := modelName{m.Provider, m.Model}
		n, ok := k.number[name]
		if !ok {
			n = uint32(len(k.names))
			k.names = append(k.names, name)
			k.number[name] = n
		}
		unpriced := uint64(0)
		if want&facetModelCost != 0 && m.Unpriced != 0 {
			unpriced = 1
		}
		b = binary.AppendUvarint(b, uint64(n)<<1|unpriced)
		if want&facetModelCalls != 0 {
			b = binary.AppendUvarint(b, uint64(m.Calls))
		}
		if want&(facetModelTokens|facetProviderTokens) != 0 {
			b = binary.AppendUvarint(b, uint64(m.Tokens))
		}
		if want&facetModelCost != 0 {
			b = packMoney(b, m.Cost)
		}
		if unpriced != 0 {
			b = binary.AppendUvarint(b, uint64(m.Unpriced))
		}
	}
	return b
}

// tokensByProvider moves the tokens of each provider to the first of its models.
func tokensByProvider(models []ModelFacts) {
	for i := range models {
		for j := range i {
			if models[j].Provider == models[i].Provider {
				models[j].Tokens, models[i].Tokens = models[j].Tokens+models[i].Tokens, 0
				break
			}
		}
	}
}

// mergeProviders leaves one model of each provider, with the tokens of all, and
// returns how many.
func mergeProviders(models []ModelFacts) (n int) {
	tokensByProvider(models)
	for i := range models {
		if !slices.ContainsFunc(models[:n], func(m ModelFacts) bool { return m.Provider == models[i].Provider }) {
			models[n] = models[i]
			n++
		}
	}
	return n
}

// packSessions writes every session where they are counted, and of a whole day
// only the stretches that may be the longest: see [Keeper.mark].
func (k *Keeper) packSessions(b []byte, x *cell, day Day, want facet, whole bool) []byte {
	start := startOf(day)
	k.runs = x.appendRuns(k.runs[:0])
	switch {
	case want&facetLongest == 0: // none
	case whole:
		k.mark(start)
	default:
		k.keepRuns(0, len(k.runs))
	}
	kept := func(from, n int) (sum uint64) {
		for _, r := range k.runs[from : from+n] {
			if r.name == matters {
				sum++
			}
		}
		return sum
	}
	sessions, n := uint64(0), 0
	for i := range x.sessions {
		spans := len(x.sessions[i].spans)
		if want&facetSessions != 0 || kept(n, spans) > 0 {
			sessions++
		}
		n += spans
	}
	b = binary.AppendUvarint(b, sessions)
	n = 0
	for i := range x.sessions {
		s := &x.sessions[i]
		mine := kept(n, len(s.spans))
		if want&facetSessions != 0 || mine > 0 {
			b = binary.LittleEndian.AppendUint64(b, s.hash)
			if want&facetLongest != 0 {
				b = binary.AppendUvarint(b, mine)
			}
		}
		at := start
		for j, sp := range s.spans {
			if k.runs[n+j].name == matters {
				b = packRound(b, zigzag(sp.from-at), milli)
				b = packRound(b, uint64(sp.to-sp.from), milli)
				at = sp.to
			}
		}
		n += len(s.spans)
	}
	return b
}

// packCounters writes the host's counters that are looked at.
func (k *Keeper) packCounters(b []byte, day Day, a *Accumulator) []byte {
	count, at := uint64(0), len(b)
	for i, c := range a.cals {
		for _, key := range slices.SortedFunc(maps.Keys(c.counters), counterKey.compare) {
			n := c.counters[key]
			if n == 0 || !k.needs.anyCount && !slices.Contains(k.needs.counters, key.name) {
				continue
			}
			number := slices.Index(k.counters, key.name)
			if number < 0 {
				number = len(k.counters)
				k.counters = append(k.counters, key.name)
			}
			b = k.packHead(b, i, key.day-day)
			b = binary.AppendUvarint(b, uint64(number))
			b = binary.AppendUvarint(b, zigzag(n))
			count++
		}
	}
	return slices.Insert(b, at, binary.AppendUvarint(nil, count)...)
}

func (k counterKey) compare(l counterKey) int {
	return cmp.Or(cmp.Compare(k.day, l.day), strings.Compare(k.name, l.name))
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
