package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// profile returns the profile of somebody who has used anything.
func (r *report) profile(ctx context.Context, subject string) (tokenomics.Profile, error) {
	p, err := r.eng.Profile(ctx, subject)
	if err == nil && p.Facts.Events == 0 && !ranked(p) {
		err = fmt.Errorf("nobody called %q has used anything in this window; names are as on the board", subject)
	}
	return p, err
}

// printPerson prints one profile: where the person stands, among whom, what
// they used, how far the next tier and every title are, and why.
func (r *report) printPerson(ctx context.Context, out screen.Screen, subject string) error {
	p, err := r.profile(ctx, subject)
	if err != nil {
		return err
	}
	printHead(out, p)
	f := &p.Facts
	out.Wrapped("", fmt.Sprintf("as of %s UTC · %s on %s with %s in %s · cache saving %s", p.AsOf.Format("2006-01-02 15:04"),
		screen.Plural(f.Calls, "call", "calls"), screen.Plural(int64(len(f.Days)), "day", "days"), screen.Plural(int64(len(f.Models)), "model", "models"),
		screen.Plural(int64(f.Sessions), "session", "sessions"), savingText(f)))
	r.printStandings(out, p)
	if err := r.printNeighbors(out, subject); err != nil {
		return err
	}
	printModelsOf(out, f)
	printTier(out, p)
	printTitles(out, p)
	printHistory(out, p)
	return nil
}

// printHead prints the name, the tier and the titles, which go on lines of
// their own where the screen is narrow.
func printHead(out screen.Screen, p tokenomics.Profile) {
	name := screen.Safe(p.Subject)
	tier := tierText(p.Tier.At.Level, p.Tier.At.Name)
	if out.Width > 0 {
		name = screen.Fit(name, max(out.Width-2-screen.Width(tier), 1))
	}
	used := screen.Width(name) + 2 + screen.Width(tier)
	out.Printf("\n%s  %s", out.Paint(screen.Bold, name), out.Paint(tierStyle(p.Tier.At.Level), tier))
	for _, t := range p.Held() {
		lead, title := "  ", t.Rule.Text.Title
		if used += 2 + screen.Width(title); out.Width > 0 && used > out.Width {
			lead, used = "\n", screen.Width(title)
		}
		out.Printf("%s%s", lead, out.Paint(screen.Accent, title))
	}
	out.Printf("\n")
}

func ranked(p tokenomics.Profile) bool {
	return slices.ContainsFunc(p.Standings, func(s tokenomics.BoardStanding) bool { return s.Ranked })
}

func savingText(f *tiers.Facts) string {
	s := screen.USD(f.Saving)
	if f.SavingUnknown > 0 {
		s += " (" + screen.Plural(f.SavingUnknown, "call", "calls") + " not known)"
	}
	return s
}

func (r *report) printStandings(out screen.Screen, p tokenomics.Profile) {
	out.Title("Standings", "")
	t := screen.Table{Columns: []screen.Column{{Title: "board"}, {Title: "rank", Right: true}, {Title: "of", Right: true, Keep: 2}, {Title: "score", Right: true}, {Title: "exact", Right: true, Keep: 1}}}
	for _, s := range p.Standings {
		rank, score, exact := "unranked", "0", "0"
		if s.Ranked {
			rank, score, exact = screen.Exact(int64(s.Rank)), screen.Count(s.Score), screen.Exact(s.Score)
		}
		if s.Ranked && strings.HasPrefix(s.Board, "cost") {
			score, exact = screen.USD(s.Cost), screen.ExactUSD(s.Cost)
		}
		t.Add(screen.Cell{Text: s.Board}, screen.Cell{Text: rank, Style: screen.Bold}, screen.Cell{Text: screen.Exact(int64(s.Of)), Style: screen.Dim},
			screen.Cell{Text: score}, screen.Cell{Text: exact, Style: screen.Dim})
	}
	t.Print(out)
}

func (r *report) printNeighbors(out screen.Screen, subject string) error {
	rows, err := r.eng.Around(r.board, subject, 2)
	if err != nil || len(rows) == 0 {
		return err
	}
	out.Title("Neighbors", r.board)
	t := screen.Table{Columns: []screen.Column{{Title: "#", Right: true}, {Title: "who", Flex: 10}, {Title: r.metricTitle(), Right: true}, {Title: "apart", Right: true}}}
	self := slices.IndexFunc(rows, func(s tokenomics.Standing) bool { return s.Subject == subject })
	for i, s := range rows {
		style := screen.Plain
		apart := ""
		if i == self {
			style = screen.Bold
		} else if self >= 0 {
			apart = r.apart(s, rows[self])
		}
		t.Add(screen.Cell{Text: screen.Exact(int64(s.Rank)), Style: style}, screen.Cell{Text: screen.Safe(s.Subject), Style: style},
			screen.Cell{Text: r.score(s), Style: style}, screen.Cell{Text: apart, Style: screen.Dim})
	}
	t.Print(out)
	return nil
}

