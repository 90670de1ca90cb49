package browser

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// tab is one tab of a browser. It writes down everything a page should not do.
type tab struct {
	c       *chrome
	session string
	origin  string // the only host pages may ask

	mu     sync.Mutex
	loaded chan struct{}
	status int      // of the last document
	main   string   // frame of the page
	faults []string // requests elsewhere, reports of the content security policy, console errors
}

// open returns a new tab, closed with the test.
func (c *chrome) open(t *testing.T, origin string) *tab {
	t.Helper()
	ctx := t.Context()
	var target struct{ TargetID string }
	must(t, c.call(ctx, "", "Target.createTarget", obj{"url": "about:blank"}, &target))
	var attached struct{ SessionID string }
	must(t, c.call(ctx, "", "Target.attachToTarget", obj{"targetId": target.TargetID, "flatten": true}, &attached))
	p := &tab{c: c, session: attached.SessionID, origin: origin, main: target.TargetID}
	c.mu.Lock()
	c.tabs[p.session] = p
	c.mu.Unlock()
	for _, domain := range []string{"Page", "Network", "Runtime", "Log", "Audits"} {
		p.call(t, domain+".enable", obj{}, nil)
	}
	t.Cleanup(func() {
		_ = c.call(context.WithoutCancel(ctx), "", "Target.closeTarget", obj{"targetId": target.TargetID}, nil)
	})
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p *tab) call(t *testing.T, method string, params obj, result any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must(t, p.c.call(ctx, p.session, method, params, result))
}

// event is called for everything the browser says of the tab.
func (p *tab) event(m message) {
	var e struct {
		Request  struct{ URL string }
		Response struct {
			URL    string
			Status int
		}
		Type             string
		Entry            struct{ Source, Level, Text, URL string }
		ExceptionDetails json.RawMessage
		Args             json.RawMessage
		Issue            struct{ Code string }
		ErrorText        string
		Canceled         bool
	}
	_ = json.Unmarshal(m.Params, &e) // what has another form is of no interest
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Method {
	case "Page.loadEventFired":
		if p.loaded != nil {
			close(p.loaded)
			p.loaded = nil
		}
	case "Network.requestWillBeSent":
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme+"://"+u.Host != p.origin {
			p.faults = append(p.faults, "a request to "+e.Request.URL)
		}
	case "Network.responseReceived":
		if e.Type == "Document" {
			p.status = e.Response.Status
		} else if e.Response.Status >= 400 {
			p.faults = append(p.faults, fmt.Sprintf("%s: status %d", e.Response.URL, e.Response.Status))
		}
	case "Log.entryAdded":
		if e.Entry.Level == "error" || e.Entry.Level == "warning" || e.Entry.Source == "security" {
			p.faults = append(p.faults, fmt.Sprintf("log, %s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case "Runtime.exceptionThrown":
		p.faults = append(p.faults, "a script failed: "+string(e.ExceptionDetails))
	case "Runtime.consoleAPICalled":
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			p.faults = append(p.faults, "console: "+string(e.Args))
		}
	case "Audits.issueAdded":
		if strings.Contains(e.Issue.Code, "ContentSecurityPolicy") || strings.Contains(e.Issue.Code, "Mixed") || strings.Contains(e.Issue.Code, "Cookie") {
			p.faults = append(p.faults, "issue: "+string(m.Params))
		}
	}
}

// visit loads a page and returns its status.
func (p *tab) visit(t *testing.T, address string) int {
	t.Helper()
	loaded := make(chan struct{})
	p.mu.Lock()
	p.loaded, p.status = loaded, 0
	p.mu.Unlock()
	var nav struct{ ErrorText string }
	p.call(t, "Page.navigate", obj{"url": address}, &nav)
	if nav.ErrorText != "" {
		t.Fatalf("%s: %s", address, nav.ErrorText)
	}
	select {
	case <-loaded:
	case <-time.After(time.Minute):
		t.Fatalf("%s did not load", address)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// takeFaults returns what was wrong since it was last asked.
func (p *tab) takeFaults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	faults := p.faults
	p.faults = nil
	return faults
}

// eval evaluates an expression, a promise too, in the page and reads its value.
func (p *tab) eval(t *testing.T, expression string, result any) {
	t.Helper()
	p.evalIn(t, 0, expression, result)
}

func (p *tab) evalIn(t *testing.T, world int, expression string, result any) {
	t.Helper()
	params := obj{"expression": expression, "returnByValue": true, "awaitPromise": true}
	if world != 0 {
		params["contextId"] = world
	}
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	p.call(t, "Runtime.evaluate", params, &r)
	if r.ExceptionDetails != nil {
		t.Fatalf("evaluating: %s", r.ExceptionDetails)
	}
	if result != nil {
		if err := json.Unmarshal(r.Result.Value, result); err != nil {
			t.Fatalf("evaluating %.60s: %v: %s", expression, err, r.Result.Value)
		}
	}
}

// isolated returns a world of scripts beside the page's own, which the page's
// content security policy does not concern.
func (p *tab) isolated(t *testing.T) int {
	t.Helper()
	var world struct{ ExecutionContextID int }
	p.call(t, "Page.createIsolatedWorld", obj{"frameId": p.main, "worldName": "test"}, &world)
	return world.ExecutionContextID
}

// look sets what the page is looked at with.
func (p *tab) look(t *testing.T, width int, theme, media string) {
	t.Helper()
	p.call(t, "Emulation.setDeviceMetricsOverride", obj{"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	p.call(t, "Emulation.setEmulatedMedia", obj{"media": media, "features": []obj{
		{"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": "reduce"},
	}}, nil)
}

// scripts turns scripts on or off.
func (p *tab) scripts(t *testing.T, on bool) {
	t.Helper()
	p.call(t, "Emulation.setScriptExecutionDisabled", obj{"value": !on}, nil)
}

// picture returns a picture of the whole page.
func (p *tab) picture(t *testing.T) []byte {
	t.Helper()
	var shot struct{ Data string }
	p.call(t, "Page.captureScreenshot", obj{"format": "png", "captureBeyondViewport": true}, &shot)
	b, err := base64.StdEncoding.DecodeString(shot.Data)
	must(t, err)
	return b
}

// press presses a key that writes nothing.
func (p *tab) press(t *testing.T, key string, code int) {
	t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		p.call(t, "Input.dispatchKeyEvent", obj{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
	}
}
