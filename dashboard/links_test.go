package dashboard

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestEveryLinkLeadsSomewhere follows every link and every choice of every form,
// of pages of every kind, for whoever may see groups of one and for others.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	w := newWorld(t)
	w.company()
	w.use("old", "veterans", "gpt-6-sol", "archive", 4_000_000, 20*24*time.Hour) // not in the window of a week
	for name, o := range map[string]Options{
		"others":     {Authorize: as(Viewer{Subject: "large-05"})},
		"group of 1": {Authorize: as(Viewer{Subject: "old"}), Privacy: Privacy{MinGroup: 1}},
		"pseudonyms": {Authorize: as(Viewer{Subject: "large-05"}), Privacy: privacies()["pseudonyms"]},
	} {
		h := w.handler(o)
		seen, queue := map[string]bool{}, []string{""}
		for len(queue) > 0 && len(seen) < 80 {
			at := queue[0]
			queue = queue[1:]
			if seen[at] {
				continue
			}
			seen[at] = true
			code, text, head := get(t, h, "/"+strings.TrimPrefix(at, "./"))
			if code != http.StatusOK {
				t.Errorf("%s: %q answers %d", name, at, code)
				continue
			}
			if !strings.HasPrefix(head.Get("Content-Type"), "text/html") {
				continue
			}
			for _, m := range regexp.MustCompile(`(?:href|src)="([^"#]+)"`).FindAllStringSubmatch(text, -1) {
				if to := html.UnescapeString(m[1]); !strings.Contains(to, "lang=") || at == "" { // the same pages in German
					queue = append(queue, to)
				}
			}
			board := regexp.MustCompile(`name="board" value="([^"]*)"`).FindStringSubmatch(text)
			for _, m := range regexp.MustCompile(`<option value="([^"]+)"`).FindAllStringSubmatch(text, -1) {
				queue = append(queue, "./?"+url.Values{"board": {board[1]}, "in": {html.UnescapeString(m[1])}, "q": {""}}.Encode())
			}
		}
		if len(seen) < 30 {
			t.Errorf("%s: only %d pages", name, len(seen))
		}
	}
}
