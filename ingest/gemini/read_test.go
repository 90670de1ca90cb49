package gemini

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

// TestHome reads a small home: a log of lines, a whole-file session, and a
// subagent's. The counts were added up by hand.
func TestHome(t *testing.T) {
	events, report := readtest.Read(t, Read, os.DirFS("testdata/home"), nil)
	readtest.Diff(t, "events", readtest.Describe(events), `
10-31T09:00:02.500 g0/b r7 google/gemini-x session=g0 | input:100 output:5 reasoning:2
11-01T09:00:05.000 g1/m2 r130 google/gemini-x session=g1 workflow=harbor | input:400 cache_read:800 output:90 reasoning:40
11-01T09:00:30.000 g1-sub/s1 r1 google/unknown session=g1-sub workflow=pier | cache_read:10 output:1
11-01T09:01:00.000 g1/m3 r10 google/gemini-y session=g1 workflow=harbor | input:2007 output:10
`)
	readtest.Diff(t, "counters", readtest.Counts(report), "replies:4 reappended:2 no_usage:1 rewinds:1 metadata:5 other_lines:5 "+
		"null_counts:1 approximate_model:1 clamped_counts:1 total_mismatch:1 files_ignored:1")
	if report.Files != 3 || report.Lines != 10+2+4+2 || report.ProblemCount != 0 {
		t.Errorf("%d files, %d lines, problems %v; want 3, 18, none", report.Files, report.Lines, report.Problems)
	}
	if report.Bytes == 0 {
		t.Error("no bytes were counted")
	}
}

const header = `{"sessionId":"g"}` + "\n"

func turn(id string, input, cached, output, thoughts int) string {
	return fmt.Sprintf(`{"id":%q,"timestamp":"2026-11-01T09:00:05Z","type":"gemini","model":"gemini-x","tokens":{"input":%d,"output":%d,"cached":%d,"thoughts":%d,"tool":0,"total":%d}}`+"\n",
		id, input, output, cached, thoughts, input+output+thoughts)
}

func whole(messages ...string) string {
	return `{"messages":[` + strings.TrimSpace(strings.Join(messages, ",")) + `],"sessionId":"g"}`
}

func TestJoining(t *testing.T) {
	for _, tc := range []struct {
		name     string
		files    map[string]string
		events   string
		counters string
	}{
		{
			"the last state counts, be it less",
			map[string]string{"session-1.jsonl": header + turn("m", 10, 0, 9, 0) + turn("m", 10, 0, 5, 0)},
			"g/m 15;", "replies:1 reappended:1 metadata:1",
		}, {
			"a state without counts takes nothing back",
			map[string]string{"session-1.jsonl": header + turn("m", 10, 0, 9, 0) + `{"id":"m","type":"gemini"}` + "\n" + `{"$rewindTo":"m"}` + "\n"},
			"g/m 19;", "replies:1 no_usage:1 rewinds:1 metadata:1",
		}, {
			"the older and the newer form of one session",
			map[string]string{"session-1.json": whole(turn("m", 10, 0, 9, 0), turn("n", 1, 0, 1, 0)), "session-1.jsonl": header + turn("m", 10, 0, 12, 0) + turn("o", 2, 0, 2, 0)},
			"g/m 22;g/n 2;g/o 4;", "replies:3 resumed_copies:1 metadata:2",
		}, {
			"a message without id",
			map[string]string{"session-1.jsonl": header + strings.Replace(turn("m", 10, 0, 9, 0), `"id":"m",`, "", 1)},
			"g/line:", "replies:1 metadata:1 unkeyed:1",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fsys := readtest.Files(tc.files)
			events, report := readtest.Read(t, Read, fsys, nil)
			var got strings.Builder
			for i := range events {
				fmt.Fprintf(&got, "%s %d;", events[i].ID, events[i].Usage.Tokens())
			}
			if !strings.HasPrefix(got.String(), tc.events) {
				t.Errorf("got %s, want %s", got.String(), tc.events)
			}
			if got := readtest.Counts(report); got != tc.counters {
				t.Errorf("got %s, want %s", got, tc.counters)
			}
			readtest.AnyOrder(t, Read, fsys, 5)
		})
	}
}

