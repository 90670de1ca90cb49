package dashboard

import (
	"net/http"
	"testing"
)

// TestSizes: the board of 250 rows is under 60 kB compressed, with everything it
// loads under 120 kB.
func TestSizes(t *testing.T) {
	eng := crowd(t, 2000, 3)
	h := New(eng, Options{Authorize: as(Viewer{Subject: "person-000700"}), Live: true})
	size := func(target string) int {
		w := &counting{head: http.Header{}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x/"+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip")
		if h.ServeHTTP(w, r); w.code != http.StatusOK {
			t.Fatalf("%s: %d", target, w.code)
		}
		return w.n
	}
	page := size("")
	all := page
	for name := range h.assets {
		n := size(name)
		t.Logf("%s: %d bytes", name, n)
		all += n
	}
	t.Logf("board: %d bytes; with all files: %d", page, all)
	if page > 60_000 || all > 120_000 {
		t.Errorf("the board is %d bytes compressed, %d with all it loads", page, all)
	}
}

// counting is a client that counts.
type counting struct {
	head http.Header
	n    int
	code int
}

func (c *counting) Header() http.Header { return c.head }
func (c *counting) WriteHeader(n int)   { c.code = n }
func (c *counting) Write(b []byte) (int, error) {
	c.n += len(b)
	return len(b), nil
}
