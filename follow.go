package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/tokenomics-go/tokenomics/store"
)

// feed is how far the boards have come with a store that several instances
// share. With such a store the boards are the fold of its feed up to a position
// and nothing else, whoever wrote what: two engines at one position show the
// same. What this engine writes itself is in that feed, too; if it is the very
// next thing there, it is shown without being read again.
//
// Boards are moved along by who holds all lanes. Writes do not take any: the
// order of the feed is the order of the boards.
type feed struct {
	of   store.Follower // nil: the store has none, and the boards follow what this engine records
	pos  atomic.Int64   // of the boards; changed with all lanes and the engine's lock held
	want atomic.Int64   // this engine's own writes, those it could not show at once, reach to here

	// Writes whose outcome is unknown, and how many of them a look at the feed
	// has settled since: what landed is there.
	unsure, sure atomic.Uint64
}

// behind reports whether the boards lack what this engine wrote, or may have
// written. Nobody reads them then. That others wrote more is no reason to wait.
func (f *feed) behind() bool {
	return f.of != nil && (f.pos.Load() < f.want.Load() || f.unsure.Load() != f.sure.Load())
}

// readOwnWrites brings the boards up to what this engine wrote, where they are behind: what
// is counted beside them learns of it on the way.
func (e *Engine) readOwnWrites(ctx context.Context) error {
	if !e.feed.behind() {
		return nil
	}
	return e.advance(ctx, e.now)
}

// reach notes that the boards must come to a position before they are read.
func (f *feed) reach(pos int64) {
	for {
		w := f.want.Load()
		if w >= pos || f.want.CompareAndSwap(w, pos) {
			return
		}
	}
}

// Follow brings the boards up to what all instances have written to the ledger
// by now. On a store without a feed, see store.Follower, it only does what
// [Engine.Advance] does: there the boards follow what this engine records.
// [Engine.Run] does it all the time.
func (e *Engine) Follow(ctx context.Context) error {
	if e.feed.of == nil {
		return e.advance(ctx, e.now)
	}
	if err := e.lanes.enterAll(ctx); err != nil {
		return fmt.Errorf("tokenomics: waiting to follow the ledger: %w", err)
	}
	defer e.lanes.leaveAll()
	if err := e.follow(ctx); err != nil {
		return err
	}
	return e.renew(ctx, e.now)
}

// followPage is how many moves are brought to the boards at once.
const followPage = 4096

// follow reads the feed to its end. The caller holds all lanes. The boards may
// be in doubt afterwards.
func (e *Engine) follow(ctx context.Context) error {
	f := &e.feed
	unsure, from := f.unsure.Load(), f.pos.Load()
	fail := func(err error) error { return fmt.Errorf("tokenomics: following the ledger: %w", err) }
	head, err := f.of.Head(ctx)
	if err != nil {
		return fail(err)
	}
	if head != from {
		p := pursuit{e: e, head: max(head, from)}
		for m, err := range f.of.Follow(ctx, from) {
			if err == nil {
				p.add(m)
				continue
			}
			p.give()
			if !errors.Is(err, store.ErrCompacted) {
				return fail(err)
			}
			e.log.Info("tokenomics: the feed does not reach back to what the boards show, the ledger is read anew")
			if err := e.hearOfBooks(ctx); err != nil {
				return fail(err)
			}
			e.subjectsMoved() // who knows: what was forgotten is in no feed
			for _, s := range e.scopes {
				s.anew.Store(true)
			}
			return e.rebuild(ctx, e.now().UTC())
		}
		if err := p.end(ctx); err != nil {
			return fail(err)
		}
	}
	f.sure.Store(unsure)
	return nil
}

// pursuit is one reading of the feed.
type pursuit struct {
	e       *Engine
	head    int64 // the feed was read to here at least
	b       batch
	begun   bool // some moves are on the boards
	renamed bool
	books   bool
}

func (p *pursuit) add(m store.Move) {
	p.head = max(p.head, m.Seq)
	p.renamed = p.renamed || m.Subjects
	p.books = p.books || m.Books
	before, after := counting(m.Before), counting(m.After)
	if before == nil && after == nil {
		p.e.touchObserved(m.Before, m.After)
		return
	}
	p.b.moves = append(p.b.moves, move{before: before, after: after, change: len(p.b.moves)})
	if len(p.b.moves) == followPage {
		p.show(p.e.feed.pos.Load()) // the feed is a chain: only its end is a state
		p.begun = true
	}
}

func (p *pursuit) show(pos int64) {
	e := p.e
	p.b.host = p.b.host[:0]
	for i := range e.specs {
		if e.specs[i].Score == nil {
			continue
		}
		for k := range p.b.moves {
			p.b.host = append(p.b.host, scoreMove(&e.specs[i], &p.b.moves[k]))
		}
	}
	e.bring(p.b.moves, p.b.host, len(p.b.moves), pos)
	clear(p.b.moves)
	p.b.moves = p.b.moves[:0]
}

func (p *pursuit) end(ctx context.Context) error {
	p.show(p.head)
	if p.renamed {
		p.e.subjectsMoved()
	}
	if p.books {
		return p.e.hearOfBooks(ctx)
	}
	return nil
}

// give ends a pursuit that failed: what is half on the boards is in doubt.
func (p *pursuit) give() {
	if p.begun {
		p.e.doubts.raise()
	}
}

// counting returns a version that adds something, nil for none and for voids.
func counting(e *store.Entry) *store.Entry {
	if e == nil || e.Void {
		return nil
	}
	return e
}

// reveal shows what was written, if it is the very next thing in the feed; else
// it brings all there is from there. The caller holds all lanes. A failure is
// nobody's here: what is written is written, and whoever reads tries again.
func (e *Engine) reveal(ctx context.Context, b *batch, changes []store.Change) {
	first, last, n := span64(changes)
	switch pos := e.feed.pos.Load(); {
	case pos >= last: // nothing moved, or somebody has followed past it
	case first == pos+1 && last-pos == n:
		e.show(b, changes, last)
	case e.follow(ctx) != nil:
		e.feed.reach(last)
	}
}

// span64 returns the first and the last position that changes have in the feed,
// and how many there are; positions that changes of one key share count once.
func span64(changes []store.Change) (first, last, n int64) {
	for i := range changes {
		if s := changes[i].Seq; s > 0 && (first == 0 || s < first) {
			first = s
		}
		last = max(last, changes[i].Seq)
	}
	if last == 0 || last-first >= int64(len(changes)) {
		return first, last, -1
	}
	seen := make([]uint64, (last-first)/64+1)
	for i := range changes {
		if s := changes[i].Seq; s > 0 {
			bit := uint64(1) << ((s - first) % 64)
			if seen[(s-first)/64]&bit == 0 {
				seen[(s-first)/64] |= bit
				n++
			}
		}
	}
	return first, last, n
}
