package tokenomics

import (
	"context"
	"hash/maphash"
	"math/bits"
)

// lanes keep two writes of one key from overlapping between the store and the
// boards: the second would take a version off the boards that they do not show
// yet. A write holds the lanes of its keys from before the store sees it until
// the boards show it; a rebuild holds all of them.
type lanes struct {
	seed maphash.Seed
	lane [64]chan struct{} // full while it is held
}

// set is a set of lanes, one bit each.
type set uint64

const allLanes = ^set(0)

func newLanes() *lanes {
	l := &lanes{seed: maphash.MakeSeed()}
	for i := range l.lane {
		l.lane[i] = make(chan struct{}, 1)
	}
	return l
}

func (l *lanes) of(k Key) set {
	return 1 << (maphash.Comparable(l.seed, k) % 64)
}

// enter takes lanes in their order, so that no two writes wait for each other.
// On an error, that of ctx, it holds none.
func (l *lanes) enter(ctx context.Context, s set) error {
	for left := s; left != 0; left &= left - 1 {
		lane := l.lane[bits.TrailingZeros64(uint64(left))]
		select {
		case lane <- struct{}{}:
			continue
		default:
		}
		select {
		case lane <- struct{}{}:
		case <-ctx.Done():
			l.leave(s &^ left)
			return ctx.Err()
		}
	}
	return nil
}

func (l *lanes) leave(s set) {
	for ; s != 0; s &= s - 1 {
		<-l.lane[bits.TrailingZeros64(uint64(s))]
	}
}
