package dashboard

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// page fills in what every page has. The query is what the page itself reads of
// the address: a shared page must hold nothing else of whoever asked first.
func (h *Handler) page(l *look, req *request, route, query, title string, view any) *page {
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
	if tag := req.r.URL.Query().Get("lang"); tag != "" && h.languageOf(tag) == l.lang {
		p.keep = "lang=" + l.lang.tag
	}
	return p
}

// servePage answers with a page.
func (h *Handler) servePage(l *look, req *request, route string) {
	switch route {
	case "":
		h.serveBoard(l, req)
	case "teams", "models", "workflows":
		d, _ := dimensionOf(strings.TrimSuffix(route, "s"))
		h.serveShared(l, req, route, "groups", func() (any, bool, error) {
			v, ok := l.groups(d, req.q.Get("board"))
			return v, ok, nil
		})
	case "team", "model", "workflow":
		d, _ := dimensionOf(route)
		h.serveShared(l, req, route, "group", func() (any, bool, error) {
			v, ok := l.group(d, req.q.Get("name"), req.q.Get("board"))
			return v, ok, nil
		})
	case "titles":
		h.serveShared(l, req, route, "titles", func() (any, bool, error) { return l.titles(), true, nil })
	case "cost":
		h.serveShared(l, req, route, "cost", func() (any, bool, error) {
			v, err := l.cost(req.ctx(), req.q.Get("board"))
			return v, v != nil, err
		})
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
	build := func() ([]*piece, error) {
		v, ok := l.board(q)
		if !ok {
			return nil, nil
		}
		body, err := h.render("board.html", h.page(l, req, "", q.query(), "board", v))
		if err != nil {
			return nil, err
		}
		var pieces []*piece
		for part := range bytes.SplitSeq(body, []byte(slot)) {
			pieces = append(pieces, newPiece(part))
		}
		return pieces, nil
	}
	var pieces []*piece
	var err error
	if q.search != "" {
		pieces, err = build()
	} else {
		pieces, err = l.ed.cache.get(h.cacheKey(l, req, "board", q.query()), build)
	}
	if err != nil {
		h.fail(req.w, req.r, l.lang, req.access, err)
		return
	}
	if pieces == nil {
		h.missing(req.w, req.r, l, req.v, req.access)
		return
	}
	out := parts{{shared: pieces[0]}}
	if len(pieces) > 1 {
		own, err := h.ownPlace(l, req, q.board)
		if err != nil {
			h.fail(req.w, req.r, l.lang, req.access, err)
			return
		}
		out = append(out, part{own: own}, part{shared: pieces[1]})
	}
	h.writeHTML(l, req, out)
}

// ownPlace renders the viewer's own place on a board, once an edition.
func (h *Handler) ownPlace(l *look, req *request, board string) ([]byte, error) {
	if req.v.Subject == "" {
		return nil, nil
	}
	key := h.cacheKey(l, req, req.v.Subject, board)
	if html, ok := l.ed.places.get(key); ok {
		return html, nil
	}
	v := l.you(req.ctx(), req.v.Subject, board)
	if v == nil {
		return nil, nil
	}
	html, err := h.render("you.html", h.page(l, req, "", "", "board", v))
	if err == nil {
		l.ed.places.put(key, html)
	}
	return html, err
}

// cacheKey names a shared page: by its content, language and class of viewer.
func (h *Handler) cacheKey(l *look, req *request, route, query string) string {
	explicit := req.r.URL.Query().Get("lang") != ""
	return fmt.Sprintf("%q?%s %s %t %+v", route, query, l.lang.tag, explicit, l.class)
}

// serveShared answers with a page that is the same for all viewers of a class;
// view makes what it shows, and is false where there is nothing to show.
func (h *Handler) serveShared(l *look, req *request, route, template string, view func() (any, bool, error)) {
	q := url.Values{}
	for _, key := range []string{"board", "name"} {
		if v := req.q.Get(key); v != "" {
			q.Set(key, v)
		}
	}
	query := q.Encode()
	pieces, err := l.ed.cache.get(h.cacheKey(l, req, route, query), func() ([]*piece, error) {
		v, ok, err := view()
		if err != nil || !ok {
			return nil, err
		}
		body, err := h.render(template+".html", h.page(l, req, route, query, route, v))
		if err != nil {
			return nil, err
		}
		return []*piece{newPiece(body)}, nil
	})
	switch {
	case err != nil:
		h.fail(req.w, req.r, l.lang, req.access, err)
	case pieces == nil:
		h.missing(req.w, req.r, l, req.v, req.access)
	default:
		h.writeHTML(l, req, parts{{shared: pieces[0]}})
	}
}

// serveOwn answers with a page for one viewer.
func (h *Handler) serveOwn(l *look, req *request, route, template, title string, view any) {
	query := ""
	if id := req.q.Get("id"); id != "" && route == "person" {
		query = url.Values{"id": {id}}.Encode()
	}
	body, err := h.render(template+".html", h.page(l, req, route, query, title, view))
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
