package browser

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/dashboard"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/usage"
)

var now = time.Date(2026, 11, 15, 14, 7, 30, 0, time.UTC)

// hostile are names that break pages: markup, quotes, control of direction,
// very long ones, other scripts, formulas, paths and escapes.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=//evil.example/x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title></style><h1>big`,
	"user\u202egnp.exe", "\u2066isolate", "مريم العلي", "שרה כהן", "👩‍👩‍👧‍👦🏴‍☠️👍🏽", "陳大文", "Z̸̢̛͓a̷l̶g̵o̴",
	strings.Repeat("w", 256), strings.Repeat("long name ", 25), `=cmd|' /C calc'!A0`, "+1+1", "@SUM(A1)", "../../etc/passwd", "%2e%2e%2f%00",
	"a/b?c=d&e=f#g", "{{.}}", "javascript:alert(1)", " leading", "null", "-1", "\u200b", "&amp;lt;",
}

func engine(t *testing.T) *tokenomics.Engine {
	t.Helper()
	week := rank.Window{Length: 7 * 24 * time.Hour, Step: 24 * time.Hour}
	boards := append(tokenomics.BoardsOver(rank.Rolling30d, "30d"), tokenomics.BoardsOver(week, "7d")...)
	boards[0].History = 30
	e, err := tokenomics.New(t.Context(), &tokenomics.Config{Boards: boards, Now: func() time.Time { return now }})
	must(t, err)
	return e
}

// models are used in turn; the last one has no price.
var models = []string{"claude-opus-5-5", "claude-haiku-5-5", "gpt-6-sol", "gemini-3.8-flash", "our-own-7b"}

// use records what somebody used on the last days.
func use(t *testing.T, e *tokenomics.Engine, i int, subject, team, workflow string) {
	t.Helper()
	var events []tokenomics.Event
	for day := range 1 + i%30 {
		n := int64(1+i*i%97)*40_000 + int64(day)*1000
		events = append(events, tokenomics.Event{
			Source: "test", ID: fmt.Sprint(i, "-", day), Subject: subject, Team: team, Workflow: workflow, Session: fmt.Sprint("s", i, "-", day/3),
			Call: tokenomics.Call{Model: models[(i+day)%len(models)], At: now.Add(-time.Duration(day*24+i%7) * time.Hour),
				Usage: usage.Usage{Input: n / 10, CacheRead: n / 2, CacheWrite5m: n / 10, Output: n / 5, Reasoning: n / 10}},
		})
	}
	receipts, err := e.Record(t.Context(), events...)
	must(t, err)
	for _, r := range receipts {
		if r.Status != tokenomics.Accepted {
			t.Fatalf("recording %q: %v, %v", subject, r.Status, r.Err)
		}
	}
}

// company has 300 people in four teams and one of three, which is too small to
// be shown.
func company(t *testing.T) *tokenomics.Engine {
	e := engine(t)
	for i := range 300 {
		team := []string{"lantern", "harbor", "compiler", "growth"}[i%4]
		if i < 3 {
			team = "stealth"
		}
		use(t, e, i, fmt.Sprintf("%s.%03d", []string{"mara", "tomas", "wen", "yuki", "ines"}[i%5], i), team, team+"-sprint")
	}
	return e
}

// crowd is everybody with a hostile name, in groups with hostile names.
func crowd(t *testing.T) *tokenomics.Engine {
	e := engine(t)
	for i, name := range hostile {
		use(t, e, i, name, hostile[i%2], hostile[(i+1)%2])
	}
	return e
}

func one(t *testing.T) *tokenomics.Engine {
	e := engine(t)
	use(t, e, 4, "ana", "", "")
	return e
}

// mount is one dashboard of a site.
type mount struct {
	prefix   string
	handler  *dashboard.Handler
	everyCut bool // looked at in every width, theme and way, not in two of them
}

