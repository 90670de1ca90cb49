package main

import (
	"fmt"
	"strings"

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
	summary := fmt.Sprintf("%s in %s became %s; %s of them %s older than the window",
		screen.Plural(rep.Lines, "line", "lines"), screen.Plural(rep.Files, "file", "files"), screen.Plural(rep.Events, "reply", "replies"),
		screen.Exact(older), are(older))
	if later > 0 {
		summary += fmt.Sprintf(", %s %s later", screen.Exact(later), are(later))
	}
	if twice := in.stats.Events - in.stats.Of(store.Accepted) - int64(len(in.refused)); twice > 0 {
		summary += "; " + screen.Plural(twice, "was", "were") + " known from another folder"
	}
	out.Wrapped("  ", summary+".")
	if len(in.empty) > 0 {
		out.Wrapped("  ", "There are "+noLogsUnder+screen.Safe(strings.Join(in.empty, ", "))+".")
	}
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
		out.Wrapped("  ", screen.Plural(int64(len(rep.Links)), "pull request is", "pull requests are")+" linked to sessions.")
	}
	in.printProblems(out)
	in.printRefused(out)
}

func are(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
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
	note := "with lines, files or folders; the rest was read"
	if in.sample {
		note = "laid in the sample on purpose; the rest was read"
	}
	out.Title(screen.Plural(rep.ProblemCount, "problem", "problems"), note)
	t := screen.Table{Columns: []screen.Column{{Title: "kind", Keep: 1}, {Title: "where", Flex: 24, Tail: true}, {Title: "what", Flex: 10}}}
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
	out.Title(screen.Plural(int64(len(in.refused)), "reply was", "replies were")+" not accepted", "")
	for _, f := range in.refused[:min(len(in.refused), problemsShown)] {
		out.Wrapped("  ", fmt.Sprintf("%s %s/%s: %v", f.status, screen.Safe(f.key.Source), screen.Safe(f.key.ID), f.err))
	}
}
