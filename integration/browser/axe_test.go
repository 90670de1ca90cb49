package browser

import (
	"fmt"
	"os"
	"testing"
)

// accessibility returns the source of axe-core, or "" where the checks are
// left out.
func accessibility(t *testing.T) string {
	t.Helper()
	path := os.Getenv("AXE_CORE")
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("AXE_CORE does not name axe.min.js")
		}
		t.Log("accessibility is not checked: AXE_CORE does not name axe.min.js")
		return ""
	}
	b, err := os.ReadFile(path)
	must(t, err)
	return string(b)
}

// accessible checks a page by the rules of WCAG 2.2 AA and axe-core's best
// practices, and returns what breaks them.
func (p *tab) accessible(t *testing.T, axe string) []string {
	t.Helper()
	world := p.isolated(t)
	p.evalIn(t, world, axe+"; 0", nil)
	var found []struct {
		ID, Help string
		Nodes    []struct {
			HTML           string
			FailureSummary string
		}
	}
	p.evalIn(t, world, `axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
	}).then(r => r.violations)`, &found)
	var faults []string
	for _, f := range found {
		fault := fmt.Sprintf("axe: %s: %s, %d places", f.ID, f.Help, len(f.Nodes))
		for i, n := range f.Nodes {
			if i < 3 {
				fault += fmt.Sprintf("\n\t%.200s\n\t%.300s", n.HTML, n.FailureSummary)
			}
		}
		faults = append(faults, fault)
	}
	return faults
}
