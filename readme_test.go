package tokenomics_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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

// TestDocsNameTests: every test, fuzz target, benchmark and example that a page names
// is there.
func TestDocsNameTests(t *testing.T) {
	if _, err := os.Stat("integration"); err != nil {
		t.Skip("the other modules are not here, as in a module cache")
	}
	declared, named := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark|Example)\w+)\(`), regexp.MustCompile("`((?:Test|Fuzz|Benchmark|Example)[A-Z]\\w*)`")
	known := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(code, -1) {
			known[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(text, -1) {
			if found++; !known[string(m[1])] {
				t.Errorf("%s names %s, which is nowhere", page, m[1])
			}
		}
	}
	if found < 60 {
		t.Errorf("%d tests are named, which is fewer than docs/design.md lists", found)
	}
}

// bare strips indentation and the comment at the end of a line.
func bare(line string) string {
	code, _, _ := strings.Cut(line, "//")
	return strings.TrimSpace(code)
}
