package dashboard

import (
	"bytes"
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// sharedPage names a page that is the same for all viewers of a class: all that
// it depends on beside the edition.
type sharedPage struct {
	route, query string
	lang         *language
	chosen       bool // the address names the language
	class        class
}

// build renders and compresses a shared page, in two pieces where the viewer's
// own part belongs between them. They are nil where there is nothing to show.
func (h *Handler) build(ctx context.Context, ed *edition, s sharedPage) ([]*piece, error) {
	l := &look{h, ed, s.class, s.lang}
	q, err := url.ParseQuery(s.query)
	if err != nil {
		return nil, nil //nolint:nilerr // an address that cannot be read leads nowhere
	}
	template, title, view, ok := s.route, s.route, any(nil), false
	switch s.route {
	case "":
		template, title = "board", "board"
		var b boardQuery
		if b, ok = parseBoard(q); ok {
			view, ok = l.board(b)
		}
	case "teams", "models", "workflows":
		template = "groups"
		d, _ := dimensionOf(strings.TrimSuffix(s.route, "s"))
		view, ok = l.groups(d, q.Get("board"))
	case "team", "model", "workflow":
		template = "group"
		d, _ := dimensionOf(s.route)
		view, ok = l.group(d, q.Get("name"), q.Get("board"))
	case "titles":
		view, ok = l.titles(), true
	case "cost":
		var c *costView
		c, err = l.cost(ctx, q.Get("board"))
		view, ok = c, c != nil
	}
	if err != nil || !ok {
		return nil, err
	}
	body, err := h.render(template+".html", h.page(l, s.chosen, s.route, s.query, title, view))
	if err != nil {
		return nil, err
	}
	var pieces []*piece
	for part := range bytes.SplitSeq(body, []byte(slot)) {
		pieces = append(pieces, newPiece(part))
	}
	return pieces, nil
}

// renderCache keeps the shared pages of an edition, each rendered and compressed
// once.
type renderCache struct {
	mu    sync.Mutex
	pages map[sharedPage]*rendered
}

type rendered struct {
	once   sync.Once
	asked  atomic.Int64 // how often
	pieces []*piece
	err    error
}

// maxRendered bounds the pages an edition keeps; beyond it they are rendered
// for each request.
const maxRendered = 512

func newRenderCache() *renderCache { return &renderCache{pages: map[sharedPage]*rendered{}} }

// get returns the pieces of a page, made by f if they are not there yet.
func (c *renderCache) get(s sharedPage, f func() ([]*piece, error)) ([]*piece, error) {
	x := c.find(s)
	x.asked.Add(1)
	x.once.Do(func() { x.pieces, x.err = f() })
	return x.pieces, x.err
}

// drop forgets a page that is none: whoever asks for many of those leaves the rest
// where they are.
func (c *renderCache) drop(s sharedPage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pages, s)
}

func (c *renderCache) find(s sharedPage) *rendered {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.pages[s]
	if x == nil {
		x = &rendered{}
		if len(c.pages) < maxRendered {
			c.pages[s] = x
		}
	}
	return x
}

// maxWarm is how many pages are made before an edition is published.
const maxWarm = 32

// warm makes the pages that were asked for most in the last edition, so that
// nobody waits for them in this one.
func (h *Handler) warm(ctx context.Context, ed, last *edition) {
	type asked struct {
		page  sharedPage
		times int64
	}
	var all []asked
	last.cache.mu.Lock()
	for s, x := range last.cache.pages {
		if n := x.asked.Load(); n > 0 {
			all = append(all, asked{s, n})
		}
	}
	last.cache.mu.Unlock()
	slices.SortFunc(all, func(a, b asked) int { return cmp.Compare(b.times, a.times) })
	for _, a := range all[:min(len(all), maxWarm)] {
		x := ed.cache.find(a.page)
		x.once.Do(func() { x.pieces, x.err = h.build(ctx, ed, a.page) })
	}
}

// ownPlaces keeps what was rendered for single viewers of an edition.
type ownPlaces struct {
	mu sync.Mutex
	of map[placeKey][]byte
}

// placeKey names a viewer's own place; the query is the board.
type placeKey struct {
	subject string
	on      sharedPage
}

// maxOwnPlaces bounds them: about six kilobytes each.
const maxOwnPlaces = 4096

func (o *ownPlaces) get(key placeKey) ([]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	html, ok := o.of[key]
	return html, ok
}

func (o *ownPlaces) put(key placeKey, html []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == nil {
		o.of = map[placeKey][]byte{}
	}
	if len(o.of) < maxOwnPlaces {
		o.of[key] = html
	}
}
