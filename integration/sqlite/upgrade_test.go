package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/tokenomics-go/tokenomics/integration/upgrade"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

// TestUpgrade brings ledgers of earlier schemas up to date.
func TestUpgrade(t *testing.T) {
	upgrade.Test(t, func(t testing.TB) upgrade.Ledger {
		db := openDB(t, filepath.Join(t.TempDir(), "ledger.db"), "")
		return upgrade.Ledger{DB: db, Dialect: sqlstore.SQLite, Options: &sqlstore.Options{Prefix: sqlstore.DefaultPrefix}}
	})
}
