package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/tokenomics-go/tokenomics/integration/instances"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

// TestInstances: several engines over one file.
func TestInstances(t *testing.T) {
	instances.Test(t, func(t testing.TB) instances.Ledger {
		path := filepath.Join(t.TempDir(), "ledger.db")
		if err := sqlstore.Migrate(ctx, openDB(t, path, ""), sqlstore.SQLite, nil); err != nil {
			t.Fatal(err)
		}
		return instances.Ledger{
			Open: func(t testing.TB) (store.Store, func()) {
				db := openDB(t, path, "")
				return openStore(t, db), func() { _ = db.Close() }
			},
			Hold: func(t testing.TB) func() {
				conn, err := openDB(t, path, "").Conn(ctx)
				if err == nil {
					_, err = conn.ExecContext(ctx, "BEGIN IMMEDIATE")
				}
				if err == nil {
					_, err = conn.ExecContext(ctx, "UPDATE tokenomics_head SET seq = seq + 1000")
				}
				if err != nil {
					t.Fatal(err)
				}
				return func() {
					if _, err := conn.ExecContext(ctx, "ROLLBACK"); err != nil {
						t.Error(err)
					}
					_ = conn.Close()
				}
			},
		}
	})
}
