package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// prices is what the ledger says of its price books, with the books. It is
// immutable; the engine swaps it whole.
type prices struct {
	activations []store.Activation
	books       map[string]*pricing.Book
	of          []*pricing.Book // by activation; nil where later ones hide it and nobody gave it
}

// index notes which book belongs to which activation.
func (p *prices) index() *prices {
	p.of = make([]*pricing.Book, len(p.activations))
	for i := range p.of {
		p.of[i] = p.books[p.activations[i].Book]
	}
	return p
}

// newPrices refuses a ledger whose events cannot all be priced here. A book that
// is not given is read from the ledger; one that later activations hide
// everywhere is not needed any more.
func newPrices(activations []store.Activation, given map[string]*pricing.Book) (*prices, error) {
	p := &prices{activations: activations, books: given}
	cloned := false
	for i := range activations {
		a := &activations[i]
		if p.books[a.Book] != nil || hidden(a, activations[i+1:]) {
			continue
		}
		book, err := p.read(a)
		if err != nil {
			return nil, err
		}
		if !cloned {
			p.books, cloned = maps.Clone(given), true
		}
		p.books[a.Book] = book
	}
	return p.index(), nil
}

// read reads the book of an activation from the ledger.
func (p *prices) read(a *store.Activation) (*pricing.Book, error) {
	missing := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s, activated as number %d (%s), %w; give it in Config.Books",
			ErrBookMissing, a.Book, a.Seq, a.Note, fmt.Errorf(format, args...))
	}
	sheets := p.sheets(a.Book)
	if sheets == nil {
		return nil, missing("is not in the ledger either")
	}
	book, err := pricing.UnmarshalBook(sheets)
	switch {
	case err != nil:
		return nil, missing("cannot be read from the ledger: %w", err)
	case book.Version() != a.Book:
		return nil, missing("is not what the ledger has under this name: that is %s", book.Version())
	}
	for _, other := range p.books {
		if other.Currency() != book.Currency() {
			return nil, &ConfigError{"Book", fmt.Sprintf("(%s) is in %s, but the ledger is in %s; one ledger has one currency",
				other.Version(), other.Currency(), book.Currency())}
		}
	}
	return book, nil
}

// sheets returns the bytes of a book that the ledger carries; nil if it does not.
func (p *prices) sheets(version string) []byte {
	for i := range p.activations {
		if a := &p.activations[i]; a.Book == version && len(a.Sheets) > 0 {
			return a.Sheets
		}
	}
	return nil
}

// activation returns what makes a book price a span, with the book itself if the
// ledger does not carry it yet.
func (p *prices) activation(book *pricing.Book, from, until time.Time, note string) (store.Activation, error) {
	a := store.Activation{From: from, Until: until, Book: book.Version(), Note: note}
	if p.sheets(a.Book) != nil {
		return a, nil
	}
	var err error
	if a.Sheets, err = book.MarshalBinary(); err != nil {
		return a, fmt.Errorf("tokenomics: writing price book %s into the ledger: %w", a.Book, err)
	}
	return a, nil
}

// hidden reports whether the later activations together cover all of a's span.
func hidden(a *store.Activation, later []store.Activation) bool {
	seen := []store.Activation{{From: a.From, Until: a.Until}}
	for i := range later {
		l := &later[i]
		var rest []store.Activation
		for _, s := range seen {
			if left := (store.Activation{From: s.From, Until: earlier(s.Until, l.From)}); !l.From.IsZero() && span(&left) {
				rest = append(rest, left)
			}
			if right := (store.Activation{From: l.Until, Until: s.Until}); !l.Until.IsZero() {
				if right.From.Before(s.From) {
					right.From = s.From
				}
				if span(&right) {
					rest = append(rest, right)
				}
			}
		}
		seen = rest
	}
	return len(seen) == 0
}

// earlier returns the earlier of two ends; a zero end is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// span reports whether there is time between From and Until.
func span(a *store.Activation) bool { return a.Until.IsZero() || a.From.Before(a.Until) }

// with returns prices with one more activation.
func (p *prices) with(a store.Activation) *prices {
	q := &prices{activations: append(p.activations[:len(p.activations):len(p.activations)], a), books: p.books}
	return q.index()
}

// at returns the activation that prices events of an instant, and its book; nil if
// there is none.
func (p *prices) at(t time.Time) (*store.Activation, *pricing.Book) {
	for i := len(p.activations) - 1; i >= 0; i-- {
		if a := &p.activations[i]; a.Covers(t) {
			return a, p.of[i]
		}
	}
	return nil, nil
}

