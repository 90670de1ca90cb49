package memstore_test

import (
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/store/storetest"
)

func open(testing.TB) store.Store { return memstore.New(nil) }

func TestStore(t *testing.T) { storetest.Run(t, open, nil) }

func BenchmarkStore(b *testing.B) { storetest.Bench(b, open) }
