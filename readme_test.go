package tokenomics_test

import (
	"os"
	"strings"
	"testing"
)

// TestREADMESnippets: every line of Go in the README is a line of the checked
// examples, so that what the README shows compiles and does what it says.
func TestREADMESnippets(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, file := range []string{"example_test.go", "dashboard/example_test.go"} {
		examples, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(examples)) {
			known[bare(line)] = true
		}
	}
	blocks := 0
	for i, block := range strings.Split(string(readme), "```") {
		if i%2 == 0 || !strings.HasPrefix(block, "go\n") {
			continue
		}
		blocks++
		for line := range strings.Lines(strings.TrimPrefix(block, "go\n")) {
			if code := bare(line); code != "" && !known[code] {
				t.Errorf("README shows a line that no example checks: %s", code)
			}
		}
	}
	if blocks < 7 {
		t.Errorf("%d blocks of Go in the README, want the seven snippets", blocks)
	}
}

// bare strips indentation and the comment at the end of a line.
func bare(line string) string {
	code, _, _ := strings.Cut(line, "//")
	return strings.TrimSpace(code)
}