// book returns the book of events of an instant; nil if there is none.
func (p *prices) book(t time.Time) *pricing.Book {
	_, book := p.at(t)
	return book
}

// pricer prices events one after the other. It keeps the models it has met, as
// events name few.
type pricer struct {
	used   *usedSheets // nil: nobody asks
	cost   pricing.Cost
	models [16]metModel
}

// metModel is a model of a book under the names that events give it, and the terms
// that its handle has beforehand, if any.
type metModel struct {
	book                         *pricing.Book
	provider, model              string
	handle                       pricing.Handle
	planned                      bool
	tier, speed, region, account string
	off                          int  // calls that were on other terms
	noted                        bool // its sheet is
}

// planAfter is how many calls on other terms a handle prices the slow way before it
// is made for the terms of the next: where terms alternate, that must not cost more
// than it saves.
const planAfter = 64

// price fills in what an event costs. What has no price is no error: it is
// marked. An error says that no book is known for its time, or that the cost
// cannot be represented.
func (r *pricer) price(p *prices, entry *store.Entry) error {
	a, book := p.at(entry.At)
	if book == nil {
		return fmt.Errorf("%w: none is activated for %s", ErrBookMissing, entry.At.Format(time.RFC3339))
	}
	entry.Activation = a.Seq
	if entry.Void {
		entry.Cost, entry.High, entry.Status = Money{}, Money{}, pricing.Priced
		return nil
	}
	m, err := r.met(book, &entry.Call)
	switch {
	case err != nil:
		err = book.PriceInto(&r.cost, &entry.Call) // it says why
	case m.noted || r.used == nil:
		if total, ok := m.handle.Total(&entry.Call); ok {
			entry.Cost, entry.High, entry.Status = total, total, pricing.Priced
			return nil
		}
		err = m.handle.PriceInto(&r.cost, &entry.Call)
	default:
		err = m.handle.PriceInto(&r.cost, &entry.Call)
		r.used.note(&r.cost)
		m.noted = true
	}
	if err != nil && !errors.Is(err, pricing.ErrUnknownModel) && !errors.Is(err, pricing.ErrUnpriced) {
		return err
	}
	entry.Cost, entry.High, entry.Status = r.cost.Total, r.cost.High, r.cost.Status
	return nil
}

// met returns the model of a call, ready for its terms if these are common.
func (r *pricer) met(book *pricing.Book, call *Call) (*metModel, error) {
	m := &r.models[0]
	if n := len(call.Model); n > 0 {
		m = &r.models[(uint(n)+uint(call.Model[n-1])*7)%uint(len(r.models))]
	}
	if m.book != book || m.model != call.Model || m.provider != call.Provider {
		h, err := book.Resolve(call.Provider, call.Model)
		if err != nil {
			return nil, err
		}
		*m = metModel{book: book, provider: strings.Clone(call.Provider), model: strings.Clone(call.Model), handle: h}
	}
	if !m.isOn(call) {
		if m.off++; m.off > planAfter {
			m.plan(call)
		}
	}
	return m, nil
}

// isOn reports whether the handle has the terms of a call beforehand.
func (m *metModel) isOn(c *Call) bool {
	return m.planned && m.tier == c.Tier && m.speed == c.Speed && m.region == c.Region && m.account == c.Account
}

// plan makes the handle anew, for the terms of a call.
func (m *metModel) plan(c *Call) {
	m.tier, m.speed = strings.Clone(c.Tier), strings.Clone(c.Speed)
	m.region, m.account = strings.Clone(c.Region), strings.Clone(c.Account)
	h, err := m.book.ResolveCall(&Call{Provider: m.provider, Model: m.model, Tier: m.tier, Speed: m.speed, Region: m.region, Account: m.account})
	if m.off, m.planned = 0, err == nil; err == nil {
		m.handle = h
	}
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
	for seen := -1; ; {
		acts, err := e.store.Activations(ctx)
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger's price books: %w", err)
		}
		if len(acts) <= seen {
			return errNoActivation()
		}
		seen = len(acts)
		p, err := newPrices(acts, books)
		if err != nil {
			return err
		}
		e.prices.Store(p)
		if e.readOnly {
			return nil
		}
		if p.follows(book.Version(), now) {
			return e.catchUp(ctx)
		}
		from, note := time.Time{}, "first book of the ledger"
		if len(acts) > 0 {
			from, note = now.Round(0), "newer book"
		}
		a, err := p.activation(book, from, time.Time{}, note)
		if err != nil {
			return err
		}
		a, err = e.store.Activate(ctx, int64(len(acts)), a)
		if err == nil {
			e.prices.Store(p.with(a))
			return e.catchUp(ctx)
		}
		if !errors.Is(err, store.ErrStaleActivation) {
			return fmt.Errorf("tokenomics: activating price book %s: %w", book.Version(), err)
		}
	}
}

