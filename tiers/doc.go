// Package tiers says what usage earns: ladders of tiers, titles and
// achievements, each computed from facts, each able to say why.
//
// An [Accumulator] folds the calls of one subject into [Facts]. A [Ladder]
// places facts on a rung. A [Rule] is a gate over facts with a kind and a
// policy of revocation; [Eval] moves its [State] and returns the transitions
// (unlock, level up, level down, revoke, reinstate) with their evidence, and
// [Explain] says how far each gate is and what is missing. A [Set] is a
// validated collection of rules that is evaluated at once.
//
// Everything here is a pure function: no clock, no I/O, no goroutine. Time is
// an argument and all windows are on event time. Facts are a function of the
// set of samples, never of the order they came in.
//
// All default thresholds are this project's own. Nobody has published those
// of the board in the news.
package tiers
