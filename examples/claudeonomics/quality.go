package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/store"
)

// problemsShown is how many problems the screen lists.
const problemsShown = 12

// outsideWindow counts the events that were read but lie before or after the
// window: no faults, just not on this board.
func (in *loaded) outsideWindow(r *report) (older, later int64) {
	for i := range in.events {
		switch at := in.events[i].At; {
		case at.Before(r.from):
			older++
		case !at.Before(r.to):
			later++
		}
	}
	return older, later
}

// print prints what was read, what was joined or left out, and why.
func (in *loaded) print(out screen.Screen, r *report) {
	rep := &in.report
	out.Title("What was read", "nothing is dropped in silence")
	older, later := in.outsideWindow(r)
	summary := fmt.Sprintf("%s lines in %s files became %s replies; %s of them are older than the window",
		screen.Exact(rep.Lines), screen.Exact(rep.Files), screen.Exact(rep.Events), screen.Exact(older))
	if later > 0 {
		summary += fmt.Sprintf(", %s are later", screen.Exact(later))
	}
	if twice := in.stats.Events - in.stats.Of(store.Accepted) - int64(len(in.refused)); twice > 0 {
		summary += fmt.Sprintf("; %s were known from another folder", screen.Exact(twice))
	}
	out.Wrapped("  ", summary+".")
	var joined, skipped, notes []string
	for c, n := range rep.Counts.All() {
		text := strings.ReplaceAll(c.String(), "_", " ") + " " + screen.Exact(n)
		switch {
		case c == ingest.Replies, c == ingest.Faulty: // told above and below
		case !c.IsOutcome():
			notes = append(notes, text)
		case isJoined(c):
			joined = append(joined, text)
		default:
			skipped = append(skipped, text)
		}
	}
	for _, part := range []struct {
		what string
		of   []string
	}{{"Joined: ", joined}, {"No bill: ", skipped}, {"To know: ", notes}} {
		if len(part.of) > 0 {
			out.Wrapped("  ", part.what+strings.Join(part.of, ", ")+".")
		}
	}
	if len(rep.Links) > 0 {
		out.Wrapped("  ", fmt.Sprintf("%s pull requests are linked to sessions.", screen.Exact(int64(len(rep.Links)))))
	}
	in.printProblems(out)
	in.printRefused(out)
}

// isJoined reports the outcomes of lines that tell once more of a reply.
func isJoined(c ingest.Counter) bool {
	return c >= ingest.SnapshotsJoined && c <= ingest.Reappended
}

func (in *loaded) printProblems(out screen.Screen) {
	rep := &in.report
	if rep.ProblemCount == 0 {
		return
	}
	note := "the rest was read"
	if in.sample {
		note = "laid in the sample on purpose; the rest was read"
	}
	out.Title(fmt.Sprintf("%s lines could not be used", screen.Exact(rep.ProblemCount)), note)
	t := screen.Table{Columns: []screen.Column{{Title: "kind", Keep: 1}, {Title: "where", Flex: 24, Tail: true}, {Title: "what", Flex: 20}}}
	for _, p := range rep.Problems[:min(len(rep.Problems), problemsShown)] {
		where := p.File
		if p.Line > 0 {
			where += fmt.Sprintf(":%d", p.Line)
		}
		t.Add(screen.Cell{Text: p.Kind, Style: screen.Warn}, screen.Cell{Text: screen.FitEnd(screen.Safe(where), 72)}, screen.Cell{Text: screen.Safe(p.Detail)})
	}
	t.Print(out)
	if more := rep.ProblemCount - int64(len(t.Rows)); more > 0 {
		out.Printf("  … and %s more\n", screen.Exact(more))
	}
}

func (in *loaded) printRefused(out screen.Screen) {
	if len(in.refused) == 0 {
		return
	}
	out.Title(fmt.Sprintf("%d replies were not accepted", len(in.refused)), "")
	for _, f := range in.refused[:min(len(in.refused), problemsShown)] {
		out.Wrapped("  ", fmt.Sprintf("%s %s/%s: %v", f.status, screen.Safe(f.key.Source), screen.Safe(f.key.ID), f.err))
	}
}

func (in *loaded) qualityLine(r *report) qualityLine {
	older, later := in.outsideWindow(r)
	q := qualityLine{
		Type: "quality", Files: in.report.Files, Lines: in.report.Lines, Bytes: in.report.Bytes, Events: in.report.Events,
		Older: older, Later: later, Counts: in.report.Counts, Statuses: map[string]int64{},
		Problems: in.report.ProblemKinds, First: slices.Clone(in.report.Problems),
	}
	for st := tokenomics.Accepted; int(st) < store.NumStatuses; st++ {
		if n := in.stats.Of(st); n > 0 {
			q.Statuses[st.String()] = n
		}
	}
	if q.Problems == nil {
		q.Problems = map[string]int64{}
	}
	slices.SortStableFunc(q.First, func(a, b ingest.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return q
}