// follows reports whether a book needs no activation from now on: the last one
// without an end names it, or one without an end begins later, and activating
// the book now would change what was decided for then.
func (p *prices) follows(version string, now time.Time) bool {
	for i := len(p.activations) - 1; i >= 0; i-- {
		if a := &p.activations[i]; a.Until.IsZero() {
			return a.From.After(now) || a.Book == version
		}
	}
	return false
}

// catchUp prices again what was priced before a later activation hid it: events
// that were ahead of the clock, and what an interrupted Reprice left.
func (e *Engine) catchUp(ctx context.Context) error {
	acts := e.prices.Load().activations
	if len(acts) < 2 || e.pricedUpTo(ctx) >= int64(len(acts)) {
		return nil
	}
	from, until := acts[1].From, acts[1].Until
	for _, a := range acts[2:] {
		if a.From.Before(from) {
			from = a.From
		}
		if a.Until.IsZero() || !until.IsZero() && a.Until.After(until) {
			until = a.Until
		}
	}
	var res Repriced
	err := e.reprice(ctx, from, until, &res, func(b *batch) ([]store.Change, error) { return e.store.Put(ctx, b.entries) })
	if err == nil {
		e.markPriced(ctx, int64(len(acts)))
	}
	return err
}

// pricedMark is the checkpoint that says up to which activation nothing in the
// ledger waits for its price: Put keeps it so from then on. Without it an engine
// looks through all that later activations cover each time it starts.
const pricedMark = "priced"

// pricedUpTo returns the number of that activation; 0 if none is known.
func (e *Engine) pricedUpTo(ctx context.Context) int64 {
	if cp, ok := store.As[store.Checkpointer](e.store); ok {
		if seq, _, err := cp.LoadCheckpoint(ctx, pricedMark); err == nil {
			return seq
		}
	}
	return 0
}

// markPriced notes that all is priced. A mark that is lost costs time only.
func (e *Engine) markPriced(ctx context.Context, seq int64) {
	if cp, ok := store.As[store.Checkpointer](e.store); ok {
		if err := cp.SaveCheckpoint(ctx, pricedMark, seq, []byte{1}); err != nil {
			e.log.Warn("tokenomics: noting that all events are priced failed; the next start takes longer", "error", err)
		}
	}
}

// reloadPrices reads the activations that other engines added since old. What
// they cover was priced again by them, so the boards are in doubt unless a feed
// brings that.
func (e *Engine) reloadPrices(ctx context.Context, old *prices) error {
	acts, err := e.store.Activations(ctx)
	if err != nil {
		return fmt.Errorf("tokenomics: reading the ledger's price books: %w", err)
	}
	if e.prices.Load() != old {
		return nil // somebody else did
	}
	if len(acts) <= len(old.activations) {
		return errNoActivation()
	}
	p, err := newPrices(acts, old.books)
	if err != nil {
		return err
	}
	e.prices.CompareAndSwap(old, p)
	if e.feed.of == nil {
		e.staleFacts()
		e.doubts.raise()
	}
	return nil
}

// hearOfBooks reads the activations, of which the feed says that there is one
// more: another engine's, or this one's own.
func (e *Engine) hearOfBooks(ctx context.Context) error {
	for {
		old := e.prices.Load()
		acts, err := e.store.Activations(ctx)
		if err != nil || len(acts) <= len(old.activations) {
			return err
		}
		p, err := newPrices(acts, old.books)
		if err != nil || e.prices.CompareAndSwap(old, p) {
			return err
		}
	}
}

func errNoActivation() error {
	return fmt.Errorf("tokenomics: the store says that another price book was activated, but lists none; storetest tells why: %w", store.ErrStaleActivation)
}

// Book returns the price book of events of an instant; nil if the ledger
// activates none for it.
func (e *Engine) Book(at time.Time) *pricing.Book { return e.prices.Load().book(at) }
