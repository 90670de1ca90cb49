package pricing

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Cost is what a call costs, and the proof: from the usage it keeps and the
// book it points to, Lines and Explain compute every step again. It is a
// value; copies are independent. The zero Cost is Unpriced.
type Cost struct {
	// Total is the exact cost of everything that has a rate.
	Total Money

	// High equals Total, unless the usage is an aggregate of several calls
	// (Requests > 1) whose sums could reach a context step: then Total is the
	// cost if none of the calls did, and High if all did.
	High Money

	Status  Status
	Matched Match // how the model's name was found

	plain   bool // no meters beyond Reasoning are in use
	assumed bool // the card is assumed, not read off the prompt's size: see Bounds
	missing meterSet
	row     uint32
	card    uint32 // of Total
	high    uint32 // of High
	terms   terms
	book    *Book
	usage   usage.Usage
}

// Line is one line of a bill: quantity × unit price × factors = amount.
type Line struct {
	Meter     usage.Meter
	Quantity  int64    // in the meter's unit
	UnitPrice Rate     // of a single unit, before factors
	Factors   []Factor // what multiplies it
	Amount    Money    // exact, or rounded once, half to even, at 1e-12
	Rounded   bool

	Sheet   string    // the sheet's name
	Row     string    // provider/model and the instant the row begins
	Source  string    // where the price was read
	Checked time.Time // when it was last checked; zero: not said
	Why     string    // what led to this rate, in words; empty if it is the row's plain rate
}

// Factor is a modifier that was applied.
type Factor struct {
	Name string
	By   Multiple
}

// Lines yields a line for every meter in use that has a rate, in the order of
// the meters. Their amounts add up to Total exactly.
func (c Cost) Lines() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		if c.book == nil {
			return
		}
		t := &c.book.t
		cd := &t.cards[c.card]
		for m, n := range c.usage.Vector() {
			meter := usage.Meter(m)
			if meter == usage.Requests && cd.has.has(meter) {
				n = c.usage.Calls()
			}
			if n == 0 || !cd.has.has(meter) || c.terms.denied.has(meter) {
				continue
			}
			if !yield(c.line(cd, meter, n)) {
				return
			}
		}
	}
}

func (c *Cost) line(cd *card, m usage.Meter, n int64) Line {
	t := &c.book.t
	r := &t.rows[c.row]
	s := &t.sheets[r.sheet]
	a, rounded, _ := t.amount(cd, m, n, &c.terms)
	l := Line{
		Meter: m, Quantity: n, UnitPrice: t.rate(cd, m), Amount: Money{int64(a.hi), a.lo}, Rounded: rounded,
		Sheet: s.name, Row: t.rowName(r), Source: s.source, Checked: fromSeconds(s.asOf), Why: c.why(cd, m),
	}
	if r.source != "" {
		l.Source = r.source
	}
	if r.checked != 0 {
		l.Checked = fromSeconds(r.checked)
	}
	for k := range int(c.terms.n) {
		if mod := &t.mods[c.terms.applied[k]]; mod.meters.has(m) {
			l.Factors = append(l.Factors, Factor{mod.name, Multiple{num: mod.num, den: mod.den}})
		}
	}
	return l
}

// rowName is "provider/model from instant".
func (t *tables) rowName(r *row) string {
	e := &t.entries[r.entry]
	name := e.id
	if e.provider != "" {
		name = e.provider + "/" + e.id
	}
	if from := instant(r.from); !from.IsZero() {
		name += " from " + shortTime(from)
	}
	return name
}

// shortTime writes midnights as dates and other instants in full.
func shortTime(at time.Time) string {
	at = at.UTC()
	if at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.RFC3339Nano)
}

// why says in words what led to a meter's rate.
func (c *Cost) why(cd *card, m usage.Meter) string {
	t := &c.book.t
	r := &t.rows[c.row]
	var parts []string
	if c.terms.variant >= 0 && m.IsToken() {
		parts = append(parts, t.variants[c.terms.variant].name+" rates")
	}
	switch {
	case cd.above >= 0 && c.assumed:
		parts = append(parts, fmt.Sprintf("if every prompt was above %d tokens: at the step's rates", cd.above))
	case cd.above >= 0:
		parts = append(parts, fmt.Sprintf("prompt of %d tokens is above %d: the whole call at the step's rates", c.usage.Prompt(), cd.above))
	}
	if cd.derived.has(m) {
		if m == usage.Reasoning {
			parts = append(parts, "no reasoning rate in the sheet: billed as output")
		} else {
			parts = append(parts, "no "+m.String()+" rate in the sheet: billed as the sheet says, like another meter")
		}
	}
	if r.exchange != "" {
		parts = append(parts, r.exchange)
	}
	if r.state == Scheduled {
		parts = append(parts, "announced when checked, not yet in force then")
	}
	return strings.Join(parts, "; ")
}

