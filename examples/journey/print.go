package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/tiers"
)

var tierStyles = []screen.Style{screen.Dim, screen.Bronze, screen.Silver, screen.Gold, screen.Platinum, screen.Emerald}

func tierStyle(level int) screen.Style { return tierStyles[min(level, len(tierStyles)-1)] }

// tierText is a mark whose shape tells the tiers apart without color, and the
// tier's name.
func tierText(level int, name string) string {
	if level == 0 {
		return "–"
	}
	const marks = "○◔◑◕●"
	return string([]rune(marks)[min(level-1, 4)]) + " " + name
}

func (p *path) print(s screen.Screen) {
	s.Title("THE PATH OF "+strings.ToUpper(hero), fmt.Sprintf("%s to %s UTC, as announced at the close of each day; bars by the square root",
		p.days[0].Date, p.days[len(p.days)-1].Date))
	var most int64
	for i := range p.days {
		most = max(most, p.days[i].Tokens)
	}
	month := time.Month(0)
	quiet := 0 // days of which there is nothing to tell
	for i := range p.days {
		d := &p.days[i]
		if d.date.Month() != month {
			month = d.date.Month()
			p.printQuiet(s, &quiet)
			s.Printf("\n  %s\n", s.Paint(screen.Bold, d.date.Format("January 2006")))
		}
		if d.Tokens == 0 && len(d.Changes) == 0 && d.Note == "" {
			quiet++
			continue
		}
		p.printQuiet(s, &quiet)
		p.printDay(s, d, most)
	}
	p.printQuiet(s, &quiet)
	p.printEnd(s)
}

func (p *path) printQuiet(s screen.Screen, quiet *int) {
	if *quiet > 0 {
		s.Printf("  %s\n", s.Paint(screen.Dim, "·  "+screen.Plural(int64(*quiet), "day", "days")+" without a call"))
	}
	*quiet = 0
}

// barCells is how wide the bar of the busiest day gets.
const barCells = 16

func (p *path) printDay(s screen.Screen, d *day, most int64) {
	rank := ""
	if d.Rank > 0 {
		rank = fmt.Sprintf("rank %d", d.Rank)
	}
	line := fmt.Sprintf("%s  %6s  %-7s", d.date.Format("Mon 02"), screen.Count(d.Tokens), rank)
	tier := tierText(d.Level, d.Tier)
	s.Printf("  %s %s", line, s.Paint(tierStyle(d.Level), tier+strings.Repeat(" ", max(11-screen.Width(tier), 0))))
	if b := bar(d.Tokens, most); b != "" && (s.Width == 0 || s.Width >= 60) {
		s.Printf(" %s", s.Paint(tierStyle(d.Level), b))
	}
	s.Printf("\n")
	const indent = "         "
	if d.Note != "" {
		s.Item(indent, "»", screen.Accent, d.Note)
	}
	for i := range d.Changes {
		t := &d.Changes[i]
		if i+1 < len(d.Changes) && above(t, &d.Changes[i+1]) {
			continue // several levels at once: the last says it all
		}
		p.printChange(s, indent, t)
	}
}

// above reports whether the second of two gains is of the next level.
func above(a, b *tiers.Transition) bool {
	return a.Rule == b.Rule && a.At.Equal(b.At) && a.Reason == b.Reason && a.To > a.From && b.From == a.To && b.To > b.From
}

// bar is as long as the square root of the share of the most, so that one wild
// day leaves something to see of the others; to an eighth of a cell.
func bar(n, most int64) string {
	if n <= 0 || most <= 0 {
		return ""
	}
	eighths := max(int(math.Sqrt(float64(n)/float64(most))*barCells*8), 1)
	return strings.TrimRight(strings.Repeat("█", eighths/8)+string([]rune(" ▏▎▍▌▋▊▉")[eighths%8]), " ")
}

// printChange says what was gained or lost, and why.
func (p *path) printChange(s screen.Screen, indent string, t *tiers.Transition) {
	mark, style := "+", screen.Up
	switch t.Change {
	case tiers.LevelDown, tiers.Revoke:
		mark, style = "−", screen.Down
	case tiers.Reinstate:
		mark = "↺"
	}
	s.Item(indent, mark, style, p.nameOf(t)+": "+screen.Safe(reason(t)))
}

// nameOf says which award a transition is about, and what became of it.
func (p *path) nameOf(t *tiers.Transition) string {
	verb := map[tiers.ChangeKind]string{tiers.Revoke: " lost", tiers.LevelDown: " lost", tiers.Reinstate: " regained"}[t.Change]
	level := max(t.From, t.To)
	if t.Rule == p.ladder.Name {
		return p.ladder.Rungs[level-1].Name + verb
	}
	i, _ := p.titles.Index(t.Rule)
	r := p.titles.Rule(i)
	name := r.Text.Title
	if len(r.Levels) > 1 {
		name += fmt.Sprintf(" %d of %d", level, len(r.Levels))
	}
	if t.Reason != "" {
		name += " (" + t.Reason + ")"
	}
	return name + verb
}

// reason is the evidence in a line: of what is gained the gates that were met, of
// what is lost those that are not.
func reason(t *tiers.Transition) string {
	lost := t.Change == tiers.Revoke || t.Change == tiers.LevelDown
	var met, missed []string
	parts := [][]tiers.Progress{t.Evidence.Gates, t.Evidence.Reached}
	if lost {
		parts[1] = t.Evidence.Next // what the level takes that was lost
	}
	for _, gates := range parts {
		for i := range gates {
			line := strings.Replace(gates[i].String(), ": met", "", 1)
			line = strings.ReplaceAll(line, "_", " ")
			if gates[i].Met {
				met = append(met, line)
			} else {
				missed = append(missed, line)
			}
		}
	}
	if lost && len(missed) > 0 {
		return strings.Join(missed, "; ")
	}
	return strings.Join(met, "; ")
}

// printEnd says where the path ends, and what comes next.
func (p *path) printEnd(s screen.Screen) {
	prof := &p.profile
	s.Title("Where it ends", fmt.Sprintf("%s, %d titles and achievements", tierText(prof.Tier.At.Level, prof.Tier.At.Name), len(prof.Held())))
	if next := prof.Tier.Next; next.Level > 0 {
		for _, g := range prof.Tier.Gate {
			mark, style := "·", screen.Dim
			if g.Met {
				mark, style = "✓", screen.Up
			}
			s.Item("  ", mark, style, next.Name+": "+strings.ReplaceAll(g.String(), "_", " "))
		}
	}
	var names []string
	for _, h := range prof.Held() {
		names = append(names, h.Rule.Text.Title)
	}
	s.Item("  ", "★", screen.Accent, strings.Join(names, ", "))
}
