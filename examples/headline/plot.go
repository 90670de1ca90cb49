package main

import (
	"bytes"
	"fmt"
	"html"
	"math"

	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/pricing"
)

// The plot's measures, in pixels.
const (
	plotWidth  = 960
	plotLeft   = 210
	plotRight  = 930
	rowHeight  = 34
	plotTop    = 96
	sectionGap = 74
)

// The plot's ends, in dollars: the axis is logarithmic.
const (
	axisFrom = 3e6
	axisTo   = 2e10
)

const plotStyle = `<style>
text { font: 14px system-ui, sans-serif; fill: #24292f }
.title { font-size: 20px; font-weight: 600 } .note, .tick { fill: #6e7781; font-size: 12px }
.grid { stroke: #d0d7de; stroke-width: 1 } .hull { stroke: #afb8c1; stroke-width: 3 }
.bar { fill: #4c8dc9 } .likely { fill: #0b4f8a } .claim { fill: #cf5c36 } .back { fill: #ffffff }
@media (prefers-color-scheme: dark) {
 text { fill: #e6edf3 } .note, .tick { fill: #8b949e } .grid { stroke: #30363d } .hull { stroke: #6e7681 }
 .bar { fill: #3b78b5 } .likely { fill: #a5d0ff } .claim { fill: #f08a63 } .back { fill: #0d1117 }
}
</style>
`

// plot draws the printed sums, our range, and what moves it, as SVG.
func (r *report) plot() []byte {
	var b bytes.Buffer
	rows := len(r.claims) + 1
	second := plotTop + rows*rowHeight + sectionGap
	height := second + len(r.spending.Sensitivity)*rowHeight + 40
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Printed sums and a range for 60 trillion tokens">`+"\n", plotWidth, height)
	b.WriteString(plotStyle)
	fmt.Fprintf(&b, `<rect class="back" width="%d" height="%d"/>`+"\n", plotWidth, height)
	label(&b, "title", 20, 34, "start", "What did 60 trillion tokens cost?")
	label(&b, "note", 20, 56, "start", "Dots: sums that were printed. Bar: list prices, tokens as agent logs record them. Line: bounds no mix of the models can leave.")
	axis(&b, plotTop-18, plotTop+rows*rowHeight)
	y := plotTop
	for _, c := range r.claims {
		x := position(c.amount)
		label(&b, "", plotLeft-16, y+5, "end", c.Printed)
		fmt.Fprintf(&b, `<circle class="claim" cx="%.1f" cy="%d" r="7"/>`+"\n", x, y)
		side, dx := "start", 14.0
		if x > (plotLeft+plotRight)/2 {
			side, dx = "end", -14
		}
		label(&b, "note", x+dx, y+4, side, screen.Count(c.Tokens)+" × $"+c.PerMillion.String()+"/M")
		y += rowHeight
	}
	s := r.spending
	label(&b, "", plotLeft-16, y+5, "end", "our range")
	fmt.Fprintf(&b, `<line class="hull" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>`+"\n", position(s.Floor), position(s.Ceiling), y, y)
	bar(&b, y, s.Low, s.High)
	fmt.Fprintf(&b, `<rect class="likely" x="%.1f" y="%d" width="4" height="22"/>`+"\n", position(s.Likely)-2, y-11)
	label(&b, "note", position(s.Likely), y+26, "middle",
		fmt.Sprintf("%s – %s – %s", dollars(s.Low), dollars(s.Likely), dollars(s.High)))

	label(&b, "", 20, float64(second-40), "start", "Which assumption moves the likely sum, each alone from its low end to its high one")
	axis(&b, second-18, second+len(s.Sensitivity)*rowHeight-12)
	y = second
	for _, x := range s.Sensitivity {
		low, high := x.AtLow, x.AtHigh
		if low.Cmp(high) > 0 {
			low, high = high, low
		}
		label(&b, "", plotLeft-16, y+5, "end", short(x.Name))
		bar(&b, y, low, high)
		label(&b, "note", math.Max(position(high), position(low)+3)+10, y+4, "start",
			fmt.Sprintf("%s – %s: %s – %s", share(x.Span.Low), share(x.Span.High), dollars(x.AtLow), dollars(x.AtHigh)))
		y += rowHeight
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// axis draws the grid of a logarithmic axis between two heights.
func axis(b *bytes.Buffer, top, bottom int) {
	for _, t := range []struct {
		at   float64
		text string
	}{{1e7, "$10M"}, {1e8, "$100M"}, {1e9, "$1B"}, {1e10, "$10B"}} {
		x := place(t.at)
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>`+"\n", x, x, top, bottom)
		label(b, "tick", x+5, float64(top)+4, "start", t.text)
	}
}

// bar draws the span of two amounts.
func bar(b *bytes.Buffer, y int, low, high pricing.Money) {
	x := position(low)
	fmt.Fprintf(b, `<rect class="bar" x="%.1f" y="%d" width="%.1f" height="18" rx="3"/>`+"\n", x, y-9, math.Max(3, position(high)-x))
}

// label writes text.
func label[X int | float64, Y int | float64](b *bytes.Buffer, class string, x X, y Y, anchor, text string) {
	fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n",
		class, float64(x), float64(y), anchor, html.EscapeString(text))
}

// position places an amount on the axis; a drawing may use a float.
func position(m pricing.Money) float64 {
	f, _ := m.Decimal().Float64()
	return place(f)
}

func place(dollars float64) float64 {
	f := (math.Log(dollars) - math.Log(axisFrom)) / (math.Log(axisTo) - math.Log(axisFrom))
	return plotLeft + math.Max(0, math.Min(1, f))*(plotRight-plotLeft)
}

// short drops the words every share has.
func short(name string) string {
	const prefix = "share of "
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		name = name[len(prefix):]
	}
	if i := len("anthropic/"); len(name) > i && name[:i] == "anthropic/" {
		name = name[i:]
	}
	return name
}
