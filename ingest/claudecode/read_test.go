package claudecode

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
	"github.com/tokenomics-go/tokenomics/store"
)

// TestHome reads a small home with most traps of the format. The expected
// counts were added up by hand from its lines.
func TestHome(t *testing.T) {
	events, report := readtest.Read(t, Read, os.DirFS("testdata/home"), nil)
	readtest.Diff(t, "events", readtest.Describe(events), `
11-01T09:00:00.100 msg_1 r327 anthropic/claude-x tier=standard speed=fast region=us session=s1 workflow=harbor branch=f/tides | input:3 cache_read:15000 cache_write_5m:100 cache_write_1h:800 output:300 reasoning:27 web_searches:2 web_fetches:1
11-01T09:02:00.000 msg_s r76 anthropic/claude-mini session=s1 workflow=harbor branch=f/tides | input:11 output:76
11-01T09:03:00.000 uuid:w2 r6 anthropic/claude-mini session=s1 workflow=harbor | input:5 output:6
11-01T09:10:00.000 msg_3 r10 anthropic/claude-x session=s1 workflow=harbor | cache_write_5m:50 output:10
11-02T09:00:00.000 msg_4 r20 anthropic/claude-x tier=batch session=s2 workflow=harbor branch=main | input:7 cache_read:16000 output:20
`)
	readtest.Diff(t, "counters", readtest.Counts(report), "replies:5 snapshots_joined:3 sidechain_replays:1 resumed_copies:2 "+
		"synthetic:1 api_errors:1 no_usage:1 pr_links:3 other_lines:3 unknown_type:1 blank:1 "+
		"null_counts:1 unkeyed:1 unfinished:1 write_remainders:1 nested_usage:1 unterminated_last_line:1 files_ignored:1")
	if report.Files != 3 || report.Lines != 22 || report.ProblemCount != 0 {
		t.Errorf("%d files, %d lines, %d problems %v; want 3, 22, 0", report.Files, report.Lines, report.ProblemCount, report.Problems)
	}
	links := []ingest.Link{
		{Repo: "o/r", Number: 128, URL: "https://example.test/o/r/pull/128", Session: "s1", At: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)},
		{Repo: "o/r", Number: 129, URL: "https://example.test/o/r/pull/129", Session: "s2", At: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)},
	}
	if fmt.Sprint(report.Links) != fmt.Sprint(links) {
		t.Errorf("links %v, want %v", report.Links, links)
	}
	for _, e := range events {
		if e.Source != "anthropic" || e.Trust != store.ClientLog || e.Subject != "ada" || e.Actor != store.UnknownActor {
			t.Errorf("%s: source %q, trust %s, subject %q, actor %q", e.ID, e.Source, e.Trust, e.Subject, e.Actor)
		}
	}
}

// turn writes a line about a reply. Fields are "name=value" of the line;
// counts are input, output, cache write and cache read.
func turn(id, request, at string, counts [4]int64, more ...string) string {
	line := fmt.Sprintf(`{"type":"assistant","timestamp":"2026-11-01T%s","sessionId":"s1","requestId":%q`, at, request)
	if request == "" {
		line = fmt.Sprintf(`{"type":"assistant","timestamp":"2026-11-01T%s","sessionId":"s1"`, at)
	}
	for _, m := range more {
		line += "," + m
	}
	return line + fmt.Sprintf(`,"message":{"id":%q,"model":"claude-x","stop_reason":"end_turn","usage":{"input_tokens":%d,"output_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d}}}`+"\n",
		id, counts[0], counts[1], counts[2], counts[3])
}

const side = `"isSidechain":true`

