package tokenomics

import (
	"hash/maphash"
	"math/bits"
	"sync"
)

// lanes keep two writes of one key from overlapping between the store and the
// boards: the second would take a version off the boards that they do not show
// yet. A write holds the lanes of its keys from before the store sees it until
// the boards show it; a rebuild holds all of them.
type lanes struct {
	seed maphash.Seed
	lane [64]sync.Mutex
}

// set is a set of lanes, one bit each.
type set uint64

const allLanes = ^set(0)

func newLanes() *lanes { return &lanes{seed: maphash.MakeSeed()} }

func (l *lanes) of(k Key) set {
	return 1 << (maphash.Comparable(l.seed, k) % 64)
}

// enter locks lanes in their order, so that no two writes wait for each other.
func (l *lanes) enter(s set) {
	for ; s != 0; s &= s - 1 {
		l.lane[bits.TrailingZeros64(uint64(s))].Lock()
	}
}

func (l *lanes) leave(s set) {
	for ; s != 0; s &= s - 1 {
		l.lane[bits.TrailingZeros64(uint64(s))].Unlock()
	}
}
