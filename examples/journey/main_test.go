package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
)

func output(t *testing.T, s screen.Screen, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	s.W = &out
	if code := run(args, s, &errs); code != 0 || errs.Len() > 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	return out.String()
}

// The path has every kind of turn: what is gained, what expires, what a
// correction takes away and what comes back; and it is the same every time.
func TestJourney(t *testing.T) {
	got := output(t, screen.Screen{Width: 100})
	for _, want := range []string{
		"Mon 01", "+ First Call: events at least 1, has 3",
		"◔ Silver", "+ Silver: tokens at least 100,000,000",
		"+ Session Immortal: a session of 8h with no pause over 15m, has 9h",
		"+ Real Holiday", "+ Model Connoisseur: at least 4 models with at least 10 % of spend each, has 4",
		"− Regular 3 of 3 lost: active days at least 20: 80 %, has 16, missing 4",
		"+ Token Legend: rank on tokens-30d at most 1, has 1",
		"− Token Legend lost: rank on tokens-30d at most 1: 50 %, has 2, over by 1",
		"↺ Gold regained", "Where it ends",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Count(got, "+ Token Legend") != 1 || strings.Contains(got, "\x1b") {
		t.Error("Token Legend is granted once, and nothing is painted where no color is wanted")
	}
	if again := output(t, screen.Screen{Width: 100}); again != got {
		t.Error("another run prints something else")
	}
}

func TestNarrow(t *testing.T) {
	for _, width := range []int{40, 60, 80} {
		for _, line := range strings.Split(output(t, screen.Screen{Width: width}), "\n") {
			if screen.Width(line) > width && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("at %d columns: %q", width, line)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(output(t, screen.Screen{}, "-json")), "\n")
	if len(lines) != days {
		t.Fatalf("%d lines, want %d", len(lines), days)
	}
	for _, line := range lines {
		var d struct {
			Date    string
			Tokens  int64
			Changes []struct {
				Change, Subject, Rule string
				Evidence              struct{ Gates []any }
			}
		}
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		for _, c := range d.Changes {
			if c.Subject != hero || c.Rule == "" || c.Change == "" {
				t.Errorf("%s: %+v", d.Date, c)
			}
		}
	}
}
