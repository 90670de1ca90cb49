package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// TestAnswersOnlyRead: standings and totals leave the ledger as it is, even
// where its prices are behind what somebody else has activated meanwhile.
func TestAnswersOnlyRead(t *testing.T) {
	ctx := context.Background()
	at := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	st := memstore.New(nil)
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	var e tokenomics.Event
	e.Source, e.ID, e.Subject, e.Model, e.At, e.Usage.Input = "anthropic", "1", "ana", "claude-opus-5-5", at, 1000
	if rs, err := eng.Record(ctx, e); err != nil || rs[0].Status != tokenomics.Accepted {
		t.Fatal(rs, err)
	}
	if _, err := st.Activate(ctx, 1, store.Activation{Book: eng.Book(at).Version(), From: at.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := pipe.NewWriter(&out)
	o := options{now: at, top: 1, totals: tokenomics.ByModel, window: rank.Rolling30d}
	if err := answer(ctx, st, o, w); err != nil || w.Flush() != nil || out.Len() == 0 {
		t.Fatalf("%v, %q", err, out.String())
	}
	got, err := st.Get(ctx, []store.Key{e.Key()})
	if err != nil || len(got) != 1 || got[0].Activation != 1 {
		t.Errorf("the ledger was written to: %+v (%v)", got, err)
	}
}
