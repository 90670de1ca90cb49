package dashboard

import (
	"bytes"
	_ "embed" // the OpenAPI document
	"encoding/json"
	"net/http"
	"strings"
)

//go:embed openapi.json
var openapi []byte

// serveAPI answers with what the page of the same name shows, as JSON.
func (h *Handler) serveAPI(l *look, req *request, name string) {
	var v any
	var err error
	ok := true
	switch name {
	case "board":
		v, ok = l.boardJSON(req)
	case "teams", "models", "workflows":
		d, _ := dimensionOf(strings.TrimSuffix(name, "s"))
		v, ok = l.groups(d, req.q.Get("board"))
	case "team", "model", "workflow":
		d, _ := dimensionOf(name)
		v, ok = l.group(d, req.q.Get("name"), req.q.Get("board"))
	case "titles":
		v = l.titles()
	case "cost":
		var c *costView
		c, err = l.cost(req.ctx(), req.q.Get("board"))
		v, ok = c, c != nil
	case "about":
		v = l.about(req.v)
	case "me", "person":
		var subject string
		var own bool
		if subject, own, ok = l.whose(req, name); ok {
			v, err = l.person(req.ctx(), subject, own)
		}
	default:
		ok = false
	}
	switch {
	case err != nil:
		h.fail(req.w, req.r, l.lang, req.access, err)
	case !ok:
		h.missing(req.w, req.r, l, req.v, req.access)
	case req.q.Get("q") != "": // not compressed: by its length others' guesses could be compared with what is the viewer's own
		h.sendJSON(req.w, req.r, http.StatusOK, v, func(b []byte) part { return part{own: b} })
	default:
		h.writeJSON(req.w, req.r, http.StatusOK, v)
	}
}

// boardJSON is a board with the viewer's own place on it.
func (l *look) boardJSON(req *request) (*boardView, bool) {
	q, ok := parseBoard(req.q)
	if !ok {
		return nil, false
	}
	v, ok := l.board(q)
	if ok && req.v.Subject != "" {
		v.You = l.you(req.ctx(), req.v.Subject, q.board)
	}
	return v, ok
}

// writeJSON writes one value. Text in it is escaped so that no browser takes it
// for markup.
func (h *Handler) writeJSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	h.sendJSON(w, r, status, v, func(b []byte) part { return part{shared: quickPiece(b)} })
}

func (h *Handler) sendJSON(w http.ResponseWriter, r *http.Request, status int, v any, as func([]byte) part) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(v); err != nil {
		h.opts.Log.Error("dashboard: JSON", "err", err)
		plain(w, r, http.StatusInternalServerError, http.StatusText(http.StatusInternalServerError))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	h.write(w, r, status, parts{as(b.Bytes())})
}

// serveOpenAPI serves the description of the API.
func (h *Handler) serveOpenAPI(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
	h.write(w, r, http.StatusOK, parts{{shared: quickPiece(openapi)}})
}
