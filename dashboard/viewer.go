package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Viewer is who asks for a page, and what that person may see. The zero Viewer
// sees the board as others do, and has no row of its own.
type Viewer struct {
	// Subject is whose row is the viewer's own, as events name it; empty:
	// nobody's.
	Subject string

	// Names shows every row by name, whatever Privacy.Naming says.
	Names bool

	// Exact shows exact figures, small groups and everybody's own page: for
	// those who run the board. Every such look is in the AccessLog.
	Exact bool

	// Language is a BCP 47 tag, such as "de". Empty: what the browser asks for.
	Language string
}

// AllowAnyone is an Authorize that lets everybody in as somebody without a row.
// It is for demonstrations on data that are nobody's.
func AllowAnyone(*http.Request) (Viewer, error) { return Viewer{}, nil }

// Consent remembers who wants to be shown by name. The host implements it, in
// its own database. Its methods may be called concurrently.
type Consent interface {
	// Consented reports which of the subjects want to be named, in their order.
	Consented(ctx context.Context, subjects []string) ([]bool, error)
	// Consent writes down what a subject has decided.
	Consent(ctx context.Context, subject string, named bool) error
}

// MemoryConsent is a Consent that lasts as long as the process: for trials and
// tests. The zero MemoryConsent is ready for use: nobody has consented.
type MemoryConsent struct {
	mu  sync.Mutex
	yes map[string]bool
}

// Consented implements [Consent].
func (c *MemoryConsent) Consented(_ context.Context, subjects []string) ([]bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]bool, len(subjects))
	for i, s := range subjects {
		out[i] = c.yes[s]
	}
	return out, nil
}

// Consent implements [Consent].
func (c *MemoryConsent) Consent(_ context.Context, subject string, named bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.yes == nil {
		c.yes = map[string]bool{}
	}
	c.yes[subject] = named
	return nil
}

// Access is one page that was asked for, for the AccessLog.
type Access struct {
	At      time.Time
	Viewer  Viewer
	Page    string // such as "board", "person", "api/cost"
	Subject string // whose page it was, or whose consent; empty: nobody's
	Status  int
}

// class is what the shared part of a page depends on, of its viewer.
type class struct {
	names, exact bool
	own          bool // has a row of its own
}

func classOf(v Viewer) class {
	return class{names: v.Names || v.Exact, exact: v.Exact, own: v.Subject != ""}
}

// authorize asks the host who is there. A panic of the host's function is an
// error like any other: no page.
func (h *Handler) authorize(r *http.Request) (v Viewer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("dashboard: Authorize panicked: %v", p)
		}
	}()
	return h.opts.Authorize(r)
}

// logAccess tells the host's log; its panics end here.
func (h *Handler) logAccess(a Access) {
	if h.opts.AccessLog == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			h.opts.Log.Error("dashboard: AccessLog panicked", "panic", p)
		}
	}()
	h.opts.AccessLog(a)
}
