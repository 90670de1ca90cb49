package logs_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
	"github.com/tokenomics-go/tokenomics/ingest/logs"
)

// company puts the readers' own homes under team and person.
func company(t *testing.T) fstest.MapFS {
	all := make(fstest.MapFS)
	for at, from := range map[string]string{
		"harbor/ada/.claude": "../claudecode/testdata/home", "harbor/bo/.codex": "../codex/testdata/home",
		"quarry/ada/.gemini": "../gemini/testdata/home", "cy/.claude": "../claudecode/testdata/home",
	} {
		for _, name := range files(t, from) {
			data, err := os.ReadFile(from + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			all[at+"/"+name] = &fstest.MapFile{Data: data}
		}
	}
	return all
}

func TestRead(t *testing.T) {
	fsys := company(t)
	fsys["harbor/ada/.claude/projects/bad.jsonl"] = &fstest.MapFile{Data: []byte("oops\n")}
	var last ingest.Progress
	events, report, err := logs.Read(context.Background(), fsys, &ingest.Options{Subject: "nobody", Team: "none", Progress: func(p ingest.Progress) {
		if p.Files < last.Files || p.Bytes < last.Bytes || p.Lines < last.Lines {
			t.Errorf("progress went back from %+v to %+v", last, p)
		}
		last = p
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Balance(); err != nil {
		t.Error(err)
	}
	bySubject := make(map[string]int)
	for i := range events {
		e := &events[i]
		bySubject[e.Subject+"@"+e.Team]++
		if i > 0 && events[i-1].At.After(e.At) {
			t.Errorf("event %d is not sorted", i)
		}
	}
	if want := map[string]int{"ada@harbor": 5, "bo@harbor": 5, "ada@quarry": 4, "cy@none": 5}; !maps.Equal(bySubject, want) {
		t.Errorf("events by subject %v, want %v", bySubject, want)
	}
	if report.Events != 19 || report.Files != 3+3+3+3+1 || len(report.Links) != 2 {
		t.Errorf("%d events, %d files, %d links", report.Events, report.Files, len(report.Links))
	}
	if len(report.Problems) != 1 || report.Problems[0].String() != "harbor/ada/.claude/projects/bad.jsonl:1: not_json: not JSON: want '{' at byte 0" {
		t.Errorf("problems %v", report.Problems)
	}
	if last.Files != 13 || last.Bytes != report.Bytes {
		t.Errorf("the last progress is %+v", last)
	}
}

func TestReadLoose(t *testing.T) {
	fsys := make(fstest.MapFS)
	for name, file := range company(t) {
		if strings.HasPrefix(name, "cy/") && strings.HasSuffix(name, ".jsonl") {
			fsys[name[strings.LastIndex(name, "/")+1:]] = file
		}
	}
	events, report, err := logs.Read(context.Background(), fsys, &ingest.Options{Subject: "cy"})
	if err != nil {
		t.Fatal(err)
	}
	readtest.Check(t, events, report)
	if len(events) != 5 || events[0].Subject != "cy" {
		t.Errorf("%d events from loose files, want 5", len(events))
	}
}

func TestProblemsAreBoundedOverHomes(t *testing.T) {
	fsys := readtest.Files(map[string]string{
		"a/.claude/projects/x.jsonl": strings.Repeat("x\n", 80), "b/.claude/projects/x.jsonl": strings.Repeat("x\n", 80), "c/.codex/sessions/x.jsonl": "x\n",
	})
	for limit, want := range map[int]int{0: 100, 90: 90, -1: 0} {
		_, report, err := logs.Read(context.Background(), fsys, &ingest.Options{MaxProblems: limit})
		if err != nil || len(report.Problems) != want || report.ProblemCount != 161 {
			t.Errorf("limit %d: %d of %d problems, %v; want %d of 161", limit, len(report.Problems), report.ProblemCount, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	if _, _, err := logs.Read(context.Background(), os.DirFS("nothing-here"), nil); err == nil {
		t.Error("a missing folder is no error")
	}
	if _, _, err := logs.ReadHome(context.Background(), fstest.MapFS{}, &ingest.Home{Kind: 99, Path: "."}, nil); err == nil {
		t.Error("a home of no kind is no error")
	}
	if _, _, err := logs.ReadHome(context.Background(), fstest.MapFS{}, &ingest.Home{Kind: ingest.Codex, Path: "/x"}, nil); err == nil {
		t.Error("a home at a bad path is no error")
	}
}

func Example() {
	fsys := fstest.MapFS{
		"harbor/ada/.claude/projects/quay/s1.jsonl": {Data: []byte(`{"type":"user","sessionId":"s1"}
{"type":"assistant","timestamp":"2026-11-01T09:00:00Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"claude-x","usage":{"input_tokens":3,"output_tokens":1}}}
{"type":"assistant","timestamp":"2026-11-01T09:00:04Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"claude-x","stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":327}}}
{"type":"assistant","timest`)},
	}
	events, report, err := logs.Read(context.Background(), fsys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range events {
		fmt.Println(e.Subject, e.Team, e.ID, e.Usage.Output)
	}
	for counter, n := range report.Counts.All() {
		fmt.Println(counter, n)
	}
	fmt.Println(report.Problems[0])
	// Output:
	// ada harbor msg_1 327
	// replies 1
	// snapshots_joined 1
	// other_lines 1
	// faulty 1
	// unterminated_last_line 1
	// harbor/ada/.claude/projects/quay/s1.jsonl:4: truncated: the JSON ends too early
}

// files lists the files of a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	dirs := []string{""}
	for len(dirs) > 0 {
		dir := dirs[0]
		dirs = dirs[1:]
		entries, err := os.ReadDir(folder + "/" + dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() {
				dirs = append(dirs, dir+e.Name()+"/")
			} else {
				names = append(names, dir+e.Name())
			}
		}
	}
	return names
}
