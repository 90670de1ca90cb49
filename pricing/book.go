package pricing

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Book is an immutable set of price sheets, ready to price calls. It is safe
// for concurrent use. Books are made by [Builtin], [NewBook] and [Book.With];
// the zero Book is empty and knows no model.
type Book struct {
	version  string
	currency string
	t        tables
}

// NewBook builds a book of the given sheets alone; see [Book.With].
func NewBook(sheets ...Sheet) (*Book, error) {
	return new(Book).With(sheets...)
}

// Version names the book's content: 16 hexadecimal digits that follow from the
// sheets and their order alone.
func (b *Book) Version() string { return b.version }

// Currency returns the ISO 4217 code of the book's one currency.
func (b *Book) Currency() string { return b.currency }

// SheetInfo names one sheet of a book.
type SheetInfo struct {
	Name, Source string
	AsOf         time.Time
}

// Sheets yields the sheets the book was built of, in order.
func (b *Book) Sheets() iter.Seq[SheetInfo] {
	return func(yield func(SheetInfo) bool) {
		for _, s := range b.t.sheets {
			if !yield(SheetInfo{s.name, s.source, fromSeconds(s.asOf)}) {
				return
			}
		}
	}
}

// AsOf returns the day of the newest sheet: the zero time if no sheet has one.
// A host can tell by it that prices are old; a sheet of its own, added
// yesterday, makes no built-in price newer, so look at [Book.LastChecked] too.
func (b *Book) AsOf() time.Time {
	var newest int64
	for i := range b.t.sheets {
		newest = max(newest, b.t.sheets[i].asOf)
	}
	return fromSeconds(newest)
}

// LastChecked returns when the newest of a provider's prices was checked: its
// own date, or else its sheet's. It is the zero time if the book has none, or
// none with a date.
func (b *Book) LastChecked(provider string) time.Time {
	var newest int64
	for i := range b.t.rows {
		r := &b.t.rows[i]
		if b.t.entries[r.entry].provider == provider {
			newest = max(newest, cmp.Or(r.checked, b.t.sheets[r.sheet].asOf))
		}
	}
	return fromSeconds(newest)
}

// Models yields every row of the book, scheduled, cancelled and overridden
// ones included, in the order of the sheets. Rates derived by rule, such as
// reasoning billed as output, are filled in.
func (b *Book) Models() iter.Seq[Model] {
	return func(yield func(Model) bool) {
		for i := range b.t.rows {
			if !yield(b.t.model(&b.t.rows[i])) {
				return
			}
		}
	}
}

// Providers returns the short names of all providers that list the model
// under this name, exactly, by alias or by the grammar, in byte order. A
// model without a provider counts as "".
func (b *Book) Providers(model string) []string {
	var names []string
	for _, p := range b.t.providers {
		if l, fault := b.t.resolve(p, model); fault == found && b.t.entries[l.entry].provider == p {
			names = append(names, p)
		}
	}
	return names
}

// model is the inverse of compiling a row.
func (t *tables) model(r *row) Model {
	e := &t.entries[r.entry]
	cards := cut(t.cards, r.cards)
	m := Model{
		Provider: e.provider, ID: e.id, From: instant(r.from), Until: instant(r.until), State: r.state,
		Source: r.source, Checked: fromSeconds(r.checked), Note: r.note,
		Rates: t.ratesOf(&cards[0]), Steps: t.stepsOf(cards[1:]), Withdrawn: instant(r.withdrawn),
	}
	if r.announced != r.from {
		m.Announced = instant(r.announced)
	}
	for i := range t.keys {
		if k := &t.keys[i]; k.entry == r.entry && k.match == MatchAlias && k.provider == e.provider {
			m.Aliases = append(m.Aliases, k.name)
		}
	}
	for _, v := range cut(t.variants, r.variants) {
		cards := cut(t.cards, v.cards)
		m.Variants = append(m.Variants, Variant{Name: v.name, Modes: slices.Clone(v.modes), Excludes: slices.Clone(v.excludes),
			Rates: t.ratesOf(&cards[0]), Steps: t.stepsOf(cards[1:])})
	}
	return m
}

func (t *tables) ratesOf(cd *card) Rates {
	var r Rates
	for m := range usage.Meter(usage.NumMeters) {
		r.Set(m, t.rate(cd, m))
	}
	return r
}

func (t *tables) stepsOf(cards []card) []Step {
	var steps []Step
	for i := range cards {
		steps = append(steps, Step{Above: cards[i].above, Rates: t.ratesOf(&cards[i])})
	}
	return steps
}