// Missing returns the meters in use that have no rate; nil if all have. Of an
// unknown model it returns all meters in use.
func (c *Cost) Missing() []usage.Meter { return c.missing.list() }

// Provider and ID name the model that priced the call; empty if none did.
func (c *Cost) Provider() string {
	if c.book == nil {
		return ""
	}
	return c.book.t.entries[c.book.t.rows[c.row].entry].provider
}

// ID is the provider's own id of the model that priced the call.
func (c *Cost) ID() string {
	if c.book == nil {
		return ""
	}
	return c.book.t.entries[c.book.t.rows[c.row].entry].id
}

// CacheSaving returns what the cache saved: the tokens read from it, at the
// input rate that this call paid less the read rate; less what its writes cost
// above the input rate. It is negative where writing cost more than reading
// saved. ok is false if a rate it needs is not known. Each of its terms is
// rounded as a line is. Of an aggregate it is computed on the rates of Total.
func (c *Cost) CacheSaving() (saving Money, ok bool) {
	if c.book == nil {
		return Money{}, false
	}
	t := &c.book.t
	cd := &t.cards[c.card]
	var whole, paid u128
	for _, p := range cachePairs {
		n := c.usage.Get(p.cached)
		if n == 0 {
			continue
		}
		if !cd.has.has(p.cached) || !cd.has.has(p.plain) || (c.terms.denied.has(p.cached) || c.terms.denied.has(p.plain)) {
			return Money{}, false
		}
		w, _, ok1 := t.amount(cd, p.plain, n, &c.terms)
		a, _, ok2 := t.amount(cd, p.cached, n, &c.terms)
		if !ok1 || !ok2 || w.hi >= maxCostHi || a.hi >= maxCostHi {
			return Money{}, false
		}
		whole, _ = add128(whole, w)
		paid, _ = add128(paid, a)
	}
	saving, err := Money{int64(whole.hi), whole.lo}.Sub(Money{int64(paid.hi), paid.lo})
	return saving, err == nil
}

// cachePairs name the meter each cached meter would have been counted by
// without a cache.
var cachePairs = [...]struct{ cached, plain usage.Meter }{
	{usage.CacheRead, usage.Input}, {usage.AudioCacheRead, usage.AudioInput},
	{usage.ImageCacheRead, usage.ImageInput}, {usage.VideoCacheRead, usage.VideoInput},
	{usage.CacheWrite5m, usage.Input}, {usage.CacheWrite30m, usage.Input},
	{usage.CacheWrite1h, usage.Input}, {usage.CacheWrite12h, usage.Input},
}

// Explain tells in a few lines of plain text how the cost came about.
func (c Cost) Explain() string {
	if c.book == nil {
		return "unpriced: the model is in no sheet at that time\n"
	}
	t := &c.book.t
	r := &t.rows[c.row]
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Total, c.book.currency)
	if c.High != c.Total {
		fmt.Fprintf(&b, " to %s %s: %d calls, whose sums do not tell the size of any one prompt", c.High, c.book.currency, c.usage.Calls())
	}
	fmt.Fprintf(&b, ", %s\n%s (%s match), sheet %s, book %s\n", c.Status, t.rowName(r), c.Matched, t.sheets[r.sheet].name, c.book.version)
	for l := range c.Lines() {
		fmt.Fprintf(&b, "  %-16s %d × %s", l.Meter, l.Quantity, l.UnitPrice)
		for _, f := range l.Factors {
			fmt.Fprintf(&b, " × %s (%s)", f.By, f.Name)
		}
		fmt.Fprintf(&b, " = %s", l.Amount)
		if l.Rounded {
			b.WriteString(", rounded at 1e-12")
		}
		if l.Why != "" {
			fmt.Fprintf(&b, " [%s]", l.Why)
		}
		b.WriteByte('\n')
	}
	for _, m := range c.Missing() {
		fmt.Fprintf(&b, "  %-16s %d × ? no rate\n", m, c.usage.Get(m))
	}
	if why := t.faultText(&c.terms); why != "" {
		b.WriteString("  " + why + "\n")
	}
	return b.String()
}
