package dashboard

import (
	"context"
	"slices"
	"sync"
	"time"
)

// edition returns the edition of now. One that has run out is still served
// while the next is made in the background. A request waits for a new one only
// where there is none, or nobody has looked for long, where the clock was set
// back, and where subjects were renamed or forgotten since: whoever is forgotten
// is shown to nobody again.
func (h *Handler) edition(ctx context.Context) (*edition, error) {
	ed := h.current.Load()
	now := h.eng.Now()
	switch {
	case ed == nil, ed.moved != h.eng.SubjectsMoved(), now.Before(ed.at), now.After(ed.next.Add(max(h.opts.Every, 3*ed.took))):
		return h.make(ctx, ed)
	case now.Before(ed.next):
		return ed, nil
	}
	if h.behind.CompareAndSwap(false, true) {
		go func() {
			defer h.behind.Store(false)
			if _, err := h.make(context.Background(), ed); err != nil {
				h.opts.Log.Error("dashboard: making an edition", "err", err)
			}
		}()
	}
	return ed, nil
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

// renderCache keeps the shared parts of an edition's pages, each rendered and
// compressed once.
type renderCache struct {
	mu    sync.Mutex
	pages map[string]*rendered
}

type rendered struct {
	once   sync.Once
	pieces []*piece
	err    error
}

// maxRendered bounds the pages an edition keeps; beyond it they are rendered
// for each request.
const maxRendered = 512

func newRenderCache() *renderCache { return &renderCache{pages: map[string]*rendered{}} }

// get returns the pieces under a key, made by f if they are not there yet.
func (c *renderCache) get(key string, f func() ([]*piece, error)) ([]*piece, error) {
	c.mu.Lock()
	x := c.pages[key]
	if x == nil {
		x = &rendered{}
		if len(c.pages) < maxRendered {
			c.pages[key] = x
		}
	}
	c.mu.Unlock()
	x.once.Do(func() { x.pieces, x.err = f() })
	return x.pieces, x.err
}

// ownPlaces keeps what was rendered for single viewers of an edition.
type ownPlaces struct {
	mu sync.Mutex
	of map[string][]byte
}

// maxOwnPlaces bounds them: about six kilobytes each.
const maxOwnPlaces = 4096

func (o *ownPlaces) get(key string) ([]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	html, ok := o.of[key]
	return html, ok
}

func (o *ownPlaces) put(key string, html []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == nil {
		o.of = map[string][]byte{}
	}
	if len(o.of) < maxOwnPlaces {
		o.of[key] = html
	}
}
