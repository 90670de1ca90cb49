package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Key identifies a call. Source is the namespace of the id ("anthropic",
// "openai", the host's own), not the collector, so that a log line and a
// gateway's record of one call meet.
type Key struct{ Source, ID string }

// Event is one version of what is known about one call. Of all versions of a
// key exactly one counts, by the law of revisions: see [Compare].
type Event struct {
	Source   string // namespace of ID; required
	ID       string // unique in Source; required
	Revision int64  // a higher one replaces a lower one; readers of cumulative sources use the cumulative output
	Void     bool   // the call does not count; wins over a use of the same revision

	Subject string // whom the call is counted for; required unless Void
	pricing.Call

	Session  string
	Workflow string
	Team     string
	Labels   Labels

	Actor Actor
	Trust Trust
	Flags Flags

	ReportedCost *pricing.Money // what the provider said it charged; kept for reconciliation, never summed
}

// Key returns the event's key.
func (e *Event) Key() Key { return Key{e.Source, e.ID} }

// Label is one of a few registered facts about a call, such as its project.
type Label struct{ Key, Value string }

// Labels is a short list of labels, sorted by key, at most [MaxLabels] long.
type Labels []Label

// Get returns the value of a label and whether it is there.
func (l Labels) Get(key string) (string, bool) {
	for _, x := range l {
		if x.Key == key {
			return x.Value, true
		}
	}
	return "", false
}

// Actor says who caused the call.
type Actor uint8

// The actors.
const (
	UnknownActor Actor = iota
	Human
	Automation
)

var actorNames = [...]string{"", "human", "automation"}

// String returns "", "human" or "automation".
func (a Actor) String() string { return name(actorNames[:], int(a)) }

// MarshalText implements [encoding.TextMarshaler].
func (a Actor) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *Actor) UnmarshalText(b []byte) error {
	i, err := index("actor", actorNames[:], b)
	*a = Actor(i)
	return err
}

// Trust says how a version came to be known. Of two versions of one key the
// more trusted counts, whatever their revisions.
type Trust uint8

// The levels of trust, rising.
const (
	SelfReported Trust = iota // somebody says so
	ClientLog                 // read from a log on the user's machine
	Gateway                   // seen by a gateway as it passed
	Vendor                    // from the provider's own usage report
)

var trustNames = [...]string{"self_reported", "client_log", "gateway", "vendor"}

// String returns "self_reported", "client_log", "gateway" or "vendor".
func (t Trust) String() string { return name(trustNames[:], int(t)) }

// MarshalText implements [encoding.TextMarshaler].
func (t Trust) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. An empty text is
// SelfReported.
func (t *Trust) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = SelfReported
		return nil
	}
	i, err := index("trust", trustNames[:], b)
	*t = Trust(i)
	return err
}

// Flags qualify an event's counts.
type Flags uint8

// The flags.
const (
	FlagPartial    Flags = 1 << iota // the response was cut short: counts are a lower bound
	FlagEstimated                    // counts were estimated, not reported
	FlagBackfilled                   // entered by a backfill, past the acceptance window

	allFlags = FlagPartial | FlagEstimated | FlagBackfilled
)

var flagNames = [...]string{"partial", "estimated", "backfilled"}

// Names returns the flags by name, such as "partial"; nil for none.
func (f Flags) Names() (names []string) {
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// ParseFlags is the inverse of [Flags.Names]. A name that is none matches
// [ErrInvalid].
func ParseFlags(names []string) (f Flags, err error) {
	for _, name := range names {
		i, err := index("flag", flagNames[:], []byte(name))
		if err != nil {
			return 0, err
		}
		f |= 1 << i
	}
	return f, nil
}

// Entry is an event and its price under one activation of a price book. The
// price is derived from the event and is no part of its identity. All amounts
// fit two columns: see [pricing.Money.FitsColumns].
type Entry struct {
	Event
	Cost       pricing.Money  // exact, or the lower bound where High is greater
	High       pricing.Money  // upper bound; equals Cost unless the call is an aggregate priced by context steps
	Status     pricing.Status // how much of the call has a price
	Activation int64          // sequence number of the activation that priced it; see [Activation]
}

// Clone returns a copy that shares nothing with e, nil of nil: a store keeps no
// slice that it is given and gives none that it keeps.
func (e *Entry) Clone() *Entry {
	if e == nil {
		return nil
	}
	c := *e
	c.Event = e.Event.Clone()
	return &c
}

// Clone returns a copy that shares nothing with e that anybody may modify.
func (e *Event) Clone() Event {
	c := *e
	c.Labels = slices.Clone(e.Labels)
	if e.ReportedCost != nil {
		m := *e.ReportedCost
		c.ReportedCost = &m
	}
	return c
}

// Activation says which price book prices which span of event time. The book
// of an event is that of the recorded activation with the greatest Seq whose
// span holds the event's At, whoever took the event and whenever it arrived.
type Activation struct {
	Seq   int64     // assigned by the store: 1, 2, 3, …
	From  time.Time // inclusive; zero: since ever
	Until time.Time // exclusive; zero: for ever
	Book  string    // the book's version
	Note  string    // why, for people

	// Sheets is the book itself, as pricing.Book.MarshalBinary writes it, so
	// that an instance that lacks the book reads it from the ledger. It is
	// empty where an earlier activation of the same Book carries it, and where
	// whoever activated the book did not give it.
	Sheets []byte
}

// Covers reports whether the activation's span holds at.
func (a *Activation) Covers(at time.Time) bool {
	return (a.From.IsZero() || !at.Before(a.From)) && (a.Until.IsZero() || at.Before(a.Until))
}

func name(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}

func index(what string, names []string, b []byte) (int, error) {
	for i, n := range names {
		if n == string(b) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%w: unknown %s %q", ErrInvalid, what, b)
}
