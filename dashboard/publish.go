package dashboard

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// patience is how long a request waits for something newer than it can have at
// once.
const patience = time.Second

// edition returns the edition of now. One that has run out is still served while
// the next is made in the background; where nobody has looked for long, for so
// long as a second is not enough to make it. A request waits for a new one only
// where there is none, where the clock was set back, and where subjects were
// renamed or forgotten since: whoever is forgotten is shown to nobody again.
func (h *Handler) edition(ctx context.Context) (*edition, error) {
	ed := h.current.Load()
	now := h.eng.Now()
	switch {
	case ed == nil, ed.moved != h.eng.SubjectsMoved(), now.Before(ed.at):
		return h.make(ctx, ed)
	case now.Before(ed.next):
		return ed, nil
	}
	made := h.begin(ed)
	if !now.After(ed.next.Add(max(h.opts.Every, 3*ed.took))) {
		return ed, nil
	}
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-made:
	case <-timeout.C:
		return ed, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("dashboard: %w", ctx.Err())
	}
	if next := h.current.Load(); next != nil && next.moved == h.eng.SubjectsMoved() {
		return next, nil
	}
	return h.make(ctx, ed)
}

// begin makes the edition after one in the background, unless that is under way.
// It returns what is closed afterwards.
func (h *Handler) begin(last *edition) <-chan struct{} {
	h.behind.mu.Lock()
	defer h.behind.mu.Unlock()
	if h.behind.made == nil {
		made := make(chan struct{})
		h.behind.made = made
		go func() {
			if _, err := h.make(context.Background(), last); err != nil {
				h.opts.Log.Error("dashboard: making an edition", "err", err)
			}
			h.behind.mu.Lock()
			defer h.behind.mu.Unlock()
			h.behind.made = nil
			close(made)
		}()
	}
	return h.behind.made
}

// behind is the edition that is being made in the background.
type behind struct {
	mu   sync.Mutex
	made chan struct{} // closed when it is there; nil: none is being made
}

// make makes the edition after one, unless somebody else has done so.
func (h *Handler) make(ctx context.Context, last *edition) (*edition, error) {
	h.making.Lock()
	defer h.making.Unlock()
	if ed := h.current.Load(); ed != nil && ed != last {
		return ed, nil
	}
	for {
		era, moved := h.stale.Load(), h.eng.SubjectsMoved()
		if h.folded != nil && h.folded.moved != moved {
			h.folded = nil
			h.counted.forget()
		}
		ed, err := h.publish(ctx, h.serial+1, moved)
		if err != nil {
			return nil, err
		}
		if h.stale.Load() != era || h.eng.SubjectsMoved() != moved {
			continue // somebody was forgotten while it was made
		}
		if last != nil && last.moved == moved {
			h.warm(ctx, ed, last)
		}
		h.serial++
		ed.took = max(h.eng.Now().Sub(ed.at), 0)
		h.current.Store(ed)
		if h.stale.Load() != era {
			h.current.CompareAndSwap(ed, nil)
			continue
		}
		h.streams.tell(ed)
		return ed, nil
	}
}

// foldFor returns sums over the ledger for an edition: those of an earlier one
// where they are of the same windows and reading the ledger again would take
// more than a twentieth of the time.
func (h *Handler) foldFor(ctx context.Context, now time.Time, spans []span, month int, moved uint64) (*fold, error) {
	if f := h.folded; f != nil && f.moved == moved && slices.Equal(f.spans, spans) && now.Before(f.at.Add(20*f.took)) && !now.Before(f.at) {
		return f, nil
	}
	f, err := foldLedger(ctx, h.eng, spans, month, h.opts.Privacy.MinGroup, h.opts.Contracted)
	if err != nil {
		return nil, err
	}
	f.at, f.moved, f.took = now, moved, h.eng.Now().Sub(now)
	h.folded = f
	return f, nil
}
