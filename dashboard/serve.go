package dashboard

import (
	"context"
	"net/http"
	"net/url"
)

// page fills in what every page has. The query is what the page itself reads of
// the address, and chosen whether that names the language: a shared page must
// hold nothing else of whoever asked first.
func (h *Handler) page(l *look, chosen bool, route, query, title string, view any) *page {
	p := &page{
		look: l, Route: route, Self: route, V: view, Assets: h.names, Live: h.opts.Live, OptIn: h.opts.Privacy.Naming == OptIn,
		HasOwn: l.class.own, langs: h.languages, symbols: h.symbols, Paper: h.opts.Title,
	}
	if p.Paper == "" {
		p.Paper = l.lang.text("paper")
	}
	p.Title = l.lang.text("title." + title)
	if query != "" {
		p.Self = route + "?" + query
	}
	if chosen {
		p.keep = "lang=" + l.lang.tag
	}
	return p
}

// servePage answers with a page.
func (h *Handler) servePage(l *look, req *request, route string) {
	switch route {
	case "":
		h.serveBoard(l, req)
	case "teams", "models", "workflows", "team", "model", "workflow", "titles", "cost":
		q := url.Values{}
		for _, key := range []string{"board", "name"} {
			if v := req.q.Get(key); v != "" {
				q.Set(key, v)
			}
		}
		h.serveShared(l, req, route, q.Encode(), true, nil)
	case "about":
		h.serveOwn(l, req, route, "about", route, l.about(req.v))
	case "me", "person":
		h.servePerson(l, req, route)
	case "board.csv":
		h.serveCSV(l, req)
	case "badge.svg":
		h.serveBadge(req.w, req.r)
	case "card.svg":
		h.serveCard(l, req)
	case "openapi.json":
		h.serveOpenAPI(req.w, req.r)
	default:
		h.missing(req.w, req.r, l, req.v, req.access)
	}
}

// serveBoard answers with a board: the list from the cache, the viewer's own
// place apart. What is searched for is rendered for the request.
func (h *Handler) serveBoard(l *look, req *request) {
	q, ok := parseBoard(req.q)
	if !ok {
		h.missing(req.w, req.r, l, req.v, req.access)
		return
	}
	h.serveShared(l, req, "", q.query(), q.search == "", func() []byte { return h.ownPlace(l, req, q.board) })
}

// serveShared answers with a page that is the same for all viewers of a class,
// but for what own makes.
func (h *Handler) serveShared(l *look, req *request, route, query string, keep bool, own func() []byte) {
	s := sharedPage{route, query, l.lang, req.chosen(l), l.class}
	build := func() ([]*piece, error) { return h.build(context.WithoutCancel(req.ctx()), l.ed, s) }
	var pieces []*piece
	var err error
	if keep {
		pieces, err = l.ed.cache.get(s, build)
	} else {
		pieces, err = build()
	}
	switch {
	case err != nil:
		h.fail(req.w, req.r, l.lang, req.access, err)
		return
	case pieces == nil:
		l.ed.cache.drop(s)
		h.missing(req.w, req.r, l, req.v, req.access)
		return
	}
	var mine []byte
	if len(pieces) > 1 && own != nil {
		mine = own()
	}
	out := parts{{shared: pieces[0]}}
	for _, p := range pieces[1:] {
		out = append(out, part{own: mine}, part{shared: p})
	}
	h.writeHTML(l, req, out)
}

// ownPlace renders the viewer's own place on a board, once an edition.
func (h *Handler) ownPlace(l *look, req *request, board string) []byte {
	if req.v.Subject == "" {
		return nil
	}
	key := placeKey{req.v.Subject, sharedPage{"", board, l.lang, req.chosen(l), l.class}}
	if html, ok := l.ed.places.get(key); ok {
		return html
	}
	v := l.you(req.ctx(), req.v.Subject, board)
	if v == nil {
		return nil
	}
	html := h.page(l, req.chosen(l), "", "", "board", v).own(v)
	l.ed.places.put(key, html)
	return html
}

// chosen reports whether the address names the language the page is in.
func (r *request) chosen(l *look) bool {
	tag := r.q.Get("lang")
	return tag != "" && l.h.languageOf(tag) == l.lang
}

// serveOwn answers with a page for one viewer.
func (h *Handler) serveOwn(l *look, req *request, route, template, title string, view any) {
	query := ""
	if id := req.q.Get("id"); id != "" && route == "person" {
		query = url.Values{"id": {id}}.Encode()
	}
	body, err := h.render(template+".html", h.page(l, req.chosen(l), route, query, title, view))
	if err != nil {
		h.fail(req.w, req.r, l.lang, req.access, err)
		return
	}
	h.writeHTML(l, req, parts{{shared: quickPiece(body)}})
}

func (h *Handler) writeHTML(l *look, req *request, p parts) {
	req.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	req.w.Header().Set("Content-Language", l.lang.tag)
	h.write(req.w, req.r, http.StatusOK, p)
}

// servePerson answers with somebody's page: the viewer's own, or that of
// somebody who is listed by name.
func (h *Handler) servePerson(l *look, req *request, route string) {
	subject, own, ok := l.whose(req, route)
	if !ok {
		h.missing(req.w, req.r, l, req.v, req.access)
		return
	}
	v, err := l.person(req.ctx(), subject, own)
	if err != nil {
		h.fail(req.w, req.r, l.lang, req.access, err)
		return
	}
	h.serveOwn(l, req, route, "person", route, v)
}

// whose finds whose page is asked for. Only those who are listed, and by name
// to this viewer, have one for others.
func (l *look) whose(req *request, route string) (subject string, own, ok bool) {
	if route == "me" {
		req.access.Subject = req.v.Subject
		return req.v.Subject, true, req.v.Subject != ""
	}
	subject, ok = l.ed.person[req.q.Get("id")]
	if !ok {
		return "", false, false
	}
	if subject == req.v.Subject {
		req.access.Subject = subject
		return subject, true, true
	}
	if _, named, _ := l.nameOf("", subject, true); !named {
		return "", false, false
	}
	req.access.Subject = subject
	return subject, false, true
}
