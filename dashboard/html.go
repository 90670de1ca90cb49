package dashboard

import (
	"bytes"
	"embed"
	"fmt"
	"html"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

//go:embed templates/*.html
var templateFiles embed.FS

// slot marks where a viewer's own part belongs in a shared page. No name can
// hold it: it is a control character, and escaped besides.
const slot = "\x00"

// page is what templates are executed with.
type page struct {
	*look
	Route   string // the page's own path, relative to the mount
	Self    string // with its query, for the links of languages
	Title   string
	Paper   string
	Board   string // chosen board, kept over the links of the head
	V       any    // the view
	Assets  assetNames
	Live    bool
	OptIn   bool
	HasOwn  bool
	Status  int
	langs   []*language
	keep    string // lang=… if the address chose the language
	symbols template.HTML
}

func parseTemplates() (*template.Template, error) {
	t := template.New("").Funcs(template.FuncMap{
		"dict":    func(p *page, v any) map[string]any { return p.With(v) },
		"labeled": func(label string, m map[string]any) map[string]any { m["Label"] = label; return m },
		"costs":   func(m map[string]any) map[string]any { m["Cost"] = true; return m },
	})
	return t.ParseFS(templateFiles, "templates/*.html")
}

// render executes one template.
func (h *Handler) render(name string, p *page) ([]byte, error) {
	var b bytes.Buffer
	if err := h.templates.ExecuteTemplate(&b, name, p); err != nil {
		return nil, fmt.Errorf("dashboard: template %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// What follows is called by templates.

// T returns a text.
func (p *page) T(key string, args ...any) string { return p.lang.text(key, args...) }

// Lang returns the language's tag.
func (p *page) Lang() string { return p.lang.tag }

// English marks text that is not translated, such as the words of a gate.
func (p *page) English() template.HTMLAttr {
	if p.lang.tag == "en" {
		return ""
	}
	return ` lang="en"`
}

// Slot is where the viewer's own part is put.
func (p *page) Slot() template.HTML { return slot }

// Symbols are the drawings that the page refers to.
func (p *page) Symbols() template.HTML { return p.symbols }

// Link returns a link to a page, with what is kept from page to page.
func (p *page) Link(route string) string {
	if p.keep == "" {
		return route
	}
	if strings.Contains(route, "?") {
		return route + "&" + p.keep
	}
	return route + "?" + p.keep
}

// Query returns a link to this page with another query.
func (p *page) Query(query string) string {
	route := p.Route
	if route == "" {
		route = "./"
	}
	if query != "" {
		route += "?" + query
	}
	return p.Link(route)
}

// Nav are the entries of the head.
func (p *page) Nav() []choice {
	entries := []struct{ key, route string }{
		{"nav.board", "./"}, {"nav.teams", "teams"}, {"nav.models", "models"}, {"nav.workflows", "workflows"},
		{"nav.titles", "titles"}, {"nav.cost", "cost"}, {"nav.about", "about"},
	}
	if p.HasOwn {
		entries = append(entries, struct{ key, route string }{"nav.me", "me"})
	}
	var out []choice
	here := map[string]string{"": "./", "team": "teams", "model": "models", "workflow": "workflows"}
	for _, e := range entries {
		chosen := e.route == p.Route || here[p.Route] == e.route
		out = append(out, choice{p.T(e.key), p.Link(e.route), chosen})
	}
	return out
}

// Languages are links to this page in the other languages.
func (p *page) Languages() []languageLink {
	var out []languageLink
	for _, l := range p.langs {
		route, query, _ := strings.Cut(p.Self, "?")
		q, err := url.ParseQuery(query)
		if err != nil {
			q = url.Values{}
		}
		q.Set("lang", l.tag)
		if route == "" {
			route = "./"
		}
		out = append(out, languageLink{l.tag, l.texts["language"], route + "?" + q.Encode(), l == p.lang})
	}
	return out
}

type languageLink struct {
	Tag, Name, Link string
	Chosen          bool
}

// Edition is what the head says of the edition.
func (p *page) Edition() editionView { return p.editionView() }

// MainOf writes what a row is ranked by.
func (p *page) MainOf(r rowView) template.HTML { return p.used(r.Tokens, r.Cost, r.Output, r.Score) }

// UsedOf writes what a rank is for.
func (p *page) UsedOf(r rankView) template.HTML { return p.used(r.Tokens, r.Cost, r.Output, r.Score) }

func (p *page) used(tokens *figure, cost *amount, output, score *figure) template.HTML {
	switch {
	case score != nil:
		return p.Count(*score)
	case tokens != nil:
		return p.Count(*tokens)
	case cost != nil:
		return p.Money(*cost)
	case output != nil:
		return p.Count(*output)
	}
	return ""
}

// People writes how many; nothing where that is not told.
func (p *page) People(f *figure) template.HTML {
	if f == nil {
		return ""
	}
	return p.Count(*f)
}

// Keep is the chosen language for forms, or empty.
func (p *page) Keep() string { return strings.TrimPrefix(p.keep, "lang=") }

// twice writes a number short for the eye and in full for hovering and for
// screen readers.
func twice(short, full string) template.HTML {
	if short == full {
		return template.HTML(html.EscapeString(short))
	}
	f := html.EscapeString(full)
	return template.HTML(`<span title="` + f + `"><span aria-hidden="true">` + html.EscapeString(short) + `</span><span class="v">` + f + `</span></span>`)
}

// Count writes a figure.
func (p *page) Count(f figure) template.HTML {
	short, full := p.lang.short(f.Value), p.lang.exact(f.Value)
	switch {
	case f.Below:
		return twice("<"+short, p.T("figure.below", full))
	case !f.Exact && short != full:
		return twice(short, p.T("figure.about", full))
	}
	return twice(short, full)
}

// Full writes a figure with all digits it has.
func (p *page) Full(f figure) template.HTML {
	full := p.lang.exact(f.Value)
	switch {
	case f.Below:
		return template.HTML(html.EscapeString(p.T("figure.below", full)))
	case !f.Exact:
		return template.HTML(html.EscapeString(p.T("figure.about", full)))
	}
	return template.HTML(html.EscapeString(full))
}

// Int writes a whole number in full.
func (p *page) Int(n any) string {
	switch n := n.(type) {
	case int:
		return p.lang.exact(int64(n))
	case int64:
		return p.lang.exact(n)
	}
	return fmt.Sprint(n)
}

// Money writes an amount; with a mark where events have no price, and both
// bounds where it is a range.
func (p *page) Money(a amount) template.HTML {
	c := p.h.currency()
	var out template.HTML
	write := func(a amount, m string, full string) template.HTML {
		switch {
		case a.Below:
			return twice("<"+m, p.T("figure.below", full))
		case !a.Exact && m != full:
			return twice(m, p.T("figure.about", full))
		}
		return twice(m, full)
	}
	short := func(m pricing.Money) string {
		if !a.Exact && m == m.Round(0) {
			return p.lang.wholeMoney(m, c) // cents would be made up
		}
		return p.lang.money(m, c)
	}
	out = write(a, short(a.Value), p.lang.exactMoney(a.Value, c))
	if !a.High.IsZero() {
		out += template.HTML(" – ") + write(a, short(a.High), p.lang.exactMoney(a.High, c))
	}
	if a.Unpriced {
		out += template.HTML(`<span class="mark" title="` + html.EscapeString(p.T("cost.unpriced_mark")) + `"><span aria-hidden="true">*</span><span class="v">` + html.EscapeString(p.T("cost.unpriced_mark")) + `</span></span>`)
	}
	return out
}

// Share writes thousandths as a percentage.
func (p *page) Share(n int64) string { return p.lang.permille(n) }

// Date, Day, Clock and Stamp write times.
func (p *page) Date(t time.Time) string { return p.lang.date(t) }

// Day writes a day that is given as text.
func (p *page) Day(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return p.lang.date(t)
}

// Clock writes the time of day.
func (p *page) Clock(t time.Time) string { return p.lang.clock(t) }

// Stamp writes day and time.
func (p *page) Stamp(t time.Time) string { return p.lang.shortDate(t) + ", " + p.lang.clock(t) }

// Machine writes a time for programs.
func (p *page) Machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Length writes the time between two instants.
func (p *page) Length(from, to time.Time) string { return p.lang.duration(to.Sub(from)) }

// Every writes the time between editions.
func (p *page) Every() string { return p.lang.duration(p.h.opts.Every) }

// LastDay is the last day of a window whose end is exclusive.
func (p *page) LastDay(t time.Time) string { return p.lang.date(t.Add(-time.Nanosecond)) }

// With binds the page to a part of it.
func (p *page) With(v any) map[string]any { return map[string]any{"P": p, "V": v} }

// Main reports whether a column is the one sorted by.
func (v *boardView) Main(column string) bool { return v.main == column }

// Shows, Lists, Filters and CSV serve the template.
func (v *boardView) Shows() columns { return v.shows }

// Lists reports whether the list can be narrowed.
func (v *boardView) Lists() bool { return v.lists && len(v.filters) > 0 }

// Filters are the choices to narrow by.
func (v *boardView) Filters() []filterGroup { return v.filters }

// CSV is the address of the same list as a file, JSON as data.
func (v *boardView) CSV() string { return "board.csv?" + v.csv }

// JSON is the address of the same list as data.
func (v *boardView) JSON() string { return "api/board?" + v.csv }

// Raw is the key as events have it.
func (v *groupView) Raw() string { return v.raw }

// BoardName is the board the windows of a group belong to.
func (v *groupView) BoardName() string { return v.board }
