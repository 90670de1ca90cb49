package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// Receipt says what became of one recorded event.
type Receipt struct {
	Status Status
	Counts bool // the version recorded is the one that counts now

	// Cost is the list cost of the version that counts now for the key, zero
	// after a void or where nothing counts. Where High is greater, the cost is
	// known only to lie between the two. Priced says how much of it is known:
	// with pricing.Unpriced, Cost is zero because it is unknown, not free.
	Cost   Money
	High   Money
	Priced pricing.Status

	Err error // with Conflict, TooLate, TooEarly, Invalid and Refused: why
}

// Record offers events to the ledger and shows what counts on the boards. It
// returns one receipt an event, in their order. A fault of one event is in its
// receipt and does not touch the others.
//
// The error is not nil only if the batch as a whole failed, then there are no
// receipts: the store did, or the ledger's price books are not known here
// ([ErrBookMissing]). Recording the same events again is safe, whatever came
// of the first attempt.
func (e *Engine) Record(ctx context.Context, events ...Event) ([]Receipt, error) {
	return e.RecordInto(ctx, make([]Receipt, 0, len(events)), events)
}

// RecordInto is [Engine.Record] for the hot path: it appends the receipts to
// dst and, once warm, allocates only what the store does. Events are not
// modified.
func (e *Engine) RecordInto(ctx context.Context, dst []Receipt, events []Event) ([]Receipt, error) {
	return e.recordOver(ctx, dst, events, nil)
}

// recordOver is RecordInto; if over is given, of one event, and only if that is the
// version that counts: otherwise the error matches store.ErrChanged.
func (e *Engine) recordOver(ctx context.Context, dst []Receipt, events []Event, over *Event) ([]Receipt, error) {
	if len(events) == 0 {
		return dst, nil
	}
	b := e.scratch.Get().(*batch)
	b.over = over
	defer e.release(b)
	start := len(dst)
	dst = append(dst, make([]Receipt, len(events))...)
	if err := e.record(ctx, b, events, dst[start:]); err != nil {
		if errors.Is(err, store.ErrChanged) {
			return dst[:start], err
		}
		e.counters.unknown.Add(int64(len(events)))
		if ctx.Err() == nil {
			e.log.Warn("tokenomics: recording failed", "events", len(events), "error", err)
		}
		return dst[:start], err
	}
	e.counters.count(dst[start:])
	return dst, nil
}

func (e *Engine) record(ctx context.Context, b *batch, events []Event, receipts []Receipt) error {
	if e.readOnly {
		return fmt.Errorf("tokenomics: Config.ReadOnly is set: %w", store.ErrReadOnly)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("tokenomics: nothing was recorded: %w", err)
	}
	now := e.now().UTC()
	if _, err := e.slide(now); err != nil { // what cannot just slide is rebuilt by who reads it
		return err
	}
	for first := true; ; first = false {
		p := e.prices.Load()
		if !first {
			e.newcomers.leave(b.newcomers)
			b.reset()
		}
		if err := e.prepare(ctx, b, p, now, events, receipts); err != nil {
			return err
		}
		if len(b.entries) == 0 {
			return nil
		}
		changes, err := e.write(ctx, b)
		if errors.Is(err, store.ErrStaleActivation) {
			// Another engine activated a price book; the store kept nothing.
			if err := e.reloadPrices(ctx, p); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("tokenomics: recording %d events failed, record them again: %w", len(events), err)
		}
		e.settle(b, changes, receipts)
		return nil
	}
}

// batch is what recording needs for a moment; it is pooled.
type batch struct {
	entries  []store.Entry
	index    []int // of the receipt of each entry
	keys     []Key
	lanes    []lane
	moves    []move
	from, to int64       // between which event times events may be new, in nanoseconds since 1970
	over     *Event      // what must count still; nil: whatever does
	anyAge   bool        // events may be older than MaxLate
	anyTime  bool        // or of any time
	host     []hostScore // of boards with a Score, board by board, entry by entry
	pricer   pricer
	warmth   byte // keeps the loads of warm from being optimized away

	// With Config.MaxSubjects: the subjects that are known, and those in this batch
	// that are not and whether there is room for them.
	names     *rank.Names
	newcomers map[string]bool
}

// move is what a board loses and gains by one change; either may be nil: there
// was nothing, or a void.
type move struct {
	before, after     *store.Entry
	beforeID, afterID rank.ID
	change            int // its place in the batch
}

// hostScore is what a host's function gives two versions of an event.
type hostScore struct {
	before, after int64
	err           error
}

