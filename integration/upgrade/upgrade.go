// Package upgrade tests that a ledger of an earlier schema, with rows in it, is
// brought up to date, whatever the database is.
package upgrade

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

var ctx = context.Background()

// Ledger is an empty database, or a prefix of its own in one.
type Ledger struct {
	DB      *sql.DB
	Dialect sqlstore.Dialect
	Options *sqlstore.Options
}

// Test runs the tests, each on a ledger of its own.
func Test(t *testing.T, open func(t testing.TB) Ledger) {
	t.Run("from-1", func(t *testing.T) { fromFirst(t, open(t)) })
	t.Run("from-3", func(t *testing.T) { fromJournal(t, open(t)) })
}

// prepare brings a ledger to a version and runs statements there.
func (l Ledger) prepare(t *testing.T, version int, statements ...string) {
	t.Helper()
	steps, err := sqlstore.MigrationSQL(l.Dialect, l.Options)
	if err != nil {
		t.Fatal(err)
	}
	before := []string{"CREATE TABLE {prefix}migration (version INTEGER NOT NULL PRIMARY KEY)"}
	for _, step := range steps[:version] {
		for _, statement := range strings.SplitAfter(step.SQL, ";\n") {
			if strings.TrimSpace(statement) != "" {
				before = append(before, statement)
			}
		}
		before = append(before, fmt.Sprintf("INSERT INTO {prefix}migration VALUES (%d)", step.Version))
	}
	for _, statement := range append(before, statements...) {
		if _, err := l.DB.ExecContext(ctx, strings.ReplaceAll(statement, "{prefix}", l.Options.Prefix)); err != nil {
			t.Fatalf("%v:\n%s", err, statement)
		}
	}
}

// migrated brings it up to date.
func (l Ledger) migrated(t *testing.T) *sqlstore.Store {
	t.Helper()
	if err := sqlstore.Migrate(ctx, l.DB, l.Dialect, l.Options); err != nil {
		t.Fatal(err)
	}
	s, err := sqlstore.Open(ctx, l.DB, l.Dialect, l.Options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func same(a, b store.Entry) bool {
	return store.Compare(&a.Event, &b.Event) == 0 && a.Cost == b.Cost && a.High == b.High && a.Status == b.Status && a.Activation == b.Activation
}

// all are the entries of a sequence, voids included.
func all(t *testing.T, s store.Store, q store.Query) (got []store.Entry) {
	t.Helper()
	q.Voids = true
	for e, err := range s.Scan(ctx, q) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	return got
}

// fromFirst: nothing of the first schema is lost, and the feed begins with what
// was there.
func fromFirst(t *testing.T, l Ledger) {
	l.prepare(t, 1,
		`INSERT INTO {prefix}event VALUES ('s', 'full', 7, 0, 'ada', 'openai', 'm', 'acct', 1782907200000000001, 'batch', 'fast', 'eu', 'se', 'wf', 'te',
			'{"b":"2","a":"1"}', 1, 2, 3, '{"input":5,"cache_read":9007199254740993,"images":2}', -1, 5, 1, 2, 3, 4, 1, 2, 0, 0, 0, 0)`,
		`INSERT INTO {prefix}event VALUES ('s', 'void', 0, 1, '', '', '', '', 1782907200000000000, '', '', '', '', '', '',
			'', 0, 0, 0, '{}', NULL, NULL, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1)`,
		"INSERT INTO {prefix}activation VALUES (1, '', '', 'v1', 'note')",
		"INSERT INTO {prefix}activation VALUES (2, '2030-01-01T00:00:00Z', '', 'v2', '')",
	)
	s := l.migrated(t)
	reported := pricing.FromColumns(-1, 5)
	full := store.Entry{Event: store.Event{Source: "s", ID: "full", Revision: 7, Subject: "ada", Session: "se", Workflow: "wf", Team: "te",
		Call:   pricing.Call{Provider: "openai", Model: "m", Account: "acct", At: time.Unix(0, 1782907200000000001).UTC(), Tier: "batch", Speed: "fast", Region: "eu"},
		Labels: store.Labels{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}, Actor: store.Human, Trust: store.Gateway, Flags: 3, ReportedCost: &reported},
		Cost: pricing.FromColumns(1, 2), High: pricing.FromColumns(3, 4), Status: 1, Activation: 2}
	full.Usage.Input, full.Usage.CacheRead, full.Usage.Images = 5, 9007199254740993, 2
	void := store.Entry{Event: store.Event{Source: "s", ID: "void", Void: true}, Activation: 1}
	void.At = time.Unix(0, 1782907200000000000).UTC()
	want := []store.Entry{void, full}
	if got := all(t, s, store.Query{}); !slices.EqualFunc(got, want, same) {
		t.Errorf("there is %+v, want %+v", got, want)
	}
	var moved []store.Entry
	for m, err := range s.Follow(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		moved = append(moved, *m.After)
	}
	if head, err := s.Head(ctx); err != nil || head != 2 || !slices.EqualFunc(moved, want, same) {
		t.Errorf("the feed ends at %d (%v) and tells of %+v, want %+v", head, err, moved, want)
	}
	changes, err := s.Put(ctx, want)
	if err != nil || changes[0].Status != store.Duplicate || changes[1].Status != store.Duplicate {
		t.Errorf("put again: %+v, %v", changes, err)
	}
	if all, err := s.Activations(ctx); err != nil || len(all) != 2 || all[1].Book != "v2" {
		t.Errorf("activations: %+v, %v", all, err)
	}
	if _, err := s.Activate(ctx, 2, store.Activation{Book: "v3", From: store.Latest()}); err != nil {
		t.Error(err)
	}
}

// fromJournal: what is a subject's is found, whether the rollups had it or not.
func fromJournal(t *testing.T, l Ledger) {
	blob := map[sqlstore.Dialect]string{sqlstore.SQLite: "CAST(%s AS BLOB)", sqlstore.PostgreSQL: "convert_to(%s, 'UTF8')"}[l.Dialect]
	rows := []string{"UPDATE {prefix}head SET seq = 4, rolled = 2"}
	for i, subject := range []string{"ada", "ben", "ada", "ada"} {
		void := 0
		if i < 2 {
			void = 1 // adds nothing to the sums that are said to be there
		}
		body := fmt.Sprintf(blob, fmt.Sprintf(`'{"void":%d,"usage":{"input":5}}'`, void))
		rows = append(rows, fmt.Sprintf("INSERT INTO {prefix}event VALUES (%d, 's', 'id%d', '%s', %d, %d, '', 'm', '', '', '', 5, 0, 0, %s)", i+1, i, subject, 1000-i, void, body))
	}
	l.prepare(t, 3, rows...)
	s := l.migrated(t)
	for _, when := range []string{"as it was", "caught up"} {
		var ids []string
		for _, e := range all(t, s, store.Query{Subject: "ada"}) {
			ids = append(ids, e.ID)
		}
		if want := []string{"id3", "id2", "id0"}; !slices.Equal(ids, want) {
			t.Errorf("%s: ada's are %v, want %v", when, ids, want)
		}
		if err := s.Compact(ctx, 0); err != nil {
			t.Fatal(err)
		}
		for sum, err := range s.Sum(ctx, store.Query{}, nil, store.BySubject) {
			if err != nil || sum.Keys[0] != "ada" || sum.Events != 2 || sum.Usage.Input != 10 {
				t.Errorf("%s: the sums are %+v, %v", when, sum, err)
			}
		}
	}
}
