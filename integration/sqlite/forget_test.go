package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// secrets are the texts that tell of a person.
var secrets = []string{"secret-subject", "secret-session", "secret-account", "secret-label", "secret-value", "secret-id"}

func secret(n int) store.Entry {
	e := entry(fmt.Sprint("secret-id-", n), int64(n))
	e.Subject, e.Session, e.Account = "secret-subject", fmt.Sprint("secret-session-", n), "secret-account"
	e.Labels = store.Labels{{Key: "secret-label", Value: "secret-value"}}
	e.Cost = pricing.FromPico(0, uint64(n))
	e.High = e.Cost
	return e
}

// TestForgetLeavesNoByte looks for what was forgotten in the very files, after
// a life with corrections, compactions, prunings and checkpoints.
func TestForgetLeavesNoByte(t *testing.T) {
	s, path := fresh(t)
	var batch []store.Entry
	for n := range 500 {
		batch = append(batch, secret(n), entry(fmt.Sprint("other", n), 1))
	}
	for revision := range int64(3) {
		for i := range batch {
			batch[i].Revision = revision
			batch[i].At = batch[i].At.AddDate(0, 0, 1)
		}
		if _, err := s.Put(ctx, batch); err != nil {
			t.Fatal(err)
		}
		if err := s.Compact(ctx, position(t, s)-200); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveCheckpoint(ctx, "boards", revision, bytes.Repeat([]byte("secret-subject"), 100_000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Rename(ctx, store.Alias{Subject: "secret-subject", As: "ada"}); err != nil {
		t.Fatal(err)
	}
	found := func(name string) (n int) {
		data, err := os.ReadFile(name)
		if err != nil {
			return 0
		}
		for _, text := range secrets {
			n += bytes.Count(data, []byte(text))
		}
		return n
	}
	if found(path)+found(path+"-wal") == 0 {
		t.Fatal("the secrets are nowhere: the test looks in the wrong place")
	}
	erased, err := s.Forget(ctx, "secret-subject")
	if err != nil || erased.Events != 500 {
		t.Fatal(erased, err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if n := found(name); n > 0 {
			t.Errorf("%s has the secrets %d times", name, n)
		}
	}
	n, sum := 0, int64(0)
	for e, err := range s.Scan(ctx, store.Query{Subject: erased.Token}) {
		if err != nil {
			t.Fatal(err)
		}
		n, sum = n+1, sum+e.Usage.Input
	}
	if n != 500 || sum != 499*500/2 {
		t.Errorf("the token has %d events with %d tokens", n, sum)
	}
}