// apart says how far another row is, with its sign.
func (r *report) apart(other, self tokenomics.Standing) string {
	if r.metric == tokenomics.ByCost {
		d, err := other.Cost.Sub(self.Cost)
		if err != nil {
			return ""
		}
		if d.Sign() > 0 {
			return "+" + screen.USD(d)
		}
		return screen.USD(d)
	}
	if d := other.Score - self.Score; d > 0 {
		return "+" + screen.Count(d)
	} else {
		return screen.Count(d)
	}
}

func printModelsOf(out screen.Screen, f *tiers.Facts) {
	out.Title("Models", f.Lens.Window.String())
	t := screen.Table{Columns: []screen.Column{{Title: "model", Flex: 14}, {Title: "calls", Right: true, Keep: 1}, {Title: "tokens", Right: true}, {Title: "cost", Right: true}}}
	models := slices.Clone(f.Models)
	slices.SortStableFunc(models, func(a, b tiers.ModelFacts) int {
		return cmp.Or(b.Cost.Cmp(a.Cost), cmp.Compare(b.Tokens, a.Tokens))
	})
	for _, m := range models {
		t.Add(screen.Cell{Text: screen.Safe(m.Model)}, screen.Cell{Text: screen.Exact(m.Calls)}, screen.Cell{Text: screen.Count(m.Tokens)},
			screen.Cell{Text: knownCost(m.Cost, m.Unpriced, m.Cost.IsZero())})
	}
	t.Print(out)
	if f.Unpriced > 0 {
		out.Wrapped("  ", unpricedNote(f.Unpriced, f.Events))
	}
}

func printTier(out screen.Screen, p tokenomics.Profile) {
	c := p.Tier
	if c.Next.Level == 0 {
		out.Title("Tier", fmt.Sprintf("%s, the highest, since %s", c.At.Name, p.Since.Format(time.DateOnly)))
		return
	}
	note := "next is " + c.Next.Name
	if c.At.Level > 0 {
		note = fmt.Sprintf("%s since %s; next is %s", c.At.Name, p.Since.Format(time.DateOnly), c.Next.Name)
	}
	out.Title("Tier", note)
	printGates(out, "  ", c.Gate)
}

func printTitles(out screen.Screen, p tokenomics.Profile) {
	out.Title("Titles", "")
	for i := range p.Titles {
		t := &p.Titles[i]
		switch {
		case t.Held && t.Why.Met():
			out.Printf("  %s %s  %s\n", out.Paint(screen.Up, "✓"), out.Paint(screen.Bold, t.Rule.Text.Title), out.Paint(screen.Dim, "since "+t.Since.Format(time.DateOnly)))
		case t.Held:
			out.Printf("  %s %s  %s\n", out.Paint(screen.Up, "✓"), out.Paint(screen.Bold, t.Rule.Text.Title),
				out.Paint(screen.Dim, "since "+t.Since.Format(time.DateOnly)+", kept though not met today"))
		default:
			out.Printf("  %s %s  %s\n", out.Paint(screen.Dim, "·"), t.Rule.Text.Title, out.Paint(screen.Dim, t.Why.Done().String()))
		}
		out.Wrapped("    ", t.Rule.Text.Description)
		if t.Why.Err != nil {
			out.Wrapped("    ", "cannot be decided: "+t.Why.Err.Error())
			continue
		}
		printGates(out, "    ", t.Why.Gates)
	}
}

func printGates(out screen.Screen, indent string, gates []tiers.Progress) {
	for _, g := range gates {
		if len(g.Of) > 0 {
			printGates(out, indent, g.Of)
			continue
		}
		mark, style := "·", screen.Dim
		if g.Met {
			mark, style = "✓", screen.Up
		}
		g.Label = strings.ReplaceAll(g.Label, "_", " ") // metrics are named as in JSON
		out.Item(indent, mark, style, screen.Safe(g.String()))
	}
}

func printHistory(out screen.Screen, p tokenomics.Profile) {
	if len(p.History) == 0 {
		return
	}
	out.Title("What happened", "by event time, on the events that count now")
	titles := map[string]string{}
	for i := range p.Titles {
		titles[p.Titles[i].Rule.ID] = p.Titles[i].Rule.Text.Title
	}
	ladder := tiers.DefaultLadder()
	for _, h := range p.History {
		what := strings.ReplaceAll(h.Change.String(), "_", " ") + " " + cmp.Or(titles[h.Rule], h.Rule)
		if h.Rule == ladder.Name && h.To > 0 && h.To <= len(ladder.Rungs) {
			what = "tier " + ladder.Rungs[h.To-1].Name
		}
		out.Printf("  %s  %s\n", out.Paint(screen.Dim, h.At.Format(time.DateOnly)), screen.Safe(what))
	}
}
