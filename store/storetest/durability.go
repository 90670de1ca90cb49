package storetest

import (
	"context"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
)

func durabilityRules() []rule {
	return []rule{
		{"durable", "a store that says it is Durable still has everything it acknowledged after it was reopened, and judges by it", "store.Durable; law 8 of docs/design.md", testDurable},
	}
}

func testDurable(s *suite) {
	st := s.fresh()
	d, ok := store.As[store.Durable](st)
	switch {
	case s.caps.Reopen == nil && ok && d.Durable():
		s.Fatal("the store says it is Durable: give Caps.Reopen, so that it can be tested")
	case s.caps.Reopen == nil:
		s.Skip("a volatile store")
	}
	l := ledger{}
	var all []store.Activation
	for round := range s.rounds(10) {
		batch := make([]store.Entry, 1+s.rand.IntN(50))
		for i := range batch {
			batch[i] = random(s.rand, 30)
		}
		batch = append(batch, fullest(fmt.Sprint("full", round)))
		for i, got := range s.put(st, batch...) {
			want := l.put(batch[i])
			s.change("after reopening", got, want.Status, want.Counts, want.Before)
		}
		// Of a time no event is of, so that no price is overtaken.
		all = s.activate(st, all, store.Activation{Book: fmt.Sprint("v", round), From: store.Latest()})
		if st = s.caps.Reopen(s.TB, st); st == nil {
			s.Fatal("Caps.Reopen returned no store")
		}
		s.same("Scan after reopening", s.scan(st, store.Query{}), l.scan(store.Query{}))
		s.activations(st, all)
		if _, err := st.Activate(context.Background(), 0, store.Activation{Book: "no"}); err == nil {
			s.broken("after reopening the activations are numbered anew")
		}
	}
	for k, e := range l {
		s.same("Get after reopening", s.get(st, k), []store.Entry{e})
	}
}