func TestJoining(t *testing.T) {
	for _, tc := range []struct {
		name     string
		files    map[string]string
		events   string // "id revision input cache_read;" …
		counters string
	}{
		{
			// ccusage#901, #938: the first line wins and loses most of the output.
			"greatest snapshot wins, wherever it stands",
			map[string]string{"a.jsonl": turn("m", "r", "09:00:01Z", [4]int64{3, 327, 9, 50}) + turn("m", "r", "09:00:00Z", [4]int64{3, 1, 9, 50}) + turn("m", "r", "09:00:02Z", [4]int64{3, 40, 9, 50})},
			"m 327 3 50 9;", "replies:1 snapshots_joined:2 write_remainders:1",
		}, {
			// ccusage#913: an aside repeats the parent's reply under a new request.
			"sidechain replay joins the reply with the equal prompt",
			map[string]string{"a.jsonl": turn("m", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50}) + turn("m", "r2", "09:01:00Z", [4]int64{4, 6, 0, 70}) + turn("m", "r3", "09:02:00Z", [4]int64{4, 6, 0, 70}, side)},
			"m 5 3 50 0;m#r2 6 4 70 0;", "replies:2 sidechain_replays:1",
		}, {
			"sidechain replay without an equal prompt joins the earliest",
			map[string]string{"a.jsonl": turn("m", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50}) + turn("m", "r2", "09:01:00Z", [4]int64{4, 6, 0, 70}) + turn("m", "r3", "09:02:00Z", [4]int64{9, 2, 0, 90}, side)},
			"m 5 3 50 0;m#r2 6 4 70 0;", "replies:2 sidechain_replays:1",
		}, {
			"a replay that looks like both bills does not make them one",
			map[string]string{"a.jsonl": turn("m", "r2", "09:01:00Z", [4]int64{4, 6, 0, 70}) + turn("m", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50}), "b.jsonl": turn("m", "r3", "09:02:00Z", [4]int64{3, 5, 0, 50}, side) + turn("m", "r4", "09:03:00Z", [4]int64{4, 6, 0, 70}, side)},
			"m 5 3 50 0;m#r2 6 4 70 0;", "replies:2 sidechain_replays:2",
		}, {
			"equal prompts under two requests are one bill",
			map[string]string{"a.jsonl": turn("m", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50}), "b.jsonl": turn("m", "r2", "09:01:00Z", [4]int64{3, 6, 0, 50})},
			"m 6 3 50 0;", "replies:1 rekeyed_copies:1",
		}, {
			"a line without request id joins its message",
			map[string]string{"a.jsonl": turn("m", "", "09:00:00Z", [4]int64{3, 5, 0, 50}) + turn("m", "r1", "09:00:00Z", [4]int64{3, 9, 0, 51})},
			"m 9 3 51 0;", "replies:1 rekeyed_copies:1",
		}, {
			// CodexBar#1002, agentsview#307, #1370: the session id is no part of the key.
			"a copied session bills nothing twice",
			map[string]string{
				"p/s1.jsonl": turn("m1", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50}) + turn("m2", "r2", "09:01:00Z", [4]int64{1, 1, 0, 0}),
				"p/s2.jsonl": strings.ReplaceAll(turn("m1", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50})+turn("m2", "r2", "09:01:00Z", [4]int64{1, 1, 0, 0})+turn("m3", "r3", "09:02:00Z", [4]int64{2, 2, 0, 0}), `"s1"`, `"s2"`),
			},
			"m1 5 3 50 0;m2 1 1 0 0;m3 2 2 0 0;", "replies:3 resumed_copies:2",
		}, {
			// CodexBar#646: subagent rows stand in two files.
			"a subagent's replies in two files",
			map[string]string{"p/s1.jsonl": turn("m1", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50}, side), "p/s1/subagents/agent-1.jsonl": turn("m1", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50}, side) + turn("m1", "r1", "09:00:01Z", [4]int64{3, 7, 0, 50})},
			"m1 7 3 50 0;", "replies:1 snapshots_joined:0 resumed_copies:2",
		}, {
			"sidechains alone of one message are one bill",
			map[string]string{"a.jsonl": turn("m", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50}, side) + turn("m", "r2", "09:01:00Z", [4]int64{4, 6, 0, 70}, side)},
			"m 6 4 70 0;", "replies:1 sidechain_replays:1",
		}, {
			"request id alone is a key",
			map[string]string{"a.jsonl": strings.ReplaceAll(turn("", "r1", "09:00:00Z", [4]int64{3, 5, 0, 50})+turn("", "r1", "09:00:01Z", [4]int64{3, 6, 0, 50}), `"id":"",`, "")},
			"r1 6 3 50 0;", "replies:1 snapshots_joined:1",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fsys := readtest.Files(tc.files)
			events, report := readtest.Read(t, Read, fsys, nil)
			var got strings.Builder
			for _, e := range events {
				fmt.Fprintf(&got, "%s %d %d %d %d;", e.ID, e.Usage.Generated(), e.Usage.Input, e.Usage.CacheRead, e.Usage.CacheWrites())
			}
			if got.String() != tc.events {
				t.Errorf("got %s, want %s", got.String(), tc.events)
			}
			want := strings.ReplaceAll(tc.counters, " snapshots_joined:0", "")
			if got := readtest.Counts(report); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			readtest.AnyOrder(t, Read, fsys, 3)
		})
	}
}

