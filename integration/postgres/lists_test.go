package postgres

import (
	"testing"

	"github.com/tokenomics-go/tokenomics/integration/lists"
)

func TestLists(t *testing.T) {
	s, opts := fresh(t)
	lists.Test(t, s, openDB(t, ""), opts.Prefix)
}
