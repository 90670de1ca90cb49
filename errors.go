package tokenomics

import (
	"errors"
	"fmt"
)

// Errors of the engine, for [errors.Is].
var (
	ErrConfig          = errors.New("tokenomics: bad configuration")
	ErrUnknownBoard    = errors.New("tokenomics: no such board")
	ErrTooManySegments = errors.New("tokenomics: more segments than Board.MaxSegments")
	ErrCursor          = errors.New("tokenomics: not a cursor of this board")
	ErrUnknownRule     = errors.New("tokenomics: no such rule")
	ErrDropped         = errors.New("tokenomics: the recorder has no room")
	ErrClosed          = errors.New("tokenomics: the recorder is closed")
	ErrNotFound        = errors.New("tokenomics: no such event")
	ErrTooLate         = errors.New("tokenomics: event is older than MaxLate allows")
	ErrTooEarly        = errors.New("tokenomics: event is further in the future than MaxFuture allows")
	ErrTooManySubjects = errors.New("tokenomics: the event is of one subject more than MaxSubjects")
	ErrConflict        = errors.New("tokenomics: same key, trust and revision, but other content")
	ErrBookMissing     = errors.New("tokenomics: the ledger is priced by a book this instance does not have")
	ErrCallback        = errors.New("tokenomics: a callback of the host panicked")
)

// ConfigError says which field of a [Config] is wrong and why. It matches
// [ErrConfig].
type ConfigError struct {
	Field  string // such as "Boards[2].Window"
	Reason string
}

// Error implements error.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("tokenomics: Config.%s %s", e.Field, e.Reason)
}

// Is reports that a ConfigError is an [ErrConfig].
func (e *ConfigError) Is(target error) bool { return target == ErrConfig }

// CallbackError reports a panic of a function the host supplied. It matches
// [ErrCallback].
type CallbackError struct {
	Name  string // what was called, such as "score of board \"commits\""
	Value any    // what it panicked with
}

// Error implements error.
func (e *CallbackError) Error() string {
	return fmt.Sprintf("tokenomics: %s panicked: %v", e.Name, e.Value)
}

// Is reports that a CallbackError is an [ErrCallback].
func (e *CallbackError) Is(target error) bool { return target == ErrCallback }