func TestReplyParts(t *testing.T) {
	line := strings.Replace(turn("m", "r", "09:00:00Z", [4]int64{1, 5, 0, 0}), `"usage":{`,
		`"usage":{"iterations":[{"type":"message","input_tokens":1,"output_tokens":5},{"type":"advisor_message","model":"claude-y","input_tokens":100,"output_tokens":50}],`, 1)
	events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": line}), nil)
	readtest.Diff(t, "events", readtest.Describe(events), `
11-01T09:00:00.000 m r5 anthropic/claude-x session=s1 | input:1 output:5
11-01T09:00:00.000 m#2 r50 anthropic/claude-y session=s1 | input:100 output:50`)
	readtest.Diff(t, "counters", readtest.Counts(report), "replies:1 reply_parts:1")

	// Lines that differ in their parts alone: the same one counts in any order.
	other := strings.Replace(line, "claude-y", "claude-z", 1)
	readtest.AnyOrder(t, Read, readtest.Files(map[string]string{"a.jsonl": line, "b.jsonl": other, "c.jsonl": line}), 4)
}

func TestLinksAndPipes(t *testing.T) {
	line := []byte(turn("m", "r", "09:00:00Z", [4]int64{1, 2, 0, 0}))
	dir := t.TempDir()
	for _, err := range []error{
		os.MkdirAll(dir+"/projects/p", 0o755), os.Mkdir(dir+"/elsewhere", 0o755),
		os.WriteFile(dir+"/elsewhere/a.jsonl", line, 0o644), os.WriteFile(dir+"/elsewhere/b.jsonl", line, 0o644),
		os.Symlink("../../elsewhere/a.jsonl", dir+"/projects/p/a.jsonl"), os.Symlink("../elsewhere", dir+"/projects/q"),
	} {
		if err != nil {
			t.Skip(err) // no links on this system
		}
	}
	events, report := readtest.Read(t, Read, os.DirFS(dir), nil)
	if len(events) != 1 || report.Files != 1 || report.ProblemKinds[ingest.KindNotFollowed] != 1 {
		t.Errorf("%d events from %d files, %v; want the linked file read and the linked folder named", len(events), report.Files, report.Problems)
	}
	_, report = readtest.Read(t, Read, fstest.MapFS{"pipe.jsonl": {Mode: fs.ModeNamedPipe}}, nil)
	if report.Files != 0 || report.Count(ingest.FilesIgnored) != 1 {
		t.Errorf("a pipe was opened: %s", readtest.Counts(report))
	}
}

func TestUnkeyedWithoutUUID(t *testing.T) {
	line := `{"type":"assistant","timestamp":"2026-11-01T09:00:00Z","message":{"model":"claude-x","usage":{"input_tokens":5,"output_tokens":6}}}` + "\n"
	events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": line + strings.Replace(line, "6}", "7}", 1), "b.jsonl": line}), nil)
	if len(events) != 2 || report.Count(ingest.Unkeyed) != 2 || report.Count(ingest.ResumedCopies) != 1 {
		t.Errorf("%d events, %s; want 2 events, one of them twice", len(events), readtest.Counts(report))
	}
}

