package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// idle is how long after the last line a batch that is not full is written.
const idle = 50 * time.Millisecond

// receipt is the answer to one line.
type receipt struct {
	Type   string            `json:"type"` // "receipt"
	Line   int               `json:"line"`
	Source string            `json:"source"`
	ID     string            `json:"id"`
	Status tokenomics.Status `json:"status"`
	Counts *bool             `json:"counts,omitempty"`   // of a conflict: whether this version counts
	USD    *tokenomics.Money `json:"usd,omitempty"`      // of the version that counts now; left out if unknown
	High   *tokenomics.Money `json:"usd_high,omitempty"` // where the cost is a range
	Error  *pipe.Error       `json:"error,omitempty"`
}

// recorder collects lines into batches.
type recorder struct {
	eng      *tokenomics.Engine
	out      *pipe.Writer
	waiting  []item
	events   []tokenomics.Event
	receipts []tokenomics.Receipt
}

// record reads all lines and answers each when its event is durable.
func record(ctx context.Context, st store.Store, o options, stdin io.Reader, out *pipe.Writer) error {
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Boards: []tokenomics.Board{}, MaxLate: o.maxLate, Now: o.clock})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the reader where writing failed
	items := make(chan item, o.batch)
	var readErr error
	go func() {
		defer close(items)
		for l, err := range pipe.Lines(stdin, pipe.MaxLine) {
			if err != nil {
				readErr = err
				return
			}
			l.Text = bytes.Clone(l.Text)
			select {
			case items <- read(l):
			case <-ctx.Done():
				return
			}
		}
	}()
	r := &recorder{eng: eng, out: out}
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		select {
		case it, ok := <-items:
			if !ok {
				return errors.Join(r.flush(ctx), readErr)
			}
			if it.bad == nil && it.noAt {
				if err := r.timeOfVoid(ctx, &it); err != nil {
					return err
				}
			}
			if r.waiting = append(r.waiting, it); len(r.waiting) >= o.batch {
				if err := r.flush(ctx); err != nil {
					return err
				}
			}
			timer.Reset(idle)
		case <-timer.C:
			if err := r.flush(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// timeOfVoid gives a void without a time that of the version it voids, which
// may still be waiting.
func (r *recorder) timeOfVoid(ctx context.Context, it *item) error {
	if err := r.flush(ctx); err != nil {
		return err
	}
	known, err := r.eng.Store().Get(ctx, []store.Key{it.event.Key()})
	if err != nil {
		return err
	}
	if len(known) == 0 {
		it.bad = pipe.Errorf(pipe.CodeMissingKey, "at is missing: the void of an unknown key needs a time")
		return nil
	}
	it.event.At = known[0].At
	return nil
}

// flush writes what waits and answers it, in the order of the lines.
func (r *recorder) flush(ctx context.Context) error {
	if len(r.waiting) == 0 {
		return nil
	}
	r.events = r.events[:0]
	for i := range r.waiting {
		if r.waiting[i].bad == nil {
			r.events = append(r.events, r.waiting[i].event)
		}
	}
	var err error
	if r.receipts, err = r.eng.RecordInto(ctx, r.receipts[:0], r.events); err != nil {
		return err // nothing of this batch is acknowledged
	}
	next := 0
	for i := range r.waiting {
		it := &r.waiting[i]
		if it.bad != nil {
			r.out.Fail(it.line, it.bad)
			continue
		}
		a := answerTo(it, &r.receipts[next])
		if a.Error != nil {
			r.out.MarkFailed()
		}
		r.out.Put(a)
		next++
	}
	r.waiting = r.waiting[:0]
	return r.out.Flush()
}

func answerTo(it *item, rc *tokenomics.Receipt) receipt {
	a := receipt{Type: "receipt", Line: it.line, Source: it.event.Source, ID: it.event.ID, Status: rc.Status}
	switch rc.Status {
	case tokenomics.TooLate, tokenomics.TooEarly, tokenomics.Invalid, tokenomics.Refused:
		a.Error = pipe.Errorf(rc.Status.String(), "%v", rc.Err)
		return a
	case tokenomics.Conflict:
		a.Counts = &rc.Counts
	}
	if rc.Priced != pricing.Unpriced {
		a.USD = &rc.Cost
		a.High = above(rc.Cost, rc.High)
	}
	return a
}

// above returns the upper bound of a cost, nil where the cost is exact.
func above(cost, high tokenomics.Money) *tokenomics.Money {
	if high.Cmp(cost) <= 0 {
		return nil
	}
	return &high
}
