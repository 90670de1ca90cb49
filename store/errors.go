package store

import "errors"

// Errors of stores, for [errors.Is]. A Put that fails with ErrReadOnly, ErrClosed,
// ErrChanged or ErrStaleActivation kept nothing for certain; after any other
// error the outcome is unknown.
var (
	ErrInvalid         = errors.New("store: invalid event")
	ErrCorrupt         = errors.New("store: damaged data")
	ErrNewerFormat     = errors.New("store: written by a newer version of this library")
	ErrFull            = errors.New("store: cap reached")
	ErrClosed          = errors.New("store: closed")
	ErrReadOnly        = errors.New("store: read-only")
	ErrStaleActivation = errors.New("store: another price book was activated meanwhile")
	ErrChanged         = errors.New("store: another version of the event counts by now")
	ErrForgotten       = errors.New("store: the subject or the event was forgotten")
	ErrCompacted       = errors.New("store: the feed does not reach back that far: read the state anew")
	ErrAliasCycle      = errors.New("store: a subject would be counted as itself")
	ErrNotFound        = errors.New("store: not found")
)

// EventError says what is wrong with which event. It matches [ErrInvalid].
type EventError struct {
	Key    Key
	Field  string // such as "usage.output"
	Reason string // what is wrong and what is wanted
}

// Error implements error.
func (e *EventError) Error() string {
	return "store: event " + e.Key.Source + "/" + e.Key.ID + ": " + e.Field + ": " + e.Reason
}

// Is reports that an EventError is an [ErrInvalid].
func (e *EventError) Is(target error) bool { return target == ErrInvalid }
