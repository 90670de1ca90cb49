package tiers

import (
	"encoding/binary"
	"math/bits"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// unpack counts a packed day into an accumulator; false if it is damaged.
func (k *Keeper) unpack(a *Accumulator, day Day, body []byte) bool {
	r := unpacker{rest: body}
	number := r.number()
	if number == 0 || number > uint64(len(k.sets)) {
		return false
	}
	want := k.sets[number-1]
	for more := true; more; {
		head := r.number()
		if more = head&2 != 0; head == 0 {
			break // there is none
		}
		c, of := r.head(a, day)
		if r.bad {
			return false
		}
		x := a.cell(c, of, class(head>>2))
		if x.events == 0 {
			k.unpackCell(&r, x, day, want)
			continue
		}
		k.spare.reset(x.day, x.class)
		k.unpackCell(&r, &k.spare, day, want)
		a.fail(x.merge(&k.spare, &a.needs))
	}
	if want&facetCounters != 0 {
		for n := r.number(); n > 0 && !r.bad; n-- {
			c, of := r.head(a, day)
			name, count := r.number(), unzigzag(r.number())
			if r.bad || name >= uint64(len(k.counters)) {
				return false
			}
			a.fail(c.count(counterKey{of, k.counters[name]}, count))
		}
	}
	return !r.bad
}

// head reads of which zone's day something is.
func (r *unpacker) head(a *Accumulator, day Day) (*calendar, Day) {
	if len(a.cals) == 1 {
		return a.cals[0], day
	}
	n := r.number()
	if n>>2 >= uint64(len(a.cals)) {
		r.bad = true
		return a.cals[0], day
	}
	return a.cals[n>>2], day + Day(unzigzag(n&3))
}

func (k *Keeper) unpackCell(r *unpacker, x *cell, day Day, want facet) {
	x.events = 1 // or more, but nobody asks
	if want&facetEvents != 0 {
		x.events = int64(r.number())
	}
	if want&facetCalls != 0 {
		x.calls = int64(r.number())
	}
	if want&facetsOfUsage != 0 {
		r.usage(&x.usage)
		x.tokens, x.fresh, x.cacheReads = x.usage.Tokens(), x.usage.Fresh(), x.usage.CacheReads()
		x.generated, x.prompt = x.usage.Generated(), x.usage.Prompt()
	}
	if want&facetsOfModels != 0 {
		k.unpackModels(r, x, want)
	}
	if want&facetCost != 0 && !costOfModels(want) {
		x.cost = r.money()
		x.unpriced = int64(r.number())
	}
	if want&facetSaving != 0 {
		x.saving = r.money()
		x.savingUnknown = int64(r.number())
	}
	if want&facetTimes != 0 {
		x.firstAt = startOf(day) + int64(r.round(milli))
		x.lastAt = x.firstAt + int64(r.round(milli))
	}
	if want&facetHours != 0 {
		for mask := r.number(); mask != 0 && !r.bad; mask &= mask - 1 {
			i := bits.TrailingZeros64(mask)
			if i >= len(k.slots) {
				r.bad = true
				return
			}
			x.hours[k.slots[i]] = int64(r.number())
		}
	}
	if want&facetsOfWork != 0 {
		r.sessions(x, startOf(day), want)
	}
	if want&facetWorkflows != 0 {
		for n := r.number(); n > 0 && !r.bad; n-- {
			x.workflow(r.word())
		}
	}
}

func (k *Keeper) unpackModels(r *unpacker, x *cell, want facet) {
	for n := r.number(); n > 0 && !r.bad; n-- {
		head := r.number()
		if head>>1 >= uint64(len(k.names)) {
			r.bad = true
			return
		}
		name := k.names[head>>1]
		m := ModelFacts{Provider: name.provider, Model: name.model}
		if want&facetModelCalls != 0 {
			m.Calls = int64(r.number())
		}
		if want&(facetModelTokens|facetProviderTokens) != 0 {
			m.Tokens = int64(r.number())
		}
		if want&facetModelCost != 0 {
			m.Cost = r.money()
		}
		if head&1 != 0 {
			m.Unpriced = int64(r.number())
		}
		if costOfModels(want) {
			sum, err := x.cost.Add(m.Cost)
			r.bad = r.bad || err != nil
			x.cost, x.unpriced = sum, x.unpriced+m.Unpriced
		}
		x.models = append(x.models, m)
	}
}

// unpacker reads what was packed. What is not there reads as zero and makes it
// bad.
type unpacker struct {
	rest []byte
	bad  bool
}

func (r *unpacker) number() uint64 {
	if len(r.rest) > 0 && r.rest[0] < 0x80 {
		v := uint64(r.rest[0])
		r.rest = r.rest[1:]
		return v
	}
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.rest, r.bad = nil, true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *unpacker) bytes(n int) []byte {
	if len(r.rest) < n {
		r.rest, r.bad = nil, true
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *unpacker) word() uint64 { return binary.LittleEndian.Uint64(r.bytes(8)) }

func (r *unpacker) round(unit uint64) uint64 {
	n := r.number()
	if n&1 != 0 {
		return n >> 1 * unit
	}
	return n >> 1
}

func (r *unpacker) money() pricing.Money {
	n := r.number()
	v := unzigzag(n >> 2)
	switch n & 3 {
	case 1:
		v *= roundPico
	case 2:
		hi := r.word()
		return pricing.FromPico(int64(hi), r.word())
	}
	return pricing.FromPico(v>>63, uint64(v))
}

func (r *unpacker) usage(u *usage.Usage) {
	mask := r.number()
	r.bad = r.bad || mask >= 1<<usage.NumMeters
	for ; mask != 0 && !r.bad; mask &= mask - 1 {
		u.Set(usage.Meter(bits.TrailingZeros64(mask)), int64(r.number()))
	}
}

func (r *unpacker) sessions(x *cell, start int64, want facet) {
	for n := r.number(); n > 0 && !r.bad; n-- {
		s := x.sessionOf(r.word())
		at := start
		if want&facetLongest == 0 {
			continue
		}
		for m := r.number(); m > 0 && !r.bad; m-- {
			from := at + unzigzag(r.round(milli))
			at = from + int64(r.round(milli))
			s.spans = append(s.spans, span{from, at})
		}
	}
}
