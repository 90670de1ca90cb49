package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// RecorderOptions say how a [Recorder] works. nil, and every zero field, means
// the default.
type RecorderOptions struct {
	// Queue is how many events may wait, those being written included. Default:
	// 10,000.
	Queue int

	// WhenFull says what Record does when the queue has no room. Default: Block.
	WhenFull Policy

	// Batch is how many events are written at once, at most. Default: 256.
	Batch int

	// Delay is how long an event waits for others to fill its batch. Default:
	// 50 ms; a negative one writes at once.
	Delay time.Duration

	// RetryFirst is how long the recorder waits after a failed write before it
	// tries the same batch again; each time twice as long, up to RetryMost.
	// Defaults: 100 ms and 30 s.
	RetryFirst, RetryMost time.Duration

	// Attempts is how often a batch is tried before its events are given up.
	// Default: without end; the queue fills meanwhile, and WhenFull decides.
	Attempts int

	// OnReceipt is called for every event once its fate is known: with the
	// receipt of the engine, with status Dropped, or, for an event that was
	// given up, without a status and with the error. It is called from the
	// recorder's own goroutine, for dropped events from that of Record. It may
	// call Record with WhenFull Drop, and must not wait for the recorder in any
	// other way.
	OnReceipt func(Event, Receipt)

	// OnError is called for every write that failed, with the number of the
	// attempt, from 1, and for panics of OnReceipt, with attempt 0.
	OnError func(err error, attempt int)
}

// Policy says what a [Recorder] does with an event it has no room for.
type Policy uint8

// The policies.
const (
	Block Policy = iota // wait for room until the context is done
	Drop                // drop the event, count it and say so
)

// Recorder records events in the background: a request that calls a model does
// not wait for the ledger. Its queue is bounded, what does not fit is waited for
// or counted, and a write that fails is tried again with the same keys, so that
// nothing is counted twice. Make one with [Engine.Recorder] and close it before
// the program ends.
//
// Events are recorded in the order in which they came. All methods may be called
// concurrently.
type Recorder struct {
	eng  *Engine
	opts RecorderOptions

	ctx    context.Context // of the writes; done when Close gives up
	cancel context.CancelFunc
	gone   chan struct{} // closed when the goroutine has ended

	turn chan struct{} // held by the one caller who waits for room
	room chan struct{} // there may be room again
	wake chan struct{} // there may be something to do

	mu       sync.Mutex
	queue    []Event       // the first writing of them are being written,
	writing  int           // or,
	settling bool          // are written and being told of
	waiting  int           // callers that wait for room
	hurry    int           // flushes that wait
	closed   bool          // no more is taken
	closing  chan struct{} // closed then
	moved    chan struct{} // closed and made anew whenever events leave the queue
	left     int64         // events that have left the queue, by any way
	err      error         // of the last attempt, nil if it succeeded
	stats    RecorderStats
}

// RecorderStats accounts for every event a [Recorder] was given:
//
//	Events = Queued + the sum of ByStatus + GivenUp + Left
type RecorderStats struct {
	Events   int64                    // taken or dropped
	Queued   int64                    // waiting or being written
	ByStatus [store.NumStatuses]int64 // what became of those that were written; Dropped, too
	GivenUp  int64                    // after so many Attempts; their outcome is unknown
	Left     int64                    // handed back by Close
	Retries  int64                    // writes that failed; no events
}

// Of returns how many events got a status.
func (s RecorderStats) Of(st Status) int64 { return s.ByStatus[st] }

