package pricing

import (
	"math"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// The types of this file are a book made ready to price: flat arrays that
// refer to each other by index, so that the compiler can lay the built-in
// book out as static data.

// span is a run of elements of another array.
type span struct{ off, n uint32 }

func cut[T any](all []T, s span) []T { return all[s.off : s.off+s.n] }

// card is the rates of one row at one context step, ready to multiply.
type card struct {
	above   int64             // the prompt must be greater; −1: any
	has     meterSet          // meters with a rate
	derived meterSet          // … that has been taken from another meter
	frac    meterSet          // … that is no whole number of 1e-12 units
	hot     [hotMeters]uint64 // the rates in 1e-12 units, where whole
	common  uint64            // greatest common divisor of the hot rates
	cold    span              // in tables.cold: other meters and fractions, by meter
}

type coldRate struct {
	meter    usage.Meter
	num, den uint64
}

// row is a Model of a sheet.
type row struct {
	entry       uint32
	sheet       uint16
	state       State
	from, until int64 // Unix nanoseconds
	checked     int64 // Unix seconds; 0: as the sheet
	announced   int64 // Unix nanoseconds
	withdrawn   int64
	exchange    string // the rate of exchange that its rates contain, in words
	source      string
	note        string
	cards       span // the base first, then steps by rising threshold
	variants    span
}

type variant struct {
	served   modeSet
	name     string
	modes    []string
	excludes []string
	cards    span
}

// entry is a model of a provider: everything its names lead to.
type entry struct {
	provider, id string
	seed         uint32 // the entry this was an alias of, + 1
	resale       bool
	terms        bool   // some modifier may apply to a call that is standard in every way
	menu         uint16 // in tables.menus, + 1; 0: none
	segments     span   // its time line, rising, without overlap
	mods         span   // in tables.refs: the modifiers that may apply
}

type segment struct {
	from, until int64
	row         uint32
}

type modifier struct {
	// What pricing looks at comes first.
	gates          gates
	noSteps        bool
	meters         meterSet
	served         modeSet
	from, until    int64
	num, den       uint64
	regions        []string
	notRegions     []string
	accounts       []string
	windows        []window
	excludes       []string
	name, provider string
	models         []string
	modes          []string
	source, note   string
	sheet          uint16
}

// gates are the kinds of conditions a modifier has, so that pricing need not
// look at those it has not.
type gates uint8

const (
	byMode gates = 1 << iota
	byRegion
	byAccount
	byWindow
	hasRival // not a condition: there are modifiers or variants it cannot go with
)

// window is a Window in seconds of the day; bit d of days is weekday d.
type window struct {
	days       uint8
	start, end int32
}

type allowance struct {
	name, provider string
	source, note   string
	sheet          uint16
	from, until    int64
	accounts       []string
	meter          usage.Meter
	quantity       int64
}

type sheetInfo struct {
	name, source string
	asOf         int64 // Unix seconds; 0: not known
}

// key is a name that leads to an entry.
type key struct {
	provider, name string
	entry          uint32
	match          Match
	ambiguous      bool // several providers claim the name: for calls that name none
}

type tables struct {
	providers  []string // of the entries, in byte order
	sheets     []sheetInfo
	entries    []entry
	segments   []segment
	rows       []row
	cards      []card
	cold       []coldRate
	variants   []variant
	modes      []string // of variants and modifiers, each once; a bit of a modeSet each
	mods       []modifier
	menus      []menu
	settled    []terms // what is on the menus, each once, without cards
	allowances []allowance
	refs       []uint16 // into mods
	keys       []key
	slots      []uint32 // open addressing by hash: index into keys + 1
}

// unixNano returns t in nanoseconds since 1970, clamped to what an int64 can
// say, which is beyond any price.
func unixNano(t time.Time) int64 {
	switch s := t.Unix(); {
	case s > math.MaxInt64/1_000_000_000-1:
		return math.MaxInt64 - 1 // an open end lies beyond it
	case s < math.MinInt64/1_000_000_000+1:
		return math.MinInt64
	}
	return t.UnixNano()
}

// bounds returns the span of a row, open ends as far out as can be.
func bounds(from, until time.Time) (int64, int64) {
	f, u := int64(math.MinInt64), int64(math.MaxInt64)
	if !from.IsZero() {
		f = unixNano(from)
	}
	if !until.IsZero() {
		u = unixNano(until)
	}
	return f, u
}

// instant is the inverse of one of [bounds].
func instant(ns int64) time.Time {
	if ns == math.MinInt64 || ns == math.MaxInt64 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

func unixSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func fromSeconds(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
