package rank

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What can be wrong. Every error of this package is an [*Error] or a
// [*BatchError] and matches one of these with [errors.Is].
var (
	ErrInvalidConfig   = errors.New("invalid configuration")
	ErrInvalidSubject  = errors.New("invalid subject")
	ErrUnknownID       = errors.New("unknown subject id")
	ErrOutsideWindow   = errors.New("outside the window")
	ErrOutsideHistory  = errors.New("outside the history kept")
	ErrOverflow        = errors.New("score overflow")
	ErrFull            = errors.New("no ids left")
	ErrInvalidCursor   = errors.New("invalid cursor")
	ErrSnapshot        = errors.New("damaged snapshot")
	ErrSnapshotVersion = errors.New("snapshot of another version")
	ErrSnapshotConfig  = errors.New("snapshot of another configuration")
)

// Error says what was refused and why. Whatever returned it left the board as
// it was.
type Error struct {
	Op      string    // the call: "add", "advance", "restore", …
	Subject string    // whose score it was, if the call had a subject
	At      time.Time // the time that was refused, if it was about a time
	Reason  string    // what to change, in words
	Err     error     // one of the Err… values
}

// Error implements error.
func (e *Error) Error() string {
	var s strings.Builder
	s.WriteString("rank: " + e.Op)
	if e.Subject != "" {
		fmt.Fprintf(&s, " %q", e.Subject)
	}
	if !e.At.IsZero() {
		s.WriteString(" at " + e.At.UTC().Format(time.RFC3339Nano))
	}
	s.WriteString(": " + e.Err.Error())
	if e.Reason != "" {
		s.WriteString(": " + e.Reason)
	}
	return s.String()
}

// Unwrap returns the sentinel.
func (e *Error) Unwrap() error { return e.Err }

// BatchError lists the items of a batch that were refused; all others were
// applied.
type BatchError struct {
	Failed []ItemError // in the order of the batch
}

// ItemError is the refusal of one item of a batch.
type ItemError struct {
	Index int // place in the batch, from 0
	Err   error
}

// Error implements error.
func (e *BatchError) Error() string {
	if len(e.Failed) == 1 {
		return fmt.Sprintf("rank: item %d of the batch: %v", e.Failed[0].Index, e.Failed[0].Err)
	}
	return fmt.Sprintf("rank: %d items of the batch were refused, the first is item %d: %v",
		len(e.Failed), e.Failed[0].Index, e.Failed[0].Err)
}

// Unwrap returns the errors of the items, so that errors.Is finds any of them.
func (e *BatchError) Unwrap() []error {
	errs := make([]error, len(e.Failed))
	for i, f := range e.Failed {
		errs[i] = f.Err
	}
	return errs
}
