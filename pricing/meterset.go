package pricing

import (
	"math/bits"

	"github.com/tokenomics-go/tokenomics/usage"
)

// meterSet is a set of meters, one bit each.
type meterSet uint32

// All meters must fit the bits: this does not compile otherwise.
var _ [32 - usage.NumMeters]struct{}

const (
	hotMeters   = 8 // Input to Reasoning: the meters of text, which nearly every call has alone
	hotSet      = meterSet(1)<<hotMeters - 1
	tokenMeters = meterSet(1)<<(usage.VideoCacheRead+1) - 1
	allMeters   = meterSet(1)<<usage.NumMeters - 1
)

func setOf(m usage.Meter) meterSet { return 1 << m }

func (s meterSet) has(m usage.Meter) bool { return s>>m&1 != 0 }

// list returns the members in the order of the meters; nil if there are none.
func (s meterSet) list() []usage.Meter {
	if s == 0 {
		return nil
	}
	l := make([]usage.Meter, 0, bits.OnesCount32(uint32(s)))
	for ; s != 0; s &= s - 1 {
		l = append(l, usage.Meter(bits.TrailingZeros32(uint32(s))))
	}
	return l
}

// usedMeters returns the meters that are not zero.
func usedMeters(u *usage.Usage) meterSet { return meterSet(u.Used()) }
