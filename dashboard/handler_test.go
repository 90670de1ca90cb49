package dashboard

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// routes are all pages of a viewer with a row.
var routes = []string{
	"", "teams", "models", "workflows", "team?name=large", "model?name=claude-opus-5-5", "workflow?name=build", "titles", "cost", "about", "me",
	"board.csv", "badge.svg", "card.svg", "openapi.json",
	"api/board", "api/teams", "api/models", "api/workflows", "api/team?name=large", "api/model?name=claude-opus-5-5", "api/workflow?name=build",
	"api/titles", "api/cost", "api/about", "api/me",
}

// TestNoViewerNoPage: without a viewer function every path says so, and New
// does.
func TestNoViewerNoPage(t *testing.T) {
	w := newWorld(t)
	w.company()
	var log bytes.Buffer
	h := New(w.eng, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if !errors.Is(h.Err(), ErrOptions) || !strings.Contains(log.String(), "no viewer function") {
		t.Errorf("New says %v and logs %q", h.Err(), log.String())
	}
	for _, r := range routes {
		code, text, _ := get(t, h, "/"+r)
		if code != http.StatusInternalServerError || !strings.Contains(text, "no viewer function") || strings.Contains(text, "large-") {
			t.Errorf("%s: %d %q", r, code, text)
		}
	}
	if err := h.Refresh(t.Context()); !errors.Is(err, ErrOptions) {
		t.Errorf("Refresh: %v", err)
	}
}

// TestRefusals: an error of Authorize, or its panic, is no page, and its text
// is nobody's business.
func TestRefusals(t *testing.T) {
	w := newWorld(t)
	w.company()
	for _, c := range []struct {
		err  error
		code int
	}{{errors.New("hunter2"), 403}, {fmt.Errorf("hunter2: %w", ErrUnauthenticated), 401}, {nil, 403}} {
		h := w.handler(Options{Authorize: func(*http.Request) (Viewer, error) {
			if c.err == nil {
				panic("hunter2")
			}
			return Viewer{Subject: "large-01", Exact: true}, c.err
		}})
		for _, r := range append(routes, "events", "consent", "nothing") {
			code, text, _ := get(t, h, "/"+r)
			if code != c.code || strings.Contains(text, "hunter2") || strings.Contains(text, "large-") {
				t.Errorf("%s: %d %q", r, code, text)
			}
		}
	}
}

// TestHeaders: every answer is private, its own origin's, and runs no inline
// code.
func TestHeaders(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-03"})})
	for _, r := range append(routes, "nothing", "person?id=x") {
		_, text, head := get(t, h, "/"+r)
		for name, want := range map[string]string{
			"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Etag": "", "Last-Modified": "", "Set-Cookie": "", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := head.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", r, name, got, want)
			}
		}
		csp := head.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", r, csp)
		}
		if !strings.Contains(head.Get("Vary"), "Cookie") || !strings.Contains(head.Get("Vary"), "Authorization") {
			t.Errorf("%s: Vary %q", r, head.Get("Vary"))
		}
		if strings.HasPrefix(head.Get("Content-Type"), "text/html") {
			for _, bad := range []string{"style=", "<style", "onclick", "<script>", "javascript:", "ZgotmplZ", `href="http`, `src="` + "http"} {
				if i := strings.Index(text, bad); i >= 0 {
					t.Errorf("%s holds %q: …%s…", r, bad, text[max(0, i-60):min(len(text), i+60)])
				}
			}
		}
	}
}

// TestMounts: the handler finds itself under any prefix, stripped or not, and
// its links are relative.
func TestMounts(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: AllowAnyone})
	prefixed := w.handler(Options{Authorize: AllowAnyone, Prefix: "/x/y/"})
	mux := func(pattern string, h http.Handler) http.Handler {
		m := http.NewServeMux()
		m.Handle(pattern, h)
		return m
	}
	for name, c := range map[string]struct {
		h      http.Handler
		prefix string
	}{
		"root":              {mux("/", h), "/"},
		"subtree":           {mux("/board/", h), "/board/"},
		"deep":              {mux("/x/y/", h), "/x/y/"},
		"method":            {mux("GET /board/", h), "/board/"},
		"host":              {mux("example.com/board/", h), "/board/"},
		"wildcard":          {mux("/t/{tenant}/board/", h), "/t/acme/board/"},
		"rest":              {mux("/board/{rest...}", h), "/board/"},
		"stripped":          {mux("/board/", http.StripPrefix("/board", h)), "/board/"},
		"stripped to slash": {mux("/board/", http.StripPrefix("/board/", h)), "/board/"},
		"by hand":           {http.StripPrefix("/z", h), "/z/"},
		"named like a page": {mux("/teams/", h), "/teams/"},
		"option":            {prefixed, "/x/y/"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "stripped to slash" {
				// What is left of the root is empty: there is no telling that it had a slash.
				c.prefix = "/board/"
			} else {
				body := mustGet(t, c.h, c.prefix)
				if !strings.Contains(body, "large-11") {
					t.Error("the root is not the board")
				}
				if i := strings.Index(body, `href="/`); i >= 0 {
					t.Errorf("an absolute link: %s", body[i:i+40])
				}
			}
			if body := mustGet(t, c.h, c.prefix+"teams"); !strings.Contains(body, "<h1>Teams") {
				t.Error("teams are not found")
			}
			mustGet(t, c.h, c.prefix+h.names.CSS)
			if code, _, _ := get(t, c.h, c.prefix+"nothing"); code != http.StatusNotFound {
				t.Errorf("nothing: %d", code)
			}
			if code, _, _ := get(t, c.h, c.prefix+"teams/more"); code != http.StatusNotFound {
				t.Errorf("teams/more: %d", code)
			}
		})
	}
	r := httptest.NewRequest(http.MethodGet, "/board?q=x", nil)
	rec := httptest.NewRecorder()
	http.StripPrefix("/board", h).ServeHTTP(rec, r)
	if rec.Code != http.StatusPermanentRedirect || rec.Header().Get("Location") != "./board/?q=x" {
		t.Errorf("without the slash: %d %q", rec.Code, rec.Header().Get("Location"))
	}
}

// TestMethods: pages are read, nothing is changed by reading.
func TestMethods(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: AllowAnyone})
	for _, m := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
		for _, r := range []string{"", "teams", "api/board", "badge.svg", h.names.CSS} {
			if code, _, head := do(t, h, m, "/"+r, ""); code != http.StatusMethodNotAllowed || head.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d", m, r, code)
			}
		}
	}
	for _, r := range append(routes, h.names.CSS) {
		if r == "me" || r == "api/me" || r == "card.svg" {
			continue // nobody's here
		}
		code, body, head := do(t, h, http.MethodHead, "/"+r, "")
		if code != http.StatusOK || body != "" || head.Get("Content-Length") == "" {
			t.Errorf("HEAD %s: %d, %d bytes, length %s", r, code, len(body), head.Get("Content-Length"))
		}
	}
}
