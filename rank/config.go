package rank

import "fmt"

// Config says what a [Board] ranks and how. The zero value of every field but
// Window is a default.
type Config struct {
	Window Window // required
	Ties   Ties   // Competition by default

	// History is how many steps back [Board.AsOf] can look. 0 means 1 step: the
	// ranks of yesterday, on a board of days.
	History int

	// Names are the subjects, shared by several boards. nil: the board's own.
	Names *Names

	// Scorer turns the sum of a step into its score. nil: the score is the sum.
	Scorer Scorer

	// CountHidden keeps the place of hidden subjects in every rank: the others
	// stand where they would stand if nobody were hidden.
	CountHidden bool
}

// Ties says which ranks equal scores get. All rank calls of a board use the same
// rule. Within a score, rows are listed by the bytes of the subject.
type Ties uint8

const (
	Competition  Ties = iota // 1, 2, 2, 4
	Dense                    // 1, 2, 2, 3
	Ordinal                  // 1, 2, 3, 4
	FirstReached             // 1, 2, 3, 4; ahead is whose last step with a score is older, then by subject
)

// String returns the name of the rule in lower case.
func (t Ties) String() string {
	switch t {
	case Competition:
		return "competition"
	case Dense:
		return "dense"
	case Ordinal:
		return "ordinal"
	case FirstReached:
		return "first-reached"
	}
	return fmt.Sprintf("Ties(%d)", uint8(t))
}

// Validate reports what is wrong with a configuration, as an [*Error] that
// matches [ErrInvalidConfig].
func (c *Config) Validate() error {
	if err := c.Window.Validate(); err != nil {
		return err
	}
	fail := func(reason string, args ...any) error {
		return &Error{Op: "new", Err: ErrInvalidConfig, Reason: fmt.Sprintf(reason, args...)}
	}
	switch {
	case c.Ties > FirstReached:
		return fail("%v is no tie rule", c.Ties)
	case c.History < 0 || c.History > MaxSteps:
		return fail("history of %d steps, want 0 (for 1) to %d", c.History, MaxSteps)
	}
	if reason := c.Scorer.fault(); reason != "" {
		return fail("%s", reason)
	}
	return nil
}

func (c *Config) history() int {
	if c.History == 0 {
		return 1
	}
	return c.History
}
