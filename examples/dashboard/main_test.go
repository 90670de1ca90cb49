package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/dashboard"
)

// TestSample mounts the sample as main does and looks at the board.
func TestSample(t *testing.T) {
	o := options{as: "tomas.okafor", every: time.Minute}
	eng, err := engine(t.Context(), &o, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	h, err := handler(t.Context(), eng, o)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/": "mara.lindqvist", "/me": "Session Immortal", "/teams": "lantern", "/api/board": `"rank":1`, "/cost": "$990",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, without %q", path, w.Code, want)
		}
	}
}

// TestSimulated is the same of a small made-up company, by the wall's clock.
func TestSimulated(t *testing.T) {
	o := options{simulate: 50, as: "eng-000001", every: time.Minute, naming: dashboard.Pseudonyms}
	var out bytes.Buffer
	eng, err := engine(t.Context(), &o, &out)
	if err != nil {
		t.Fatal(err)
	}
	h, err := handler(t.Context(), eng, o)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, "eng-000002") || !strings.Contains(body, "50") {
		t.Errorf("%d: %.200s", w.Code, body)
	}
}

// TestFlags: nobody but this machine, and no flag that means nothing.
func TestFlags(t *testing.T) {
	for _, args := range [][]string{{"-addr", "0.0.0.0:80"}, {"-addr", "example.com:80"}, {"-addr", "x"}, {"-names", "some"}, {"-simulate", "-1"}} {
		if _, status, done := parse(args, io.Discard, io.Discard); !done || status == 0 {
			t.Errorf("%v is accepted", args)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "localhost:0"} {
		if err := loopback(addr); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
}
