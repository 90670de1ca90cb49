package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
	"github.com/tokenomics-go/tokenomics/store/storetest"
)

var ctx = context.Background()

func newPrefix() *sqlstore.Options {
	return &sqlstore.Options{Prefix: fmt.Sprintf("t%d_", nextPrefix.Add(1))}
}

func openStore(t testing.TB, db *sql.DB, opts *sqlstore.Options) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(ctx, db, sqlstore.PostgreSQL, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fresh(t testing.TB) (*sqlstore.Store, *sqlstore.Options) {
	t.Helper()
	db, opts := openDB(t, ""), newPrefix()
	if err := sqlstore.Migrate(ctx, db, sqlstore.PostgreSQL, opts); err != nil {
		t.Fatal(err)
	}
	return openStore(t, db, opts), opts
}

func TestStore(t *testing.T) {
	opened := map[store.Store]*sqlstore.Options{}
	storetest.Run(t, func(t testing.TB) store.Store {
		s, opts := fresh(t)
		opened[s] = opts
		return s
	}, &storetest.Caps{
		Slow: true,
		Reopen: func(t testing.TB, s store.Store) store.Store {
			again := openStore(t, openDB(t, ""), opened[s])
			opened[again] = opened[s]
			return again
		},
	})
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(t testing.TB) store.Store {
		s, _ := fresh(t)
		return s
	})
}

func entry(id string, revision int64) store.Entry {
	e := store.Entry{Event: store.Event{Source: "s", ID: id, Revision: revision, Subject: "ada",
		Call: pricing.Call{Model: "m", At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}}}
	e.Usage.Input = 1 + revision
	return e
}

// scan returns the sum of inputs and the number of entries.
func scan(t testing.TB, s store.Store) (sum int64, n int) {
	t.Helper()
	for e, err := range s.Scan(ctx, store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		sum += e.Usage.Input
		n++
	}
	return sum, n
}