// reset empties a batch. Its entries stay until they are overwritten, or the pool drops
// the batch: clearing them all would take longer than it is worth.
func (b *batch) reset() {
	clear(b.keys)
	clear(b.moves)
	clear(b.host)
	b.entries, b.index, b.keys, b.host = b.entries[:0], b.index[:0], b.keys[:0], b.host[:0]
	b.lanes, b.moves = b.lanes[:0], b.moves[:0]
	b.names, b.newcomers = nil, nil
}

func (e *Engine) release(b *batch) {
	e.newcomers.leave(b.newcomers)
	b.reset()
	b.over = nil
	e.scratch.Put(b)
}

// prepare prices the events that may enter and collects them in b; the others
// get their receipts.
func (e *Engine) prepare(ctx context.Context, b *batch, p *prices, now time.Time, events []Event, receipts []Receipt) error {
	b.from, b.to = e.acceptance(b, now)
	b.pricer.used = &e.sheets
	b.entries = slices.Grow(b.entries, len(events))
	for i := range events {
		if i%warmAtOnce == 0 {
			b.warm(events[i:min(i+warmAtOnce, len(events))])
		}
		b.entries = b.entries[:len(b.entries)+1]
		entry := &b.entries[len(b.entries)-1]
		entry.Event = events[i]
		entry.At = entry.At.UTC()
		err := store.Validate(&entry.Event)
		if err == nil {
			err = b.pricer.price(p, entry)
		}
		if err != nil {
			if errors.Is(err, ErrBookMissing) {
				return err
			}
			receipts[i] = Receipt{Status: Invalid, Err: err}
			b.entries = b.entries[:len(b.entries)-1]
			continue
		}
		b.index = append(b.index, i)
		if b.outside(entry) || e.maxSubjects > 0 && e.stranger(b, entry) {
			b.keys = append(b.keys, entry.Key())
		}
	}
	if len(b.keys) == 0 {
		return nil
	}
	return e.refuseUnknown(ctx, b, now, receipts)
}

const warmAtOnce = 16

// warm loads the texts of some events that differ from event to event. So they come from
// memory at once, and not one after the other while events are looked at.
func (b *batch) warm(events []Event) {
	var warmth byte
	for i := range events {
		e := &events[i]
		if e.ID != "" {
			warmth += e.ID[len(e.ID)-1]
		}
		if e.Subject != "" {
			warmth += e.Subject[len(e.Subject)-1]
		}
	}
	b.warmth = warmth
}

// acceptance returns between which times new events of a batch may be, both included, in
// nanoseconds since 1970.
func (e *Engine) acceptance(b *batch, now time.Time) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	at := nanos(now)
	if e.maxLate >= 0 && !b.anyAge && !b.anyTime {
		from = at - int64(e.maxLate) // no overflow, as at is of 1999 at least
	}
	if e.maxFuture >= 0 && !b.anyTime && int64(e.maxFuture) < math.MaxInt64-at {
		to = at + int64(e.maxFuture)
	}
	return from, to
}

// nanos is a time in nanoseconds since 1970, brought to where the time of an event can be
// and just beyond.
func nanos(t time.Time) int64 {
	switch sec := t.Unix(); {
	case sec < store.Earliest().Unix():
		return store.Earliest().UnixNano() - 1
	case sec >= store.Latest().Unix():
		return store.Latest().UnixNano()
	}
	return t.UnixNano()
}

func (b *batch) outside(entry *store.Entry) bool {
	at := entry.At.UnixNano()
	return at < b.from || at > b.to
}

// refuseUnknown takes the entries outside the acceptance window, and those of
// too many subjects, out of the batch, unless their keys are known: a known key
// is judged before the horizon.
func (e *Engine) refuseUnknown(ctx context.Context, b *batch, now time.Time, receipts []Receipt) error {
	known, err := e.store.Get(ctx, b.keys)
	if err != nil {
		return fmt.Errorf("tokenomics: looking up %d keys, nothing was recorded: %w", len(b.keys), err)
	}
	flags := make(map[Key]store.Flags, len(known)) // of the known
	for i := range known {
		flags[known[i].Key()] = known[i].Flags
	}
	n := 0
	for i := range b.entries {
		entry := &b.entries[i]
		r := &receipts[b.index[i]]
		if was, known := flags[entry.Key()]; known {
			// Whatever it says, it corrects what is there. What came by a backfill is no
			// other for coming again without one.
			if b.outside(entry) {
				entry.Flags |= was & store.FlagBackfilled
			}
		} else if b.outside(entry) {
			if late := now.Sub(entry.At); late > 0 {
				*r = Receipt{Status: TooLate, Err: fmt.Errorf("%w: it is %s old, MaxLate is %s", ErrTooLate, late, e.maxLate)}
			} else {
				*r = Receipt{Status: TooEarly, Err: fmt.Errorf("%w: it is %s ahead, MaxFuture is %s", ErrTooEarly, entry.At.Sub(now), e.maxFuture)}
			}
			continue
		} else if e.maxSubjects > 0 && e.stranger(b, entry) {
			*r = Receipt{Status: Refused, Err: fmt.Errorf("%w, which is %d", ErrTooManySubjects, e.maxSubjects)}
			continue
		}
		flags[entry.Key()] = entry.Flags // later versions in this batch follow it
		b.entries[n], b.index[n] = *entry, b.index[i]
		n++
	}
	clear(b.entries[n:])
	b.entries, b.index = b.entries[:n], b.index[:n]
	return nil
}