func TestCacheWrites(t *testing.T) {
	for _, tc := range []struct {
		name, usage string
		w5m, w1h    int64
		remainder   bool
	}{
		{"parts that add up", `"cache_creation_input_tokens":900,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":800}`, 100, 800, false},
		{"total alone", `"cache_creation_input_tokens":900`, 900, 0, true},
		{"parts alone", `"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":800}`, 100, 800, false},
		{"remainder (litellm#42663)", `"cache_creation_input_tokens":1000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":800}`, 200, 800, true},
		{"parts above the total", `"cache_creation_input_tokens":10,"output_tokens":4,"output_tokens_details":{"thinking_tokens":9},"cache_creation":{"ephemeral_1h_input_tokens":800}`, 0, 800, false},
		{"null parts", `"cache_creation_input_tokens":10,"cache_creation":null`, 10, 0, true},
	} {
		line := `{"type":"assistant","timestamp":"2026-11-01T09:00:00Z","message":{"id":"m","model":"claude-x","usage":{` + tc.usage + `}}}`
		events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": line + "\n"}), nil)
		if len(events) != 1 || events[0].Usage.CacheWrite5m != tc.w5m || events[0].Usage.CacheWrite1h != tc.w1h {
			t.Errorf("%s: got %s", tc.name, readtest.Describe(events))
		}
		if got := report.Count(ingest.WriteRemainders) == 1; got != tc.remainder {
			t.Errorf("%s: remainder noted %v, want %v", tc.name, got, tc.remainder)
		}
	}
}

func TestTies(t *testing.T) {
	// Field note (11): of equal output and total the line with lifetimes wins,
	// then the one of the main conversation.
	flat := turn("m", "r", "09:00:00Z", [4]int64{3, 5, 900, 50})
	split := strings.Replace(turn("m", "r", "09:00:01Z", [4]int64{3, 5, 900, 50}, side),
		`"cache_read_input_tokens":50`, `"cache_read_input_tokens":50,"cache_creation":{"ephemeral_1h_input_tokens":900}`, 1)
	events, _ := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": flat + split}), nil)
	if len(events) != 1 || events[0].Usage.CacheWrite1h != 900 {
		t.Errorf("the line with lifetimes lost: %s", readtest.Describe(events))
	}
	fast := strings.Replace(flat, `"usage":{`, `"usage":{"speed":"fast",`, 1)
	slowSide := strings.Replace(turn("m", "r", "09:00:00Z", [4]int64{3, 5, 900, 50}, side), `"usage":{`, `"usage":{"speed":"standard",`, 1)
	events, _ = readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": slowSide + fast}), nil)
	if len(events) != 1 || events[0].Speed != "fast" {
		t.Errorf("the main conversation lost: %s", readtest.Describe(events))
	}
}

func TestFaults(t *testing.T) {
	good := turn("m", "r", "09:00:00Z", [4]int64{1, 2, 0, 0})
	usage := func(s string) string {
		return `{"type":"assistant","timestamp":"2026-11-01T09:00:00Z","message":{"id":"m","model":"claude-x","usage":` + s + `}}`
	}
	for _, tc := range []struct{ line, kind string }{
		{`hello`, ingest.KindNotJSON},
		{`[1,2]`, ingest.KindNotJSON},
		{"\x00\x01\x02", ingest.KindNotJSON},
		{good[:len(good)-10], ingest.KindTruncated},
		{`{"type":"user","message":{"content":"cut`, ingest.KindTruncated},
		{strings.TrimSpace(good) + strings.TrimSpace(good), ingest.KindNotJSON},
		{usage(`{"output_tokens":-1}`), ingest.KindBadCount},
		{usage(`{"output_tokens":1000000000001}`), ingest.KindBadCount},
		{usage(`{"output_tokens":99999999999999999999}`), ingest.KindBadCount},
		{usage(`{"output_tokens":1.5}`), ingest.KindWrongType},
		{usage(`{"output_tokens":"12"}`), ingest.KindWrongType},
		{usage(`{"cache_creation":7}`), ingest.KindWrongType},
		{usage(`[]`), ingest.KindWrongType},
		{usage(`{"input_tokens":1,"input_tokens":2}`), ingest.KindDuplicateKey},
		{strings.Replace(good, `"type"`, `"type":"user","type"`, 1), ingest.KindDuplicateKey},
		{strings.Replace(good, `"2026-11-01T09:00:00Z"`, `"1999-12-31T23:59:59Z"`, 1), ingest.KindBadTime},
		{strings.Replace(good, `"2026-11-01T09:00:00Z"`, `"2026-11-01 09:00:00"`, 1), ingest.KindBadTime},
		{strings.Replace(good, `"2026-11-01T09:00:00Z"`, `null`, 1), ingest.KindBadTime},
		{strings.Replace(good, `"2026-11-01T09:00:00Z"`, `1793523600`, 1), ingest.KindWrongType},
		{strings.Replace(good, `"2026-11-01T09:00:00Z"`, `"2026-11-07T09:00:00Z"`, 1), ingest.KindFutureTime},
		{strings.Replace(good, `"id":"m"`, `"id":"m\u0000"`, 1), ingest.KindBadText},
		{strings.Replace(good, `"id":"m"`, `"id":"`+strings.Repeat("m", 257)+`"`, 1), ingest.KindBadText},
		{strings.Replace(good, `"id":"m"`, `"id":7`, 1), ingest.KindWrongType},
		{strings.Replace(good, `"id":"m"`, `"id":"\ud800"`, 1), ingest.KindNotJSON},
		{`{"type":5}`, ingest.KindWrongType},
		{`{"type":"assistant","message":"text"}`, ingest.KindWrongType},
		{`{"type":"pr-link","prNumber":0,"prRepository":"o/r"}`, ingest.KindWrongType},
		{`{"type":"pr-link","prNumber":-4,"prRepository":"o/r"}`, ingest.KindBadCount},
		{`{"type":"user","x":"` + strings.Repeat("x", 5000) + `"}`, ingest.KindLongLine},
	} {
		text := turn("first", "r", "08:00:00Z", [4]int64{1, 2, 0, 0}) + strings.TrimSpace(tc.line) + "\n" + turn("last", "r", "10:00:00Z", [4]int64{1, 2, 0, 0})
		events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"p/a.jsonl": text}), &ingest.Options{
			MaxLine: 4000, Now: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC),
		})
		if len(events) != 2 || report.Count(ingest.Faulty) != 1 || len(report.Problems) != 1 {
			t.Errorf("%.80s: %d events, %s, %v; want the lines around one problem", tc.line, len(events), readtest.Counts(report), report.Problems)
			continue
		}
		if p := report.Problems[0]; p.Kind != tc.kind || p.Line != 2 || p.File != "p/a.jsonl" || p.Detail == "" {
			t.Errorf("%.80s: %s; want p/a.jsonl:2: %s", tc.line, p, tc.kind)
		}
	}
}

