package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// Repriced says what a [Engine.Reprice] changed.
type Repriced struct {
	Activation store.Activation
	Events     int   // events whose price was computed again
	Changed    int   // of them, those whose cost or status is another now
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
	p, err := e.activate(ctx, book, store.Activation{From: from, Until: until, Book: book.Version(), Note: note})
	if err != nil {
		return Repriced{}, err
	}
	res := Repriced{Activation: p.activations[len(p.activations)-1]}
	err = e.reprice(ctx, p, from, until, &res, func(b *batch) error {
		_, err := e.write(ctx, b)
		return err
	})
	return res, err
}

// activate appends an activation, over what other engines appended meanwhile.
// If the last one is just what is asked for, an earlier attempt got through.
func (e *Engine) activate(ctx context.Context, book *pricing.Book, a store.Activation) (*prices, error) {
	for {
		p := e.prices.Load()
		done, err := e.store.Activate(ctx, int64(len(p.activations)), a)
		if err == nil {
			p = p.with(done, book)
			e.prices.Store(p)
			return p, nil
		}
		if !errors.Is(err, store.ErrStaleActivation) {
			return nil, fmt.Errorf("tokenomics: activating price book %s: %w", a.Book, err)
		}
		if err := e.reloadPrices(ctx, p, book); err != nil {
			return nil, err
		}
		p = e.prices.Load()
		last := p.activations[len(p.activations)-1]
		if a.Seq = last.Seq; last == a {
			return p, nil
		}
	}
}

// repricePage is how many events are read at a time, so that no scan is open
// while the store is written to.
const repricePage = 10_000

// reprice prices again, by p, the events of [from, until) that an earlier
// activation priced, and puts them in batches.
func (e *Engine) reprice(ctx context.Context, p *prices, from, until time.Time, res *Repriced, put func(*batch) error) error {
	b := e.scratch.Get().(*batch)
	defer e.release(b)
	at, seen := from, map[Key]struct{}{} // the events of instant at that were read
	for more := true; more; {
		b.reset()
		more = false
		read := 0
		for entry, err := range e.store.Scan(ctx, store.Query{From: at, To: until, Voids: true}) {
			if err != nil {
				return fmt.Errorf("tokenomics: reading the ledger: %w", err)
			}
			if _, again := seen[entry.Key()]; again {
				continue
			}
			if !entry.At.Equal(at) {
				at = entry.At
				clear(seen)
			}
			seen[entry.Key()] = struct{}{}
			before := entry
			if err := p.price(&entry); err != nil {
				return err
			}
			if entry.Activation > before.Activation {
				b.entries = append(b.entries, entry)
				if err := res.count(&before, &entry); err != nil {
					return err
				}
			}
			if read++; read == repricePage {
				more = true
				break
			}
		}
		if len(b.entries) == 0 {
			continue
		}
		if err := put(b); err != nil {
			return fmt.Errorf("tokenomics: repricing, call it again to complete it: %w", err)
		}
	}
	return nil
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
