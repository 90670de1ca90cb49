package postgres

import (
	"testing"

	"github.com/tokenomics-go/tokenomics/integration/upgrade"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

// TestUpgrade brings ledgers of earlier schemas up to date.
func TestUpgrade(t *testing.T) {
	upgrade.Test(t, func(t testing.TB) upgrade.Ledger {
		return upgrade.Ledger{DB: openDB(t, ""), Dialect: sqlstore.PostgreSQL, Options: newPrefix()}
	})
}