func TestMigrate(t *testing.T) {
	db, opts := openDB(t, ""), newPrefix()
	if _, err := sqlstore.Open(ctx, db, sqlstore.PostgreSQL, opts); !errors.Is(err, sqlstore.ErrNotMigrated) {
		t.Errorf("Open before Migrate: %v", err)
	}
	var wg sync.WaitGroup
	for range 8 { // replicas start at once
		wg.Go(func() {
			if err := sqlstore.Migrate(ctx, db, sqlstore.PostgreSQL, opts); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	openStore(t, db, opts)
	if _, err := db.Exec("INSERT INTO " + opts.Prefix + "migration (version) VALUES (99)"); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Open(ctx, db, sqlstore.PostgreSQL, opts); !errors.Is(err, store.ErrNewerFormat) {
		t.Errorf("Open of a later schema: %v", err)
	}
}

// TestReplicas has several instances put the same keys in batches of random
// order: no deadlock, and the changes of all of them add up to the state.
func TestReplicas(t *testing.T) {
	const replicas, rounds, keys = 6, 15, 30
	first, opts := fresh(t)
	sums, errs := make([]int64, replicas), make([]error, replicas)
	var wg sync.WaitGroup
	for i := range replicas {
		s := openStore(t, openDB(t, ""), opts)
		r := rand.New(rand.NewPCG(1, uint64(i)))
		wg.Go(func() {
			for range rounds {
				var batch []store.Entry
				for _, k := range r.Perm(keys)[:20] {
					batch = append(batch, entry(fmt.Sprint("id", k), int64(r.IntN(50))))
				}
				changes, err := s.Put(ctx, batch)
				if err != nil {
					errs[i] = err
					return
				}
				for j, c := range changes {
					if c.Counts && c.Status != store.Duplicate {
						sums[i] += batch[j].Usage.Input
						if c.Before != nil {
							sums[i] -= c.Before.Usage.Input
						}
					}
				}
			}
		})
	}
	wg.Wait()
	var sum int64
	for i := range sums {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		sum += sums[i]
	}
	if got, n := scan(t, first); got != sum {
		t.Errorf("the changes add up to %d, the %d entries to %d", sum, n, got)
	}
}

// TestDurable says what the server says.
func TestDurable(t *testing.T) {
	s, opts := fresh(t)
	if !s.Durable() {
		t.Error("a server with synchronous_commit is said to be volatile")
	}
	if s := openStore(t, openDB(t, "options='-c synchronous_commit=off'"), opts); s.Durable() {
		t.Error("a server without synchronous_commit is said to be durable")
	}
}

func TestReadOnly(t *testing.T) {
	s, opts := fresh(t)
	if _, err := s.Put(ctx, []store.Entry{entry("a", 0)}); err != nil {
		t.Fatal(err)
	}
	ro := openStore(t, openDB(t, "options='-c default_transaction_read_only=on'"), opts)
	if _, n := scan(t, ro); n != 1 {
		t.Errorf("%d entries", n)
	}
	if _, err := ro.Put(ctx, []store.Entry{entry("b", 0)}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Put: %v, want store.ErrReadOnly", err)
	}
}

// TestServerKilled kills the server in mid-flight with kill -9 and starts it
// again: nothing acknowledged is lost, no batch is there in part, and the same
// store goes on.
func TestServerKilled(t *testing.T) {
	const perBatch = 20
	s, _ := fresh(t)
	batch := func(n int) (b []store.Entry) {
		for i := range perBatch {
			b = append(b, entry(fmt.Sprintf("id%d-%d", n, i), 0))
		}
		return b
	}
	acked := 0
	for round := range 3 {
		stopped := make(chan error)
		enough := make(chan struct{})
		go func(from int) {
			for {
				if _, err := s.Put(ctx, batch(acked)); err != nil {
					stopped <- err
					return
				}
				if acked++; acked == from+10 {
					close(enough)
				}
			}
		}(acked)
		<-enough
		pg.kill(t)
		if err := <-stopped; err == nil {
			t.Fatal("a dead server took a batch")
		}
		restart(t)
		deadline := time.Now().Add(time.Minute)
		for _, err := s.Put(ctx, batch(acked)); err != nil; _, err = s.Put(ctx, batch(acked)) { // the host tries again
			if time.Now().After(deadline) {
				t.Fatal(err)
			}
		}
		acked++
		if _, n := scan(t, s); n != acked*perBatch {
			t.Fatalf("round %d: %d batches were acknowledged, %d entries are there", round, acked, n)
		}
	}
}

// restart starts the server again, as soon as what is left of the old one lets
// it.
func restart(t *testing.T) {
	t.Helper()
	var err error
	for range 50 {
		if err = pg.start(); err == nil {
			return
		}
	}
	t.Fatal(err)
}

// TestPutCatchesUp: where nobody compacts, the rollups lag behind by so much and
// no more.
func TestPutCatchesUp(t *testing.T) {
	s, opts := fresh(t)
	var n, rolled, found int
	for batch := make([]store.Entry, 0, 11_000); n < 66_000; batch = batch[:0] {
		for range cap(batch) {
			e := entry(fmt.Sprint("id", n), 0)
			e.Subject = fmt.Sprint("subject", n%3)
			batch = append(batch, e)
			n++
		}
		if _, err := s.Put(ctx, batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := openDB(t, "").QueryRow("SELECT rolled FROM " + opts.Prefix + "head").Scan(&rolled); err != nil || rolled != n {
		t.Errorf("after %d events the rollups hold %d, %v", n, rolled, err)
	}
	for e, err := range s.Scan(ctx, store.Query{Subject: "subject1"}) {
		if err != nil || e.Subject != "subject1" {
			t.Fatal(e, err)
		}
		found++
	}
	if found != n/3 {
		t.Errorf("%d events of a subject, want %d", found, n/3)
	}
	for sum, err := range s.Sum(ctx, store.Query{}, nil, store.BySubject) {
		if err != nil || sum.Events != int64(n/3) {
			t.Errorf("%+v, %v", sum, err)
		}
	}
}
