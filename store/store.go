package store

import (
	"context"
	"iter"
	"time"
)

// Status says what became of one event that was put or recorded.
type Status uint8

// The statuses. The zero value is never returned.
const (
	_           Status = iota
	Accepted           // a new key; it counts
	Superseding        // a greater version of a known key; it counts
	Duplicate          // the very version that counts already
	Stale              // a lesser version of a known key; it does not count
	Conflict           // same trust and revision as the counting version, other content; Counts says which one counts
	TooLate            // a new key older than the engine accepts
	TooEarly           // a new key further in the future than the engine accepts
	Invalid            // malformed; see the error
	Refused            // a cap was reached, or the subject was forgotten
	Dropped            // an asynchronous recorder had no room

	numStatuses
)

// NumStatuses is the number of statuses, the unused zero included.
const NumStatuses = int(numStatuses)

var statusNames = [...]string{"", "accepted", "superseding", "duplicate", "stale", "conflict",
	"toolate", "tooearly", "invalid", "refused", "dropped"}

// String returns the status in one lower-case word, such as "accepted".
func (s Status) String() string { return name(statusNames[:], int(s)) }

// MarshalText implements [encoding.TextMarshaler].
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Change says what a Put did for one entry.
type Change struct {
	Status Status
	Counts bool   // the entry put is the version that counts now
	Before *Entry // the version that counted until now, nil for a new key; the caller must not modify it
	Err    error  // with Invalid and Refused: why

	// Seq is where the store's feed tells of this change: see [Follower]. It is
	// 0 if nothing moved or the store has no feed. Changes of one key by one
	// Put may share a Seq: the feed then tells of them as one move, from what
	// counted before the batch to what counts after it.
	Seq int64
}

// Query selects entries to scan. The zero Query selects everything.
type Query struct {
	From    time.Time // inclusive, on event time; zero: since ever
	To      time.Time // exclusive; zero: for ever
	Subject string    // empty: of every subject
	Voids   bool      // voids too, which count but add nothing: for copies of the ledger
}

// Selects reports whether the query selects an entry, if it is the version that
// counts.
func (q *Query) Selects(e *Entry) bool {
	return (q.Voids || !e.Void) && (q.Subject == "" || q.Subject == e.Subject) &&
		(q.From.IsZero() || !e.At.Before(q.From)) && (q.To.IsZero() || e.At.Before(q.To))
}

// Store keeps the ledger: for every key the version that counts, and the
// activations of price books. Implementations are safe for concurrent use and
// are proved by storetest.Run.
//
// The engine promises: entries are valid by [Validate], their At is in UTC,
// and slices are not modified while a call runs. A store must not keep the
// slices it is given, nor any string's surrounding memory it does not own.
type Store interface {
	// Put offers versions, in order, and returns one Change for each. It is
	// atomic: all of the batch is kept or, on an error, none of it. On a nil
	// error a durable store survives kill -9. After an error the outcome is
	// unknown, unless it matches [ErrReadOnly], [ErrClosed] or
	// [ErrStaleActivation], and the caller retries with the same entries.
	//
	// Of one key the version that is greatest by [Compare] counts. A void is
	// remembered like any version. Putting the very version that counts again
	// is a Duplicate; if its Activation is greater than the stored one, its
	// price replaces the stored price, and Counts is true.
	//
	// If an entry was priced by an activation that a later one hides, the error
	// matches [ErrStaleActivation] and nothing is kept: see [Overtaken]. Judging
	// that and keeping the batch is one step: no activation comes between.
	Put(ctx context.Context, entries []Entry) ([]Change, error)

	// Get returns the counting versions of the keys that are known, voids
	// included, in the order of keys; unknown keys are left out.
	Get(ctx context.Context, keys []Key) ([]Entry, error)

	// Scan yields the counting versions that the query selects, voids only
	// if it says so, ordered by At, then Source, then ID. It sees one state of the
	// store: entries put after it began do not appear. On an error it yields
	// the error once and stops. It may be run again.
	Scan(ctx context.Context, q Query) iter.Seq2[Entry, error]

	// Activate appends an activation, its Sheets included, and returns it with
	// its Seq. The first argument expected is the Seq of the last activation the caller has seen
	// (0: none): if another one was appended meanwhile the result matches
	// [ErrStaleActivation] and nothing is written.
	Activate(ctx context.Context, expected int64, a Activation) (Activation, error)

	// Activations returns all activations by Seq.
	Activations(ctx context.Context) ([]Activation, error)
}

// Durable is implemented by stores that can say whether a nil error from Put
// survives kill -9. A store without it is volatile.
type Durable interface{ Durable() bool }

// As finds an optional ability of s, looking through wrappers that have an
// Unwrap() Store method, as errors.As does.
func As[T any](s Store) (T, bool) {
	for s != nil {
		if t, ok := s.(T); ok {
			return t, true
		}
		u, ok := s.(interface{ Unwrap() Store })
		if !ok {
			break
		}
		s = u.Unwrap()
	}
	var zero T
	return zero, false
}
