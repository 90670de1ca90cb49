package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tokenomics-go/tokenomics/store"
)

const whereExchange = "store.Exchanger"

func exchangeRules() []rule {
	return []rule{
		{"exchange", "Exchange is Put if the version given is the one that counts; otherwise it is ErrChanged and keeps nothing", whereExchange, testExchange},
		{"exchange-concurrent", "of exchanges of one version at the same moment exactly one succeeds", whereExchange, testExchangeConcurrent},
	}
}

// next returns what follows a version: one more input token.
func next(e store.Entry) store.Entry {
	return edit(e, func(e *store.Entry) { e.Revision++; e.Usage.Input++ })
}

func testExchange(s *suite) {
	st, ctx := s.fresh(), context.Background()
	ex := as[store.Exchanger](s, st)
	first := event("a")
	if _, err := ex.Exchange(ctx, &first.Event, next(first)); !errors.Is(err, store.ErrChanged) {
		s.broken("Exchange of an unknown key: error %v, want one that matches ErrChanged", err)
	}
	s.same("Scan", s.scan(st, store.Query{}), nil)
	s.put(st, first)
	second := next(first)
	c, err := ex.Exchange(ctx, &first.Event, second)
	if err != nil || c.Status != store.Superseding || !c.Counts || c.Before == nil {
		s.broken("Exchange of what counts: %+v, %v, want it superseding", c, err)
	}
	if d := diff(c.Before, &first); d != "" {
		s.broken("the Before of an exchange is not what counted: %s", d)
	}
	third := next(edit(first, func(e *store.Entry) { e.Revision = 7 })) // greater, but made of what counts no longer
	if _, err := ex.Exchange(ctx, &first.Event, third); !errors.Is(err, store.ErrChanged) {
		s.broken("Exchange of what counts no longer: error %v, want one that matches ErrChanged", err)
	}
	s.same("Scan", s.scan(st, store.Query{}), []store.Entry{second})
	if c, err := ex.Exchange(ctx, &second.Event, first); err != nil || c.Status != store.Stale || c.Counts {
		s.broken("Exchange by a lesser version: %+v, %v, want it stale", c, err)
	}
	void := edit(second, func(e *store.Entry) { e.Void = true })
	if c, err := ex.Exchange(ctx, &second.Event, void); err != nil || c.Status != store.Superseding {
		s.broken("Exchange by a void: %+v, %v, want it superseding", c, err)
	}
	s.same("Scan", s.scan(st, store.Query{Voids: true}), []store.Entry{void})
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := ex.Exchange(done, &void.Event, next(void)); !errors.Is(err, context.Canceled) {
		s.broken("Exchange on a context that is done: error %v, want one that matches context.Canceled", err)
	}
	f, ok := store.As[store.Follower](st)
	if !ok {
		return
	}
	r := s.readState(f)
	if c, err := ex.Exchange(ctx, &void.Event, next(void)); err != nil || c.Seq != s.positionOf(f) {
		s.broken("Exchange: %+v, %v, want the position of its move, %d", c, err, s.positionOf(f))
	}
	r.follow(f)
	r.equals("what a follower knows after an exchange", st)
}

func testExchangeConcurrent(s *suite) {
	st, ctx := s.fresh(), context.Background()
	ex := as[store.Exchanger](s, st)
	e := event("a")
	s.put(st, e)
	for range s.rounds(25) {
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for w := range errs {
			wg.Go(func() {
				mine := edit(next(e), func(e *store.Entry) { e.Session = fmt.Sprint(w) })
				_, errs[w] = ex.Exchange(ctx, &e.Event, mine)
			})
		}
		wg.Wait()
		won := -1
		for w, err := range errs {
			switch {
			case errors.Is(err, store.ErrChanged):
			case err != nil:
				s.broken("Exchange failed: %v", err)
			case won >= 0:
				s.broken("two exchanges of one version succeeded")
			default:
				won = w
			}
		}
		got := s.getOne(st, e.Key())
		if won < 0 || got.Session != fmt.Sprint(won) {
			s.broken("the exchange that succeeded is number %d, what counts is that of %q", won, got.Session)
		}
		e = got
	}
}
