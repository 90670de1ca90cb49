package dashboard_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocsShowCodeThatRuns: every Go snippet of docs/dashboard.md stands, line
// for line, in the examples that are run here, and every picture is there.
func TestDocsShowCodeThatRuns(t *testing.T) {
	doc, err := os.ReadFile("../docs/dashboard.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	if len(blocks) < 3 {
		t.Errorf("only %d snippets", len(blocks))
	}
	for _, b := range blocks {
		for _, part := range strings.Split(b[1], "…\n") {
			if !strings.Contains(flat(string(code)), flat(part)) {
				t.Errorf("not in example_test.go:\n%s", part)
			}
		}
	}
	total := int64(0)
	for _, p := range regexp.MustCompile(`\]\((dashboard-[a-z]+\.webp)\)`).FindAllStringSubmatch(string(doc), -1) {
		info, err := os.Stat("../docs/" + p[1])
		if err != nil {
			t.Error(err)
			continue
		}
		total += info.Size()
	}
	if total == 0 || total > 600_000 {
		t.Errorf("pictures of %d bytes", total)
	}
}
