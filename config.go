package tokenomics

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// Defaults of [Config].
const (
	DefaultMaxLate   = 35 * 24 * time.Hour
	DefaultMaxFuture = 5 * time.Minute
)

// NoLimit, as MaxLate or MaxFuture, accepts events of any age: for reading
// old logs into a ledger of their own.
const NoLimit time.Duration = -1

// Config says how an [Engine] works. A nil Config, and every zero field, means
// the default.
type Config struct {
	// Book prices events. Default: pricing.Builtin().
	Book *pricing.Book

	// Books are further books that the ledger may name. They are needed only
	// for a ledger that does not carry its books: one written by an early
	// version, or copied without them. An engine keeps every book it activates
	// in the ledger, and reads from there what it lacks; if a book is neither
	// here nor there it refuses to start with ErrBookMissing.
	Books []*pricing.Book

	// Store keeps the ledger. Default: a new memstore, which is volatile. Several
	// engines may share a store that has a feed, see Engine.Run; any other has
	// one engine that writes.
	Store store.Store

	// ReadOnly makes an engine that only answers: Record fails, and the ledger's
	// price books stay as they are.
	ReadOnly bool

	// Boards are the rankings to keep. Default: [DefaultBoards].
	Boards []Board

	// Ladder gives tiers. Default: tiers.DefaultLadder().
	Ladder *tiers.Ladder

	// Titles are the rules of titles and achievements: about subjects, teams
	// (the Team of events) or the organization as a whole. Default:
	// tiers.DefaultTitles(). An empty, non-nil slice means none.
	Titles []tiers.Rule

	// OnTransition is told what subjects gain and lose, as it is announced: see
	// [Engine.Announcements]. It is called by whoever calls Advance or Awards,
	// with no lock held, one call at a time, and may call the engine. If it
	// panics that is among [Engine.Faults], and nothing else is lost.
	OnTransition func(tiers.Transition)

	// Announcements is how many announcements are kept. Default:
	// [DefaultAnnouncements].
	Announcements int

	// MaxLate is how old the event of a new key may be. Default 35 days;
	// NoLimit accepts any age.
	MaxLate time.Duration

	// MaxFuture is how far ahead of the clock the event of a new key may be.
	// Default 5 minutes; NoLimit accepts any time.
	MaxFuture time.Duration

	// MaxSubjects bounds how many subjects the boards know, so that made-up names
	// cannot fill the memory: the events of new keys of one more are Refused. Each
	// takes its name and, with the default boards, some 1.5 kB; those who have
	// left the boards are forgotten when these are made anew, as on a start.
	// Default: 0, no bound.
	MaxSubjects int

	// Logger hears what a host may want to know: that writes and upkeep fail,
	// that boards are made anew, that people were forgotten, how much was
	// imported, that prices are old. It never sees a subject, nor a key: errors
	// are told by their kind alone. Its handler must not call the engine.
	// Default: nobody hears.
	Logger *slog.Logger

	// WarnAge is how old a sheet of the price book may be before Logger is told,
	// once a day: of each sheet that priced something this engine was given, and of
	// the book, if its newest sheet is that old. Default: 90 days; NoLimit never
	// warns. Stats.BookAge says how old the newest is.
	WarnAge time.Duration

	// Upkeep says what Engine.Run does, and how often.
	Upkeep Upkeep

	// Now is the clock. Default: time.Now. The engine reads no other.
	Now func() time.Time
}

// Metric says what a board adds up.
type Metric uint8

// The metrics. The zero Metric is ByTokens.
const (
	ByTokens Metric = iota // all tokens, cache and reasoning included
	ByCost                 // exact list cost, in nano-units of the book's currency
	ByOutput               // generated tokens, reasoning included
	ByFresh                // tokens less cache reads
	ByCalls                // calls; an aggregate counts its Requests
)

var metricNames = [...]string{"tokens", "cost", "output", "fresh", "calls"}

// String returns "tokens", "cost", "output", "fresh" or "calls".
func (m Metric) String() string {
	if int(m) < len(metricNames) {
		return metricNames[m]
	}
	return fmt.Sprintf("metric(%d)", uint8(m))
}

// ParseMetric is the inverse of [Metric.String].
func ParseMetric(s string) (Metric, error) {
	for m, n := range metricNames {
		if n == s {
			return Metric(m), nil
		}
	}
	return 0, &ConfigError{"Boards.By", fmt.Sprintf("is %q, want tokens, cost, output, fresh or calls", s)}
}

// Board says which ranking to keep: what is added up over which window.
type Board struct {
	Name   string      // how Top and the others name it; unique and not empty
	Window rank.Window // zero: rank.Rolling30d
	By     Metric
	Ties   rank.Ties // zero: competition ranks, 1 2 2 4

	// Of is what the board ranks: the zero Dimension is [BySubject]. A board of
	// teams, workflows, models, providers or values of a label ranks what each
	// event names; events that name none are on no row.
	Of Dimension

	// Per keeps, beside the board, one for each team, model, workflow, provider,
	// subject or value of a label: its segments, which [Within] names. An event
	// belongs to the segment it names itself, whatever others of its subject
	// name: who changes teams keeps the past in the old one. A segment takes
	// two kilobytes, three by cost, and some 30 bytes a row and active day.
	Per []Dimension

	// MaxSegments bounds the segments by each dimension. Default: 10,000. Those
	// that are kept stay exact; to ask for one that is not is an error, until
	// there are less than half as many.
	MaxSegments int

	// History is how many past steps AsOf can look back. Default: 1.
	History int

	// Score, if set, replaces By: it returns what one event adds. It must be a
	// pure function of the event, since an event that is corrected is scored
	// again to take back what it added. It is never called for voids. It must not
	// call the engine: others, and a rebuild of the boards, may wait for it.
	Score func(*Event) int64
}

// DefaultBoards returns the boards of the default configuration: the trailing
// 30 days, by day, as "tokens-30d", "cost-30d", "output-30d" and "fresh-30d".
func DefaultBoards() []Board { return BoardsOver(rank.Rolling30d, "30d") }

// BoardsOver returns boards by tokens, cost, output and fresh tokens over one
// window, named by metric, a dash and the suffix, each kept per the dimensions.
func BoardsOver(w rank.Window, suffix string, per ...Dimension) []Board {
	var bs []Board
	for _, m := range []Metric{ByTokens, ByCost, ByOutput, ByFresh} {
		bs = append(bs, Board{Name: m.String() + "-" + suffix, Window: w, By: m, Per: per})
	}
	return bs
}
