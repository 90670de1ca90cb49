package dashboard

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Defaults of [Options] and [Privacy].
const (
	DefaultEvery    = 15 * time.Minute
	DefaultRows     = 250
	DefaultMinGroup = 10
	DefaultDigits   = 2
	DefaultLeast    = 1_000_000
	MinKey          = 32 // bytes of Privacy.Key
)

// Options say how a dashboard works. Authorize is required; the zero value of
// every other field is the default.
type Options struct {
	// Authorize says who is asking. An error means no page: 401 if it matches
	// [ErrUnauthenticated], 403 otherwise; its text goes to Log only. It is
	// called for every request but those for stylesheet and script.
	Authorize func(*http.Request) (Viewer, error)

	// Privacy says what others see of somebody.
	Privacy Privacy

	// Every is the time from one edition to the next. Default 15 minutes.
	Every time.Duration

	// Rows is how many rows a board lists. Default 250.
	Rows int

	// Title is the name of the paper. Default: "The Token Almanac", in the
	// language of the page.
	Title string

	// Prefix is where the handler is mounted, such as "/board/". It is needed
	// only behind routers that neither set Request.Pattern, as http.ServeMux
	// does, nor strip the prefix.
	Prefix string

	// Live offers pages a stream of server-sent events that tells them of a new
	// edition, with a small script that listens. Streams end with the server's
	// WriteTimeout unless that is 0, and browsers come back.
	Live bool

	// MaxStreams bounds the streams open at once. Default 1000.
	MaxStreams int

	// PublicBadge serves badge.svg to everybody, without Authorize: it tells
	// the rounded sum of the first board and nothing else.
	PublicBadge bool

	// Contracted is a price book of the rates that were agreed on: the page of
	// costs shows them beside list prices. It must have the ledger's currency.
	Contracted *pricing.Book

	// Languages are added to English and German, or replace them by Tag.
	Languages []Language

	// AccessLog is told of every page that was asked for by an authorized
	// viewer, after it was served. It must not block for long.
	AccessLog func(Access)

	// Log takes faults. Default: none are logged.
	Log *slog.Logger
}

// Naming says how the rows of others are called.
type Naming uint8

// The ways to name rows.
const (
	// Named shows everybody by name: for companies that have agreed to that.
	Named Naming = iota
	// Pseudonyms shows a pseudonym instead: a keyed hash, another one on each
	// board and in each period, so that neither boards nor months can be joined.
	Pseudonyms
	// OptIn shows by name who has consented and nobody else.
	OptIn
)

// Privacy says what others see of somebody. The zero Privacy shows names, with
// rounded figures, and hides groups of fewer than ten people.
type Privacy struct {
	Naming Naming

	// Key makes pseudonyms: at least 32 secret random bytes, the same on every
	// instance. Without it there are none: Naming Pseudonyms is then an error,
	// and with OptIn who has not consented is listed without any name.
	Key []byte

	// Period is how long a pseudonym holds: "month", the default, or "day",
	// "week", "year", in UTC.
	Period string

	// Consent remembers who wants to be named. Required with OptIn.
	Consent Consent

	// Digits is how many significant digits others see of a figure. Default 2;
	// Exact shows all.
	Digits int
	Exact  bool

	// Least is the least count of tokens that is told of others: what is below
	// is "less than". Default 1,000,000. Amounts of money have the least that
	// costs as much at one unit of currency per million. Negative: none.
	Least int64

	// MinGroup is of how many people a team, model or workflow must consist to
	// be shown. Default 10; 1 shows all.
	MinGroup int
}

// Language is the text of the pages in one language.
type Language struct {
	Tag   string            // BCP 47, such as "fr"
	Texts map[string]string // by the keys of texts/en.json; what is missing is English
}

// Errors, for errors.Is.
var (
	// ErrUnauthenticated is what Authorize returns, or wraps, where nobody is
	// signed in.
	ErrUnauthenticated = errors.New("dashboard: nobody is signed in")
	// ErrOptions is matched by what [Handler.Err] returns.
	ErrOptions = errors.New("dashboard: bad options")
)

// OptionsError says which field of [Options] is wrong and why. It matches
// [ErrOptions].
type OptionsError struct {
	Field, Reason string
}

// Error implements error.
func (e *OptionsError) Error() string {
	return fmt.Sprintf("dashboard: Options.%s %s", e.Field, e.Reason)
}

// Is reports that an OptionsError is an [ErrOptions].
func (e *OptionsError) Is(target error) bool { return target == ErrOptions }

// fill puts in the defaults and reports the first fault.
func (o *Options) fill() error {
	if o.Every == 0 {
		o.Every = DefaultEvery
	}
	if o.Rows == 0 {
		o.Rows = DefaultRows
	}
	if o.MaxStreams == 0 {
		o.MaxStreams = 1000
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &o.Privacy
	if p.Period == "" {
		p.Period = "month"
	}
	if p.Digits == 0 {
		p.Digits = DefaultDigits
	}
	if p.Least == 0 {
		p.Least = DefaultLeast
	}
	if p.MinGroup == 0 {
		p.MinGroup = DefaultMinGroup
	}
	if periodOf(p.Period, time.Time{}) == "" {
		return &OptionsError{"Privacy.Period", fmt.Sprintf("is %q: give day, week, month or year", p.Period)}
	}
	switch {
	case o.Authorize == nil:
		return &OptionsError{"Authorize", "is missing: there is no viewer function, so there is no page. AllowAnyone is one for demonstrations"}
	case o.Every < time.Second:
		return &OptionsError{"Every", "is less than a second: such editions would show single requests"}
	case o.Rows < 1 || o.Rows > 1000:
		return &OptionsError{"Rows", "must be from 1 to 1000"}
	case o.MaxStreams < 1:
		return &OptionsError{"MaxStreams", "must be positive"}
	case p.Naming > OptIn:
		return &OptionsError{"Privacy.Naming", "is none of Named, Pseudonyms and OptIn"}
	case len(p.Key) > 0 && len(p.Key) < MinKey:
		return &OptionsError{"Privacy.Key", "is shorter than 32 bytes"}
	case p.Naming == Pseudonyms && len(p.Key) == 0:
		return &OptionsError{"Privacy.Key", "is missing: no key, no pseudonyms"}
	case p.Naming == OptIn && p.Consent == nil:
		return &OptionsError{"Privacy.Consent", "is missing: nobody could consent"}
	case p.Digits < 1 || p.Digits > 18:
		return &OptionsError{"Privacy.Digits", "must be from 1 to 18; Exact shows all"}
	case p.MinGroup < 1:
		return &OptionsError{"Privacy.MinGroup", "must be positive"}
	}
	return nil
}
