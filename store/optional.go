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

// Exchanger corrects what nobody else corrected meanwhile: so that of several
// engines over one ledger that amend one call at the same moment, each makes its
// correction of what the others left, and none is lost.
type Exchanger interface {
	// Exchange is Put of one version if known is the very version that counts for
	// its key, as by [Compare]. If another one does by now, or none, the error
	// matches [ErrChanged] and nothing is kept. Judging that and keeping the
	// version is one step.
	Exchange(ctx context.Context, known *Event, e Entry) (Change, error)
}

// Pruner forgets old keys, so that a store stays bounded.
type Pruner interface {
	// Prune forgets every key whose counting version, void or not, has its At
	// before the time given, and returns how many. A forgotten key that is
	// put again is new: the caller must refuse what is that old.
	Prune(ctx context.Context, before time.Time) (int64, error)
}
