package dashboard

import (
	"html"
	"html/template"
	"strconv"
	"strings"
)

// A viewer's own place is written by hand: it is written for every viewer, and a
// template of it takes longer than all else of the page.

// paper is HTML in the making.
type paper struct{ strings.Builder }

// put writes markup.
func (w *paper) put(markup ...string) {
	for _, m := range markup {
		w.WriteString(m)
	}
}

// html writes markup that was made elsewhere.
func (w *paper) html(markup template.HTML) { w.WriteString(string(markup)) }

// text writes text.
func (w *paper) text(s string) { w.WriteString(html.EscapeString(s)) }

// own writes the viewer's place on a board.
func (p *page) own(v *youView) []byte {
	var w paper
	w.Grow(8 << 10)
	w.put(`<section class="you" aria-labelledby="h-you"><h2 id="h-you">`)
	w.text(p.T("you.heading"))
	w.put("</h2>\n")
	page := `<a href="` + html.EscapeString(p.Link("me")) + `">` + html.EscapeString(p.T("you.page")) + "</a>"
	if v.Ranked {
		p.ownRank(&w, v, page)
	} else {
		w.put("<p>")
		w.text(p.T("you.unranked"))
		w.put(" ", page, "</p>\n")
	}
	if c := v.Tier; c != nil && c.Next.Level > 0 {
		w.put(`<div class="climb"><p>`)
		w.text(p.T("you.next_tier"))
		w.put(" ")
		w.html(p.Tier(c.Next))
		w.put(` <span class="pc">`)
		w.text(p.Share(c.Done))
		w.put("</span></p>")
		w.html(p.Bar(c.Done))
		w.html(p.Gates(c.Gates))
		w.put("</div>\n")
	}
	if len(v.Around) > 0 {
		around := html.EscapeString(p.T("you.around"))
		w.put(`<div class="near scroll" tabindex="0" role="group" aria-label="`, around, `"><table class="t"><caption>`, around, `</caption><thead class="v"><tr>`)
		for _, key := range []string{"col.rank", "col.who", "col.used"} {
			w.put(`<th scope="col">`)
			w.text(p.T(key))
			w.put("</th>")
		}
		w.put("</tr></thead><tbody>")
		for i := range v.Around {
			p.ownNeighbor(&w, &v.Around[i])
		}
		w.put("</tbody></table></div>\n")
	}
	w.put("</section>\n")
	return []byte(w.String())
}

// ownRank writes the rank, what it is for and what the next one takes.
func (p *page) ownRank(w *paper, v *youView, page string) {
	w.put(`<div class="mine"><p class="place"><span class="v">`)
	w.text(p.T("you.rank"))
	w.put("</span><b>", p.Int(v.Rank), "</b> <span>")
	w.text(p.T("you.of"))
	w.put(" ")
	w.html(p.Count(v.Of))
	w.put("</span> ")
	w.html(p.Move(v.Row))
	w.put("</p>\n<div class=\"facts\"><p>")
	if f := v.Row.Tokens; f != nil {
		w.put("<b>")
		w.html(p.Full(*f))
		w.put("</b> ")
		w.text(p.T("unit.tokens"))
	}
	if a := v.Row.Cost; a != nil {
		w.put(" · ")
		w.html(p.Money(*a))
	}
	if f := v.Row.Score; f != nil {
		w.put(" · ")
		w.html(p.Full(*f))
	}
	w.put("</p>\n<p>")
	w.html(p.Tier(v.Row.Tier))
	w.put(" ")
	w.html(p.Titles(v.Row.Titles))
	w.put(" ")
	w.html(p.Spark(v.Row.Steps))
	w.put("</p>\n")
	if v.Next != nil {
		p.ownGap(w, v.Next)
	}
	if v.ShownAs != "" {
		w.put(`<p class="as">`)
		w.text(p.T("you.shown_as"))
		w.put(` <bdi class="ps">`)
		w.text(v.ShownAs)
		w.put("</bdi></p>\n")
	}
	w.put(`<p class="links">`)
	if v.Listed {
		w.put(`<a href="#r`, strconv.Itoa(v.Rank), `">`)
		w.text(p.T("you.find"))
		w.put("</a> · ")
	}
	w.put(page, "</p></div></div>\n")
}

// ownGap writes what it takes to the next rank.
func (p *page) ownGap(w *paper, g *gapView) {
	w.put("<p>")
	if g.Close {
		w.text(p.T("you.next_close", p.Int(g.Rank)))
		w.put("</p>\n")
		return
	}
	w.text(p.T("you.next", p.Int(g.Rank)))
	w.put(" <b>")
	w.html(p.used(g.Tokens, g.Cost, nil, g.Score))
	w.put("</b>")
	if g.Tokens != nil {
		w.put(" ")
		w.text(p.T("unit.tokens"))
	}
	w.put("</p>\n")
}

// ownNeighbor writes a row around the viewer's, or that.
func (p *page) ownNeighbor(w *paper, r *rowView) {
	w.put("<tr")
	if r.You {
		w.put(` class="own" aria-current="true"`)
	}
	w.put(`><td class="n rk">`, strconv.Itoa(r.Rank), `</td><th scope="row">`)
	switch {
	case r.You:
		w.text(p.T("you.you"))
	case r.Name == "":
		w.put("<i>")
		w.text(p.T("row.unnamed"))
		w.put("</i>")
	case r.Person != "":
		w.put(`<a href="`)
		w.text(p.Link("person?id=" + r.Person))
		w.put(`"><bdi>`)
		w.text(r.Name)
		w.put("</bdi></a>")
	default:
		w.put("<bdi")
		if !r.Named {
			w.put(` class="ps"`)
		}
		w.put(">")
		w.text(r.Name)
		w.put("</bdi>")
	}
	w.put(`</th><td class="n">`)
	w.html(p.MainOf(*r))
	w.put("</td></tr>")
}

// Gates writes the gates of a tier or title, and how far each is.
func (p *page) Gates(gates []gateView) template.HTML {
	if len(gates) == 0 {
		return ""
	}
	var w paper
	p.gates(&w, gates)
	return template.HTML(w.String())
}

func (p *page) gates(w *paper, gates []gateView) {
	w.put(`<ul class="gates">`)
	for i := range gates {
		g := &gates[i]
		w.put("<li")
		if g.Met {
			w.put(` class="met"`)
		}
		w.put("><span")
		if g.english {
			w.put(string(p.English()))
		}
		w.put(">")
		w.text(g.Label)
		w.put("</span>")
		if g.Met {
			w.put(` <span class="ok">`)
			w.text(p.T("gate.met"))
			w.put("</span>")
		}
		if g.Have != "" {
			p.progress(w, g)
		}
		if g.Note != "" {
			w.put("<small", string(p.English()), ">")
			w.text(g.Note)
			w.put("</small>")
		}
		if len(g.Of) > 0 {
			p.gates(w, g.Of)
		}
		w.put("</li>")
	}
	w.put("</ul>")
}

// progress writes how far a gate is.
func (p *page) progress(w *paper, g *gateView) {
	if !g.Met {
		w.put(`<span class="go">`)
		w.html(p.Bar(g.Done))
		w.put(`<span class="pc">`)
		w.text(p.Share(g.Done))
		w.put("</span></span>")
	}
	w.put("<small>")
	w.text(p.T("gate.have", g.Have, g.Want))
	if g.Missing != "" && !g.Met {
		w.put(", ")
		w.text(p.T("gate.missing", g.Missing))
	}
	w.put("</small>")
}
