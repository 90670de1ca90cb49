package pricing

import (
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Sheet is a price list: rows for models, and modifiers over them. Sheets are
// data. A [Book] is built of them and they may be dropped or changed after.
type Sheet struct {
	Name     string    // such as "anthropic"; shown in every cost line; required
	Source   string    // where the prices were read: a URL, a contract
	AsOf     time.Time // when they were last checked
	Currency string    // ISO 4217; empty: USD

	// Exchange converts a sheet of another currency than the book's: by the
	// rate in force at the call's instant, exactly. A call before the first
	// rate has no price by this sheet.
	Exchange []Exchange

	// Resale says that the sheet's providers sell other vendors' models, so
	// that a call which names no provider never means them.
	Resale bool

	Models     []Model
	Modifiers  []Modifier
	Allowances []Allowance
}

// Exchange is a rate of exchange from an instant on, until the next.
type Exchange struct {
	From time.Time // zero: since ever
	Rate Multiple  // units of the book's currency for one of the sheet's
}

// Model is one row of a sheet: the prices of a model at a provider for a span
// of time. A model whose prices changed has several rows, whose spans must not
// overlap within one sheet; of overlapping rows in two sheets the later
// sheet's applies.
type Model struct {
	Provider string   // short name; empty: for calls that name no provider
	ID       string   // as the provider names it; required
	Aliases  []string // other exact names of the same model, such as dated snapshots

	From, Until time.Time // the instants the row applies, From inclusive, Until exclusive; zero: open
	State       State     // Cancelled rows are kept for the record and never apply
	Source      string    // where this row was read, if not where the sheet was
	Checked     time.Time // when, if not when the sheet was
	Note        string    // for people

	// Announced and Withdrawn say when the row became known and when it was
	// taken back, for [Book.AsKnown]. Zero: known from From on, never taken
	// back.
	Announced, Withdrawn time.Time

	Rates    Rates
	Steps    []Step    // by rising threshold
	Variants []Variant // prices of other modes of service, where they are not a factor

	// BilledAs gives meters without a rate of their own the rate of another,
	// where the provider bills so: image input as text input, say. Reasoning
	// without a rate is billed as Output in any case.
	BilledAs map[usage.Meter]usage.Meter
}

// State says how certain a row is.
type State uint8

// The states of a row.
const (
	InForce   State = iota // or was, in its span
	Scheduled              // announced: it applies in its span, and cost lines say it was only announced when checked
	Cancelled              // announced and withdrawn: it never applies
)

var stateNames = [...]string{"in_force", "scheduled", "cancelled"}

// String returns "in_force", "scheduled" or "cancelled".
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// Step replaces the rates of the whole call, output included, where the
// prompt is larger than a threshold. The prompt is all prompt tokens of every
// modality, cache reads and writes included ([usage.Usage.Prompt]).
type Step struct {
	Above     int64 // in tokens
	Inclusive bool  // a prompt of exactly Above tokens is above

	// Rates in force above the threshold. Every token meter that has a rate
	// below it needs one here; other meters keep theirs if it is absent.
	Rates Rates
}

// Variant replaces the rates of calls served in another mode, such as
// Anthropic's fast mode. Absent token rates are not known; other meters keep
// the rates of the row.
type Variant struct {
	Name     string   // shown in cost lines; required
	Modes    []string // the served Tier or Speed it prices; required
	Rates    Rates
	Steps    []Step
	Excludes []string // modifiers that cannot go with it: the combination has no price
}

// Modifier multiplies rates where its conditions hold: batch and priority
// service, geography, peak hours, or a negotiated discount. All conditions
// that are set must hold. Modifiers compose by multiplication, whatever their
// order. In a [Book], a modifier of the same Provider and Name from a later
// sheet replaces the earlier ones.
type Modifier struct {
	Name     string   // shown in cost lines; required
	Provider string   // empty: every provider
	Models   []string // exact IDs, with aliases not resolved; empty: every model
	Source   string
	Note     string

	From, Until time.Time // as in Model
	Modes       []string  // the served Tier or Speed
	Regions     []string  // the served Region, or the geography in the model's id; "us-*" is any that begins so, "*" any that is known
	NotRegions  []string  // exceptions to Regions
	Accounts    []string  // the call's Account
	Windows     []Window  // recurring hours; any of them

	Meters   []usage.Meter // the meters it multiplies; empty: all token meters
	By       Multiple      // required
	Excludes []string      // modifiers or variants that cannot go with it: the combination has no price
	NoSteps  bool          // it cannot go with a context step
}

// Window is a recurring span of hours in UTC.
type Window struct {
	Days       []time.Weekday // on which it begins; empty: every day
	Start, End time.Duration  // since midnight UTC, Start inclusive, End exclusive, within one day
}
