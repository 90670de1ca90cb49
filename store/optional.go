package store

import (
	"context"
	"io"
	"time"
)

// Optional abilities, found with [As]. A store implements those it can do
// better than a caller could with Scan and Put.

// Snapshotter saves the whole state of a store and brings it back.
type Snapshotter interface {
	// Snapshot writes one state of the store: what is put meanwhile does not
	// show in it. Stores in the same state write the same bytes, however they
	// came to it.
	Snapshot(ctx context.Context, w io.Writer) error

	// Restore reads what Snapshot wrote into a store that is still empty, and
	// reads r to its end. It restores all or, on an error, nothing. Damaged
	// data match [ErrCorrupt], those of a later format [ErrNewerFormat].
	Restore(ctx context.Context, r io.Reader) error
}

// Pruner forgets old keys, so that a store stays bounded.
type Pruner interface {
	// Prune forgets every key whose counting version, void or not, has its At
	// before the time given, and returns how many. A forgotten key that is
	// put again is new: the caller must refuse what is that old.
	Prune(ctx context.Context, before time.Time) (int64, error)
}
