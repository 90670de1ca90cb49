package dashboard

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// streams are the pages that wait for a new edition.
type streams struct {
	mu   sync.Mutex
	open map[chan int64]struct{}
}

// add registers a stream; false if there are too many.
func (s *streams) add(limit int) (chan int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= limit {
		return nil, false
	}
	if s.open == nil {
		s.open = map[chan int64]struct{}{}
	}
	c := make(chan int64, 1)
	s.open[c] = struct{}{}
	return c, true
}

func (s *streams) drop(c chan int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

// tell tells every stream of an edition. One that has not yet told of the last
// misses it: the next will do.
func (s *streams) tell(ed *edition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		select {
		case c <- ed.serial:
		default:
		}
	}
}

// serveEvents tells a page of new editions as they come: their number, nothing
// of anybody. While somebody waits, editions are made when they are due.
func (h *Handler) serveEvents(w http.ResponseWriter, r *http.Request, a *Access) {
	if !h.opts.Live {
		a.Status = http.StatusNotFound
		plain(w, r, a.Status, http.StatusText(a.Status))
		return
	}
	c, ok := h.streams.add(h.opts.MaxStreams)
	if !ok {
		a.Status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "60")
		plain(w, r, a.Status, http.StatusText(a.Status))
		return
	}
	defer h.streams.drop(c)
	ed, err := h.edition(r.Context())
	if err != nil {
		h.fail(w, r, h.languages[0], a, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	send := func(text string) bool {
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return out.Flush() == nil // middleware that cannot flush cannot stream
	}
	if r.Method == http.MethodHead || !send(fmt.Sprintf("retry: 5000\nevent: edition\ndata: %d\n\n", ed.serial)) {
		return
	}
	for {
		wait := min(max(ed.next.Sub(h.eng.Now()), 250*time.Millisecond), 25*time.Second)
		timer := time.NewTimer(wait)
		select {
		case <-r.Context().Done():
			timer.Stop()
			return
		case serial := <-c:
			timer.Stop()
			if !send(fmt.Sprintf("event: edition\ndata: %d\n\n", serial)) {
				return
			}
		case <-timer.C:
			if !send(": still here\n\n") {
				return
			}
		}
		if ed, err = h.edition(r.Context()); err != nil {
			return
		}
	}
}
