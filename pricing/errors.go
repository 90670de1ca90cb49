package pricing

import (
	"errors"
	"fmt"
)

// Errors of this package, for [errors.Is].
var (
	ErrUnknownModel = errors.New("pricing: unknown model")
	ErrUnpriced     = errors.New("pricing: no rate")
	ErrInexact      = errors.New("pricing: not exact at 1e-12")
	ErrOverflow     = errors.New("pricing: amount out of range")
	ErrInvalidSheet = errors.New("pricing: invalid sheet")
	ErrSyntax       = errors.New("pricing: malformed number")
)

// errAmount is an [ErrOverflow] that names what overflowed.
func errAmount(what string) error {
	return fmt.Errorf("%w: %s beyond ±1.7e26 units", ErrOverflow, what)
}
