package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
	"github.com/tokenomics-go/tokenomics/store/storetest"
)

var ctx = context.Background()

func openDB(t testing.TB, path, pragmas string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(20000)"+pragmas)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func openStore(t testing.TB, db *sql.DB) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fresh returns a migrated, empty store and its file.
func fresh(t testing.TB) (*sqlstore.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	db := openDB(t, path, "")
	if err := sqlstore.Migrate(ctx, db, sqlstore.SQLite, nil); err != nil {
		t.Fatal(err)
	}
	return openStore(t, db), path
}

func TestStore(t *testing.T) {
	var mu sync.Mutex
	paths := map[store.Store]string{}
	note := func(s store.Store, path string) store.Store {
		mu.Lock()
		defer mu.Unlock()
		paths[s] = path
		return s
	}
	storetest.Run(t, func(t testing.TB) store.Store {
		s, path := fresh(t)
		return note(s, path)
	}, &storetest.Caps{
		Slow: true,
		Reopen: func(t testing.TB, s store.Store) store.Store {
			path := paths[s]
			return note(openStore(t, openDB(t, path, "")), path)
		},
	})
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(t testing.TB) store.Store {
		s, _ := fresh(t)
		return s
	})
}

func entry(id string, input int64) store.Entry {
	e := store.Entry{Event: store.Event{Source: "s", ID: id, Subject: "ada", Call: pricing.Call{Model: "m", At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}}}
	e.Usage.Input = input
	return e
}

