package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/tokenomics-go/tokenomics/store"
)

func concurrencyRules() []rule {
	return []rule{
		{"one-accepted", "of many writers of one event at once exactly one sees it Accepted, the others a Duplicate", wherePut, testOneAccepted},
		{"changes-add-up", "however many write at once, the changes that count lead from nothing to the state without a gap: their differences add up to it", "store.Change", testChangesAddUp},
		{"atomic-batches", "a scan sees all of a batch or none of it", wherePut, testAtomicBatches},
	}
}

// putRaw is put for goroutines other than the test's, which must not end it.
func (s *suite) putRaw(st store.Store, entries ...store.Entry) ([]store.Change, error) {
	changes, err := st.Put(context.Background(), entries)
	if err == nil && len(changes) != len(entries) {
		err = fmt.Errorf("%d changes for %d entries", len(changes), len(entries))
	}
	return changes, err
}

func testOneAccepted(s *suite) {
	const writers = 64
	st := s.fresh()
	for round := range s.rounds(20) {
		e := event(fmt.Sprint("id", round))
		changes, errs := make([]store.Change, writers), make([]error, writers)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				<-start
				c, err := s.putRaw(st, e)
				if errs[i] = err; err == nil {
					changes[i] = c[0]
				}
			})
		}
		close(start)
		wg.Wait()
		accepted := 0
		for i, c := range changes {
			switch {
			case errs[i] != nil:
				s.broken("one of %d concurrent Puts failed: %v", writers, errs[i])
			case c.Status == store.Accepted && c.Before == nil && c.Counts:
				accepted++
			case c.Status != store.Duplicate || !c.Counts || c.Before == nil || diff(c.Before, &e) != "":
				s.broken("a concurrent Put of one event said %+v", c)
			}
		}
		if accepted != 1 {
			s.broken("%d of %d concurrent Puts of one event were Accepted, want exactly 1", accepted, writers)
		}
	}
}

// tally is what a board does with changes: it adds what counts now and takes
// away what counted before.
type tally struct{ events, tokens, cost int64 }

func (t *tally) add(e *store.Entry, sign int64) {
	if e == nil || e.Void {
		return
	}
	_, lo := e.Cost.Pico()
	t.events += sign
	t.tokens += sign * e.Usage.Tokens()
	t.cost += sign * int64(lo)
}

// apply follows one change. A Duplicate that counts changes the price at most,
// and only if its activation is greater.
func (t *tally) apply(e *store.Entry, c store.Change) {
	if !c.Counts || c.Status == store.Duplicate && e.Activation <= c.Before.Activation {
		return
	}
	t.add(c.Before, -1)
	t.add(e, 1)
}

func testChangesAddUp(s *suite) {
	const writers = 8
	for round := range s.rounds(10) {
		st := s.fresh()
		tallies, errs := make([]tally, writers), make([]error, writers)
		var wg sync.WaitGroup
		for i := range writers {
			r := rand.New(rand.NewPCG(s.caps.Seed+uint64(round), uint64(i)))
			wg.Go(func() {
				for range 20 {
					batch := make([]store.Entry, 1+r.IntN(s.upTo(10)))
					for j := range batch {
						batch[j] = random(r, 5)
					}
					changes, err := s.putRaw(st, batch...)
					if err != nil {
						errs[i] = err
						return
					}
					for j := range changes {
						tallies[i].apply(&batch[j], changes[j])
					}
				}
			})
		}
		wg.Wait()
		var sum, state tally
		for i, t := range tallies {
			if errs[i] != nil {
				s.broken("a concurrent Put failed: %v", errs[i])
			}
			sum.events, sum.tokens, sum.cost = sum.events+t.events, sum.tokens+t.tokens, sum.cost+t.cost
		}
		for _, e := range s.scan(st, store.Query{}) {
			state.add(&e, 1)
		}
		if sum != state {
			s.broken("the changes of %d concurrent writers add up to %+v, the store holds %+v", writers, sum, state)
		}
	}
}

func testAtomicBatches(s *suite) {
	st := s.fresh()
	size := s.upTo(10)
	batches := s.rounds(100)
	var failed error
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for b := range batches {
			batch := make([]store.Entry, size)
			for i := range batch {
				batch[i] = event(fmt.Sprintf("id%d-%d", b, i))
			}
			if _, failed = s.putRaw(st, batch...); failed != nil {
				return
			}
		}
	}()
	for running := true; running; {
		select {
		case <-finished:
			running = false
		default:
		}
		if n := len(s.scan(st, store.Query{})); n%size != 0 {
			<-finished
			s.broken("a scan saw %d entries, no multiple of the batch size %d", n, size)
		}
	}
	if failed != nil {
		s.broken("Put failed while scans ran: %v", failed)
	}
	if n := len(s.scan(st, store.Query{})); n != batches*size {
		s.broken("after all batches a scan saw %d entries, want %d", n, batches*size)
	}
}
