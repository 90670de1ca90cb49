package dashboard

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// Handler is the dashboard: mount it anywhere. Make one with [New].
type Handler struct {
	eng       *tokenomics.Engine
	opts      Options
	err       error // why there are no pages
	ladder    tiers.Ladder
	languages []*language
	templates *template.Template
	names     assetNames
	assets    map[string]asset
	symbols   template.HTML
	secret    []byte // of the ids of persons in addresses
	crossing  *http.CrossOriginProtection
	counted   counted
	streams   streams

	current atomic.Pointer[edition]
	making  sync.Mutex // one edition at a time
	serial  int64      // of the last edition; guarded by making
	folded  *fold      // the last one; guarded by making
	stale   atomic.Int64
	behind  behind
}

// New returns a dashboard over an engine. If options are at fault, every page
// answers 500, the reason is in Options.Log, and [Handler.Err] returns it: a
// page that nobody may see is never shown by accident.
func New(eng *tokenomics.Engine, opts Options) *Handler {
	h := &Handler{eng: eng, opts: opts, crossing: http.NewCrossOriginProtection()}
	h.err = h.prepare()
	if h.err != nil {
		h.opts.Log.Error("dashboard: no pages are served", "err", h.err)
	}
	return h
}

func (h *Handler) prepare() error {
	if err := h.opts.fill(); err != nil {
		return err
	}
	if h.eng == nil {
		return &OptionsError{"", "come without an engine"}
	}
	if c := h.opts.Contracted; c != nil && c.Currency() != h.currency() {
		return &OptionsError{"Contracted", fmt.Sprintf("is in %s, the ledger in %s", c.Currency(), h.currency())}
	}
	h.ladder = h.eng.Ladder()
	var err error
	if h.languages, err = loadLanguages(h.opts.Languages); err != nil {
		return err
	}
	if h.templates, err = parseTemplates(); err != nil {
		return err
	}
	if h.names, h.assets, err = loadAssets(); err != nil {
		return err
	}
	h.symbols = h.symbolsOf()
	if h.secret = h.opts.Privacy.Key; len(h.secret) == 0 {
		h.secret = make([]byte, MinKey)
		_, _ = rand.Read(h.secret) // never fails
	}
	return nil
}

// Err returns why no pages are served, or nil. It matches [ErrOptions] where
// an option is at fault.
func (h *Handler) Err() error { return h.err }

// Refresh makes a new edition from what the ledger holds now, and drops the one
// before: nobody sees it any more. A host calls it at start, so that nobody
// waits for the first page, and when something must not wait for the next
// edition. Who is forgotten or renamed by Engine.Forget and Engine.Rename is so
// at once, without it.
func (h *Handler) Refresh(ctx context.Context) error {
	if h.err != nil {
		return h.err
	}
	h.counted.forget()
	h.stale.Add(1)
	h.making.Lock()
	h.folded = nil
	h.making.Unlock()
	h.current.Store(nil)
	_, err := h.make(ctx, nil)
	return err
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	if h.err != nil {
		text := "The dashboard is not set up, so it serves nothing. Its log and Handler.Err say why."
		if h.opts.Authorize == nil {
			text = "There is no viewer function, so there is no page: set Options.Authorize."
		}
		plain(w, r, http.StatusInternalServerError, text)
		return
	}
	route, ok := h.routeOf(r)
	if !ok {
		h.toSlash(w, r)
		return
	}
	if a, ok := h.assets[route]; ok {
		if !readOnly(r) {
			notAllowed(w, r, "GET, HEAD")
			return
		}
		h.serveAsset(w, r, a)
		return
	}
	if route == "badge.svg" && h.opts.PublicBadge {
		h.serveBadge(w, r)
		return
	}
	v, err := h.authorize(r)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	if v.Subject != "" {
		v.Subject = h.eng.CountedAs(v.Subject) // none if forgotten
	}
	h.serve(w, r, route, v)
}

