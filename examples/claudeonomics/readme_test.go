package main

import (
	"os"
	"strings"
	"testing"
)

// TestREADMEOutput: the first screen of the README is what the program prints.
func TestREADMEOutput(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const command = "$ go run ./examples/claudeonomics -n 7\n"
	_, shown, ok := strings.Cut(string(readme), command)
	if !ok {
		t.Fatal("the README does not show the program any more")
	}
	shown, _, _ = strings.Cut(shown, "```")
	code, out, errs := exec(t, "-n", "7")
	if code != 0 || !strings.HasPrefix(out, strings.TrimRight(shown, "\n")+"\n") {
		t.Errorf("exit %d %s; the README shows\n%s\nthe program prints\n%s", code, errs, shown, out[:min(len(out), 2000)])
	}
}
