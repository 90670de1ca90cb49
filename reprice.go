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

// Repriced says what a [Engine.Reprice] changed.
type Repriced struct {
	Activation store.Activation
	Events     int   // events whose price was computed again
	Changed    int   // of them, those whose cost or status is another now
	Failed     int   // of them, those whose new cost cannot be represented: they are unpriced now
	Before     Money // sum of their costs before
	After      Money // sum of their costs now
}

// Reprice makes book price the events of [from, until), past and future, and
// brings their costs and the boards up to it. A zero from means since ever, a
// zero until for ever. It adds an activation to the ledger with the note; what
// priced the events before stays on record there. If it fails half way,
// calling it again with the same arguments completes it.
func (e *Engine) Reprice(ctx context.Context, book *pricing.Book, from, until time.Time, note string) (Repriced, error) {
	e.repricing.Lock()
	defer e.repricing.Unlock()
	from, until = plain(from), plain(until)
	switch {
	case e.readOnly:
		return Repriced{}, fmt.Errorf("tokenomics: Config.ReadOnly is set: %w", store.ErrReadOnly)
	case book == nil:
		return Repriced{}, &ConfigError{"Book", "is nil"}
	case !until.IsZero() && !from.Before(until):
		return Repriced{}, &ConfigError{"Book", fmt.Sprintf("is to price from %s until %s, which is no span",
			from.Format(time.RFC3339), until.Format(time.RFC3339))}
	}
	for _, b := range e.prices.Load().books {
		if b.Currency() != book.Currency() {
			return Repriced{}, &ConfigError{"Book", fmt.Sprintf("is in %s, but the ledger is in %s", book.Currency(), b.Currency())}
		}
	}
	e.addBook(book)
	a, err := e.activate(ctx, book, from, until, note)
	if err != nil {
		return Repriced{}, err
	}
	res := Repriced{Activation: a}
	before := e.pricedUpTo(ctx)
	err = e.reprice(ctx, from, until, &res, func(b *batch) ([]store.Change, error) { return e.write(ctx, b) })
	if err == nil && before >= a.Seq-1 {
		e.markPriced(ctx, a.Seq)
	}
	e.log.Info("tokenomics: events were priced again", "book", book.Version(), "events", res.Events, "changed", res.Changed, "failed", res.Failed, "complete", err == nil)
	return res, err
}

// plain is a time as a ledger gives it back: in UTC, without the reading of a
// monotonic clock.
func plain(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Round(0)
}

// addBook makes a book known before the ledger names it.
func (e *Engine) addBook(book *pricing.Book) {
	for {
		p := e.prices.Load()
		if p.books[book.Version()] != nil {
			return
		}
		books := maps.Clone(p.books)
		books[book.Version()] = book
		if e.prices.CompareAndSwap(p, (&prices{activations: p.activations, books: books}).index()) {
			return
		}
	}
}

// activate appends an activation, over what other engines appended meanwhile.
// If the last one is just what is asked for, an earlier attempt got through.
func (e *Engine) activate(ctx context.Context, book *pricing.Book, from, until time.Time, note string) (store.Activation, error) {
	for {
		p := e.prices.Load()
		a, err := p.activation(book, from, until, note)
		if err != nil {
			return a, err
		}
		if n := len(p.activations); n > 0 {
			last := p.activations[n-1]
			if last.Book == a.Book && last.Note == a.Note && last.From.Equal(a.From) && last.Until.Equal(a.Until) {
				return last, nil
			}
		}
		done, err := e.store.Activate(ctx, int64(len(p.activations)), a)
		if err == nil {
			e.prices.CompareAndSwap(p, p.with(done)) // or somebody has read it already
			return done, nil
		}
		if !errors.Is(err, store.ErrStaleActivation) {
			return a, fmt.Errorf("tokenomics: activating price book %s: %w", a.Book, err)
		}
		if err := e.reloadPrices(ctx, p); err != nil {
			return a, err
		}
	}
}

// repricePage is how many events are priced again at first between two reads:
// no scan is open while the store is written to. Pages grow to repricePageMax.
const (
	repricePage    = 10_000
	repricePageMax = 80_000
)

// reprice prices again those events of [from, until) that an activation before
// theirs priced, and puts them in batches. Those that are forgotten on the way have
// another key then, and are looked for once more.
func (e *Engine) reprice(ctx context.Context, from, until time.Time, res *Repriced, put func(*batch) ([]store.Change, error)) error {
	for {
		if again, err := e.repriceAll(ctx, from, until, res, put); !again || err != nil {
			return err
		}
	}
}

func (e *Engine) repriceAll(ctx context.Context, from, until time.Time, res *Repriced, put func(*batch) ([]store.Change, error)) (again bool, err error) {
	var b batch
	at, seen := from, map[Key]struct{}{} // the events of instant at that were read
	for page, more := repricePage, true; more; page = min(2*page, repricePageMax) {
		b.reset()
		more = false
		var before []store.Entry
		p := e.prices.Load()
		for entry, err := range e.store.Scan(ctx, store.Query{From: at, To: until, Voids: true}) {
			if err != nil {
				return false, fmt.Errorf("tokenomics: reading the ledger: %w", err)
			}
			if _, again := seen[entry.Key()]; again {
				continue
			}
			if !entry.At.Equal(at) {
				at = entry.At
				clear(seen)
			}
			seen[entry.Key()] = struct{}{}
			if a, _ := p.at(entry.At); a == nil || a.Seq <= entry.Activation {
				continue
			}
			before = append(before, entry)
			if b.entries = append(b.entries, entry); len(b.entries) == page {
				more = true
				break
			}
		}
		gone, err := e.repricePut(ctx, &b, before, res, put)
		if err != nil {
			return false, err
		}
		again = again || gone
	}
	return again, nil
}

// repricePut prices a page and puts it; again, if another engine activates a
// book meanwhile. It reports whether some of it was forgotten since it was read.
func (e *Engine) repricePut(ctx context.Context, b *batch, before []store.Entry, res *Repriced, put func(*batch) ([]store.Change, error)) (gone bool, err error) {
	for len(b.entries) > 0 {
		p := e.prices.Load()
		failed := 0
		for i := range b.entries {
			entry := &b.entries[i]
			if err := b.pricer.price(p, entry); errors.Is(err, ErrBookMissing) {
				return false, err
			} else if err != nil {
				// The new book cannot say what it costs. It must not keep the
				// ledger from being opened: the event counts, its cost is unknown.
				entry.Cost, entry.High, entry.Status = Money{}, Money{}, pricing.Unpriced
				failed++
			}
		}
		b.host = b.host[:0]
		changes, err := put(b)
		if errors.Is(err, store.ErrStaleActivation) {
			if err := e.reloadPrices(ctx, p); err != nil {
				return false, err
			}
			continue
		}
		for i := range changes {
			if c := &changes[i]; err == nil && c.Err != nil && c.Status != store.Conflict && !errors.Is(c.Err, store.ErrForgotten) {
				err = fmt.Errorf("%s/%s: %w", b.entries[i].Source, b.entries[i].ID, c.Err)
			}
		}
		if err != nil {
			return false, fmt.Errorf("tokenomics: repricing, call it again to complete it: %w", err)
		}
		res.Failed += failed
		for i := range before {
			if errors.Is(changes[i].Err, store.ErrForgotten) {
				gone = true
				continue
			}
			if err := res.count(&before[i], &b.entries[i]); err != nil {
				return gone, err
			}
		}
		return gone, nil
	}
	return false, nil
}

func (r *Repriced) count(before, after *store.Entry) (err error) {
	if after.Void {
		return nil
	}
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
