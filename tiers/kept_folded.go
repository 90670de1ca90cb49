package tiers

import (
	"math/bits"

	"github.com/tokenomics-go/tokenomics/usage"
)

// What no rule tells apart is kept as one: meters that are in the same sums,
// hours of the day that are in the same spans.

// meterSums are the sums of meters that rules can look at.
var meterSums = [...]struct {
	facet facet
	of    func(*usage.Usage) int64
}{
	{facetTokens, (*usage.Usage).Tokens},
	{facetFresh, (*usage.Usage).Fresh},
	{facetCacheReads, (*usage.Usage).CacheReads},
	{facetCacheWrites, (*usage.Usage).CacheWrites},
	{facetGenerated, (*usage.Usage).Generated},
	{facetPrompt, (*usage.Usage).Prompt},
}

// folding says as which meter each meter is counted; -1: not at all.
type folding [usage.NumMeters]int8

// foldingOf returns the folding that keeps what some facets are made of.
func (k *Keeper) foldingOf(want facet) *folding {
	want &= facetsOfUsage
	if f, ok := k.foldings[want]; ok {
		return f
	}
	f := new(folding)
	first := map[uint64]int8{0: -1}
	for m := range f {
		var u usage.Usage
		u.Set(usage.Meter(m), 1)
		var sums uint64
		for i, s := range meterSums {
			if want&s.facet != 0 && s.of(&u) != 0 {
				sums |= 1 << i
			}
		}
		if want&facetMeters != 0 && k.needs.meters&(1<<m) != 0 {
			sums |= 1 << (len(meterSums) + m)
		}
		as, ok := first[sums]
		if !ok {
			as = int8(m)
			first[sums] = as
		}
		f[m] = as
	}
	k.foldings[want] = f
	return f
}

// fold adds meters up that are kept as one.
func (f *folding) fold(u *usage.Usage) (v [usage.NumMeters]int64) {
	for m, n := range u.Vector() {
		if as := f[m]; n != 0 && as >= 0 {
			v[as] += n
		}
	}
	return v
}

// foldHours finds out which hours of the day are told apart: slots holds the
// first of each group, hours the group of each.
func (k *Keeper) foldHours() {
	groups := []uint32{1<<24 - 1}
	for _, set := range k.needs.hours {
		var parts []uint32
		for _, g := range groups {
			for _, part := range [...]uint32{g & set, g &^ set} {
				if part != 0 {
					parts = append(parts, part)
				}
			}
		}
		groups = parts
	}
	for i, g := range groups {
		k.slots = append(k.slots, bits.TrailingZeros32(g))
		for ; g != 0; g &= g - 1 {
			k.hours[bits.TrailingZeros32(g)] = i
		}
	}
}
