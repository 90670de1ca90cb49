package tokenomics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Page is some rows of a board one after the other.
type Page struct {
	Rows []Standing
	From int    // the place of the first of them, from 0
	Of   int    // how many rows the board had when the first page was taken
	Next string // cursor of the next page; empty after the last

	// Shifted says that the moment the cursor belongs to is gone, so that these
	// rows are of a later one, from the same place on.
	Shifted bool
}

// keptViews is how many moments [Engine.Page] keeps for cursors that may come,
// of all boards together. Those that were read last stay.
const keptViews = 16

// Page returns up to n rows of a board. The first page has the cursor "", each
// page names that of the next; all pages reached so are of the moment the first
// was read, so that the list does not shift under its reader. The engine keeps
// the last 16 such moments, at about 30 bytes a row each; a cursor of an older
// one, or of another instance, goes on in the present and says so.
//
// A cursor holds no names. Errors match [ErrUnknownBoard], or [ErrCursor] for a
// text that is no cursor of this board.
func (e *Engine) Page(boardName, cursor string, n int) (Page, error) {
	id, from, err := parseCursor(cursor)
	if err != nil {
		return Page{}, err
	}
	m, err := e.pages.find(boardName, id)
	if err != nil {
		return Page{}, err
	}
	p := Page{From: from, Shifted: m == nil && id != 0}
	if m == nil {
		if m, err = e.moment(boardName); err != nil {
			return Page{}, err
		}
	}
	p.Of = m.view.Len()
	p.Rows = m.view.Rows(from, n)
	if end := from + len(p.Rows); len(p.Rows) > 0 && end < p.Of {
		e.pages.keep(m)
		p.Next = strconv.FormatInt(m.id, 36) + "." + strconv.FormatInt(int64(end), 36)
	}
	return p, nil
}

func parseCursor(s string) (id int64, from int, err error) {
	if s == "" {
		return 0, 0, nil
	}
	a, b, ok := strings.Cut(s, ".")
	id, err1 := strconv.ParseInt(a, 36, 64)
	at, err2 := strconv.ParseInt(b, 36, 32)
	if !ok || err1 != nil || err2 != nil || id <= 0 || at < 0 {
		return 0, 0, fmt.Errorf("%w: %.40q; the first page has the cursor \"\", each page tells that of the next", ErrCursor, s)
	}
	return id, int(at), nil
}

// pages are the moments that cursors may name.
type pages struct {
	mu   sync.Mutex
	last int64
	kept []*moment // by last use, the latest last
}

type moment struct {
	id      int64
	name    string
	of      *family // of the board whose copy it is,
	version int64   // and after how many changes
	view    *View
}

// find returns a moment; nil if it is not kept.
func (p *pages) find(boardName string, id int64) (*moment, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.kept {
		if m.id == id && id != 0 {
			if m.name != boardName {
				return nil, fmt.Errorf("%w: it belongs to another board than %q", ErrCursor, boardName)
			}
			return m, nil
		}
	}
	return nil, nil
}

// keep puts a moment last, and forgets the first if there are too many.
func (p *pages) keep(m *moment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = append(slices.DeleteFunc(p.kept, func(k *moment) bool { return k == m }), m)
	if len(p.kept) > keptViews {
		p.kept = slices.Delete(p.kept, 0, 1)
	}
}

// forget drops all moments: somebody on them is to be seen no more.
func (p *pages) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = nil
}

// moment returns a copy of the board as it stands; that of a reader before, if
// nothing has changed since.
func (e *Engine) moment(boardName string) (*moment, error) {
	return read(e, boardName, func(b *board) (*moment, error) {
		p := &e.pages
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, m := range p.kept {
			if m.name == boardName && m.of == b.family && m.version == b.version {
				return m, nil
			}
		}
		p.last = max(p.last+1, e.now().UnixNano()) // tells instances and restarts apart
		return &moment{p.last, boardName, b.family, b.version, b.view()}, nil
	})
}