func TestInvalidUTF8(t *testing.T) {
	inText := strings.Replace(turn("m", "r", "09:00:00Z", [4]int64{1, 2, 0, 0}), `"usage"`, "\"content\":\"\xff\",\"usage\"", 1)
	inID := turn("\xff", "r", "09:00:00Z", [4]int64{1, 2, 0, 0})
	inID = strings.Replace(inID, `\xff`, "\xff", 1)
	events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": inText + inID}), nil)
	if len(events) != 1 || events[0].ID != "m" {
		t.Errorf("got %s; want the reply whose facts are sound", readtest.Describe(events))
	}
	readtest.Diff(t, "counters", readtest.Counts(report), "replies:1 faulty:1 invalid_utf8:2")
	if report.ProblemKinds[ingest.KindInvalidUTF8] != 2 || report.ProblemKinds[ingest.KindBadText] != 1 {
		t.Errorf("problems %v", report.Problems)
	}
}

func TestOptionalTextsAreLeftOut(t *testing.T) {
	line := strings.Replace(turn("m", "r", "09:00:00Z", [4]int64{1, 2, 0, 0}, `"cwd":"C:\\work\\quay\\"`, `"gitBranch":"`+strings.Repeat("b", 300)+`"`), `"s1"`, `"a\nb"`, 1)
	events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": line}), nil)
	if len(events) != 1 || events[0].Session != "" || events[0].Workflow != "quay" || events[0].Labels != nil || report.Count(ingest.TextsDropped) != 2 {
		t.Errorf("got %s, %s", readtest.Describe(events), readtest.Counts(report))
	}
}

