// Package codex reads the rollouts that the Codex CLI keeps under sessions/
// and archived_sessions/ in its home.
//
// A rollout states no id for a call. What it has are token_count lines with
// the counts of the last call and a running total, sometimes written twice,
// and, in a forked or spawned thread, the parent's history written anew. Each
// call becomes one event:
//
//   - The last call's counts are billed. A line that repeats total and last is
//     the same call. Where the last call is missing, the growth of the total
//     is billed, no part of it below zero; it is never used otherwise, since
//     some versions write totals that fall.
//   - The longest run of counts with which a thread opens just as its parent
//     does is the parent's history. If the parent's log is not there, it is
//     the opening burst: two or more counts within one second.
//   - What a file bills never exceeds the greatest running total it has shown
//     so far: interleaved counters of several threads cannot inflate a sum.
//   - The ID is the first session id of the file, the number of the count in
//     the file, and the counts: copies of a file, whatever times they carry,
//     give the same IDs. The time is the earliest of the copies.
//   - Of a log that is active and archived under one path the active is read.
//   - Input includes what came from caches and output includes reasoning; both
//     are taken apart here. Cache writes are kept 30 minutes.
//   - The model is that of the latest turn context. A call before the first one
//     gets the model of the next, and is counted as approximate.
//
// Workflow is the project: the last element of the working folder. The git
// branch is the label "branch".
package codex
