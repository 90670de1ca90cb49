package sentencepiece

import (
	"errors"
	"fmt"
)

// Errors of this package, for [errors.Is].
var (
	ErrModel       = errors.New("sentencepiece: bad model")
	ErrUnsupported = errors.New("sentencepiece: unsupported model")
)

// ModelError says what is wrong with a model file. It matches [ErrModel], or
// [ErrUnsupported] if the file is sound but not of a kind that is read here.
type ModelError struct {
	Offset      int // in bytes, of the file; −1 where there is no place to name
	Reason      string
	Unsupported bool
}

// Error implements error.
func (e *ModelError) Error() string {
	if e.Offset < 0 {
		return "sentencepiece: " + e.Reason
	}
	return fmt.Sprintf("sentencepiece: at byte %d: %s", e.Offset, e.Reason)
}

// Is reports whether the error matches [ErrModel] or [ErrUnsupported].
func (e *ModelError) Is(target error) bool {
	return target == ErrModel && !e.Unsupported || target == ErrUnsupported && e.Unsupported
}

func bad(offset int, format string, args ...any) error {
	return &ModelError{Offset: offset, Reason: fmt.Sprintf(format, args...)}
}
