package pricing

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Errors of this package, for [errors.Is].
var (
	ErrUnknownModel      = errors.New("pricing: unknown model")
	ErrAmbiguousProvider = errors.New("pricing: several providers sell the model")
	ErrUnpriced          = errors.New("pricing: no rate")
	ErrInexact           = errors.New("pricing: not exact at 1e-12")
	ErrOverflow          = errors.New("pricing: amount out of range")
	ErrInvalidSheet      = errors.New("pricing: invalid sheet")
	ErrSyntax            = errors.New("pricing: malformed number")
)

// ModelError says why a call has no price or not the whole of it. It matches
// [ErrUnknownModel] if the model is in no sheet at that time (and
// [ErrAmbiguousProvider] too, if that is why), or [ErrUnpriced] if the model
// is known and meters in use have no rate.
type ModelError struct {
	Provider, Model string
	At              time.Time
	Meters          []usage.Meter // with ErrUnpriced: the meters in use that have no rate
	Err             error         // the sentinel

	book  *Book
	entry uint32 // of a model that is known, but not at that time
	fault string // of a model that is known: why there is no rate, if it is not just absent
}

// Error implements error.
func (e *ModelError) Error() string {
	var b strings.Builder
	b.WriteString(e.Err.Error())
	b.WriteString(": ")
	if e.Provider != "" {
		b.WriteString(e.Provider + "/")
	}
	fmt.Fprintf(&b, "%s at %s", e.Model, e.At.UTC().Format(time.RFC3339))
	for i, m := range e.Meters {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + m.String())
	}
	if why := e.Reason(); why != "" {
		b.WriteString(": " + why)
	}
	return b.String()
}

// Unwrap returns the sentinel.
func (e *ModelError) Unwrap() error { return e.Err }

// Is reports that an ambiguous provider is a kind of unknown model.
func (e *ModelError) Is(target error) bool {
	return target == ErrUnknownModel && errors.Is(e.Err, ErrAmbiguousProvider)
}

// SheetError says what is wrong in a sheet, and where. It matches
// [ErrInvalidSheet].
type SheetError struct {
	Sheet  string
	Model  string // provider/id of the row or name of the modifier; empty: the sheet itself
	Field  string // such as "rates.input" or "steps[0].above"
	Reason string // what is wrong and what is wanted
}

// Error implements error.
func (e *SheetError) Error() string {
	where := fmt.Sprintf("sheet %q", e.Sheet)
	if e.Model != "" {
		where += fmt.Sprintf(", %s", e.Model)
	}
	return fmt.Sprintf("%v: %s: %s: %s", ErrInvalidSheet, where, e.Field, e.Reason)
}

// Is reports that a SheetError is an [ErrInvalidSheet].
func (e *SheetError) Is(target error) bool { return target == ErrInvalidSheet }

// errAmount is an [ErrOverflow] that names what overflowed.
func errAmount(what string) error {
	return fmt.Errorf("%w: %s beyond ±1.7e26 units", ErrOverflow, what)
}
