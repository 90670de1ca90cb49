package sample

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(FS(), path)
		all[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLayout proves that every file is where one of the three tools puts it,
// that the tree holds all three, and that it stays small.
func TestLayout(t *testing.T) {
	shapes := map[string]*regexp.Regexp{
		"claude":   regexp.MustCompile(`^[a-z]+/[a-z]+\.[a-z]+/\.claude/projects/-home-[a-z-]+/[0-9a-f-]{36}(/subagents/agent-[0-9a-f]{8})?\.jsonl$`),
		"codex":    regexp.MustCompile(`^[a-z]+/[a-z]+\.[a-z]+/\.codex/sessions/2026/1[01]/\d\d/rollout-[0-9a-fT-]+\.jsonl$`),
		"archived": regexp.MustCompile(`^[a-z]+/[a-z]+\.[a-z]+/\.codex/archived_sessions/2026/1[01]/\d\d/rollout-[0-9a-fT-]+\.jsonl$`),
		"gemini":   regexp.MustCompile(`^[a-z]+/[a-z]+\.[a-z]+/\.gemini/tmp/[0-9a-f]{40}/chats/session-[0-9a-fT-]+\.jsonl?$`),
	}
	seen, people, teams, size := map[string]int{}, map[string]bool{}, map[string]bool{}, 0
	for path, text := range read(t) {
		found := ""
		for name, shape := range shapes {
			if shape.MatchString(path) {
				found = name
			}
		}
		if found == "" {
			t.Errorf("%s: no tool writes there", path)
		}
		seen[found]++
		size += len(text)
		team, rest, _ := strings.Cut(path, "/")
		person, _, _ := strings.Cut(rest, "/")
		people[person], teams[team] = true, true
	}
	if len(people) != 18 || len(teams) != 4 {
		t.Errorf("%d people in %d teams, want 18 in 4", len(people), len(teams))
	}
	if len(seen) != len(shapes) {
		t.Errorf("kinds of file: %v, want one or more of each", seen)
	}
	if size > 3_200_000 {
		t.Errorf("%d bytes, want 3.2 MB at most", size)
	}
}

// TestSpan proves that LastDay is the last day with any work, that work spans
// Days and one evening, and that only the two lines laid as traps lie outside.
func TestSpan(t *testing.T) {
	stamp := regexp.MustCompile(`"timestamp":"([^"]+)"`)
	end := At().Add(time.Second)
	begin := end.AddDate(0, 0, -Days)
	evening := begin.Add(-12 * time.Hour)
	var latest time.Time
	early, outside := 0, 0
	for path, text := range read(t) {
		for _, m := range stamp.FindAllStringSubmatch(text, -1) {
			at, err := time.Parse(time.RFC3339, m[1])
			switch {
			case err != nil:
				t.Errorf("%s: %v", path, err)
			case at.Before(evening) || !at.Before(end):
				outside++
			case at.Before(begin):
				early++
			case at.After(latest):
				latest = at
			}
		}
	}
	if day := latest.Format(time.DateOnly); day != LastDay {
		t.Errorf("the last day is %s, want %s", day, LastDay)
	}
	if outside != 2 || early == 0 {
		t.Errorf("%d lines outside, %d on the evening before; want 2 and some", outside, early)
	}
}

// TestNothingReal proves that nothing in the sample looks like a secret, an
// address of a person or of a host, or a home folder outside the company.
func TestNothingReal(t *testing.T) {
	for _, bad := range []string{`[\w.]+@[\w.]+`, `sk-[A-Za-z0-9]`, `AKIA`, `ghp_`, `BEGIN [A-Z ]*KEY`} {
		re := regexp.MustCompile(bad)
		for path, text := range read(t) {
			if m := re.FindString(text); m != "" {
				t.Errorf("%s: %q", path, m)
			}
		}
	}
	host := regexp.MustCompile(`https?://[^/"]+`)
	for path, text := range read(t) {
		for _, m := range host.FindAllString(text, -1) {
			if m != "https://example.test" {
				t.Errorf("%s: %s", path, m)
			}
		}
	}
}

// TestLongNight proves that one session goes on for 14 hours with no pause
// above 15 minutes, and that no other file of Claude Code comes to 6.
func TestLongNight(t *testing.T) {
	stamp := regexp.MustCompile(`"type":"assistant".*"timestamp":"(2026-[^"]+)"`)
	long := 0
	for path, text := range read(t) {
		var from, to time.Time
		longest := time.Duration(0)
		for _, m := range stamp.FindAllStringSubmatch(text, -1) {
			at, err := time.Parse(time.RFC3339, m[1])
			if err != nil {
				t.Fatal(err)
			}
			if from.IsZero() || at.Sub(to) > 15*time.Minute {
				from = at
			}
			to = at
			longest = max(longest, to.Sub(from))
		}
		switch {
		case longest >= 14*time.Hour && strings.Contains(path, "tomas.okafor"):
			long++
		case longest >= 6*time.Hour:
			t.Errorf("%s goes on for %v", path, longest)
		}
	}
	if long != 1 {
		t.Errorf("%d sessions of 14 hours, want 1", long)
	}
}