func TestWithoutHeader(t *testing.T) {
	events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"tmp/h/chats/session-7.jsonl": turn("m", 1, 0, 1, 0)}), nil)
	if len(events) != 1 || events[0].Session != "session-7" || report.ProblemKinds[ingest.KindNoSession] != 1 {
		t.Errorf("got %s, %v", readtest.Describe(events), report.Problems)
	}
}

func TestFaults(t *testing.T) {
	good := turn("m", 10, 2, 3, 0)
	for _, tc := range []struct{ line, kind string }{
		{`{"id":`, ingest.KindTruncated},
		{`oops`, ingest.KindNotJSON},
		{`[]`, ingest.KindNotJSON},
		{strings.Replace(good, `"output":3`, `"output":-3`, 1), ingest.KindBadCount},
		{strings.Replace(good, `"output":3`, `"output":3e1`, 1), ingest.KindWrongType},
		{strings.Replace(good, `"output":3`, `"output":3,"output":4`, 1), ingest.KindDuplicateKey},
		{strings.Replace(good, `"tokens":{`, `"tokens":1,"x":{`, 1), ingest.KindWrongType},
		{strings.Replace(good, `"id":"m"`, `"id":3`, 1), ingest.KindWrongType},
		{strings.Replace(good, `2026`, `1026`, 1), ingest.KindBadTime},
		{strings.Replace(good, `2026`, `2126`, 1), ingest.KindFutureTime},
		{`{"$set":[]}`, ingest.KindWrongType},
		{`{"$set":{"messages":{}}}`, ingest.KindWrongType},
		{`{"sessionId":[]}`, ingest.KindWrongType},
		{`{"id":"x","type":{}}`, ingest.KindWrongType},
	} {
		opts := &ingest.Options{Now: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)}
		text := turn("a", 1, 0, 1, 0) + strings.TrimSpace(tc.line) + "\n" + header + turn("z", 1, 0, 1, 0)
		events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"session-1.jsonl": text}), opts)
		if len(events) != 2 || len(report.Problems) != 1 || report.Problems[0].Kind != tc.kind || report.Problems[0].Line != 2 {
			t.Errorf("%.80s: %d events, %s, %v; want one problem, %s in line 2", tc.line, len(events), readtest.Counts(report), report.Problems, tc.kind)
		}
	}
}

func TestWholeFileFaults(t *testing.T) {
	a, z := strings.TrimSpace(turn("a", 1, 0, 1, 0)), strings.TrimSpace(turn("z", 1, 0, 1, 0))
	for _, tc := range []struct {
		text, kind string
		line       int
		events     int
	}{
		{``, ingest.KindTruncated, 1, 0},
		{`hello`, ingest.KindNotJSON, 1, 0},
		{"\x00", ingest.KindNotJSON, 1, 0},
		{`[]`, ingest.KindNotJSON, 1, 0},
		{`{"sessionId":"g"} x`, ingest.KindNotJSON, 1, 0},
		{`{"sessionId":"g","messages":[` + a + ",\n" + z[:50], ingest.KindTruncated, 2, 1},
		{`{"sessionId":"g","messages":[` + a + ",\n" + z + `}`, ingest.KindNotJSON, 2, 2},
		{`{"sessionId":"g","messages":[` + a + ",\n\n" + strings.Replace(z, `"total"`, `"input"`, 1) + "," + a + `]}`, ingest.KindDuplicateKey, 3, 1},
		{`{"sessionId":"g","messages":[` + a + ",\n" + `{"x":"` + strings.Repeat("x", 5000) + `"},` + z + `]}`, ingest.KindLongLine, 2, 2},
		{`{"sessionId":"g","messages":[` + a + `,7]}`, ingest.KindNotJSON, 1, 1},
		{`{"sessionId":"g","sessionId":"h","messages":[` + a + `]}`, ingest.KindDuplicateKey, 1, 0},
		{`{"messages":[` + a + "],\n" + `"sessionId":7}`, ingest.KindWrongType, 2, 1},
		{`{"messages":` + strings.Repeat("[", 2000), ingest.KindNotJSON, 1, 0},
	} {
		_, report := readtest.Read(t, Read, readtest.Files(map[string]string{"chats/s.json": tc.text}), &ingest.Options{MaxLine: 4000})
		if report.ProblemKinds[tc.kind] != 1 || int(report.Events) != tc.events || report.Count(ingest.Faulty) != 1 {
			t.Errorf("%.60q: %d events, %s, %v; want %d and %s", tc.text, report.Events, readtest.Counts(report), report.Problems, tc.events, tc.kind)
			continue
		}
		if p := report.Problems[0]; p.Line != tc.line {
			t.Errorf("%.60q: %s, want line %d", tc.text, p, tc.line)
		}
	}
}

