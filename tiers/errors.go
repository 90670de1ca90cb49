package tiers

import "errors"

// Errors of this package, for [errors.Is].
var (
	ErrInvalid  = errors.New("tiers: invalid rule")
	ErrUnknown  = errors.New("tiers: fact not gathered") // a gate asks for what the facts do not hold
	ErrPanic    = errors.New("tiers: host function panicked")
	ErrOverflow = errors.New("tiers: sum overflows")
	ErrSample   = errors.New("tiers: invalid sample")
	ErrWindow   = errors.New("tiers: window not kept") // the accumulator keeps no days in that zone
)

// RuleError names the rule and the field that is at fault. It matches the
// sentinel it wraps: [ErrInvalid] at construction, [ErrUnknown] or [ErrPanic]
// when a rule cannot be decided.
type RuleError struct {
	Rule   string // the rule's id; "ladder" for a ladder without a name
	Field  string // such as "gate.all[1].metric"; empty: the rule as a whole
	Reason string // what is wrong and what is wanted
	Err    error  // one of the sentinels of this package
}

// Error implements error.
func (e *RuleError) Error() string {
	s := e.Err.Error() + ": " + e.Rule
	if e.Field != "" {
		s += ": " + e.Field
	}
	return s + ": " + e.Reason
}

// Unwrap returns the sentinel.
func (e *RuleError) Unwrap() error { return e.Err }
