package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// prices is what the ledger says of its price books, with the books. It is
// immutable; the engine swaps it whole.
type prices struct {
	activations []store.Activation
	books       map[string]*pricing.Book
}

// newPrices refuses a ledger whose events cannot all be priced here. A book
// that later activations hide everywhere is not needed any more.
func newPrices(activations []store.Activation, books map[string]*pricing.Book) (*prices, error) {
	for i := range activations {
		a := &activations[i]
		if books[a.Book] == nil && !hidden(a, activations[i+1:]) {
			return nil, fmt.Errorf("%w: %s, activated as number %d (%s); give it in Config.Books", ErrBookMissing, a.Book, a.Seq, a.Note)
		}
	}
	return &prices{activations, books}, nil
}

// hidden reports whether one of the later activations covers all of a's span.
func hidden(a *store.Activation, later []store.Activation) bool {
	for i := range later {
		l := &later[i]
		if (l.From.IsZero() || !a.From.IsZero() && !l.From.After(a.From)) &&
			(l.Until.IsZero() || !a.Until.IsZero() && !l.Until.Before(a.Until)) {
			return true
		}
	}
	return false
}

// with returns prices with one more activation and book.
func (p *prices) with(a store.Activation, book *pricing.Book) *prices {
	books := maps.Clone(p.books)
	books[book.Version()] = book
	return &prices{append(p.activations[:len(p.activations):len(p.activations)], a), books}
}

// at returns the activation that prices events of an instant; nil if none.
func (p *prices) at(t time.Time) *store.Activation {
	for i := len(p.activations) - 1; i >= 0; i-- {
		if a := &p.activations[i]; a.Covers(t) {
			return a
		}
	}
	return nil
}

// book returns the book of events of an instant; nil if there is none.
func (p *prices) book(t time.Time) *pricing.Book {
	if a := p.at(t); a != nil {
		return p.books[a.Book]
	}
	return nil
}

// price fills in what an event costs. What has no price is no error: it is
// marked. An error says that no book is known for its time, or that the cost
// cannot be represented.
func (p *prices) price(entry *store.Entry) error {
	a := p.at(entry.At)
	if a == nil || p.books[a.Book] == nil {
		return fmt.Errorf("%w: none is activated for %s", ErrBookMissing, entry.At.Format(time.RFC3339))
	}
	entry.Activation = a.Seq
	if entry.Void {
		entry.Cost, entry.High, entry.Status = Money{}, Money{}, pricing.Priced
		return nil
	}
	var c pricing.Cost
	err := p.books[a.Book].PriceInto(&c, &entry.Call)
	if err != nil && !errors.Is(err, pricing.ErrUnknownModel) && !errors.Is(err, pricing.ErrUnpriced) {
		return err
	}
	entry.Cost, entry.High, entry.Status = c.Total, c.High, c.Status
	return nil
}

// openPrices reads the activations of the ledger and makes the configured book
// price what happens from now on, if it does not yet. An empty ledger is priced
// by it since ever.
func (e *Engine) openPrices(ctx context.Context, cfg *Config, now time.Time) error {
	book := cfg.Book
	if book == nil {
		book = pricing.Builtin()
	}
	books := map[string]*pricing.Book{book.Version(): book}
	for i, b := range cfg.Books {
		if b == nil {
			return &ConfigError{fmt.Sprintf("Books[%d]", i), "is nil"}
		}
		if b.Currency() != book.Currency() {
			return &ConfigError{fmt.Sprintf("Books[%d]", i), fmt.Sprintf("(%s) is in %s, but Book is in %s; one ledger has one currency",
				b.Version(), b.Currency(), book.Currency())}
		}
		books[b.Version()] = b
	}
	for {
		acts, err := e.store.Activations(ctx)
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger's price books: %w", err)
		}
		p, err := newPrices(acts, books)
		if err != nil {
			return err
		}
		e.prices.Store(p)
		if e.readOnly {
			return nil
		}
		if p.prices(book, now) {
			return e.catchUp(ctx, p)
		}
		a := store.Activation{Book: book.Version(), Note: "first book of the ledger"}
		if len(acts) > 0 {
			a.From, a.Note = now, "newer book"
		}
		a, err = e.store.Activate(ctx, int64(len(acts)), a)
		if err == nil {
			p = p.with(a, book)
			e.prices.Store(p)
			return e.catchUp(ctx, p)
		}
		if !errors.Is(err, store.ErrStaleActivation) {
			return fmt.Errorf("tokenomics: activating price book %s: %w", book.Version(), err)
		}
	}
}

// prices reports whether a book needs no activation: it prices events of now,
// or now lies before what was activated last, so that activating it would
// change the past.
func (p *prices) prices(book *pricing.Book, now time.Time) bool {
	for i := range p.activations {
		if p.activations[i].From.After(now) {
			return true
		}
	}
	return p.book(now) == book
}

// catchUp prices again what the last activation covers and was priced before
// it: events that were ahead of the clock, or what an interrupted Reprice left.
func (e *Engine) catchUp(ctx context.Context, p *prices) error {
	if len(p.activations) < 2 {
		return nil
	}
	last := p.activations[len(p.activations)-1]
	var res Repriced
	return e.reprice(ctx, p, last.From, last.Until, &res, func(b *batch) error {
		_, err := e.store.Put(ctx, b.entries)
		return err
	})
}

// reloadPrices reads the activations that other engines added since old. The
// extra book, if any, may be one of them.
func (e *Engine) reloadPrices(ctx context.Context, old *prices, extra ...*pricing.Book) error {
	acts, err := e.store.Activations(ctx)
	if err != nil {
		return fmt.Errorf("tokenomics: reading the ledger's price books: %w", err)
	}
	if e.prices.Load() != old {
		return nil // somebody else did
	}
	if len(acts) <= len(old.activations) {
		return fmt.Errorf("tokenomics: the store says that a price book was activated, but lists none: %w", store.ErrStaleActivation)
	}
	books := maps.Clone(old.books)
	for _, b := range extra {
		books[b.Version()] = b
	}
	p, err := newPrices(acts, books)
	if err != nil {
		return err
	}
	e.prices.CompareAndSwap(old, p)
	return nil
}

// Book returns the price book of events of an instant; nil if the ledger
// activates none for it.
func (e *Engine) Book(at time.Time) *pricing.Book { return e.prices.Load().book(at) }
