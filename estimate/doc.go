// Package estimate answers the two questions that are asked before a bill
// comes: how many tokens is this, and what must that total have cost?
//
// # Counting
//
// [For] gives a [Counter] for a model by name. Every [Count] says what it rests
// on: Exact, with the vocabulary and the Unicode version, or Estimate, with
// bounds and the reason for them. Use N for cost and High against a limit.
//
// A [Meter] counts text that arrives in parts, [Chat] a whole request with its
// tools, [Image], [PDF], [Audio] and [Video] what is no text. [Before] turns a
// count into bounds on a cost, and [Calibration] learns from what was metered.
//
// Counting needs no network, no clock and no files. Package estimate itself
// holds no vocabulary; without one, counts are estimates from bytes and
// scripts.
//
// # Inference
//
// [Spend] turns a bare total of tokens into a range of money under named
// [Assumptions], says which of them moves the answer most, and gives the
// bounds that no mix of tokens and models can leave. [Flat] is the one
// multiplication that headlines are made of, [Fit] makes assumptions from a
// sample, and [Parity], [BreakEven] and [Reprice] answer the questions that come
// after. All money is exact.
package estimate