// refuse answers who may not see anything: without a word on why.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	h.opts.Log.Info("dashboard: no viewer", "err", err)
	status, text := http.StatusForbidden, "error.403"
	if errors.Is(err, ErrUnauthenticated) {
		status, text = http.StatusUnauthorized, "error.401"
	}
	plain(w, r, status, h.language(r, Viewer{}).text(text))
}

// routeOf returns the path below the mount: "" for the board, "teams" and so
// on. It is false where the path lacks the slash at the end of the mount.
func (h *Handler) routeOf(r *http.Request) (string, bool) {
	path := r.URL.Path
	if p := h.opts.Prefix; p != "" {
		path, _ = strings.CutPrefix(path, strings.TrimSuffix(p, "/"))
	} else if mount, ok := mountOf(r.Pattern); ok {
		path = below(path, mount)
	}
	if path == "" {
		return "", false
	}
	return strings.TrimPrefix(path, "/"), true
}

// mountOf returns the segments of the path a pattern of http.ServeMux ends
// with, less a wildcard at its end; false for a pattern of one path only.
func mountOf(pattern string) ([]string, bool) {
	if i := strings.IndexByte(pattern, '/'); i >= 0 {
		pattern = pattern[i:] // without method and host
	} else {
		return nil, false
	}
	i := strings.LastIndexByte(pattern, '/')
	last := pattern[i+1:]
	if last != "" && !strings.HasSuffix(last, "...}") {
		return nil, false
	}
	return strings.Split(strings.Trim(pattern[:i], "/"), "/"), true
}

// below cuts the segments of a mount off a path. A path that does not begin
// with them has been stripped already.
func below(path string, mount []string) string {
	rest := path
	for _, m := range mount {
		if m == "" {
			continue
		}
		var head string
		trimmed, slash := strings.CutPrefix(rest, "/")
		if !slash {
			return path
		}
		head, tail, more := strings.Cut(trimmed, "/")
		if head != m && !strings.HasPrefix(m, "{") {
			return path
		}
		rest = ""
		if more {
			rest = "/" + tail
		}
	}
	return rest
}

// toSlash sends a browser from /board to /board/, by a relative reference: what
// is in front of the mount is not known here.
func (h *Handler) toSlash(w http.ResponseWriter, r *http.Request) {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	last := path[strings.LastIndexByte(path, '/')+1:]
	if last == "" || !readOnly(r) {
		plain(w, r, http.StatusNotFound, h.language(r, Viewer{}).text("error.404"))
		return
	}
	target := "./" + last + "/"
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	w.Header().Set("Location", target)
	w.WriteHeader(http.StatusPermanentRedirect)
}

// serve answers an authorized request.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, route string, v Viewer) {
	a := &Access{At: h.eng.Now(), Viewer: v, Page: route, Status: http.StatusOK}
	if route == "" {
		a.Page = "board"
	}
	defer func() { h.logAccess(*a) }()
	lang := h.language(r, v)
	if route == "consent" {
		h.serveConsent(w, r, v, lang, a)
		return
	}
	if !readOnly(r) {
		a.Status = notAllowed(w, r, "GET, HEAD")
		return
	}
	if route == "events" {
		h.serveEvents(w, r, a)
		return
	}
	ed, err := h.edition(r.Context())
	if err != nil {
		h.fail(w, r, lang, a, err)
		return
	}
	l := &look{h, ed, classOf(v), lang}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		h.missing(w, r, l, v, a)
		return
	}
	req := &request{w: w, r: r, q: q, v: v, access: a}
	if name, ok := strings.CutPrefix(route, "api/"); ok {
		h.serveAPI(l, req, name)
		return
	}
	h.servePage(l, req, route)
}

// request is what a page is asked for with.
type request struct {
	w      http.ResponseWriter
	r      *http.Request
	q      url.Values
	v      Viewer
	access *Access
}

func (r *request) ctx() context.Context { return r.r.Context() }

func readOnly(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

func notAllowed(w http.ResponseWriter, r *http.Request, allow string) int {
	w.Header().Set("Allow", allow)
	plain(w, r, http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed))
	return http.StatusMethodNotAllowed
}
