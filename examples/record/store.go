package main

import (
	"context"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

const storeKinds = "memory"

// open opens the ledger that -store names.
func open(_ context.Context, where string) (store.Store, func() error, error) {
	if where == "memory" {
		return memstore.New(nil), func() error { return nil }, nil
	}
	return nil, nil, fmt.Errorf("-store %q: want %s", where, storeKinds)
}
