package dashboard

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/usage"
)

// crowd is an engine over a number of people with a few aggregates each.
func crowd(tb testing.TB, people, events int) *tokenomics.Engine {
	tb.Helper()
	now := testNow
	week := rank.Window{Length: 7 * 24 * time.Hour, Step: 24 * time.Hour}
	boards := append(tokenomics.BoardsOver(rank.Rolling30d, "30d"), tokenomics.BoardsOver(week, "7d")...)
	eng, err := tokenomics.New(tb.Context(), &tokenomics.Config{Boards: boards, Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	models := []string{"claude-opus-5-5", "claude-sonnet-5-5", "gpt-6-sol", "gemini-3.8-flash"}
	batch := make([]tokenomics.Event, 0, 1000)
	var receipts []tokenomics.Receipt
	for i := range people * events {
		p := i % people
		n := int64(1_000_000_000 / (p%5000 + 1))
		batch = append(batch, tokenomics.Event{
			Source: "crowd", ID: fmt.Sprint(i), Subject: fmt.Sprintf("person-%06d", p), Team: fmt.Sprintf("team-%03d", p%340), Session: "s",
			Call: tokenomics.Call{Model: models[(p+i/people)%len(models)], At: now.Add(-time.Duration(i%(29*24)) * time.Hour),
				Usage: usage.Usage{Input: n / 10, CacheRead: n, Output: n / 100, Requests: 5}},
		})
		if len(batch) == cap(batch) || i == people*events-1 {
			if receipts, err = eng.RecordInto(tb.Context(), receipts[:0], batch); err != nil {
				tb.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	return eng
}

// BenchmarkPublish makes an edition of 8,500 people with ten events each.
func BenchmarkPublish(b *testing.B) {
	eng := crowd(b, 8500, 10)
	h := New(eng, Options{Authorize: AllowAnyone})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.publish(b.Context(), 1, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFold reads the ledger once.
func BenchmarkFold(b *testing.B) {
	eng := crowd(b, 8500, 10)
	from, to, err := eng.Window("tokens-30d")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := foldLedger(b.Context(), eng, []span{{from, to}, {to.Add(-7 * 24 * time.Hour), to}, {from, to}}, 2, 10, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBoardPage asks for the board as one viewer after another: the shared
// part is there; the viewer's own place is made at the first look and kept.
func BenchmarkBoardPage(b *testing.B) {
	b.Run("first look", func(b *testing.B) { boardPage(b, 8500) })
	b.Run("again", func(b *testing.B) { boardPage(b, 10) })
}

func boardPage(b *testing.B, viewers int) {
	eng := crowd(b, 8500, 4)
	i := 0
	h := New(eng, Options{Authorize: func(*http.Request) (Viewer, error) {
		i++
		return Viewer{Subject: fmt.Sprintf("person-%06d", i%viewers)}, nil
	}})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	h.ServeHTTP(&discard{head: http.Header{}}, r)
	b.ReportAllocs()
	for b.Loop() {
		w := discard{head: http.Header{}}
		if h.ServeHTTP(&w, r); w.code != http.StatusOK {
			b.Fatal(w.code)
		}
	}
}

// discard is a client that takes everything.
type discard struct {
	head http.Header
	code int
}

func (d *discard) Header() http.Header         { return d.head }
func (d *discard) WriteHeader(c int)           { d.code = c }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