// site serves every kind of board and viewer, each under a prefix of its own.
func site(t *testing.T) (*httptest.Server, []mount) {
	t.Helper()
	mux := http.NewServeMux()
	key := []byte(strings.Repeat("k", dashboard.MinKey))
	var mounts []mount
	add := func(prefix string, e *tokenomics.Engine, v dashboard.Viewer, p dashboard.Privacy, every bool) {
		p.Key, p.Consent = key, &dashboard.MemoryConsent{}
		h := dashboard.New(e, dashboard.Options{
			Authorize: func(*http.Request) (dashboard.Viewer, error) { return v, nil },
			Privacy:   p, Live: true, Prefix: prefix,
		})
		must(t, h.Err())
		must(t, h.Refresh(t.Context()))
		mounts = append(mounts, mount{prefix, h, every})
		if prefix == "/" {
			return
		}
		mux.Handle(prefix, h)
	}
	all, odd := company(t), crowd(t)
	add("/board/", all, dashboard.Viewer{Subject: "wen.017"}, dashboard.Privacy{}, true)
	add("/a/b/c/", all, dashboard.Viewer{Subject: "ines.004", Language: "de"}, dashboard.Privacy{Naming: dashboard.Pseudonyms}, false)
	add("/operator/", all, dashboard.Viewer{Exact: true}, dashboard.Privacy{}, false)
	add("/guest/", all, dashboard.Viewer{}, dashboard.Privacy{Naming: dashboard.OptIn}, false)
	add("/hostile/", odd, dashboard.Viewer{Subject: hostile[0], Exact: true}, dashboard.Privacy{MinGroup: 1}, false)
	add("/empty/", engine(t), dashboard.Viewer{Subject: "nobody"}, dashboard.Privacy{}, false)
	add("/one/", one(t), dashboard.Viewer{Subject: "ana"}, dashboard.Privacy{MinGroup: 1}, false)
	s := httptest.NewServer(mux)
	t.Cleanup(func() {
		s.CloseClientConnections() // streams of events stay open
		s.Close()
	})
	return s, mounts
}

var (
	links   = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)
	schemes = regexp.MustCompile(`^[a-z]+:`)
)

// crawl follows every link of a dashboard, which must all answer, and returns
// one page of each kind: kinds differ by path or by what the query names.
func crawl(t *testing.T, origin, prefix string) []string {
	t.Helper()
	var pages []string
	seen, kinds := map[string]bool{}, map[string]int{}
	queue := []string{origin + prefix, origin + prefix + "?lang=de", origin + prefix + "?q=a", origin + prefix + "?q=%3Cb%3E"}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if seen[at] || strings.HasSuffix(at, "/events") {
			continue
		}
		seen[at] = true
		kind := kindOf(at)
		if kinds[kind]++; kinds[kind] > 6 {
			continue // hundreds of people look alike
		}
		body, page := read(t, at)
		if !page {
			continue
		}
		if kinds[kind] == 1 {
			pages = append(pages, at)
		}
		base, err := url.Parse(at)
		must(t, err)
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			link, err := base.Parse(html.UnescapeString(m[1]))
			if err != nil || schemes.MatchString(m[1]) || link.Host != base.Host {
				t.Errorf("%s: a link to %q", at, m[1])
				continue
			}
			link.Fragment = ""
			queue = append(queue, link.String())
		}
	}
	if len(pages) < 8 {
		t.Errorf("%s: only %d pages: %v", prefix, len(pages), pages)
	}
	return pages
}

func kindOf(at string) string {
	u, _ := url.Parse(at)
	var names []string
	for name := range u.Query() {
		if name != "board" && (name != "lang" || u.RawQuery == "lang=de") { // these change words and numbers
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return u.Path + "?" + strings.Join(names, "&")
}

// read asks for an address; page is false for what is no HTML.
func read(t *testing.T, at string) (body string, page bool) {
	t.Helper()
	r, err := http.Get(at)
	must(t, err)
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	must(t, err)
	if r.StatusCode != http.StatusOK && r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("%s: status %d", at, r.StatusCode)
	}
	return string(b), strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") && r.StatusCode == http.StatusOK
}