func TestSplitterAgainstJSON(t *testing.T) {
	text := " \ufeff\n{ \"a\" : [1, {\"b\": \"x\\\\\"}], \"sessionId\":\"g\\\"\", \"n\": -1.5e3 ,\"messages\" : [ {\"c\":[\"]\"]} , 12,\"s\" , null,[] ], \"t\":true}\n "
	text = strings.Replace(text, " \ufeff", "\ufeff", 1)
	for _, reader := range []*splitter{
		newSplitter(strings.NewReader(text), 1000),
		newSplitter(iotest.OneByteReader(strings.NewReader(text)), 1000),
		newSplitter(iotest.DataErrReader(strings.NewReader(text)), 1000),
	} {
		var got []string
		if err := reader.split(func(key string, text []byte, tooLong bool) error {
			got = append(got, fmt.Sprintf("%s=%s %v", key, text, tooLong))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		want := `a=[1, {"b": "x\\"}] false,sessionId="g\"" false,n=-1.5e3 false,messages={"c":["]"]} false,messages=12 false,messages="s" false,messages=null false,messages=[] false,t=true false`
		if s := strings.Join(got, ","); s != want {
			t.Errorf("got  %s\nwant %s", s, want)
		}
		if reader.bytes != int64(len(text)) {
			t.Errorf("read %d bytes of %d", reader.bytes, len(text))
		}
	}
}

// FuzzSplitter checks that the splitter hands out of any JSON object what
// encoding/json reads from it, and never fails on it.
func FuzzSplitter(f *testing.F) {
	f.Add([]byte(`{"sessionId":"g","messages":[{"id":"a"},7,"x\"",[1]],"x":{"y":null}}`))
	f.Add([]byte(`{"messages":{},"messages":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var elements [][]byte
		s := newSplitter(bytes.NewReader(text), 1<<20)
		err := s.split(func(key string, text []byte, _ bool) error {
			if key == messagesKey {
				elements = append(elements, bytes.Clone(text))
			}
			return nil
		})
		if err != nil && !errors.Is(err, jsonscan.ErrSyntax) && !errors.Is(err, jsonscan.ErrTruncated) {
			t.Fatal(err)
		}
		var want struct {
			Messages json.RawMessage `json:"messages"`
		}
		if !json.Valid(text) || json.Unmarshal(text, &want) != nil || bytes.Contains(text, []byte(`\`)) {
			return
		}
		if err != nil {
			t.Fatalf("%q is a JSON object: %v", text, err)
		}
		var list []json.RawMessage
		if strings.Count(string(text), messagesKey) != 1 || json.Unmarshal(want.Messages, &list) != nil || want.Messages[0] != '[' {
			return
		}
		if len(list) != len(elements) {
			t.Fatalf("%q: %d elements, want %d", text, len(elements), len(list))
		}
		for i := range list {
			if !bytes.Equal(list[i], elements[i]) {
				t.Fatalf("%q: element %d is %q, want %q", text, i, elements[i], list[i])
			}
		}
	})
}

func TestBrokenFile(t *testing.T) {
	s := newSplitter(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(whole(turn("a", 1, 0, 1, 0))))), 1000)
	if err := s.split(func(string, []byte, bool) error { return nil }); err == nil {
		t.Error("a reader that breaks off is no error")
	}
}

func TestFolders(t *testing.T) {
	if _, _, err := Read(context.Background(), os.DirFS("testdata/nothing-here"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder gives %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Read(ctx, os.DirFS("testdata/home"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
}
