package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// errNoChrome is why nothing can be tested on a machine without a browser.
var errNoChrome = errors.New("no chromium nor google-chrome on PATH")

// flags keep a browser from talking to anybody but the test.
var flags = []string{
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
	"--remote-debugging-port=0",
}

// chrome is a browser that runs, spoken to by its DevTools protocol.
type chrome struct {
	cmd  *exec.Cmd
	conn *websocket.Conn
	dir  string

	mu      sync.Mutex
	next    int64
	waiting map[int64]chan message
	tabs    map[string]*tab // by session
	gone    error
}

type message struct {
	ID        int64           `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
		Data    string `json:"data"`
	} `json:"error,omitempty"`
}

func launch(ctx context.Context) (*chrome, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return nil, errNoChrome
	}
	dir, err := os.MkdirTemp("", "chrome")
	if err != nil {
		return nil, err
	}
	c := &chrome{dir: dir, waiting: map[int64]chan message{}, tabs: map[string]*tab{}}
	c.cmd = exec.Command(path, append(flags, "--user-data-dir="+dir, "about:blank")...)
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	if err := c.connect(ctx); err != nil {
		c.close()
		return nil, err
	}
	go c.listen()
	return c, nil
}

// connect waits for the file in which the browser names its port.
func (c *chrome) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		b, err := os.ReadFile(filepath.Join(c.dir, "DevToolsActivePort"))
		if port, path, ok := strings.Cut(strings.TrimSpace(string(b)), "\n"); err == nil && ok {
			c.conn, _, err = websocket.Dial(ctx, "ws://127.0.0.1:"+port+path, nil)
			if err == nil {
				c.conn.SetReadLimit(-1)
			}
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the browser did not start: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (c *chrome) close() {
	if c.conn != nil {
		_ = c.conn.CloseNow()
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	_ = os.RemoveAll(c.dir)
}

func (c *chrome) listen() {
	for {
		_, b, err := c.conn.Read(context.Background())
		var m message
		if err == nil {
			err = json.Unmarshal(b, &m)
		}
		c.mu.Lock()
		if err != nil {
			c.gone = err
			for _, ch := range c.waiting {
				close(ch)
			}
			c.waiting = nil
			c.mu.Unlock()
			return
		}
		ch, t := c.waiting[m.ID], c.tabs[m.SessionID]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		switch {
		case ch != nil:
			ch <- m
		case t != nil && m.Method != "":
			t.event(m)
		}
	}
}

// call asks the browser, or one of its tabs, and waits for the answer.
func (c *chrome) call(ctx context.Context, session, method string, params, result any) error {
	b, err := json.Marshal(params)
	if err != nil {
		return err
	}
	ch := make(chan message, 1)
	c.mu.Lock()
	if c.gone != nil {
		c.mu.Unlock()
		return fmt.Errorf("%s: the browser is gone: %w", method, c.gone)
	}
	c.next++
	id := c.next
	c.waiting[id] = ch
	c.mu.Unlock()
	if b, err = json.Marshal(message{ID: id, SessionID: session, Method: method, Params: b}); err != nil {
		return err
	}
	if err := c.conn.Write(ctx, websocket.MessageText, b); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m, ok := <-ch:
		switch {
		case !ok:
			return fmt.Errorf("%s: the browser is gone", method)
		case m.Error != nil:
			return fmt.Errorf("%s: %s %s", method, m.Error.Message, m.Error.Data)
		case result != nil:
			return json.Unmarshal(m.Result, result)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// obj is a JSON object of a call.
type obj = map[string]any

// start launches a browser for a test, or skips it where there is none.
func start(t *testing.T) *chrome {
	t.Helper()
	c, err := launch(t.Context())
	switch {
	case errors.Is(err, errNoChrome) && os.Getenv("CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}
