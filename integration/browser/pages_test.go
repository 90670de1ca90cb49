package browser

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// cut is one way to look at a page.
type cut struct {
	theme   string
	width   int
	scripts bool
}

// cuts are the ways: all of them for the plain pages of one dashboard, a few for
// the others, which are laid out alike.
func cuts(every bool) []cut {
	if !every {
		return []cut{{"light", 360, true}, {"dark", 1024, false}}
	}
	var all []cut
	for _, scripts := range []bool{false, true} {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int{360, 1024, 2560} {
				all = append(all, cut{theme, width, scripts})
			}
		}
	}
	return all
}

// checked reports whether axe-core looks too, which itself needs scripts: in
// both themes and in two widths.
func (k cut) checked() bool {
	return k.scripts && (k.width == 360) == (k.theme == "light") && k.width < 2000
}

// TestPages looks at every kind of page, in every way.
func TestPages(t *testing.T) {
	c := start(t)
	server, mounts := site(t)
	axe := accessibility(t)
	var looks, checks atomic.Int64
	t.Run("mounts", func(t *testing.T) {
		for _, m := range mounts {
			t.Run(strings.Trim(strings.ReplaceAll(m.prefix, "/", "-"), "-"), func(t *testing.T) {
				t.Parallel()
				p := c.open(t, server.URL)
				for _, at := range crawl(t, server.URL, m.prefix) {
					look(t, p, at, m, axe, &looks, &checks)
				}
			})
		}
	})
	t.Logf("%d looks at pages, %d checks of accessibility", looks.Load(), checks.Load())
}

// look looks at one page in every way that is asked for.
func look(t *testing.T, p *tab, at string, m mount, axe string, looks, checks *atomic.Int64) {
	t.Helper()
	var loaded *bool
	for _, k := range cuts(m.everyCut && !strings.Contains(at, "?")) {
		where := fmt.Sprintf("%s, %s, %d px, scripts %t", at, k.theme, k.width, k.scripts)
		p.look(t, k.width, k.theme, "screen")
		if loaded == nil || *loaded != k.scripts {
			p.scripts(t, k.scripts)
			if status := p.visit(t, at); status != 200 {
				t.Errorf("%s: status %d", where, status)
			}
			loaded = &k.scripts
		}
		looks.Add(1)
		var over string
		p.evalIn(t, p.isolated(t), overflow, &over)
		if over != "" {
			t.Errorf("%s: runs over the edge: %s", where, over)
		}
		if axe != "" && k.checked() {
			checks.Add(1)
			for _, fault := range p.accessible(t, axe) {
				t.Errorf("%s: %s", where, fault)
			}
		}
		picture(t, p, at, k)
		for _, fault := range p.takeFaults() {
			t.Errorf("%s: %s", where, fault)
		}
	}
}

// overflow names what is wider than the window, if the page is.
const overflow = `(() => {
	const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
	if (wide <= room) return "";
	const e = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > room + 1)
		.filter(e => { for (let q = e.parentElement; q; q = q.parentElement) if (["auto", "scroll", "hidden"].includes(getComputedStyle(q).overflowX)) return false; return true; });
	return wide + " px of " + room + ": " + e.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(" | ");
})()`

var unfit = regexp.MustCompile(`[^a-z0-9]+`)

// picture keeps a picture of a page, if SCREENSHOTS says where.
func picture(t *testing.T, p *tab, at string, k cut) {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	u, err := url.Parse(at)
	must(t, err)
	name := strings.Trim(unfit.ReplaceAllString(strings.ToLower(u.Path+" "+u.RawQuery), "-"), "-")
	if len(name) > 80 {
		name = name[:80]
	}
	scripts := "plain"
	if k.scripts {
		scripts = "scripts"
	}
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%s.png", name, k.theme, k.width, scripts)), p.picture(t), 0o644))
}
