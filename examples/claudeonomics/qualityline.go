package main

import (
	"cmp"
	"slices"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/store"
)

// refusedListed is how many events that were not accepted the quality line
// lists.
const refusedListed = 20

// The last JSON line: what was read, joined, skipped and why.
type (
	qualityLine struct {
		Type         string           `json:"type"` // "quality"
		Files        int64            `json:"files"`
		Lines        int64            `json:"lines"`
		Bytes        int64            `json:"bytes"`
		Events       int64            `json:"events"`
		Older        int64            `json:"older_than_window"`
		Later        int64            `json:"later_than_window"`
		Counts       ingest.Counts    `json:"counts"`
		Statuses     map[string]int64 `json:"statuses"`
		Empty        []string         `json:"folders_without_logs,omitempty"`
		Problems     map[string]int64 `json:"problems"`
		First        []ingest.Problem `json:"first_problems"`
		FirstRefused []refusedEvent   `json:"first_refused"`
	}
	refusedEvent struct {
		Source string            `json:"source"`
		ID     string            `json:"id"`
		Status tokenomics.Status `json:"status"`
		Reason string            `json:"reason"`
	}
)

// newQualityLine returns a line that knows nothing yet but the statuses.
func newQualityLine(stats *tokenomics.Stats) *qualityLine {
	q := &qualityLine{
		Type: "quality", Statuses: map[string]int64{}, Problems: map[string]int64{},
		First: []ingest.Problem{}, FirstRefused: []refusedEvent{},
	}
	for st := tokenomics.Accepted; int(st) < store.NumStatuses; st++ {
		if n := stats.Of(st); n > 0 {
			q.Statuses[st.String()] = n
		}
	}
	return q
}

func (in *loaded) qualityLine(r *report) *qualityLine {
	q := newQualityLine(&in.stats)
	rep := &in.report
	q.Files, q.Lines, q.Bytes, q.Events, q.Counts = rep.Files, rep.Lines, rep.Bytes, rep.Events, rep.Counts
	q.Older, q.Later = in.outsideWindow(r)
	q.Empty = in.empty
	if rep.ProblemKinds != nil {
		q.Problems = rep.ProblemKinds
	}
	q.First = append(q.First, rep.Problems...)
	slices.SortStableFunc(q.First, func(a, b ingest.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	for _, f := range in.refused[:min(len(in.refused), refusedListed)] {
		e := refusedEvent{Source: f.key.Source, ID: f.key.ID, Status: f.status}
		if f.err != nil {
			e.Reason = f.err.Error()
		}
		q.FirstRefused = append(q.FirstRefused, e)
	}
	return q
}
