package dashboard

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"unicode/utf8"
)

// serveBadge draws what everybody together used, to two digits or as few as others
// see of a figure: for a README.
// It tells nothing of a board of fewer people than make a group.
func (h *Handler) serveBadge(w http.ResponseWriter, r *http.Request) {
	lang := h.language(r, Viewer{})
	if !readOnly(r) {
		notAllowed(w, r, "GET, HEAD")
		return
	}
	ed, err := h.edition(r.Context())
	if err != nil {
		h.fail(w, r, lang, &Access{Page: "badge.svg"}, err)
		return
	}
	value := lang.text("badge.hidden")
	label := lang.text("badge.label")
	if len(ed.tables) > 0 {
		t := ed.tables[0]
		l := look{h, ed, class{}, lang}
		label = lang.text("badge.label_window", l.windowName(t.Window))
		if s := ed.fold.whole[t.span]; s.people >= h.opts.Privacy.MinGroup {
			value = lang.text("badge.tokens", lang.short(round(s.tokens, min(2, max(1, h.opts.Privacy.Digits)))))
		}
	}
	if h.opts.PublicBadge {
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		w.Header().Set("Cache-Control", "public, max-age=300")
	}
	h.writeSVG(w, r, badge(label, value))
}

// badge is two cells with text. Widths are guessed from the number of letters;
// textLength makes them so.
func badge(label, value string) string {
	lw, vw := textWidth(label)+14, textWidth(value)+14
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="22" viewBox="0 0 %d 22" role="img" aria-label="%s: %s">`+
		`<title>%s: %s</title><path fill="#1f1b16" d="M3 0h%dv22H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z"/><path fill="#0b6b4b" d="M%d 0h%da3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H%dz"/>`+
		`<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11"><text x="7" y="15" textLength="%d">%s</text><text x="%d" y="15" textLength="%d">%s</text></g></svg>`,
		lw+vw, lw+vw, html.EscapeString(label), html.EscapeString(value), html.EscapeString(label), html.EscapeString(value),
		lw-3, lw, vw-3, lw, lw-14, html.EscapeString(label), lw+7, vw-14, html.EscapeString(value))
}

func textWidth(s string) int { return utf8.RuneCountInString(s)*13/2 + 2 }

// serveCard draws what the viewer has earned, to be shown around: tier and
// titles, no name, no figure, no company.
func (h *Handler) serveCard(l *look, req *request) {
	if req.v.Subject == "" {
		h.missing(req.w, req.r, l, req.v, req.access)
		return
	}
	p, err := l.ed.profileOf(req.ctx(), h.eng, req.v.Subject)
	if err != nil {
		h.fail(req.w, req.r, l.lang, req.access, err)
		return
	}
	req.access.Subject = req.v.Subject
	var titles []string
	for i, t := range p.Titles {
		if t.Held {
			titles = append(titles, l.ruleText(i).Title)
		}
	}
	h.writeSVG(req.w, req.r, l.card(l.tier(p.Tier.At.Level), titles))
}

// cardColors are those of the tiers on dark paper.
var cardColors = [...]string{"#d8935f", "#b7c0c8", "#e3be4f", "#9cd0e4", "#5fd3a6"}

func (l *look) card(t tierView, titles []string) string {
	var b strings.Builder
	color, name := "#b8ad97", l.lang.text("tier.none")
	if t.Level > 0 {
		color, name = cardColors[shapeOf(t.Level)], t.Name
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630" role="img" aria-label="%s"><title>%s</title>`,
		html.EscapeString(name+". "+strings.Join(titles, ", ")), html.EscapeString(l.lang.text("card.title")))
	b.WriteString(`<rect width="1200" height="630" fill="#16130f"/><rect x="28" y="28" width="1144" height="574" fill="none" stroke="#8c7a52" stroke-width="2"/><rect x="38" y="38" width="1124" height="554" fill="none" stroke="#8c7a52"/>`)
	if t.Level > 0 {
		fmt.Fprintf(&b, `<g transform="translate(110 150) scale(15)" fill="none" stroke="%s" stroke-width=".55" stroke-linejoin="round">%s</g>`, color, strings.ReplaceAll(tierShapes[shapeOf(t.Level)], ` class="k"`, ""))
	}
	b.WriteString(`<g font-family="Iowan Old Style,Palatino Linotype,Palatino,Georgia,serif" fill="#ece5d6">`)
	fmt.Fprintf(&b, `<text x="480" y="190" font-size="30" letter-spacing="5" fill="#b8ad97">%s</text>`, html.EscapeString(strings.ToUpper(l.lang.text("card.title"))))
	fmt.Fprintf(&b, `<text x="476" y="300" font-size="104" fill="%s">%s</text>`, color, html.EscapeString(name))
	for i, title := range titles[:min(len(titles), 4)] {
		fmt.Fprintf(&b, `<text x="480" y="%d" font-size="38">%s</text>`, 375+i*52, html.EscapeString(title))
	}
	b.WriteString(`</g></svg>`)
	return b.String()
}

// writeSVG sends an image: one that runs nothing, wherever it is opened.
func (h *Handler) writeSVG(w http.ResponseWriter, r *http.Request, svg string) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.write(w, r, http.StatusOK, parts{{shared: quickPiece([]byte(svg))}})
}
