package browser

import (
	"context"
	"testing"
	"time"
)

// TestKeyboard reaches everything that can be used by the tab key alone, and
// sees where it is each time.
func TestKeyboard(t *testing.T) {
	c := start(t)
	server, _ := site(t)
	p := c.open(t, server.URL)
	p.look(t, 1280, "light", "screen")
	for _, at := range []string{"/one/", "/one/me", "/one/titles", "/one/about", "/empty/"} {
		p.visit(t, server.URL+at)
		var want int
		p.eval(t, `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']")]
			.filter(e => e.checkVisibility({checkVisibilityCSS: true}) && !e.disabled && !e.closest("details:not([open]) > :not(summary)")).length`, &want)
		if want < 8 {
			t.Errorf("%s: only %d things can be used", at, want)
		}
		reached := map[string]bool{}
		for range want + 5 {
			p.press(t, "Tab", 9)
			var on struct {
				Path string
				Seen bool
			}
			p.eval(t, `(() => {
				const e = document.activeElement, s = getComputedStyle(e);
				let path = "";
				for (let q = e; q.parentElement; q = q.parentElement) path = "/" + [...q.parentElement.children].indexOf(q) + path;
				const r = e.getBoundingClientRect();
				return {Path: e === document.body ? "" : path,
					Seen: r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight && (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none")};
			})()`, &on)
			if on.Path == "" {
				continue // the browser's own controls
			}
			reached[on.Path] = true
			if !on.Seen {
				t.Errorf("%s: the focus on %s cannot be seen", at, on.Path)
			}
		}
		if len(reached) < want {
			t.Errorf("%s: the tab key reached %d of %d", at, len(reached), want)
		}
	}
}

// TestLive waits for the page to tell that there is a new edition.
func TestLive(t *testing.T) {
	c := start(t)
	server, mounts := site(t)
	p := c.open(t, server.URL)
	p.visit(t, server.URL+"/board/")
	h := mounts[0].handler
	for deadline := time.Now().Add(time.Minute); ; {
		must(t, h.Refresh(t.Context())) // again: the page may not have been listening yet
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		<-ctx.Done()
		cancel()
		var notices int
		if p.eval(t, `document.querySelectorAll(".fresh[role=status] a").length`, &notices); notices == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the page did not tell of a new edition")
		}
	}
	var found int
	p.eval(t, `(() => { // narrowing the list while a name is typed
		const field = document.querySelector("input[type=search]");
		field.value = "WEN.017";
		field.dispatchEvent(new Event("input"));
		return [...document.querySelectorAll("table.board tbody tr")].filter(r => !r.hidden).length;
	})()`, &found)
	if found != 1 {
		t.Errorf("typing a name leaves %d rows", found)
	}
	for _, fault := range p.takeFaults() {
		t.Error(fault)
	}
}

// TestPrint prints a page: nothing runs over the edge of the paper.
func TestPrint(t *testing.T) {
	c := start(t)
	server, _ := site(t)
	p := c.open(t, server.URL)
	for _, at := range []string{"/board/", "/board/me", "/board/cost", "/hostile/"} {
		p.visit(t, server.URL+at)
		p.look(t, 794, "dark", "print") // A4 at 96 dots an inch; the paper stays white
		var paper struct {
			Over string
			Ink  string
		}
		p.eval(t, `({Over: `+overflow+`, Ink: getComputedStyle(document.body).backgroundColor})`, &paper)
		if paper.Over != "" {
			t.Errorf("%s: runs over the edge: %s", at, paper.Over)
		}
		if paper.Ink != "rgb(255, 255, 255)" && paper.Ink != "rgba(0, 0, 0, 0)" {
			t.Errorf("%s: prints a ground of %s", at, paper.Ink)
		}
		var pdf struct{ Data string }
		p.call(t, "Page.printToPDF", obj{"printBackground": false}, &pdf)
		if len(pdf.Data) < 1000 {
			t.Errorf("%s: a PDF of %d bytes", at, len(pdf.Data))
		}
	}
}
