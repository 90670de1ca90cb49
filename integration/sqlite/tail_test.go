package sqlite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

// TestTailOfSeveral lets two stores write to one file in random turns, with
// corrections that change the subject, and either of them catch up, at times
// breaking off: what each has noted of its own writes is used only where it is
// all that there is. A subject's events and everybody's sums are at any time
// what a scan says.
func TestTailOfSeveral(t *testing.T) {
	const seed = 4
	r := rand.New(rand.NewPCG(seed, seed))
	first, path := fresh(t)
	faulty, f := openFaultyAt(t, path)
	stores := []*sqlstore.Store{first, faulty}
	for step := range 120 {
		s := stores[r.IntN(2)]
		switch r.IntN(8) {
		case 0:
			if err := s.Compact(ctx, 0); err != nil {
				t.Fatal(err)
			}
		case 1:
			broken := 1 + r.IntN(12)
			f.set(func(n int, _ string) error {
				if n == broken {
					return fmt.Errorf("broken on purpose")
				}
				return nil
			}, nil)
			_, _ = faulty.Put(ctx, []store.Entry{entry("broken", int64(step))})
			_ = faulty.Compact(ctx, 0)
			f.set(nil, nil)
		case 2:
			if _, err := s.Activate(ctx, activations(t, s), store.Activation{Book: "book", From: store.Latest()}); err != nil {
				t.Fatal(err)
			}
		case 3:
			if got, err := s.Get(ctx, []store.Key{{Source: "s", ID: fmt.Sprint("id", r.IntN(200))}}); err != nil {
				t.Fatal(err)
			} else if len(got) > 0 {
				e := got[0]
				e.Revision, e.Subject = int64(step), fmt.Sprint("subject", r.IntN(5))
				if _, err := s.Exchange(ctx, &got[0].Event, e); err != nil {
					t.Fatal(err)
				}
			}
		default:
			batch := make([]store.Entry, 1+r.IntN(20))
			for i := range batch {
				e := entry(fmt.Sprint("id", r.IntN(200)), int64(r.IntN(1000)))
				e.Subject, e.Revision, e.Void = fmt.Sprint("subject", r.IntN(5)), int64(step), r.IntN(9) == 0
				e.At = e.At.AddDate(0, 0, r.IntN(3))
				e.Cost = pricing.FromPico(0, uint64(r.IntN(1000)))
				batch[i] = e
			}
			if _, err := s.Put(ctx, batch); err != nil {
				t.Fatal(err)
			}
		}
		if step%6 != 5 {
			continue
		}
		compareSubjects(t, fmt.Sprintf("seed %d, step %d", seed, step), stores[r.IntN(2)])
	}
}

// TestTailIsNotReadAgain: what a store wrote itself, by whatever way, is not read
// back to catch up.
func TestTailIsNotReadAgain(t *testing.T) {
	s, f := openFaulty(t)
	a := entry("a", 1)
	if _, err := s.Put(ctx, []store.Entry{a, entry("b", 1)}); err != nil {
		t.Fatal(err)
	}
	corrected := entry("a", 7)
	corrected.Revision = 1
	if _, err := s.Exchange(ctx, &a.Event, corrected); err != nil {
		t.Fatal(err)
	}
	read, wrote := 0, 0
	f.set(func(_ int, what string) error {
		if strings.Contains(what, "tokenomics_event") {
			read++
		}
		if strings.Contains(what, "INTO tokenomics_rollup") {
			wrote++
		}
		return nil
	}, nil)
	if err := s.Compact(ctx, 0); err != nil {
		t.Fatal(err)
	}
	f.set(nil, nil)
	if read != 0 || wrote != 1 {
		t.Errorf("to catch up with one day and subject the events were read %d times, rollups written %d times, want 0 and 1", read, wrote)
	}
	compareSubjects(t, "caught up", s)
}

func activations(t *testing.T, s store.Store) int64 {
	t.Helper()
	all, err := s.Activations(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return int64(len(all))
}

// compareSubjects compares the events and sums of each subject with a scan of
// everything.
func compareSubjects(t *testing.T, when string, s *sqlstore.Store) {
	t.Helper()
	ids, sums := map[string][]string{}, map[string]*store.Sum{}
	for e, err := range s.Scan(ctx, store.Query{Voids: true}) {
		if err != nil {
			t.Fatal(err)
		}
		ids[e.Subject] = append(ids[e.Subject], e.ID)
		if e.Void {
			continue
		}
		if sums[e.Subject] == nil {
			sums[e.Subject] = new(store.Sum)
		}
		if err := sums[e.Subject].Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	for subject, want := range ids {
		var got []string
		for e, err := range s.Scan(ctx, store.Query{Subject: subject, Voids: true}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e.ID)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s: %s has %v, want %v", when, subject, got, want)
		}
	}
	for sum, err := range s.Sum(ctx, store.Query{}, nil, store.BySubject) {
		if err != nil {
			t.Fatal(err)
		}
		subject := sum.Keys[0]
		want := sums[subject]
		if want == nil || sum.Events != want.Events || sum.Usage != want.Usage || sum.Cost != want.Cost {
			t.Fatalf("%s: %s sums to %+v, want %+v", when, subject, sum, want)
		}
		delete(sums, subject)
	}
	if len(sums) > 0 {
		t.Fatalf("%s: no sums of %d subjects", when, len(sums))
	}
}
