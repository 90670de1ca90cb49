package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Report says what a reader read, joined, left out and why.
type Report struct {
	Files int64 `json:"files"` // files that were opened
	Bytes int64 `json:"bytes"`

	// Lines is the number of lines. A session that is kept as one JSON value,
	// or a line that carries a list of messages, counts as one line and one
	// more for each message in it.
	Lines int64 `json:"lines"`

	Events int64  `json:"events"`
	Counts Counts `json:"counts"`

	Problems     []Problem        `json:"problems,omitempty"` // the first Options.MaxProblems
	ProblemCount int64            `json:"problem_count"`      // all of them
	ProblemKinds map[string]int64 `json:"problem_kinds,omitempty"`

	Links []Link `json:"links,omitempty"` // by (Repo, Number), each once
}

// Link is a pull request that a session opened or worked on.
type Link struct {
	Repo    string    `json:"repo"` // as the log names it, such as "owner/name"
	Number  int64     `json:"number"`
	URL     string    `json:"url,omitempty"`
	Session string    `json:"session,omitempty"`
	At      time.Time `json:"at"` // the earliest, in UTC; zero if the log has none
}

// Count returns one counter.
func (r *Report) Count(c Counter) int64 {
	if int(c) < NumCounters {
		return r.Counts[c]
	}
	return 0
}

// Balance checks that every line ended in exactly one outcome, and that the
// lines that stand for replies, and the further parts of those billed as
// several calls, are as many as the events. It returns nil if so. An error is a fault of the reader, not of the logs, unless reading was
// cut short by its context.
func (r *Report) Balance() error {
	var sum int64
	for c, n := range r.Counts.All() {
		if n < 0 {
			return fmt.Errorf("ingest: counter %s is %d", c, n)
		}
		if c.IsOutcome() {
			sum += n
		}
	}
	if sum != r.Lines {
		return fmt.Errorf("ingest: %d lines were read but outcomes sum to %d", r.Lines, sum)
	}
	if n := r.Count(Replies) + r.Count(ReplyParts); n != r.Events {
		return fmt.Errorf("ingest: there are %d replies and further parts but %d events", n, r.Events)
	}
	return nil
}

// AddProblem counts a problem and keeps it if fewer than limit are kept.
func (r *Report) AddProblem(p Problem, limit int) {
	r.ProblemCount++
	if r.ProblemKinds == nil {
		r.ProblemKinds = make(map[string]int64)
	}
	r.ProblemKinds[p.Kind]++
	if len(r.Problems) < limit {
		r.Problems = append(r.Problems, p)
	}
}

// Merge adds what another reader read. Links to one pull request become one,
// at its earliest time. The problems kept are r's, then o's.
func (r *Report) Merge(o *Report) {
	r.Files += o.Files
	r.Bytes += o.Bytes
	r.Lines += o.Lines
	r.Events += o.Events
	for i, n := range o.Counts {
		r.Counts[i] += n
	}
	r.Problems = append(r.Problems, o.Problems...)
	r.ProblemCount += o.ProblemCount
	if r.ProblemKinds == nil && len(o.ProblemKinds) > 0 {
		r.ProblemKinds = make(map[string]int64)
	}
	for kind, n := range o.ProblemKinds {
		r.ProblemKinds[kind] += n
	}
	r.Links = DedupLinks(append(slices.Clone(r.Links), o.Links...))
}

// DedupLinks sorts links by (Repo, Number) and keeps one of each: the
// earliest, of equal times the one with the smallest session. It reorders its
// argument.
func DedupLinks(links []Link) []Link {
	slices.SortFunc(links, func(a, b Link) int {
		return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Number, b.Number), compareLinkTime(a.At, b.At),
			cmp.Compare(a.Session, b.Session), cmp.Compare(a.URL, b.URL))
	})
	return slices.CompactFunc(links, func(a, b Link) bool { return a.Repo == b.Repo && a.Number == b.Number })
}

// compareLinkTime orders times, a missing one last.
func compareLinkTime(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}
