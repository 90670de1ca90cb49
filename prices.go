package tokenomics

import (
	"context"
	"errors"
	"fmt"
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

// openPrices reads the activations of the ledger and makes the configured book
// price what happens from now on, if it does not yet. An empty ledger is priced
// by it since ever.
func (e *Engine) openPrices(ctx context.Context, cfg *Config, now time.Time) error {
	book := cfg.Book
	if book == nil {
		book = pricing.Builtin()
	}
	books := map[string]*pricing.Book{book.Version(): book}
	for _, b := range cfg.Books {
		if b.Currency() != book.Currency() {
			return &ConfigError{"Books", fmt.Sprintf("holds book %s in %s, but Book is in %s; one ledger has one currency",
				b.Version(), b.Currency(), book.Currency())}
		}
		books[b.Version()] = b
	}
	for {
		acts, err := e.store.Activations(ctx)
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger's price books: %w", err)
		}
		p := &prices{acts, books}
		for i := range acts {
			if books[acts[i].Book] == nil {
				return fmt.Errorf("%w: %s, activated as number %d (%s); give it in Config.Books",
					ErrBookMissing, acts[i].Book, acts[i].Seq, acts[i].Note)
			}
		}
		if last := p.at(now); last != nil && last.Book == book.Version() {
			e.prices.Store(p)
			return nil
		}
		a := store.Activation{Book: book.Version(), Note: "first book of the ledger"}
		if len(acts) > 0 {
			a.From, a.Note = now, "newer book"
		}
		if a, err = e.store.Activate(ctx, int64(len(acts)), a); err == nil {
			p.activations = append(p.activations[:len(acts):len(acts)], a)
			e.prices.Store(p)
			return nil
		}
		if !errors.Is(err, store.ErrStaleActivation) {
			return fmt.Errorf("tokenomics: activating price book %s: %w", book.Version(), err)
		}
	}
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

// price fills in what an event costs. What has no price is no error: it is
// marked. The error says that the cost cannot be represented.
func (p *prices) price(entry *store.Entry) error {
	a := p.at(entry.At)
	if a == nil {
		return fmt.Errorf("%w: no book is activated for %s", ErrBookMissing, entry.At.Format(time.RFC3339))
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

// Book returns the price book of events of an instant.
func (e *Engine) Book(at time.Time) *pricing.Book {
	p := e.prices.Load()
	if a := p.at(at); a != nil {
		return p.books[a.Book]
	}
	return nil
}

// Repriced says what a [Engine.Reprice] changed.
type Repriced struct {
	Activation store.Activation
	Events     int   // events whose price was computed again
	Changed    int   // of them, those whose cost or status is another now
	Before     Money // sum of the costs before
	After      Money // sum of the costs now
}

// Reprice makes book price the events of [from, until), past and future, and
// brings their costs and the boards up to it. A zero from means since ever, a
// zero until for ever. It adds an activation to the ledger with the note; what
// was charged before stays on record there. If it fails half way, calling it
// again with the same arguments completes it.
func (e *Engine) Reprice(ctx context.Context, book *pricing.Book, from, until time.Time, note string) (Repriced, error) {
	e.repricing.Lock()
	defer e.repricing.Unlock()
	old := e.prices.Load()
	p := &prices{books: map[string]*pricing.Book{book.Version(): book}}
	for v, b := range old.books {
		if b.Currency() != book.Currency() {
			return Repriced{}, &ConfigError{"Book", fmt.Sprintf("is in %s, but the ledger is in %s", book.Currency(), b.Currency())}
		}
		p.books[v] = b
	}
	a, err := e.store.Activate(ctx, int64(len(old.activations)), store.Activation{From: from, Until: until, Book: book.Version(), Note: note})
	if err != nil {
		return Repriced{}, fmt.Errorf("tokenomics: activating price book %s: %w", book.Version(), err)
	}
	p.activations = append(old.activations[:len(old.activations):len(old.activations)], a)

	// Whatever is in flight was priced by the old book; wait for it, so that
	// the scan below sees it.
	e.applying.Lock()
	e.prices.Store(p)
	e.applying.Unlock()

	res := Repriced{Activation: a}
	b := e.scratch.Get().(*batch)
	defer e.release(b)
	flush := func() error {
		exclusive := e.begin()
		defer e.end(exclusive)
		if _, err := e.write(ctx, b, exclusive, e.now().UTC()); err != nil {
			return fmt.Errorf("tokenomics: repricing, call it again to complete it: %w", err)
		}
		clear(b.entries)
		b.entries, b.host = b.entries[:0], b.host[:0]
		return nil
	}
	for entry, err := range e.store.Scan(ctx, store.Query{From: from, To: until}) {
		if err != nil {
			return res, fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		before := entry
		if err := p.price(&entry); err != nil {
			return res, err
		}
		if err := res.count(&before, &entry); err != nil {
			return res, err
		}
		if b.entries = append(b.entries, entry); len(b.entries) == 1000 {
			if err := flush(); err != nil {
				return res, err
			}
		}
	}
	if len(b.entries) == 0 {
		return res, nil
	}
	return res, flush()
}

func (r *Repriced) count(before, after *store.Entry) (err error) {
	r.Events++
	if before.Cost != after.Cost || before.High != after.High || before.Status != after.Status {
		r.Changed++
	}
	if r.Before, err = r.Before.Add(before.Cost); err != nil {
		return err
	}
	r.After, err = r.After.Add(after.Cost)
	return err
}
