package codex

import (
	"cmp"
	"math"
	"path"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// events bills every rollout and joins what copies of one thread tell.
func (r *reader) events() []store.Event {
	threads := make(map[string][]*rollout)
	for _, f := range r.rollouts {
		if f.id != "" {
			threads[f.id] = append(threads[f.id], f)
		}
	}
	byID := make(map[string]int)
	var events []store.Event
	for _, f := range r.rollouts {
		r.bill(f, r.replayed(f, threads), func(e store.Event) {
			i, known := byID[e.ID]
			if !known {
				byID[e.ID] = len(events)
				events = append(events, e)
				return
			}
			r.Count(ingest.ResumedCopies)
			events[i] = run.MergeCopies(events[i], e)
		})
	}
	r.Add(ingest.Replies, int64(len(events)))
	return events
}

// replayed returns with how many counts of its parent's a rollout opens.
func (r *reader) replayed(f *rollout, threads map[string][]*rollout) int {
	if f.parent == "" || f.parent == f.id {
		return 0
	}
	parents, found := threads[f.parent]
	if !found {
		r.Count(ingest.MissingParents)
		return openingBurst(f.counts)
	}
	longest := 0
	for _, p := range parents {
		n := 0
		for n < len(f.counts) && n < len(p.counts) && f.counts[n].sameAs(&p.counts[n]) {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

// openingBurst returns how many counts a rollout opens with that share one
// second, 0 if only one does: a copy is written at once, calls are not.
func openingBurst(counts []count) int {
	n := 0
	for n < len(counts) && counts[n].at/int64(time.Second) == counts[0].at/int64(time.Second) {
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

// bill gives the counts of a rollout their outcome and emits an event for each
// that is billed; the first replayed ones are the parent's.
func (r *reader) bill(f *rollout, replayed int, emit func(store.Event)) {
	thread := f.id
	if thread == "" && len(f.counts) > 0 {
		thread = strings.TrimSuffix(path.Base(f.file), ".jsonl")
		r.WarnFile(f.file, ingest.KindNoSession, "has no session_meta with an id: the file's name stands for it")
	}
	var billed, highest vector
	for i := range f.counts {
		c := &f.counts[i]
		v := c.last
		if !c.hasLast {
			v = c.total
			if i > 0 {
				v = c.total.grown(&f.counts[i-1].total)
			}
		}
		for j := range highest {
			highest[j] = max(highest[j], c.total[j])
		}
		if i < replayed {
			r.Count(ingest.ForkedReplays)
			continue
		}
		mismatch := c.hasLast && v[total] != 0 && v[total] != v[input]+v[output]
		clamped := v.fit()
		if v[input]+v[output] == 0 {
			r.Count(ingest.NoUsage)
			continue
		}
		contained := c.hasTotal && v.contain(&billed, &highest)
		if contained && v[input]+v[output] == 0 {
			r.Count(ingest.FullyContained)
			continue
		}
		for j := range billed {
			billed[j] = min(billed[j]+v[j], math.MaxInt64/2)
		}
		for _, n := range [...]struct {
			is bool
			c  ingest.Counter
		}{
			{mismatch, ingest.TotalMismatch}, {clamped, ingest.ClampedCounts}, {contained, ingest.PartlyContained},
			{c.nulls, ingest.NullCounts}, {c.unknown, ingest.UnknownCounts},
			{c.model == "", ingest.ApproximateModel}, {f.id == "", ingest.Unkeyed},
		} {
			if n.is {
				r.Count(n.c)
			}
		}
		emit(r.event(f, c, c.key(thread, i), thread, &v))
	}
}

// contain cuts v so that what is billed stays within the highest running
// total, and reports whether it had to.
func (v *vector) contain(billed, highest *vector) bool {
	was := *v
	room := highest.grown(billed)
	v[input] = min(v[input], room[input])
	v[output] = min(v[output], room[output])
	v.fit()
	return *v != was
}

// event returns one billed call.
func (r *reader) event(f *rollout, c *count, id, thread string, v *vector) store.Event {
	e := store.Event{
		Source: source, ID: run.FitID(id), Subject: r.Options.Subject, Team: r.Options.Team,
		Call: pricing.Call{
			Provider: cmp.Or(f.provider, source), Model: cmp.Or(c.model, f.firstModel, ingest.UnknownModel),
			At: time.Unix(0, c.at).UTC(), Usage: v.usage(),
		},
		Session: thread, Workflow: c.workflow, Trust: r.Options.Trust,
	}
	e.Revision = e.Usage.Generated()
	if f.branch != "" {
		e.Labels = store.Labels{{Key: "branch", Value: f.branch}}
	}
	return e
}