func count(t testing.TB, s store.Store) (n int) {
	t.Helper()
	for _, err := range s.Scan(ctx, store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestMigrate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	db := openDB(t, path, "")
	if _, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil); !errors.Is(err, sqlstore.ErrNotMigrated) {
		t.Errorf("Open before Migrate: %v", err)
	}
	var wg sync.WaitGroup
	for range 4 { // several processes start at once
		wg.Go(func() {
			if err := sqlstore.Migrate(ctx, openDB(t, path, ""), sqlstore.SQLite, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s := openStore(t, db)
	if _, err := s.Put(ctx, []store.Entry{entry("a", 1)}); err != nil {
		t.Fatal(err)
	}
	if err := sqlstore.Migrate(ctx, db, sqlstore.SQLite, nil); err != nil || count(t, s) != 1 {
		t.Errorf("Migrate again: %v, %d entries are left", err, count(t, s))
	}
	if _, err := db.Exec("INSERT INTO tokenomics_migration (version) VALUES (99)"); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil); !errors.Is(err, store.ErrNewerFormat) {
		t.Errorf("Open of a later schema: %v", err)
	}
	if err := sqlstore.Migrate(ctx, db, sqlstore.SQLite, nil); !errors.Is(err, store.ErrNewerFormat) {
		t.Errorf("Migrate of a later schema: %v", err)
	}
}

// TestPrefix keeps two ledgers in one database.
func TestPrefix(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "ledger.db"), "")
	var stores []*sqlstore.Store
	for _, prefix := range []string{"one_", "two_"} {
		opts := &sqlstore.Options{Prefix: prefix}
		if err := sqlstore.Migrate(ctx, db, sqlstore.SQLite, opts); err != nil {
			t.Fatal(err)
		}
		s, err := sqlstore.Open(ctx, db, sqlstore.SQLite, opts)
		if err != nil {
			t.Fatal(err)
		}
		stores = append(stores, s)
	}
	if _, err := stores[0].Put(ctx, []store.Entry{entry("a", 1)}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, stores[1]); n != 0 {
		t.Errorf("the other ledger has %d entries", n)
	}
	for _, bad := range []string{"a b", "x;DROP TABLE y", "A", "ünïcode"} {
		if _, err := sqlstore.Open(ctx, db, sqlstore.SQLite, &sqlstore.Options{Prefix: bad}); err == nil {
			t.Errorf("the prefix %q was taken", bad)
		}
	}
}

// TestSums adds money up in the database: exactly.
func TestSums(t *testing.T) {
	s, path := fresh(t)
	var want pricing.Money
	var batch []store.Entry
	for i := range 1000 {
		e := entry(fmt.Sprint("id", i), 1)
		e.Cost = pricing.FromPico(0, uint64(i)*999_999_999_999_937)
		want, _ = want.Add(e.Cost)
		batch = append(batch, e)
	}
	if _, err := s.Put(ctx, batch); err != nil {
		t.Fatal(err)
	}
	var micro, pico int64
	if err := openDB(t, path, "").QueryRow("SELECT SUM(cost_micro), SUM(cost_pico) FROM tokenomics_event").Scan(&micro, &pico); err != nil {
		t.Fatal(err)
	}
	if got := pricing.FromColumns(micro, pico); got != want {
		t.Errorf("the database says %s, want %s", got, want)
	}
}

// TestDiskFull runs out of pages in the middle of a batch: nothing of it is
// kept, what was there can be read, and it goes on when there is room again.
func TestDiskFull(t *testing.T) {
	s, path := fresh(t)
	if _, err := s.Put(ctx, []store.Entry{entry("a", 1)}); err != nil {
		t.Fatal(err)
	}
	tight := openStore(t, openDB(t, path, "&_pragma=max_page_count(20)"))
	var batch []store.Entry
	for i := range 2000 {
		batch = append(batch, entry(fmt.Sprint("id", i), 1))
	}
	if _, err := tight.Put(ctx, batch); !errors.Is(err, store.ErrFull) {
		t.Fatalf("2000 entries in 20 pages: %v, want store.ErrFull", err)
	}
	if n := count(t, tight); n != 1 {
		t.Errorf("%d entries are there after a failed batch, want 1", n)
	}
	if changes, err := s.Put(ctx, batch); err != nil || changes[0].Status != store.Accepted {
		t.Errorf("with room again: %v", err)
	}
	if n := count(t, s); n != 2001 {
		t.Errorf("%d entries, want 2001", n)
	}
}

// TestReadOnly opens the file for reading: reads work, writes are errors.
func TestReadOnly(t *testing.T) {
	s, path := fresh(t)
	if _, err := s.Put(ctx, []store.Entry{entry("a", 1)}); err != nil {
		t.Fatal(err)
	}
	ro := openStore(t, openDB(t, path, "&mode=ro"))
	if n := count(t, ro); n != 1 {
		t.Errorf("%d entries", n)
	}
	if _, err := ro.Put(ctx, []store.Entry{entry("b", 1)}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Put: %v, want store.ErrReadOnly", err)
	}
	if n := count(t, s); n != 1 {
		t.Errorf("%d entries after a refused write", n)
	}
}

// TestPrune forgets what is old, voids too.
func TestPrune(t *testing.T) {
	s, _ := fresh(t)
	old, void, now := entry("a", 1), entry("b", 1), entry("c", 1)
	void.Void = true
	now.At = now.At.Add(1)
	if _, err := s.Put(ctx, []store.Entry{old, void, now}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(ctx, now.At); n != 2 || err != nil {
		t.Errorf("pruned %d, %v", n, err)
	}
	if got, err := s.Get(ctx, []store.Key{old.Key(), void.Key(), now.Key()}); len(got) != 1 || err != nil {
		t.Errorf("left: %v, %v", got, err)
	}
}

// TestTooMuchMoney puts an amount that no column holds: it alone is refused.
func TestTooMuchMoney(t *testing.T) {
	s, _ := fresh(t)
	rich := entry("rich", 1)
	rich.Cost = pricing.FromPico(1<<40, 0)
	got, err := s.Put(ctx, []store.Entry{rich, entry("a", 1), rich})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []store.Status{store.Invalid, store.Accepted, store.Invalid} {
		if got[i].Status != want {
			t.Errorf("entry %d is %s, want %s", i, got[i].Status, want)
		}
	}
	if count(t, s) != 1 {
		t.Errorf("%d entries", count(t, s))
	}
}