// Recorder starts a recorder. Errors match [ErrConfig], or store.ErrReadOnly of
// an engine that does not write.
func (e *Engine) Recorder(opts *RecorderOptions) (*Recorder, error) {
	if e.readOnly {
		return nil, fmt.Errorf("tokenomics: Config.ReadOnly is set: %w", store.ErrReadOnly)
	}
	r := &Recorder{
		eng: e, gone: make(chan struct{}),
		turn: make(chan struct{}, 1), room: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		closing: make(chan struct{}), moved: make(chan struct{}),
	}
	if opts != nil {
		r.opts = *opts
	}
	if err := r.opts.complete(); err != nil {
		return nil, err
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	go r.run()
	return r, nil
}

func (o *RecorderOptions) complete() error {
	for _, f := range []struct {
		name string
		n    *int
		def  int
	}{{"Queue", &o.Queue, 10_000}, {"Batch", &o.Batch, 256}} {
		if *f.n < 0 {
			return &ConfigError{"Recorder." + f.name, fmt.Sprintf("is %d, want 0 (for %d) or more", *f.n, f.def)}
		}
		if *f.n == 0 {
			*f.n = f.def
		}
	}
	o.Batch = min(o.Batch, o.Queue)
	o.Delay = orDefault(o.Delay, 50*time.Millisecond)
	o.RetryFirst = orDefault(o.RetryFirst, 100*time.Millisecond)
	o.RetryMost = orDefault(o.RetryMost, 30*time.Second)
	switch {
	case o.WhenFull > Drop:
		return &ConfigError{"Recorder.WhenFull", fmt.Sprintf("is %d, want Block or Drop", o.WhenFull)}
	case o.RetryFirst < 0 || o.RetryMost < o.RetryFirst:
		return &ConfigError{"Recorder.RetryFirst", fmt.Sprintf("to RetryMost is %s to %s, which is no span", o.RetryFirst, o.RetryMost)}
	case o.Attempts < 0:
		return &ConfigError{"Recorder.Attempts", fmt.Sprintf("is %d, want 0 (without end) or more", o.Attempts)}
	}
	return nil
}

// Record queues events: all of them, or on an error none. With Block it waits
// for room until ctx is done. With Drop, events there is no room for are dropped,
// counted, and the error matches [ErrDropped]. After Close it matches
// [ErrClosed]. What is queued may be modified by the caller.
func (r *Recorder) Record(ctx context.Context, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	if len(events) > r.opts.Queue && r.opts.WhenFull == Block {
		return &ConfigError{"Recorder.Queue", fmt.Sprintf("is %d and never has room for %d events at once", r.opts.Queue, len(events))}
	}
	r.mu.Lock()
	if r.waiting == 0 || r.opts.WhenFull == Drop { // nobody is before us
		done, err := r.offer(events)
		if done || r.opts.WhenFull == Drop {
			if !done {
				r.stats.Events += int64(len(events))
				r.stats.ByStatus[store.Dropped] += int64(len(events))
				err = fmt.Errorf("%w: %d events; %d wait", ErrDropped, len(events), len(r.queue))
			}
			r.mu.Unlock()
			if !done {
				if total := r.eng.counters.byStatus[store.Dropped].Add(int64(len(events))); bits.Len64(uint64(total)) > bits.Len64(uint64(total)-uint64(len(events))) {
					r.eng.log.Warn("tokenomics: the recorder has no room and drops events", "so_far", total) // at 1, 2, 4, …
				}
				for i := range events {
					r.tell(&events[i], Receipt{Status: store.Dropped, Err: err})
				}
			}
			return err
		}
	}
	r.waiting++
	r.mu.Unlock()
	err := r.await(ctx, events)
	r.mu.Lock()
	r.waiting--
	r.mu.Unlock()
	return err
}

// offer queues events if there is room; r.mu is held.
func (r *Recorder) offer(events []Event) (done bool, err error) {
	if r.closed {
		return true, ErrClosed
	}
	if len(r.queue)+len(events) > r.opts.Queue {
		return false, nil
	}
	for i := range events {
		r.queue = append(r.queue, events[i].Clone())
	}
	r.stats.Events += int64(len(events))
	signal(r.wake)
	return true, nil
}

// await queues events in turn, once there is room.
func (r *Recorder) await(ctx context.Context, events []Event) error {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("tokenomics: waiting to be queued: %w", ctx.Err())
	case <-r.closing:
		return ErrClosed
	}
	defer func() { <-r.turn }()
	for {
		r.mu.Lock()
		done, err := r.offer(events)
		r.mu.Unlock()
		if done {
			return err
		}
		select {
		case <-r.room:
		case <-ctx.Done():
			return fmt.Errorf("tokenomics: waiting for room in the queue: %w", ctx.Err())
		case <-r.closing:
			return ErrClosed
		}
	}
}

// signal leaves a note for whoever looks, if there is none.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Flush waits until all that was queued before has been written or given up. On
// an error, that of ctx with the last one of the store, it goes on being tried.
func (r *Recorder) Flush(ctx context.Context) error {
	r.mu.Lock()
	target := r.left + int64(len(r.queue))
	r.hurry++
	r.mu.Unlock()
	signal(r.wake)
	defer r.calm()
	for {
		r.mu.Lock()
		moved, open := r.moved, target-r.left
		r.mu.Unlock()
		if open <= 0 {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			r.mu.Lock()
			open, last := target-r.left, r.err
			r.mu.Unlock()
			return fmt.Errorf("tokenomics: %d events still wait: %w", open, errors.Join(ctx.Err(), last))
		}
	}
}

// calm takes back the hurry of a flush.
func (r *Recorder) calm() {
	r.mu.Lock()
	r.hurry--
	r.mu.Unlock()
}

