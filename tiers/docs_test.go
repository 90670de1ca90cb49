package tiers_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/tiers"
)

// The Go of docs/tiers.md is the Go of the examples, which are run, and its
// JSON is read.
func TestDocs(t *testing.T) {
	doc, err := os.ReadFile("../docs/tiers.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	engine, err := os.ReadFile("../example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	examples = append(examples, engine...)
	blocks := strings.Split(string(doc), "```go\n")[1:]
	for _, b := range blocks {
		code, _, _ := strings.Cut(b, "```")
		if !strings.Contains(string(examples), code) {
			t.Errorf("not in example_test.go:\n%s", code)
		}
	}
	if len(blocks) < 4 {
		t.Errorf("%d blocks of Go, want the ladder, the rules, the awards and the simulation", len(blocks))
	}
	gates := 0
	for _, line := range strings.Split(string(doc), "\n") {
		for _, part := range strings.Split(line, "`") {
			if !strings.HasPrefix(part, `{"`) || strings.Contains(part, "…") {
				continue
			}
			gates++
			file := `{"rules":[{"id":"r","version":1,"kind":"one_time","text":{"title":"R"},"gate":` + part + `}]}`
			if _, err := tiers.ParseFile([]byte(file), nil); err != nil {
				t.Errorf("%s: %v", part, err)
			}
		}
	}
	if gates < 9 {
		t.Errorf("%d gates of JSON, want one a gate", gates)
	}
	for _, r := range tiers.DefaultRules() {
		if !strings.Contains(string(doc), r.Text.Title) {
			t.Errorf("%s is not in the list of default rules", r.Text.Title)
		}
	}
}
