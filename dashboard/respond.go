package dashboard

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// policy lets a page load its own files and nothing else, run no inline code
// and be framed by nobody.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// setHeaders sets what every answer has. Pages are a viewer's own: nothing
// keeps them, and they carry no ETag that could tell whether they changed.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Vary", "Accept-Encoding, Accept-Language, Authorization, Cookie")
}

// write sends a page, compressed where the client takes that.
func (h *Handler) write(w http.ResponseWriter, r *http.Request, status int, p parts) {
	head := w.Header()
	if !takesGzip(r.Header.Get("Accept-Encoding")) {
		head.Set("Content-Length", strconv.Itoa(p.plainLen()))
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			_ = p.writePlain(w) // the client is gone: there is nobody to tell
		}
		return
	}
	chunks := p.gzip()
	n := 0
	for _, c := range chunks {
		n += len(c)
	}
	head.Set("Content-Encoding", "gzip")
	head.Set("Content-Length", strconv.Itoa(n))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	for _, c := range chunks {
		if _, err := w.Write(c); err != nil {
			return
		}
	}
}

// takesGzip reads Accept-Encoding.
func takesGzip(accept string) bool {
	others := false
	for item := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(item), ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "gzip" && name != "*" {
			continue
		}
		ok := true
		if v, has := strings.CutPrefix(strings.ReplaceAll(strings.TrimSpace(params), " ", ""), "q="); has {
			q, err := strconv.ParseFloat(v, 64)
			ok = err == nil && q > 0
		}
		if name == "gzip" {
			return ok
		}
		others = ok
	}
	return others
}

// plain answers with one line of text.
func plain(w http.ResponseWriter, r *http.Request, status int, text string) {
	text += "\n"
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, text)
	}
}

// fail answers a fault of ours; what it was is for the log.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, lang *language, a *Access, err error) {
	a.Status = http.StatusInternalServerError
	if r.Context().Err() != nil {
		return // nobody waits for the answer
	}
	h.opts.Log.Error("dashboard: "+a.Page, "err", err)
	plain(w, r, a.Status, lang.text("error.500"))
}

// missing answers what there is not, or is not to be known: both look the same.
func (h *Handler) missing(w http.ResponseWriter, r *http.Request, l *look, v Viewer, a *Access) {
	a.Status = http.StatusNotFound
	if strings.HasPrefix(a.Page, "api/") {
		h.writeJSON(w, r, a.Status, map[string]string{"error": "not found"})
		return
	}
	p := h.page(l, (&request{q: r.URL.Query()}).chosen(l), "", "", "error", nil)
	p.Status = http.StatusNotFound
	body, err := h.render("error.html", p)
	if err != nil {
		h.fail(w, r, l.lang, a, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", l.lang.tag)
	h.write(w, r, a.Status, parts{{own: body}})
}