// Close takes no more events, writes those that wait until ctx is done, and ends
// the recorder. It returns what was left, for the host to keep and record when
// it starts again: an event whose write was under way is among them, and may be
// in the ledger already, which is safe. The error is nil if nothing was left.
// Closing again returns nothing. A store that hangs does not keep it.
func (r *Recorder) Close(ctx context.Context) (left []Event, err error) {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.closing)
	}
	r.mu.Unlock()
	select {
	case <-r.gone:
	case <-ctx.Done():
	case <-r.ctx.Done(): // another Close gave up
	}
	r.cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.settling { // these are known; only their receipts are still told
		left, r.queue = slices.Clone(r.queue[r.writing:]), r.queue[:r.writing]
	} else {
		left, r.queue, r.writing = r.queue, nil, 0
	}
	if len(left) == 0 {
		return nil, nil
	}
	r.stats.Left += int64(len(left))
	r.leave(len(left))
	return left, fmt.Errorf("tokenomics: %d events were left unrecorded: %w", len(left), errors.Join(ctx.Err(), r.err))
}

// Stats returns the counters as they are now.
func (r *Recorder) Stats() RecorderStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats
	s.Queued = int64(len(r.queue))
	return s
}

// leave tells those who wait that n events have left the queue; r.mu is held.
func (r *Recorder) leave(n int) {
	r.left += int64(n)
	close(r.moved)
	r.moved = make(chan struct{})
	signal(r.room)
}

func (r *Recorder) run() {
	defer close(r.gone)
	var batch []Event
	var receipts []Receipt
	for r.fill(&batch) {
		var err error
		if receipts, err = r.write(receipts[:0], batch); !r.keep(err) {
			return // Close hands the batch back, or has done so
		}
		r.settle(batch, receipts, err)
		clear(batch)
		clear(receipts)
	}
}

// keep reports whether the fate of the batch is known and still wanted.
func (r *Recorder) keep(err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settling = r.writing > 0 && (err == nil || r.ctx.Err() == nil)
	return r.settling
}

// fill waits for events and copies the next batch of them; it reports false when
// the recorder is closed and nothing waits.
func (r *Recorder) fill(batch *[]Event) bool {
	var full <-chan time.Time // when the first event has waited long enough
	var timer *time.Timer
	defer func() {
		if timer != nil {
			timer.Stop()
		}
	}()
	for {
		r.mu.Lock()
		n := len(r.queue)
		if n >= r.opts.Batch || n > 0 && (r.closed || r.hurry > 0 || r.opts.Delay < 0) {
			r.take(batch)
			r.mu.Unlock()
			return true
		}
		closed := r.closed
		r.mu.Unlock()
		if closed {
			return false
		}
		if n > 0 && timer == nil {
			timer = time.NewTimer(r.opts.Delay)
			full = timer.C
		}
		select {
		case <-r.wake:
		case <-r.closing:
		case <-full:
			r.mu.Lock()
			r.take(batch)
			r.mu.Unlock()
			return true
		}
	}
}

// take copies the next batch; r.mu is held.
func (r *Recorder) take(batch *[]Event) {
	r.writing = min(len(r.queue), r.opts.Batch)
	*batch = append((*batch)[:0], r.queue[:r.writing]...)
}

// write records a batch, again and again if need be. The error is the last one.
func (r *Recorder) write(dst []Receipt, batch []Event) ([]Receipt, error) {
	wait := r.opts.RetryFirst
	for attempt := 1; ; attempt++ {
		receipts, err := r.eng.RecordInto(r.ctx, dst, batch)
		r.mu.Lock()
		if r.err = err; err != nil {
			r.stats.Retries++
		}
		r.mu.Unlock()
		if err == nil {
			return receipts, nil
		}
		if r.ctx.Err() != nil {
			return nil, err
		}
		r.failed(err, attempt)
		if attempt == r.opts.Attempts {
			return nil, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-r.ctx.Done():
			timer.Stop()
			return nil, err
		}
		wait = min(2*wait, r.opts.RetryMost)
	}
}

// settle takes a batch off the queue and tells what became of it.
func (r *Recorder) settle(batch []Event, receipts []Receipt, err error) {
	for i := range batch {
		rc := Receipt{Err: err}
		if err == nil {
			rc = receipts[i]
		}
		r.tell(&batch[i], rc)
	}
	if err != nil {
		r.eng.log.Error("tokenomics: the recorder gives events up", "events", len(batch), "attempts", r.opts.Attempts, "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.stats.GivenUp += int64(len(batch))
	}
	for i := range receipts {
		r.stats.ByStatus[receipts[i].Status]++
	}
	clear(r.queue[:r.writing])
	if r.queue = r.queue[r.writing:]; len(r.queue) == 0 {
		r.queue = nil // let go of what a burst took
	}
	r.writing, r.settling = 0, false
	r.leave(len(batch))
}

func (r *Recorder) tell(e *Event, rc Receipt) {
	if r.opts.OnReceipt == nil {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			r.failed(&CallbackError{Name: "OnReceipt of a recorder", Value: v}, 0)
		}
	}()
	r.opts.OnReceipt(*e, rc)
}

func (r *Recorder) failed(err error, attempt int) {
	if r.opts.OnError == nil {
		return
	}
	defer func() { _ = recover() }() // there is nobody left to tell
	r.opts.OnError(err, attempt)
}
