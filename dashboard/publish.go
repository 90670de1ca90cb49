package dashboard

import (
	"context"
	"sync"
)

// edition returns the edition of now. One that has run out is still served
// while the next is made in the background, unless it ran out a whole edition
// ago: then the request waits.
func (h *Handler) edition(ctx context.Context) (*edition, error) {
	ed := h.current.Load()
	if ed == nil {
		return h.make(ctx, nil)
	}
	now := h.eng.Now()
	switch {
	case now.Before(ed.next) && !now.Before(ed.at.Add(-h.opts.Every)):
		return ed, nil
	case now.After(ed.next.Add(h.opts.Every)), now.Before(ed.at):
		return h.make(ctx, ed)
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
		era := h.stale.Load()
		ed, err := h.publish(ctx, h.serial+1)
		if err != nil {
			return nil, err
		}
		if h.stale.Load() != era {
			continue // somebody was forgotten while it was made
		}
		h.serial++
		h.current.Store(ed)
		if h.stale.Load() != era {
			h.current.CompareAndSwap(ed, nil)
			continue
		}
		h.streams.tell(ed)
		return ed, nil
	}
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
