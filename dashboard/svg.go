package dashboard

import (
	"encoding/xml"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The drawings of the pages. They carry geometry in attributes and colors by
// class, so that no style is inline.

// tierShapes are the outlines of tiers: told apart by shape before color.
var tierShapes = [...]string{
	`<circle cx="10" cy="10" r="8.2"/><path class="k" d="M6.5 10h7"/>`,
	`<path d="M3 2.5h14v8.2c0 4-3 6.5-7 7.8-4-1.3-7-3.8-7-7.8z"/><path class="k" d="M6.5 8h7M6.5 11.5h7"/>`,
	`<path d="M10 1.2l7.7 4.4v8.8L10 18.8l-7.7-4.4V5.6z"/><path class="k" d="M10 5.8l1.3 2.7 3 .4-2.2 2 .6 3-2.7-1.5-2.7 1.5.6-3-2.2-2 3-.4z"/>`,
	`<path d="M10 .8L19.2 10 10 19.2.8 10z"/><path class="k" d="M10 5.2L14.8 10 10 14.8 5.2 10z"/>`,
	`<path d="M6.2 1.5h7.6L18.5 6.2v7.6l-4.7 4.7H6.2l-4.7-4.7V6.2z"/><path class="k" d="M7.5 5h5L15 7.5v5L12.5 15h-5L5 12.5v-5zM1.5 6.2L5 7.5M6.2 1.5L7.5 5M13.8 1.5L12.5 5M18.5 6.2L15 7.5M18.5 13.8L15 12.5M13.8 18.5L12.5 15M6.2 18.5L7.5 15M1.5 13.8L5 12.5"/>`,
}

// shapeOf picks the shape of a rung; longer ladders begin anew, and every badge
// has its name beside it.
func shapeOf(level int) int { return (level - 1) % len(tierShapes) }

// symbolsOf returns the symbols that pages refer to: tiers, titles, marks.
func (h *Handler) symbolsOf() template.HTML {
	var b strings.Builder
	b.WriteString(`<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">`)
	for i := range min(len(h.ladder.Rungs), len(tierShapes)) {
		fmt.Fprintf(&b, `<symbol id="t%d" viewBox="0 0 20 20">%s</symbol>`, i+1, tierShapes[i])
	}
	set := h.eng.Titles()
	for i := range set.Len() {
		if body, box := cleanIcon(set.Rule(i).Text.Icon); body != "" {
			fmt.Fprintf(&b, `<symbol id="r%d" viewBox="%s">%s</symbol>`, i, box, body)
		}
	}
	b.WriteString(`<symbol id="up" viewBox="0 0 10 10"><path d="M5 1l4 7H1z"/></symbol><symbol id="down" viewBox="0 0 10 10"><path d="M5 9L1 2h8z"/></symbol></svg>`)
	return template.HTML(b.String())
}

// Icons of rules come from the host: what is not a plain drawing is left out.
var (
	iconElements   = []string{"g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
	iconAttributes = []string{
		"d", "cx", "cy", "r", "rx", "ry", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "points", "transform",
		"fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "fill-rule", "opacity",
	}
)

// cleanIcon returns what an SVG image draws, of known elements and attributes
// only, and its view box; empty for what is no image.
func cleanIcon(svg string) (body, viewBox string) {
	if len(svg) > 16<<10 {
		return "", ""
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	var b strings.Builder
	depth, skip := 0, 0
	for {
		tok, err := d.Token()
		if err != nil {
			break
		}
		switch t := tok.(type) {
		case xml.StartElement:
			depth++
			name := t.Name.Local
			if depth == 1 {
				if name != "svg" {
					return "", ""
				}
				viewBox = "0 0 24 24"
				b.WriteString("<g")
				for _, a := range t.Attr {
					if a.Name.Local == "viewBox" && plainAttribute(a.Value) {
						viewBox = a.Value
					}
				}
				writeAttributes(&b, t.Attr, "width", "height")
				b.WriteByte('>')
				continue
			}
			if skip > 0 || !slices.Contains(iconElements, name) {
				skip++
				continue
			}
			b.WriteString("<" + name)
			writeAttributes(&b, t.Attr)
			b.WriteByte('>')
		case xml.EndElement:
			depth--
			switch {
			case skip > 0:
				skip--
			case depth == 0:
				b.WriteString("</g>")
				return b.String(), viewBox
			default:
				b.WriteString("</" + t.Name.Local + ">")
			}
		}
	}
	return "", ""
}

func writeAttributes(b *strings.Builder, attrs []xml.Attr, but ...string) {
	for _, a := range attrs {
		name := a.Name.Local
		if a.Name.Space == "" && slices.Contains(iconAttributes, name) && !slices.Contains(but, name) && plainAttribute(a.Value) {
			fmt.Fprintf(b, ` %s="%s"`, name, a.Value)
		}
	}
}

// plainAttribute reports a value of letters, digits and what paths are made of:
// no url(), no quotes.
func plainAttribute(v string) bool {
	for _, r := range v {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(" .,-+#%\n\t", r):
		case r == '(' || r == ')':
			if strings.Contains(strings.ToLower(v), "url") {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Tier draws a tier's badge with its name.
func (p *page) Tier(t tierView) template.HTML {
	if t.Level == 0 {
		key := "tier.none"
		if t.maybe {
			key = "tier.maybe"
		}
		return template.HTML(`<span class="none"><span aria-hidden="true">–</span><span class="v">` + html.EscapeString(p.T(key)) + `</span></span>`)
	}
	s := shapeOf(t.Level) + 1
	return template.HTML(fmt.Sprintf(`<span class="tier t%d"><svg aria-hidden="true"><use href="#t%d"/></svg>%s</span>`, s, s, html.EscapeString(t.Name)))
}

// TierShape draws the badge alone, large.
func (p *page) TierShape(t tierView) template.HTML {
	s := shapeOf(max(t.Level, 1)) + 1
	return template.HTML(fmt.Sprintf(`<svg class="big t%d" aria-hidden="true"><use href="#t%d"/></svg>`, s, s))
}

// Titles draws the titles of a row as icons with their names.
func (p *page) Titles(ts []titleView) template.HTML {
	var b strings.Builder
	for _, t := range ts {
		name := html.EscapeString(t.Name)
		fmt.Fprintf(&b, `<span class="ti" title="%s"><svg aria-hidden="true"><use href="#r%d"/></svg><span class="v">%s</span></span>`, name, t.icon, name)
	}
	return template.HTML(b.String())
}

// TitleIcon draws a title's icon alone.
func (p *page) TitleIcon(t titleView) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="big" aria-hidden="true"><use href="#r%d"/></svg>`, t.icon))
}

// Move draws where a row has moved: by shape and number.
func (p *page) Move(r rowView) template.HTML { return p.move(r.Move, r.Rank, r.Was) }

// MoveOf does so for a rank.
func (p *page) MoveOf(r rankView) template.HTML { return p.move(r.Move, r.Rank, r.Was) }

func (p *page) move(move string, rank, was int) template.HTML {
	say := func(class, icon, short, long string) template.HTML {
		return template.HTML(fmt.Sprintf(`<span class="mv %s" title="%s">%s<span aria-hidden="true">%s</span><span class="v">%s</span></span>`,
			class, html.EscapeString(long), icon, html.EscapeString(short), html.EscapeString(long)))
	}
	switch move {
	case "up":
		return say("up", `<svg aria-hidden="true"><use href="#up"/></svg>`, p.Int(was-rank), p.T("move.up", p.Int(was-rank)))
	case "down":
		return say("dn", `<svg aria-hidden="true"><use href="#down"/></svg>`, p.Int(rank-was), p.T("move.down", p.Int(rank-was)))
	case "same":
		return say("eq", "", "=", p.T("move.same"))
	case "new":
		return say("nw", "", p.T("move.new_short"), p.T("move.new"))
	}
	return ""
}

// Spark draws levels as bars.
func (p *page) Spark(steps []int) template.HTML {
	if len(steps) == 0 {
		return ""
	}
	return template.HTML(`<svg class="spark" viewBox="0 0 ` + strconv.Itoa(len(steps)*3) + ` 15" preserveAspectRatio="none" aria-hidden="true"><path d="` + bars(steps) + `"/></svg>`)
}

// bars is the path of a row of bars, three units apart; nothing is a dot.
func bars(steps []int) string {
	b := make([]byte, 0, len(steps)*8)
	b = append(b, "M1.5 15"...)
	for i, s := range steps {
		if i > 0 {
			b = append(b, 'm', '3', ' ')
			b = strconv.AppendInt(b, int64(height(steps[i-1])), 10)
		}
		b = append(b, 'v', '-')
		b = strconv.AppendInt(b, int64(height(s)), 10)
	}
	return string(b)
}

func height(level int) int {
	if level <= 0 {
		return 1
	}
	return level * 3
}

// Bar draws a share as a bar; the number stands beside it.
func (p *page) Bar(share int64) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="bg" width="1000" height="10"/><rect class="fg" width="%d" height="10"/></svg>`, min(max(share, 0), 1000)))
}

// Calendar draws days as weeks from Monday on: a square is the larger and the
// darker the more there was.
func (p *page) Calendar(days []dayView) template.HTML {
	if len(days) == 0 {
		return ""
	}
	first, err := time.Parse(time.DateOnly, days[0].Day)
	if err != nil {
		return ""
	}
	offset := (int(first.Weekday()) + 6) % 7
	weeks := (offset + len(days) + 6) / 7
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="cal" viewBox="0 0 %d %d" role="img" aria-label="%s">`, 34+7*24, weeks*24+20, html.EscapeString(p.T("calendar.label", p.Day(days[0].Day), p.Day(days[len(days)-1].Day))))
	for i, name := range strings.Split(p.T("date.weekdays_short"), "|") {
		fmt.Fprintf(&b, `<text x="%d" y="12" text-anchor="middle">%s</text>`, 34+i*24+12, html.EscapeString(name))
	}
	for i, d := range days {
		col, row := (offset+i)%7, (offset+i)/7
		if col == 0 || i == 0 {
			t := first.AddDate(0, 0, i)
			fmt.Fprintf(&b, `<text x="28" y="%d" text-anchor="end">%s</text>`, 20+row*24+16, html.EscapeString(p.lang.shortDate(t)))
		}
		x, y := 34+col*24+12, 20+row*24+12
		side := 5 + d.Level*3
		class := "l" + strconv.Itoa(d.Level)
		if d.Hidden {
			class, side = "lh", 12
		}
		fmt.Fprintf(&b, `<rect class="%s" x="%s" y="%s" width="%d" height="%d"><title>%s</title></rect>`, class, half(2*x-side), half(2*y-side), side, side, html.EscapeString(p.dayText(d)))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// half writes n/2.
func half(n int) string {
	if n%2 == 0 {
		return strconv.Itoa(n / 2)
	}
	return strconv.Itoa(n/2) + ".5"
}

func (p *page) dayText(d dayView) string {
	switch {
	case d.Hidden:
		return p.Day(d.Day) + ": " + p.T("calendar.hidden")
	case d.Tokens != nil:
		return p.Day(d.Day) + ": " + p.T("calendar.tokens", p.lang.exact(d.Tokens.Value))
	}
	return p.Day(d.Day) + ": " + p.T("calendar.level", d.Level)
}

// DayText says a day in words.
func (p *page) DayText(d dayView) string {
	_, text, _ := strings.Cut(p.dayText(d), ": ")
	return text
}

// Places draws the history of a rank: rank 1 is on top.
func (p *page) Places(places []placeView) template.HTML {
	best, worst := 0, 0
	for _, x := range places {
		if x.Rank == 0 {
			continue
		}
		if best == 0 || x.Rank < best {
			best = x.Rank
		}
		worst = max(worst, x.Rank)
	}
	if best == 0 {
		return ""
	}
	const w, h, left, top = 600, 150, 46, 12
	span := max(worst-best, 1)
	x := func(i int) int { return left + i*(w-left-14)/max(len(places)-1, 1) }
	y := func(rank int) int {
		if best == worst {
			return h / 2
		}
		return top + (rank-best)*(h-top-26)/span
	}
	var b, line strings.Builder
	fmt.Fprintf(&b, `<svg class="places" viewBox="0 0 %d %d" role="img" aria-label="%s">`, w, h, html.EscapeString(p.T("places.label", p.Int(best), p.Int(worst))))
	for _, r := range slices.Compact([]int{best, best + span/2, worst}) {
		fmt.Fprintf(&b, `<path class="grid" d="M%d %dH%d"/><text x="%d" y="%d" text-anchor="end">%s</text>`, left, y(r), w-10, left-6, y(r)+4, p.Int(r))
	}
	pen := "M"
	for i, pl := range places {
		if pl.Rank == 0 {
			pen = "M"
			continue
		}
		fmt.Fprintf(&line, "%s%d %d", pen, x(i), y(pl.Rank))
		pen = "L"
	}
	fmt.Fprintf(&b, `<path class="line" d="%s"/>`, line.String())
	for i, pl := range places {
		if pl.Rank > 0 {
			fmt.Fprintf(&b, `<circle class="dot" cx="%d" cy="%d" r="3"><title>%s</title></circle>`, x(i), y(pl.Rank), html.EscapeString(p.Day(pl.Day)+": "+p.T("places.rank", p.Int(pl.Rank))))
		}
	}
	for _, i := range slices.Compact([]int{0, len(places) / 2, len(places) - 1}) {
		anchor := "middle"
		if i == 0 {
			anchor = "start"
		} else if i == len(places)-1 {
			anchor = "end"
		}
		t, _ := time.Parse(time.DateOnly, places[i].Day) // written by us
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="%s">%s</text>`, x(i), h-6, anchor, html.EscapeString(p.lang.shortDate(t)))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}
