package tokenomics_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

var testNow = time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)

func clockAt(t time.Time) func() time.Time { return func() time.Time { return t } }

// testBook has two prices that leave fractions of a nano-unit, one model with a
// context step, and one whose output has no price.
func testBook(t testing.TB, input string) *pricing.Book {
	t.Helper()
	book, err := pricing.NewBook(pricing.Sheet{
		Name: "test", Source: "made up", AsOf: testNow, Currency: "USD",
		Models: []pricing.Model{
			{Provider: "acme", ID: "small", Rates: pricing.Rates{
				Input: pricing.PerMillion(input), Output: pricing.PerMillion("0.0217"), CacheRead: pricing.PerMillion("0.00051")}},
			{Provider: "acme", ID: "large", Rates: pricing.Rates{
				Input: pricing.PerMillion("5"), Output: pricing.PerMillion("25"), CacheRead: pricing.PerMillion("0.5")},
				Steps: []pricing.Step{{Above: 1000, Rates: pricing.Rates{
					Input: pricing.PerMillion("10"), Output: pricing.PerMillion("37.5"), CacheRead: pricing.PerMillion("1")}}}},
			{Provider: "acme", ID: "odd", Rates: pricing.Rates{Input: pricing.PerMillion("1")}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// versions makes random versions of a few keys, with every way they can differ.
func randomVersions(r *rand.Rand, n int) []tokenomics.Event {
	subjects := []string{"ana", "bo", "cem", "dua", "eli"}
	models := []string{"small", "large", "odd", "unheard-of"}
	events := make([]tokenomics.Event, n)
	for i := range events {
		at := testNow.Add(-time.Duration(r.Int64N(int64(33 * 24 * time.Hour)))).Truncate(time.Second)
		e := tokenomics.Event{
			Source: "test", ID: fmt.Sprint(r.IntN(n/3 + 1)),
			Revision: r.Int64N(3), Trust: store.Trust(r.IntN(2)), Void: r.IntN(8) == 0,
			Subject: subjects[r.IntN(len(subjects))], Session: fmt.Sprint(r.IntN(3)), Team: "t",
			Call: tokenomics.Call{Provider: "acme", Model: models[r.IntN(len(models))], At: at, Usage: tokenomics.Usage{
				Input: r.Int64N(2000), Output: r.Int64N(500), CacheRead: r.Int64N(3000), Reasoning: r.Int64N(50), Requests: r.Int64N(3)}},
		}
		events[i] = e
	}
	return events
}

// TestLaw5Convergent: any permutation, repetition and batching of the same
// versions, over restarts, gives the same snapshot to the byte.
func TestLaw5Convergent(t *testing.T) {
	ctx := context.Background()
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 5))
		versions := randomVersions(r, 30+r.IntN(120))
		book := testBook(t, "0.0013")
		var want []byte
		for arrival := range 4 {
			st := memstore.New(nil)
			cfg := &tokenomics.Config{Book: book, Store: st, Now: clockAt(testNow)}
			eng, err := tokenomics.New(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			order := slices.Clone(versions)
			if arrival > 0 {
				order = append(order, versions[:r.IntN(len(versions))]...) // repeat some
				r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			}
			for len(order) > 0 {
				n := 1 + r.IntN(min(len(order), 40))
				if _, err := eng.Record(ctx, order[:n]...); err != nil {
					t.Fatal(err)
				}
				order = order[n:]
				if arrival == 3 && r.IntN(4) == 0 { // another instance takes over
					if eng, err = tokenomics.New(ctx, cfg); err != nil {
						t.Fatal(err)
					}
				}
			}
			var got bytes.Buffer
			if err := eng.Snapshot(ctx, &got); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got.Bytes()
				compareWithNaive(t, seed, eng, book, versions)
			} else if !bytes.Equal(want, got.Bytes()) {
				t.Fatalf("seed %d: arrival %d gives another snapshot", seed, arrival)
			}
		}
	}
}

// compareWithNaive recomputes every board from the versions, the simplest way.
func compareWithNaive(t *testing.T, seed uint64, eng *tokenomics.Engine, book *pricing.Book, versions []tokenomics.Event) {
	t.Helper()
	counts := map[string]*tokenomics.Event{}
	for i := range versions {
		v := &versions[i]
		if old := counts[v.ID]; old == nil || store.Compare(v, old) > 0 {
			counts[v.ID] = v
		}
	}
	day := 24 * time.Hour
	first := testNow.Truncate(day).Add(-29 * day)
	type sums struct{ tokens, output, fresh, unpriced int64 }
	bySubject := map[string]*sums{}
	pico := map[string]map[time.Time]*big.Int{}
	for _, v := range counts {
		if v.Void || v.At.Before(first) {
			continue
		}
		s := bySubject[v.Subject]
		if s == nil {
			s = &sums{}
			bySubject[v.Subject], pico[v.Subject] = s, map[time.Time]*big.Int{}
		}
		s.tokens += v.Usage.Tokens()
		s.output += v.Usage.Generated()
		s.fresh += v.Usage.Fresh()
		c, _ := book.Price(v.Call)
		if c.Status != pricing.Priced {
			s.unpriced++
		}
		d := v.At.Truncate(day)
		if pico[v.Subject][d] == nil {
			pico[v.Subject][d] = new(big.Int)
		}
		hi, lo := c.Total.Pico()
		n := new(big.Int).Lsh(big.NewInt(hi), 64)
		pico[v.Subject][d].Add(pico[v.Subject][d], n.Add(n, new(big.Int).SetUint64(lo)))
	}
	score := map[string]func(string) int64{
		"tokens-30d": func(s string) int64 { return bySubject[s].tokens },
		"output-30d": func(s string) int64 { return bySubject[s].output },
		"fresh-30d":  func(s string) int64 { return bySubject[s].fresh },
		"cost-30d": func(s string) (sum int64) {
			for _, p := range pico[s] {
				sum += new(big.Int).Div(p, big.NewInt(1000)).Int64()
			}
			return sum
		},
	}
	for board, of := range score {
		var want []rank.Standing
		for s := range bySubject {
			if of(s) != 0 {
				want = append(want, rank.Standing{Subject: s, Score: of(s)})
			}
		}
		slices.SortFunc(want, func(a, b rank.Standing) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Subject, b.Subject))
		})
		got, err := eng.Top(board, 100)
		if err != nil || len(got) != len(want) {
			t.Fatalf("seed %d: %s has %d rows (%v), want %d", seed, board, len(got), err, len(want))
		}
		for i, w := range want {
			w.Rank = i + 1
			if i > 0 && want[i-1].Score == w.Score {
				w.Rank = want[i-1].Rank
			}
			want[i] = w
			if g := got[i]; g.Rank != w.Rank || g.Subject != w.Subject || g.Score != w.Score {
				t.Fatalf("seed %d: %s row %d is %+v, want %+v", seed, board, i, g, w)
			}
			if board != "cost-30d" {
				continue
			}
			exact := new(big.Int)
			for _, p := range pico[w.Subject] {
				exact.Add(exact, p)
			}
			hi, lo := got[i].Cost.Pico()
			n := new(big.Int).Lsh(big.NewInt(hi), 64)
			if n.Add(n, new(big.Int).SetUint64(lo)); n.Cmp(exact) != 0 {
				t.Fatalf("seed %d: %s costs %s pico, want %s", seed, w.Subject, n, exact)
			}
			if got[i].Unpriced != bySubject[w.Subject].unpriced {
				t.Fatalf("seed %d: %s has %d unpriced events, want %d", seed, w.Subject, got[i].Unpriced, bySubject[w.Subject].unpriced)
			}
		}
	}
}
