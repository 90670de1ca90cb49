package store

import (
	"context"
	"iter"
)

// Follower is implemented by stores that several instances share. Each of them
// learns what the others did by following the store's feed: every change that
// was committed, in one order that all instances see alike.
//
// A reader starts with [Follower.ScanAt], which gives a state and its position,
// and then asks Follow for what came after. At one position all readers have
// the same state.
type Follower interface {
	// Head returns the position of the last change committed, 0 in a new
	// ledger. Positions rise, not always by one. Nothing at or before a
	// position that was returned appears later: a write under way has no
	// position yet.
	Head(ctx context.Context) (int64, error)

	// Follow yields the moves committed after a position, by position, up to
	// the head of the moment; it does not wait for more. If the feed does not
	// reach back that far it yields an error that matches [ErrCompacted]: the
	// caller reads the state anew. On an error it yields the error once and
	// stops.
	//
	// Of a key that moved several times the feed may leave out moves between,
	// if what is left is a chain: a move's Before is always what the last move
	// of that key that was yielded, or the state the reader started from, had
	// as After. Each version that is left out is of the subject, team and UTC day
	// of the Before or the After of the move it is left out of: for whoever read
	// it in the ledger before the feed told of it.
	Follow(ctx context.Context, after int64) iter.Seq2[Move, error]

	// ScanAt is Scan, and the position of the very state it sees: *head is set
	// before the first entry is yielded, and also if there is none. Nothing is
	// held before the sequence runs nor after it ended.
	ScanAt(ctx context.Context, q Query, head *int64) iter.Seq2[Entry, error]
}

// Move is one change in a feed. What [Pruner] forgets makes no move: it is
// older than what readers show.
type Move struct {
	Seq int64 // its position

	// What counted for the key before and what counts now, as in a [Change]:
	// voids included, Before nil for a new key. They are the caller's. Both are
	// nil where one of the following is set.
	Before, After *Entry

	// Subjects were renamed or forgotten: whoever knows them by name reads the
	// aliases and the state anew.
	Subjects bool

	// Books: a price book was activated.
	Books bool
}

// Compactor is implemented by stores that keep what their feed needs until
// they are told otherwise, or sums that make reading them quick.
type Compactor interface {
	// Compact brings the sums the store keeps up to date, and forgets what only
	// readers at positions before until would ask for. It has no effect on
	// what counts. It may be called at any time by any instance; while it runs,
	// writers may wait for it a few milliseconds at a time.
	Compact(ctx context.Context, until int64) error
}

// Checkpointer is implemented by stores that keep named blobs beside the
// ledger: an engine's boards, so that it reopens from there and follows the
// feed from the blob's position on. They are durable as entries are.
// [Eraser.Forget] deletes them all.
type Checkpointer interface {
	// SaveCheckpoint replaces the blob of a name, unless the one that is there
	// has a greater head. All of it is kept or, on an error, none.
	SaveCheckpoint(ctx context.Context, name string, head int64, data []byte) error

	// LoadCheckpoint returns the blob of a name. An unknown name is an error
	// that matches [ErrNotFound].
	LoadCheckpoint(ctx context.Context, name string) (head int64, data []byte, err error)
}
