package rank

import "time"

// StepOf returns the number of the step that holds t: whole steps since
// 1970-01-01 UTC, or the civil day of a calendar window's zone, or 0 for all
// time. It is false for times beyond int64 nanoseconds. Hosts that keep sums
// of their own beside a board use it to cut time as the board does.
func (w Window) StepOf(t time.Time) (int64, bool) { return w.index(t) }

// FirstStep returns the oldest step of the window whose newest step is k.
func (w Window) FirstStep(k int64) int64 { return w.first(k) }

// StepStart returns when step k begins; the zero time for all time.
func (w Window) StepStart(k int64) time.Time { return w.start(k) }
