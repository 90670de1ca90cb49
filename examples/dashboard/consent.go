package main

import (
	"context"
	"sync"
)

// consent remembers in memory who wants to be named: a host keeps it in its
// database.
type consent struct {
	mu  sync.Mutex
	yes map[string]bool
}

func newConsent() *consent { return &consent{yes: map[string]bool{}} }

// Consented implements dashboard.Consent.
func (c *consent) Consented(_ context.Context, subjects []string) ([]bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]bool, len(subjects))
	for i, s := range subjects {
		out[i] = c.yes[s]
	}
	return out, nil
}

// Consent implements dashboard.Consent.
func (c *consent) Consent(_ context.Context, subject string, named bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.yes[subject] = named
	return nil
}
