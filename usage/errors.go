package usage

import (
	"errors"
	"strconv"
)

// Errors of the decoders, for [errors.Is].
var (
	// ErrMalformed is matched by every [*FieldError]: the body is not JSON, or
	// a count in it cannot be what it says.
	ErrMalformed = errors.New("usage: malformed body")
	// ErrInconsistent is matched by a [*FieldError] that reports counts which
	// contradict each other, such as more cached tokens than prompt tokens.
	ErrInconsistent = errors.New("usage: counts contradict each other")
	// ErrUnknownShape means that the body is JSON but holds no usage in a
	// shape this package knows.
	ErrUnknownShape = errors.New("usage: no known usage in this body")
	// ErrAmbiguousShape means that the usage could be that of two shapes which
	// count differently. Name the provider to settle it.
	ErrAmbiguousShape = errors.New("usage: the body fits several shapes; name the provider")
)

// FieldError says where a body is wrong. It matches [ErrMalformed], and also
// [ErrRange] (negative, or above [MaxCount]) or [ErrInconsistent] where that
// is the reason.
type FieldError struct {
	Path   string // such as "usage.prompt_tokens_details.cached_tokens"; empty when the body is not JSON
	Offset int64  // byte offset in the body, or -1 when the fault lies in several places
	Reason string // for people
	Kind   error  // ErrRange, ErrInconsistent or nil
}

// Error implements error.
func (e *FieldError) Error() string {
	b := []byte("usage: ")
	switch {
	case e.Path != "":
		b = append(append(b, e.Path...), ": "...)
	case e.Offset >= 0:
		b = append(strconv.AppendInt(append(b, "byte "...), e.Offset, 10), ": "...)
	}
	return string(append(b, e.Reason...))
}

// Is reports whether target is [ErrMalformed] or the error's own Kind.
func (e *FieldError) Is(target error) bool {
	return target == ErrMalformed || (e.Kind != nil && target == e.Kind)
}
