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
	want := facet(r.number())
	for n := r.number(); n > 0 && !r.bad; n-- {
		zone := uint64(0)
		if len(a.cals) > 1 {
			zone = r.number()
		}
		head := r.number()
		if zone >= uint64(len(a.cals)) || r.bad {
			return false
		}
		x := a.cell(a.cals[zone], day+Day(unzigzag(head>>10)), class(head&(1<<10-1)))
		if x.events == 0 {
			k.unpackCell(&r, x, day, want)
			continue
		}
		k.spare.reset(x.day, x.class)
		k.unpackCell(&r, &k.spare, day, want)
		a.fail(x.merge(&k.spare, &a.needs))
	}
	return !r.bad
}

func (k *Keeper) unpackCell(r *unpacker, x *cell, day Day, want facet) {
	x.events = int64(r.number())
	if want&facetCalls != 0 {
		x.calls = x.events + int64(r.number())
	}
	if want&facetMeters != 0 {
		r.usage(&x.usage)
		x.tokens, x.fresh, x.cacheReads = x.usage.Tokens(), x.usage.Fresh(), x.usage.CacheReads()
		x.generated, x.prompt = x.usage.Generated(), x.usage.Prompt()
	} else {
		for _, n := range x.daily(want) {
			*n = int64(r.number())
		}
	}
	if want&facetCost != 0 {
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
		r.hours(&x.hours)
	}
	if want&facetModels != 0 {
		k.unpackModels(r, x)
	}
	if want&facetSessions != 0 {
		r.sessions(x, startOf(day))
	}
	if want&facetWorkflows != 0 {
		for n := r.number(); n > 0 && !r.bad; n-- {
			x.workflow(r.word())
		}
	}
}

func (k *Keeper) unpackModels(r *unpacker, x *cell) {
	for n := r.number(); n > 0 && !r.bad; n-- {
		head := r.number()
		if head>>1 >= uint64(len(k.models)) {
			r.bad = true
			return
		}
		name := k.models[head>>1]
		m := ModelFacts{Provider: name.provider, Model: name.model, Calls: int64(r.number()), Tokens: int64(r.number()), Cost: r.money()}
		if head&1 != 0 {
			m.Unpriced = int64(r.number())
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

func (r *unpacker) hours(hours *[24]int64) {
	b := r.bytes(3)
	mask := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	for ; mask != 0 && !r.bad; mask &= mask - 1 {
		hours[bits.TrailingZeros32(mask)] = int64(r.number())
	}
}

func (r *unpacker) sessions(x *cell, start int64) {
	for n := r.number(); n > 0 && !r.bad; n-- {
		s := x.sessionOf(r.word())
		at := start
		for m := r.number(); m > 0 && !r.bad; m-- {
			from := at + unzigzag(r.round(milli))
			at = from + int64(r.round(milli))
			s.spans = append(s.spans, span{from, at})
		}
	}
}
