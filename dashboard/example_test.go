package dashboard_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/dashboard"
)

// sessionOf is a host's own: who is signed in.
func sessionOf(r *http.Request) (email string, admin, ok bool) {
	email = r.Header.Get("X-Test-User")
	return email, email == "board@example.com", email != ""
}

// engine is a host's own, too.
func engine() *tokenomics.Engine {
	now := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	eng := tokenomics.Must(tokenomics.New(context.Background(), &tokenomics.Config{Now: func() time.Time { return now }}))
	for i, who := range []string{"ana@example.com", "bo@example.com"} {
		e := tokenomics.Event{Source: "anthropic", ID: who, Subject: who, Call: tokenomics.Call{
			Model: "claude-opus-5-5", At: now, Usage: tokenomics.Usage{Input: int64(12_345_678 * (i + 1)), Output: 1000},
		}}
		if _, err := eng.Record(context.Background(), e); err != nil {
			panic(err)
		}
	}
	return eng
}

// look asks for a page as somebody.
func look(h http.Handler, as, path string) (int, string) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("X-Test-User", as)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func ExampleNew() {
	eng, mux := engine(), http.NewServeMux()
	whoIsIt := func(r *http.Request) (dashboard.Viewer, error) {
		email, admin, ok := sessionOf(r)
		if !ok {
			return dashboard.Viewer{}, dashboard.ErrUnauthenticated
		}
		return dashboard.Viewer{Subject: email, Exact: admin}, nil
	}
	mux.Handle("/board/", dashboard.New(eng, dashboard.Options{Authorize: whoIsIt}))

	code, _ := look(mux, "", "/board/")
	fmt.Println("nobody:", code)
	code, page := look(mux, "ana@example.com", "/board/")
	fmt.Println("ana:", code, strings.Contains(page, "25,000,000"), strings.Contains(page, "24,692,356"), strings.Contains(page, "12,346,678"))
	_, page = look(mux, "board@example.com", "/board/")
	fmt.Println("who runs it:", strings.Contains(page, "24,692,356"))
	// Output:
	// nobody: 401
	// ana: 200 true false true
	// who runs it: true
}

func ExampleHandler_Err() {
	h := dashboard.New(engine(), dashboard.Options{})
	fmt.Println(h.Err())
	code, _ := look(h, "ana@example.com", "/")
	fmt.Println(code)
	// Output:
	// dashboard: Options.Authorize is missing: there is no viewer function, so there is no page. AllowAnyone is one for demonstrations
	// 500
}

func ExamplePrivacy() {
	whoIsIt := func(r *http.Request) (dashboard.Viewer, error) {
		return dashboard.Viewer{Subject: "ana@example.com"}, nil
	}
	keyFromYourSecrets := []byte(strings.Repeat("0123456789abcdef", 2))
	h := dashboard.New(engine(), dashboard.Options{
		Authorize: whoIsIt,
		Privacy: dashboard.Privacy{
			Naming:   dashboard.Pseudonyms,
			Key:      keyFromYourSecrets, // at least 32 random bytes, the same on every instance
			Period:   "week",             // a new pseudonym every week
			Digits:   1,                  // others see 3,000,000,000, not 3,238,117,204
			Least:    10_000_000,         // and of less only that
			MinGroup: 20,
		},
		Every: time.Hour,
		AccessLog: func(a dashboard.Access) {
			slog.Info("board", "page", a.Page, "viewer", a.Viewer.Subject, "of", a.Subject)
		},
	})
	_, page := look(h, "", "/")
	fmt.Println(h.Err(), strings.Contains(page, "bo@example.com"), strings.Contains(page, "20,000,000"))
	// Output: <nil> false true
}

func ExampleMemoryConsent() {
	whoIsIt := func(r *http.Request) (dashboard.Viewer, error) {
		return dashboard.Viewer{Subject: "ana@example.com"}, nil
	}
	h := dashboard.New(engine(), dashboard.Options{
		Authorize: whoIsIt,
		Privacy:   dashboard.Privacy{Naming: dashboard.OptIn, Consent: &dashboard.MemoryConsent{}},
	})
	_, page := look(h, "", "/")
	fmt.Println(strings.Contains(page, "bo@example.com"), strings.Contains(page, "not named"))
	// Output: false true
}

func ExampleHandler_Refresh() {
	eng := engine()
	h := dashboard.New(eng, dashboard.Options{Authorize: dashboard.AllowAnyone})
	if err := h.Refresh(context.Background()); err != nil { // at start, so that nobody waits for the first page
		fmt.Println(err)
	}
	code, _ := look(h, "", "/")
	fmt.Println(code)
	// Output: 200
}
