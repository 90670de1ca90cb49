package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

// TestUpgrade brings a ledger of the first schema up to date: nothing is lost,
// and the feed begins with what was there.
func TestUpgrade(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "ledger.db"), "")
	steps, err := sqlstore.MigrationSQL(sqlstore.SQLite, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"CREATE TABLE tokenomics_migration (version INTEGER NOT NULL PRIMARY KEY)",
		steps[0].SQL, "INSERT INTO tokenomics_migration VALUES (1)",
		`INSERT INTO tokenomics_event VALUES ('s', 'full', 7, 0, 'ada', 'openai', 'm', 'acct', 1782907200000000001, 'batch', 'fast', 'eu', 'se', 'wf', 'te',
			'{"b":"2","a":"1"}', 1, 2, 3, '{"input":5,"cache_read":9007199254740993,"images":2}', -1, 5, 1, 2, 3, 4, 1, 2, 0, 0, 0, 0)`,
		`INSERT INTO tokenomics_event VALUES ('s', 'void', 0, 1, '', '', '', '', 1782907200000000000, '', '', '', '', '', '',
			'', 0, 0, 0, '{}', NULL, NULL, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1)`,
		"INSERT INTO tokenomics_activation VALUES (1, '', '', 'v1', 'note')",
		"INSERT INTO tokenomics_activation VALUES (2, '2030-01-01T00:00:00Z', '', 'v2', '')",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := sqlstore.Migrate(ctx, db, sqlstore.SQLite, nil); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, db)
	reported := pricing.FromColumns(-1, 5)
	full := store.Entry{Event: store.Event{Source: "s", ID: "full", Revision: 7, Subject: "ada", Session: "se", Workflow: "wf", Team: "te",
		Call:   pricing.Call{Provider: "openai", Model: "m", Account: "acct", At: time.Unix(0, 1782907200000000001).UTC(), Tier: "batch", Speed: "fast", Region: "eu"},
		Labels: store.Labels{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}, Actor: store.Human, Trust: store.Gateway, Flags: 3, ReportedCost: &reported},
		Cost: pricing.FromColumns(1, 2), High: pricing.FromColumns(3, 4), Status: 1, Activation: 2}
	full.Usage.Input, full.Usage.CacheRead, full.Usage.Images = 5, 9007199254740993, 2
	void := store.Entry{Event: store.Event{Source: "s", ID: "void", Void: true}, Activation: 1}
	void.At = time.Unix(0, 1782907200000000000).UTC()
	n := 0
	for m, err := range s.Follow(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		want := []store.Entry{void, full}[n]
		if store.Compare(&m.After.Event, &want.Event) != 0 || m.After.Cost != want.Cost || m.After.High != want.High || m.After.Status != want.Status || m.After.Activation != want.Activation {
			t.Errorf("move %d is %+v, want %+v", n+1, *m.After, want)
		}
		n++
	}
	if n != 2 || position(t, s) != 2 {
		t.Errorf("%d moves, head %d", n, position(t, s))
	}
	changes, err := s.Put(ctx, []store.Entry{full, void})
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
