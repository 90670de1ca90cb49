package dashboard

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/tiers"
	"github.com/tokenomics-go/tokenomics/usage"
)

// testNow is when tests look at the board.
var testNow = time.Date(2026, 11, 15, 14, 7, 30, 0, time.UTC)

// world is an engine with a clock of its own.
type world struct {
	t   *testing.T
	eng *tokenomics.Engine
	n   int

	mu sync.Mutex
	at time.Time
}

// clock is the engine's: editions and awards are made beside the tests.
func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) set(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = at
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, at: testNow}
	week := rank.Window{Length: 7 * 24 * time.Hour, Step: 24 * time.Hour}
	boards := append(tokenomics.BoardsOver(rank.Rolling30d, "30d"), tokenomics.BoardsOver(week, "7d")...)
	boards[0].History = 30
	var err error
	w.eng, err = tokenomics.New(t.Context(), &tokenomics.Config{Boards: boards, Titles: tiers.DefaultRules(), Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// use records one call.
func (w *world) use(subject, team, model, workflow string, tokens int64, ago time.Duration) {
	w.t.Helper()
	w.n++
	e := tokenomics.Event{
		Source: "test", ID: fmt.Sprint(w.n), Subject: subject, Team: team, Workflow: workflow, Session: "s",
		Call: tokenomics.Call{Model: model, At: w.clock().Add(-ago), Usage: usage.Usage{Input: tokens - tokens/10, Output: tokens / 10}},
	}
	if strings.HasPrefix(model, "claude") {
		e.Provider = "anthropic"
	}
	if w.n%7 == 0 {
		e.Call.Tier = "batch"
	}
	rs, err := w.eng.Record(w.t.Context(), e)
	if err != nil || rs[0].Status != tokenomics.Accepted {
		w.t.Fatalf("recording: %v, %+v", err, rs)
	}
}

// company fills the board: a dozen people in team large, eleven in middle,
// three in small.
func (w *world) company() {
	for i := range 12 {
		w.use(fmt.Sprintf("large-%02d", i), "large", "claude-opus-5-5", "build", int64(1_234_567*(i+1)), time.Duration(i)*24*time.Hour)
		w.use(fmt.Sprintf("large-%02d", i), "large", "gpt-6-sol", "review", int64(111_111*(i+1)), time.Duration(i)*24*time.Hour)
	}
	for i := range 11 {
		w.use(fmt.Sprintf("middle-%02d", i), "middle", "gemini-3.8-flash", "triage", int64(222_227*(i+1)), time.Duration(i)*time.Hour)
	}
	for i := range 3 {
		w.use(fmt.Sprintf("small-%02d", i), "small", "claude-haiku-5-5", "secret-plan", int64(7_654_321*(i+1)), time.Hour)
	}
}

// as is an Authorize that lets one viewer in.
func as(v Viewer) func(*http.Request) (Viewer, error) {
	return func(*http.Request) (Viewer, error) { return v, nil }
}

func (w *world) handler(o Options) *Handler {
	w.t.Helper()
	h := New(w.eng, o)
	if err := h.Err(); err != nil {
		w.t.Fatal(err)
	}
	return h
}

// get asks for a page at the root of a mount, compressed, and returns it.
func get(t *testing.T, h http.Handler, target string, headers ...string) (int, string, http.Header) {
	t.Helper()
	return do(t, h, http.MethodGet, target, "", headers...)
}

func do(t *testing.T, h http.Handler, method, target, body string, headers ...string) (int, string, http.Header) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body)).WithContext(context.WithoutCancel(t.Context()))
	r.Header.Set("Accept-Encoding", "gzip")
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	text := w.Body.String()
	if w.Header().Get("Content-Encoding") == "gzip" && method != http.MethodHead {
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		text = string(b)
	}
	return w.Code, text, w.Header()
}

// mustGet asks for a page that must be there.
func mustGet(t *testing.T, h http.Handler, target string, headers ...string) string {
	t.Helper()
	code, text, _ := get(t, h, target, headers...)
	if code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", target, code, text)
	}
	return text
}

// aggregate records a sum of many calls: its cost is a range where the model
// has steps.
func (w *world) aggregate(subject, team, model string, tokens int64) {
	w.t.Helper()
	w.n++
	e := tokenomics.Event{Source: "test", ID: fmt.Sprint(w.n), Subject: subject, Team: team, Workflow: "build", Session: "s",
		Call: tokenomics.Call{Model: model, At: w.clock(), Usage: usage.Usage{Input: tokens, Requests: 1000}}}
	if rs, err := w.eng.Record(w.t.Context(), e); err != nil || rs[0].Status != tokenomics.Accepted {
		w.t.Fatalf("recording: %v, %+v", err, rs)
	}
}

// newRand returns a source of random numbers, and tells its seed if the test
// fails.
func newRand(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 8))
}
