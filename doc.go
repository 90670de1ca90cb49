// Package tokenomics answers, inside any Go service: how many tokens did this
// workflow consume, what did they cost, and who stands where.
//
// An [Engine] records what calls to language models consumed and keeps exact
// rolling boards, costs with their proof, tiers and titles. It is embedded: no
// server, no network, no global state, and only the store does I/O.
//
//	eng, err := tokenomics.New(ctx, nil)             // every default
//	receipts, err := eng.Record(ctx, events...)      // one receipt an event: status and cost
//	top, err := eng.Top("tokens-30d", 250)           // exact, current
//	profile, err := eng.Profile(ctx, "ana")          // tier, titles, and why
//
// # Events
//
// An [Event] is one version of what is known about one call. Its key is
// (Source, ID): Source is the namespace of the id, such as "anthropic", so that
// a log line and a gateway's record of one call meet. Of one key exactly one
// version counts: the greatest by trust, then revision, then void over use;
// recording the same again changes nothing, recording a greater version
// corrects boards, costs and tiers, and a void takes the call back. So the state
// is a function of the set of accepted events: their order, repetition and
// batching leave no trace.
//
// Every input gets a [Receipt] with a [Status]; [Engine.Stats] sums them up. A
// fault of one event never touches the others of its batch. An error of Record
// itself means that the store failed and the outcome is unknown: record the
// same events again.
//
// [Engine.Recorder] records in the background, with a bounded queue.
//
// # Corrections
//
// [Engine.Amend] corrects a call and [Engine.Void] takes one back; both are
// versions like any other. [Engine.Backfill] brings in history older than MaxLate,
// seen by nobody until it is published. [Engine.Rename] counts one subject as
// another, which can be taken back, and [Engine.Forget] erases a person and keeps
// what was used in the totals; they need a store that can.
//
// # Usage and money
//
// [Usage] is disjoint: Input excludes what was cached, Output excludes
// reasoning. Package usage turns the raw bodies of the providers, whose counts
// overlap in different ways, into it. Money is a 128-bit count of 1e-12 units of
// the book's currency; no float touches it, each line of a cost is rounded at
// most once, half to even, at the last digit, and totals add lines.
//
// What is not known is not zero: an event of an unknown model is recorded and
// ranked by its tokens, its cost is marked pricing.Unpriced, and boards by cost
// say how many such events a row has.
//
// Which price book prices which span of event time is written into the ledger
// as an activation. Another book takes over from the moment an engine starts
// with it, and [Engine.Reprice] changes the past on the record; nothing is
// repriced in silence. The ledger keeps the books themselves too, so that a
// newer build opens it and prices what is old as it was.
//
// # Windows and ranks
//
// A window of W steps shows the step that holds now and the W−1 before it, in
// UTC, by event time. The clock alone slides it. Ranks are competition ranks (1,
// 2, 2, 4) unless a board says otherwise; ties are listed by the bytes of the
// subject; a total of zero has no rank. [Engine.AsOf] shows a board as it would
// have been at a past step, from the events that count now.
//
// A [Board] can rank teams, models, workflows or a label instead of people
// (Of), and keep beside itself one board for each of them (Per). [Within] names
// such a segment, and every read takes the name; an event is in the segment it
// names itself, so who changes teams keeps the past in the old one.
//
// [Engine.View] copies a board, so that what a page shows agrees; [Engine.Page]
// turns pages of one moment by a cursor. [Engine.Next], [Engine.Percentile] and
// [Engine.Movers] say how far it is to the next rank, where one stands among all,
// and who climbed. [Engine.Totals] and [Engine.Breakdown] sum the ledger by any
// dimensions, of one person, team or workflow if so asked.
//
// Events of new keys are accepted from MaxLate before to MaxFuture after the
// clock, 35 days and 5 minutes by default.
//
// # Concurrency
//
// All methods of an Engine may be called concurrently. Reads see boards of one
// instant. A board shows an event only after the store has it. A panic in a
// function of the host (Score, tiers.Func) is caught and reported by name; a
// Score must not call the engine.
//
// Engines of several processes may share a store that has a feed, as sqlstore has:
// each is kept up with the others by [Engine.Run]. To any other store one engine
// writes; another over it is right when it is made and follows nothing after that.
//
// # Keeping it
//
// [Engine.Export] writes the ledger as lines of JSON, [Engine.Import] reads them
// into another, by the law of revisions. [Engine.Verify] adds everything up again
// and names what differs. [Stats.Gauges] are figures to expose; Config.Logger hears
// the rest, and never a subject. docs/engine.md shows all of it.
//
// # Rooms
//
// Package usage decodes, pricing prices, rank ranks, tiers judges, estimate
// estimates: they are pure and stand alone. Package store defines what a ledger
// must do, store/memstore does it in memory, store/sqlstore in SQLite and
// PostgreSQL, and store/storetest proves that yours does. Packages under ingest read the logs that coding agents leave on disk.
package tokenomics
