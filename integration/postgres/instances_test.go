package postgres

import (
	"fmt"
	"testing"

	"github.com/tokenomics-go/tokenomics/integration/instances"
	"github.com/tokenomics-go/tokenomics/store"
)

// TestInstances: several engines over one database.
func TestInstances(t *testing.T) {
	admin := openDB(t, "")
	instances.Test(t, func(t testing.TB) instances.Ledger {
		_, opts := fresh(t)
		return instances.Ledger{
			Open: func(t testing.TB) (store.Store, func()) {
				name := fmt.Sprintf("instance%d", nextPrefix.Add(1))
				db := openDB(t, "application_name="+name)
				return openStore(t, db, opts), func() {
					if _, err := admin.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", name); err != nil {
						t.Error(err)
					}
				}
			},
			Hold: func(t testing.TB) func() {
				tx, err := admin.BeginTx(ctx, nil)
				if err == nil {
					_, err = tx.ExecContext(ctx, "UPDATE "+opts.Prefix+"head SET seq = seq + 1000")
				}
				if err != nil {
					t.Fatal(err)
				}
				return func() {
					if err := tx.Rollback(); err != nil {
						t.Error(err)
					}
				}
			},
		}
	})
}
