package sqlite

import (
	"testing"

	"github.com/tokenomics-go/tokenomics/integration/lists"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

func TestLists(t *testing.T) {
	s, path := fresh(t)
	lists.Test(t, s, openDB(t, path, ""), sqlstore.DefaultPrefix)
}
