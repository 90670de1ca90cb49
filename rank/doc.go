// Package rank keeps exact leaderboards over rolling windows: who stands where
// over the trailing 30 days, always current, for a dozen subjects or for ten
// million, in process.
//
// A [Board] sums signed integer scores per subject and step (a day, an hour, a
// minute). The window is the step that holds now and the W−1 steps before it,
// in UTC:
//
//	an event counts iff floor(now) − (W−1)·step ≤ floor(at) ≤ floor(now)
//
// with floors to whole steps since 1970-01-01 UTC. Only [Board.Advance] moves
// now: never an event's time, never a read. So every read answers from the same
// instant, and Top, Standing, Around and pages always agree.
//
// # Order
//
// Rows are listed by score, highest first, and within a score by the bytes of
// the subject. [Ties] says which ranks equal scores get: 1,2,2,4 by default. A
// total of zero is unranked; negative totals rank below all positive ones.
//
// # Several boards
//
// Boards share subjects through [Names]. [Board.Lens] shares the sums, too: another
// window, ties or scorer over the same stream. [Merge] reads boards of different
// subjects as one.
//
// # What a board is a function of
//
// The set of sums per (subject, step), the step of now, the hidden subjects and
// the [Config]. How they were reached leaves no trace: any order of arrival, any
// batching, any detour over corrections gives the same standings and the same
// bytes of [Board.Snapshot].
//
// # Concurrency
//
// A Board is not locked. Reads never change it, so they may run beside each
// other; a write (Add…, Amend…, Advance, Hide, Compact, Restore) needs the board
// for itself. A [sync.RWMutex] around it is correct, and reads then wait for a write,
// at worst for a slide: one or two milliseconds for 85,000 subjects. Who cannot wait
// reads a [View]: [Board.View] copies the rows of now, writes to the board do not
// reach it, and it is safe for concurrent use, so it can be published by an
// [sync/atomic.Pointer] and serves while the board slides. [Names] locks itself. The
// package reads no clock, starts no goroutine and does no I/O.
package rank
