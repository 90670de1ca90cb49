package tokenomics_test

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// naiveLedger is the ledger as simply as can be said: for each key the greatest version
// that ever got there. It stands before the real store and sees what reaches it,
// answered or not; it computes boards from nothing but its events.
type naiveLedger struct {
	*memstore.Store
	counts    map[tokenomics.Key]*tokenomics.Event // Subject is empty of what was forgotten
	locked    map[tokenomics.Key]bool              // forgotten: no version counts any more
	forgotten map[string]bool
	books     map[string]*pricing.Book
}

func newNaiveLedger() *naiveLedger {
	return &naiveLedger{Store: memstore.New(nil), counts: map[tokenomics.Key]*tokenomics.Event{}, locked: map[tokenomics.Key]bool{},
		forgotten: map[string]bool{}, books: map[string]*pricing.Book{}}
}

// judge says what becomes of a version, and notes it.
func (n *naiveLedger) judge(e tokenomics.Event) tokenomics.Status {
	old := n.counts[e.Key()]
	switch {
	case n.locked[e.Key()] || n.forgotten[e.Subject]:
		return tokenomics.Refused
	case old == nil:
		n.counts[e.Key()] = &e
		return tokenomics.Accepted
	}
	s, counts := store.Judge(old, &e)
	if counts {
		n.counts[e.Key()] = &e
	}
	return s
}

func (n *naiveLedger) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	changes, err := n.Store.Put(ctx, entries)
	if err == nil {
		for i := range entries {
			if !strings.HasPrefix(entries[i].Subject, store.ForgottenPrefix) { // that is priced again, under a name of its own
				n.judge(entries[i].Event)
			}
		}
	}
	return changes, err
}

func (n *naiveLedger) Exchange(ctx context.Context, known *store.Event, e store.Entry) (store.Change, error) {
	c, err := n.Store.Exchange(ctx, known, e)
	if err == nil {
		n.judge(e.Event)
	}
	return c, err
}

func (n *naiveLedger) Forget(ctx context.Context, subject string) (store.Erased, error) {
	erased, err := n.Store.Forget(ctx, subject)
	if err == nil {
		n.forgotten[subject] = true
		for k, e := range n.counts {
			if e.Subject == subject {
				gone := *e
				gone.Subject = ""
				n.counts[k], n.locked[k] = &gone, true
			}
		}
	}
	return erased, err
}

func (n *naiveLedger) Prune(ctx context.Context, before time.Time) (int64, error) {
	for k, e := range n.counts {
		if e.At.Before(before) {
			delete(n.counts, k)
			delete(n.locked, k)
		}
	}
	return n.Store.Prune(ctx, before)
}

// rows ranks as of a time; picoOf is what a row costs exactly.
type naiveRow struct {
	subject  string
	score    int64
	pico     *big.Int
	unpriced int64
}

func (n *naiveLedger) rows(t testing.TB, spec tokenomics.Board, asOf time.Time) []naiveRow {
	acts, err := n.Activations(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	facts, err := n.Aliases(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	type cell struct {
		subject string
		step    int64
	}
	last, _ := spec.Window.StepOf(asOf)
	first := spec.Window.FirstStep(last)
	rows, cells := map[string]*naiveRow{}, map[cell]*big.Int{}
	for _, e := range n.counts {
		step, _ := spec.Window.StepOf(e.At)
		if e.Void || e.Subject == "" || step < first || step > last {
			continue
		}
		subject := store.Resolve(facts, e.Subject)
		if rows[subject] == nil {
			rows[subject] = &naiveRow{subject: subject, pico: new(big.Int)}
		}
		row := rows[subject]
		switch spec.By {
		case tokenomics.ByTokens:
			row.score += e.Usage.Tokens()
		case tokenomics.ByCalls:
			row.score += max(e.Usage.Requests, 1)
		case tokenomics.ByCost:
			var book *pricing.Book
			for i := range acts {
				if acts[i].Covers(e.At) {
					book = n.books[acts[i].Book]
				}
			}
			cost, _ := book.Price(e.Call)
			if cost.Status != pricing.Priced {
				row.unpriced++
			}
			c := cell{subject, step}
			if cells[c] == nil {
				cells[c] = new(big.Int)
			}
			hi, lo := cost.Total.Pico()
			amount := new(big.Int).Lsh(big.NewInt(hi), 64)
			cells[c].Add(cells[c], amount.Add(amount, new(big.Int).SetUint64(lo)))
		}
	}
	for c, amount := range cells {
		rows[c.subject].pico.Add(rows[c.subject].pico, amount)
		rows[c.subject].score += new(big.Int).Div(amount, big.NewInt(1000)).Int64()
	}
	var out []naiveRow
	for _, r := range rows {
		if r.score != 0 {
			out = append(out, *r)
		}
	}
	slices.SortFunc(out, func(a, b naiveRow) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.subject, b.subject))
	})
	return out
}

// differs says how a board differs from what it must show; "" if it does not.
func (n *naiveLedger) differs(t testing.TB, spec tokenomics.Board, asOf time.Time, got []tokenomics.Standing) string {
	want := n.rows(t, spec, asOf)
	if len(got) != len(want) {
		return fmt.Sprintf("%s has %d rows, want %d", spec.Name, len(got), len(want))
	}
	rank := 1
	for i, w := range want {
		if i > 0 && want[i-1].score != w.score {
			rank = i + 1
		}
		g := got[i]
		if g.Rank != rank || g.Subject != w.subject || g.Score != w.score || g.Unpriced != w.unpriced {
			return fmt.Sprintf("%s row %d is %+v, want rank %d of %+v", spec.Name, i, g, rank, w)
		}
		if spec.By == tokenomics.ByCost {
			hi, lo := g.Cost.Pico()
			amount := new(big.Int).Lsh(big.NewInt(hi), 64)
			if amount.Add(amount, new(big.Int).SetUint64(lo)); amount.Cmp(w.pico) != 0 {
				return fmt.Sprintf("%s: %s costs %s pico, want %s", spec.Name, g.Subject, amount, w.pico)
			}
		}
	}
	return ""
}