// write puts a batch into the store and then on the boards.
func (e *Engine) write(ctx context.Context, b *batch) ([]store.Change, error) {
	e.scoreAfter(b)
	if e.feed.of != nil {
		return e.writeShared(ctx, b)
	}
	b.lanes = e.lanes.of(b.lanes[:0], b.entries)
	if err := e.lanes.enter(ctx, b.lanes); err != nil {
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	defer e.lanes.leave(b.lanes)
	changes, err := e.put(ctx, b.entries, b.over)
	if err != nil {
		return nil, err
	}
	e.publishChanges(ctx, b, changes)
	return changes, nil
}

// writeShared is write to a store with a feed. It takes no lanes while the store
// works: the feed tells the boards in which order things happened.
func (e *Engine) writeShared(ctx context.Context, b *batch) ([]store.Change, error) {
	changes, err := e.put(ctx, b.entries, b.over)
	if err != nil {
		return nil, err
	}
	if e.lanes.enterAll(ctx) != nil {
		_, last, _ := span64(changes)
		e.feed.reach(last) // it is written: whoever reads brings it
		return changes, nil
	}
	defer e.lanes.leaveAll()
	e.publishChanges(ctx, b, changes)
	return changes, nil
}

// put writes entries and takes note of what that means for the boards if the
// outcome is unknown. A single entry may be put over a version that must count
// still, where the store can do that.
func (e *Engine) put(ctx context.Context, entries []store.Entry, over *Event) (changes []store.Change, err error) {
	var ex store.Exchanger
	if over != nil {
		ex, _ = store.As[store.Exchanger](e.store)
	}
	if ex != nil {
		changes = make([]store.Change, 1)
		changes[0], err = ex.Exchange(ctx, over, entries[0])
	} else {
		changes, err = e.store.Put(ctx, entries)
	}
	switch {
	case err == nil && len(changes) == len(entries):
		return changes, nil
	case err == nil:
		err = fmt.Errorf("the store answered %d of %d entries; storetest tells why", len(changes), len(entries))
	case errors.Is(err, store.ErrStaleActivation) || errors.Is(err, store.ErrChanged):
		return nil, err
	case errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrClosed):
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	e.lose(ctx, entries)
	return nil, fmt.Errorf("outcome unknown: %w", err)
}

// publishChanges shows what was written. The caller holds the lanes of the batch, all
// of them with a store that has a feed.
func (e *Engine) publishChanges(ctx context.Context, b *batch, changes []store.Change) {
	if e.feed.of != nil {
		e.reveal(ctx, b, changes)
		return
	}
	if e.doubts.open() && e.doubts.meet(changes, e.now()) {
		e.doubts.raise()
	}
	e.show(b, changes, 0)
}

// settle writes the receipts of what the store was offered.
func (e *Engine) settle(b *batch, changes []store.Change, receipts []Receipt) {
	for i := range changes {
		c := &changes[i]
		r := &receipts[b.index[i]]
		*r = Receipt{Status: c.Status, Counts: c.Counts, Err: c.Err}
		now := c.Before
		if c.Counts {
			now = &b.entries[i]
		}
		if now != nil {
			r.Priced = now.Status
			if !now.Void {
				r.Cost, r.High = now.Cost, now.High
			}
		}
		if c.Status == Conflict {
			which := "the other version counts"
			if c.Counts {
				which = "this version counts"
			}
			r.Err = fmt.Errorf("%w: %s/%s; %s", ErrConflict, b.entries[i].Source, b.entries[i].ID, which)
		}
	}
}

// scoreAfter asks the hosts' functions for the scores of the new versions. No
// lock is held.
func (e *Engine) scoreAfter(b *batch) {
	for i := range e.specs {
		if e.specs[i].Score == nil {
			continue
		}
		for k := range b.entries {
			var h hostScore
			h.after, h.err = hostScoreOf(&e.specs[i], &b.entries[k])
			b.host = append(b.host, h)
		}
	}
}

// scoreBefore asks for the scores of the versions that are replaced.
func (e *Engine) scoreBefore(b *batch, changes []store.Change) {
	n := 0
	for i := range e.specs {
		if e.specs[i].Score == nil {
			continue
		}
		for k := range changes {
			if before, _, moved := versions(&changes[k], &b.entries[k]); moved && before != nil {
				h := &b.host[n+k]
				var err error
				h.before, err = hostScoreOf(&e.specs[i], before)
				h.err = errors.Join(h.err, err)
			}
		}
		n += len(changes)
	}
}

// scoreMove asks the host's function of a board for the scores of both versions.
func scoreMove(spec *Board, m *move) (h hostScore) {
	for _, v := range [...]struct {
		of    *store.Entry
		score *int64
	}{{m.before, &h.before}, {m.after, &h.after}} {
		if v.of != nil {
			var err error
			*v.score, err = hostScoreOf(spec, v.of)
			h.err = errors.Join(h.err, err)
		}
	}
	return h
}

// show brings what changed in the ledger to the boards, which are then at a
// position of the feed.
func (e *Engine) show(b *batch, changes []store.Change, pos int64) {
	e.scoreBefore(b, changes)
	b.moves = b.moves[:0]
	for i := range changes {
		before, after, moved := versions(&changes[i], &b.entries[i])
		if !moved {
			if c := &changes[i]; c.Counts && c.Status != Duplicate {
				e.touchObserved(c.Before, &b.entries[i])
			}
			continue
		}
		b.moves = append(b.moves, move{before: before, after: after, change: i})
	}
	e.bring(b.moves, b.host, len(changes), pos)
}

// bring applies moves to the boards. All that can be done before the lock is
// taken is: names are resolved, as no rebuild renews them while lanes are held.
func (e *Engine) bring(moves []move, host []hostScore, n int, pos int64) {
	if len(moves) == 0 && pos == 0 {
		return
	}
	who := e.aliases.Load() // the boards', renewed with them
	for some := range slices.Chunk(moves, resolvedAtOnce) {
		resolve(some, e.names, who)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.move(moves, host, n)
	if e.feed.of != nil {
		e.feed.pos.Store(pos)
	}
}

const resolvedAtOnce = 64

// resolve turns the subjects of up to so many moves into handles.
func resolve(moves []move, names *rank.Names, who *aliases) {
	for i := range moves {
		m := &moves[i]
		m.before, m.after = who.resolved(m.before), who.resolved(m.after)
	}
	if len(moves) == 1 {
		moves[0].identify(names.ID(moves[0].subject()), names)
		return
	}
	var subjects [resolvedAtOnce]string
	var room [resolvedAtOnce]rank.ID
	for i := range moves {
		subjects[i] = moves[i].subject()
	}
	for i, id := range names.IDs(room[:0], subjects[:len(moves)]) {
		moves[i].identify(id, names)
	}
}

// subject is whose move it is, afterwards if that makes a difference.
func (m *move) subject() string {
	if m.after != nil {
		return m.after.Subject
	}
	return m.before.Subject
}

// identify notes the handle of the subject, and that of the one before if it is another.
func (m *move) identify(id rank.ID, names *rank.Names) {
	m.beforeID = id
	if m.after == nil {
		return
	}
	if m.afterID = id; m.before != nil && m.before.Subject != m.after.Subject {
		m.beforeID = names.ID(m.before.Subject)
	}
}

// move applies moves to the boards, under the lock. host holds n scores for each
// board with a Score.
func (e *Engine) move(moves []move, host []hostScore, n int) {
	e.touchFacts(moves)
	for _, bd := range e.boards {
		var of []hostScore
		if bd.spec.Score != nil {
			of, host = host[:n], host[n:]
		}
		if bd.move(moves, of) {
			e.doubts.raise() // a correction may take away what broke the board
		}
	}
}

// versions returns what a change takes off the boards and what it puts there;
// nil for nothing and for voids.
func versions(c *store.Change, entry *store.Entry) (before, after *store.Entry, moved bool) {
	if !c.Counts || c.Status == Duplicate && (c.Before == nil || c.Before.Activation >= entry.Activation) {
		return nil, nil, false
	}
	before, after = c.Before, entry
	if before != nil && before.Void {
		before = nil
	}
	if after.Void {
		after = nil
	}
	return before, after, before != nil || after != nil
}