func TestProviders(t *testing.T) {
	text := turn("m", "r", "09:00:00Z", [4]int64{1, 2, 0, 0})
	for model, want := range map[string]struct {
		provider string
		foreign  int64
	}{
		"claude-opus-5": {"anthropic", 0}, "claude-opus-5@20260901": {"", 0}, "us.anthropic.Claude-x-v1:0": {"", 0}, "glm-9": {"", 1},
	} {
		events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": strings.Replace(text, "claude-x", model, 1)}), nil)
		if len(events) != 1 || events[0].Provider != want.provider || report.Count(ingest.ForeignModels) != want.foreign {
			t.Errorf("%s: got %s", model, readtest.Describe(events))
		}
	}
	for id, provider := range map[string]string{"msg_bdrk_1": "bedrock", "msg_vrtx_1": "vertex"} {
		events, _ := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": turn(id, "r", "09:00:00Z", [4]int64{1, 2, 0, 0})}), nil)
		if len(events) != 1 || events[0].Provider != provider {
			t.Errorf("%s: got %s", id, readtest.Describe(events))
		}
	}
	events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": strings.Replace(text, `"model":"claude-x",`, "", 1)}), nil)
	if len(events) != 1 || events[0].Model != ingest.UnknownModel || report.Count(ingest.ApproximateModel) != 1 {
		t.Errorf("no model: got %s", readtest.Describe(events))
	}
}

func TestLastLines(t *testing.T) {
	line := strings.TrimSpace(turn("m", "r", "09:00:00Z", [4]int64{1, 2, 0, 0}))
	for _, tc := range []struct {
		text, counters string
		problems       int64
	}{
		{line, "replies:1 unterminated_last_line:1", 0},
		{line[:100], "faulty:1 unterminated_last_line:1", 1},
		{line + "\r\n\r\n", "replies:1 blank:1", 0},
		{"\xef\xbb\xbf" + line + "\n", "replies:1 byte_order_marks:1", 0},
		{"", "", 0},
		{"\n", "blank:1", 0},
	} {
		_, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": tc.text}), nil)
		if got := readtest.Counts(report); got != tc.counters || report.ProblemCount != tc.problems {
			t.Errorf("%.30q: %s, %v; want %s", tc.text, got, report.Problems, tc.counters)
		}
	}
}

func TestFolders(t *testing.T) {
	if _, _, err := Read(context.Background(), os.DirFS("testdata/nothing-here"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder gives %v", err)
	}
	if _, _, err := Read(context.Background(), os.DirFS("read_test.go"), nil); err == nil {
		t.Error("a file in place of a folder is no error")
	}
	events, report := readtest.Read(t, Read, fstest.MapFS{}, nil)
	if len(events) != 0 || report.Lines != 0 {
		t.Errorf("an empty folder gives %v, %v", events, report)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Read(ctx, os.DirFS("testdata/home"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
	_, report = readtest.Read(t, Read, readtest.Files(map[string]string{"projects/a.jsonl.zst": "x", "history.jsonl": "x", "projects/p/.codex/b.jsonl": "x"}), nil)
	if report.Files != 0 || report.ProblemKinds[ingest.KindUnsupported] != 1 {
		t.Errorf("%d files, problems %v; want none read, one unsupported", report.Files, report.Problems)
	}
	_, report = readtest.Read(t, Read, fstest.MapFS{}, &ingest.Options{Files: []string{"gone.jsonl"}})
	if report.ProblemKinds[ingest.KindUnreadable] != 1 {
		t.Errorf("problems %v; want one about the missing file", report.Problems)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	fsys := readtest.Files(map[string]string{"a.jsonl": strings.Repeat("x\n", 500)})
	for limit, want := range map[int]int{0: ingest.DefaultMaxProblems, 7: 7, -1: 0} {
		_, report := readtest.Read(t, Read, fsys, &ingest.Options{MaxProblems: limit})
		if len(report.Problems) != want || report.ProblemCount != 500 {
			t.Errorf("limit %d: %d kept of %d, want %d of 500", limit, len(report.Problems), report.ProblemCount, want)
		}
	}
}

func TestProgress(t *testing.T) {
	var last ingest.Progress
	calls := 0
	_, report := readtest.Read(t, Read, os.DirFS("testdata/home"), &ingest.Options{Progress: func(p ingest.Progress) {
		if p.Bytes < last.Bytes || p.Lines < last.Lines || p.Files < last.Files {
			t.Errorf("progress went back from %+v to %+v", last, p)
		}
		last, calls = p, calls+1
	}})
	if want := (ingest.Progress{Files: 3, FilesTotal: 3, Lines: report.Lines, Bytes: report.Bytes}); last != want || calls != 3 {
		t.Errorf("%d calls, the last %+v; want 3, %+v", calls, last, want)
	}
}
