package codex

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

// TestHome reads a small home: a thread, its archived copy, a fork of it, and
// a subagent whose parent is gone. The counts were added up by hand.
func TestHome(t *testing.T) {
	events, report := readtest.Read(t, Read, os.DirFS("testdata/home"), nil)
	readtest.Diff(t, "events", readtest.Describe(events), `
11-01T09:00:09.000 t1#0:1000.250.0.125.75 r125 openai/gpt-x session=t1 workflow=harbor branch=f/x | input:750 cache_read:250 output:50 reasoning:75
11-01T09:01:09.000 t1#1:2000.1000.100.75.0 r75 openai/gpt-y session=t1 workflow=pier branch=f/x | input:900 cache_read:1000 cache_write_30m:100 output:75
11-01T09:02:00.000 t1#2:3500.1250.100.260.85 r60 openai/gpt-y session=t1 workflow=pier branch=f/x | input:500 output:50 reasoning:10
11-01T10:05:00.000 t2#2:400.0.0.30.0 r30 openai/gpt-x session=t2 workflow=harbor branch=f/x | input:400 output:30
11-01T11:00:08.000 t3#2:40.0.0.4.0 r4 openai/gpt-z session=t3 workflow=harbor | input:40 output:4
`)
	readtest.Diff(t, "counters", readtest.Counts(report), "replies:5 forked_replays:4 repeated_counters:1 rate_limits:1 "+
		"metadata:8 other_lines:2 approximate_model:1 missing_parents:1 files_shadowed:1")
	if report.Files != 3 || report.Lines != 21 || report.ProblemCount != 0 {
		t.Errorf("%d files, %d lines, problems %v; want 3, 21, none", report.Files, report.Lines, report.Problems)
	}
}

const (
	header   = `{"timestamp":"2026-11-01T09:00:00Z","type":"session_meta","payload":{"id":"t","cwd":"/r/q"}}` + "\n"
	context1 = `{"timestamp":"2026-11-01T09:00:00Z","type":"turn_context","payload":{"model":"gpt-x"}}` + "\n"
)

// counted writes a token_count: total and last are input, cached, output and
// reasoning; a nil one is left out.
func counted(at string, total, last []int64) string {
	var parts []string
	for _, p := range []struct {
		name string
		n    []int64
	}{{"total_token_usage", total}, {"last_token_usage", last}} {
		if p.n != nil {
			parts = append(parts, fmt.Sprintf(`%q:{"input_tokens":%d,"cached_input_tokens":%d,"output_tokens":%d,"reasoning_output_tokens":%d,"total_tokens":%d}`,
				p.name, p.n[0], p.n[1], p.n[2], p.n[3], p.n[0]+p.n[2]))
		}
	}
	return fmt.Sprintf(`{"timestamp":"2026-11-01T%s","type":"event_msg","payload":{"type":"token_count","info":{%s}}}`+"\n", at, strings.Join(parts, ","))
}

func n(counts ...int64) []int64 { return counts }

func TestBilling(t *testing.T) {
	for _, tc := range []struct {
		name     string
		files    map[string]string
		events   string // "id tokens;" …
		counters string
	}{
		{
			// ccusage#884: the same counters are written twice.
			"repeats are not billed, equal calls are",
			map[string]string{"a.jsonl": header + context1 + counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0)) + counted("09:00:02Z", n(10, 0, 1, 0), n(10, 0, 1, 0)) + counted("09:00:03Z", n(20, 0, 2, 0), n(10, 0, 1, 0))},
			"t#0:10.0.0.1.0 11;t#1:10.0.0.1.0 11;", "replies:2 repeated_counters:1 metadata:2",
		}, {
			"the total's growth stands in for the last call",
			map[string]string{"a.jsonl": header + context1 + counted("09:00:01Z", n(10, 4, 1, 0), nil) + counted("09:00:02Z", n(30, 4, 5, 2), nil) + counted("09:00:03Z", n(25, 4, 6, 2), nil)},
			"t#0:10.4.0.1.0 11;t#1:30.4.0.5.2 24;t#2:25.4.0.6.2 1;", "replies:3 metadata:2",
		}, {
			"a total that falls is never differenced when there is a last call",
			map[string]string{"a.jsonl": header + context1 + counted("09:00:01Z", n(100, 0, 10, 0), n(20, 0, 2, 0)) + counted("09:00:02Z", n(50, 0, 12, 0), n(30, 0, 3, 0)) + counted("09:00:03Z", n(60, 0, 14, 0), n(40, 0, 4, 0))},
			"t#0:20.0.0.2.0 22;t#1:30.0.0.3.0 33;t#2:40.0.0.4.0 44;", "replies:3 metadata:2",
		}, {
			// CodexBar#2037: interleaved counters made 268M tokens into 3.29B.
			"interleaved counters stay within the greatest total",
			map[string]string{"a.jsonl": header + context1 +
				counted("09:00:01Z", n(100, 0, 10, 0), n(100, 0, 10, 0)) + counted("09:00:02Z", n(50, 0, 5, 0), n(50, 0, 5, 0)) +
				counted("09:00:03Z", n(100, 0, 10, 0), n(100, 0, 10, 0)) + counted("09:00:04Z", n(130, 20, 12, 2), n(60, 50, 6, 5))},
			"t#0:100.0.0.10.0 110;t#3:60.50.0.6.5 32;", "replies:2 contained:2 metadata:2 partly_contained:1",
		}, {
			"nothing above zero is no call",
			map[string]string{"a.jsonl": header + context1 + counted("09:00:01Z", n(0, 0, 0, 0), n(0, 0, 0, 0)) + `{"timestamp":"2026-11-01T09:00:00Z","type":"event_msg","payload":{"type":"token_count","info":{"model_context_window":1}}}`},
			"", "no_usage:2 metadata:2 unterminated_last_line:1",
		}, {
			"copies of one thread in two files, with other times",
			map[string]string{"a.jsonl": header + context1 + counted("09:10:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0)), "b.jsonl": header + context1 + counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0)) + counted("09:00:03Z", n(30, 0, 2, 0), n(20, 0, 1, 0))},
			"t#0:10.0.0.1.0 11;t#1:20.0.0.1.0 21;", "replies:2 resumed_copies:1 metadata:4",
		}, {
			"a spawned thread that copies nothing is billed whole",
			map[string]string{
				"a.jsonl": header + context1 + counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0)),
				"b.jsonl": strings.Replace(header, `"id":"t"`, `"id":"u","source":{"subagent":{"thread_spawn":{"parent_thread_id":"t"}}}`, 1) + context1 + counted("09:00:02Z", n(7, 0, 1, 0), n(7, 0, 1, 0)) + counted("09:00:02Z", n(14, 0, 2, 0), n(7, 0, 1, 0)),
			},
			"t#0:10.0.0.1.0 11;u#0:7.0.0.1.0 8;u#1:7.0.0.1.0 8;", "replies:3 metadata:4",
		}, {
			"a fork of a fork replays the whole history",
			map[string]string{
				"a.jsonl": header + context1 + counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0)),
				"b.jsonl": strings.Replace(header, `"id":"t"`, `"id":"u","forked_from_id":"t"`, 1) + context1 + counted("09:01:00Z", n(10, 0, 1, 0), n(10, 0, 1, 0)) + counted("09:02:00Z", n(15, 0, 2, 0), n(5, 0, 1, 0)),
				"c.jsonl": strings.Replace(header, `"id":"t"`, `"id":"v","forked_from_id":"u"`, 1) + context1 + counted("09:03:00Z", n(10, 0, 1, 0), n(10, 0, 1, 0)) + counted("09:03:00Z", n(15, 0, 2, 0), n(5, 0, 1, 0)) + counted("09:04:00Z", n(18, 0, 3, 0), n(3, 0, 1, 0)),
			},
			"t#0:10.0.0.1.0 11;u#1:5.0.0.1.0 6;v#2:3.0.0.1.0 4;", "replies:3 forked_replays:3 metadata:6",
		}, {
			"an orphan that opens with one call keeps it",
			map[string]string{"b.jsonl": strings.Replace(header, `"id":"t"`, `"id":"u","forked_from_id":"gone"`, 1) + context1 + counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0)) + counted("09:00:09Z", n(15, 0, 2, 0), n(5, 0, 1, 0))},
			"u#0:10.0.0.1.0 11;u#1:5.0.0.1.0 6;", "replies:2 metadata:2 missing_parents:1",
		}, {
			"parts above their wholes are cut down",
			map[string]string{"a.jsonl": header + context1 + counted("09:00:01Z", nil, n(10, 40, 1, 5))},
			"t#0:10.40.0.1.5 11;", "replies:1 metadata:2 clamped_counts:1",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fsys := readtest.Files(tc.files)
			events, report := readtest.Read(t, Read, fsys, nil)
			var got strings.Builder
			for i := range events {
				fmt.Fprintf(&got, "%s %d;", events[i].ID, events[i].Usage.Tokens())
			}
			if got.String() != tc.events {
				t.Errorf("got %s, want %s", got.String(), tc.events)
			}
			if got := readtest.Counts(report); got != tc.counters {
				t.Errorf("got %s, want %s", got, tc.counters)
			}
			readtest.AnyOrder(t, Read, fsys, 5)
		})
	}
}

func TestModels(t *testing.T) {
	call := counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0))
	for _, tc := range []struct {
		text, provider, model string
		approximate           int64
	}{
		{header + context1 + call, "openai", "gpt-x", 0},
		{header + call + context1, "openai", "gpt-x", 1},
		{header + call, "openai", ingest.UnknownModel, 1},
		{strings.Replace(header, `"cwd"`, `"model_provider":"Azure","cwd"`, 1) + context1 + call, "azure", "gpt-x", 0},
		{strings.Replace(header, `"cwd"`, `"model_provider":"quayside","cwd"`, 1) + context1 + call, "quayside", "gpt-x", 0},
		{header + context1 + strings.Replace(call, `"info":{`, `"info":{"model":"gpt-w",`, 1), "openai", "gpt-w", 0},
	} {
		events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": tc.text}), nil)
		if len(events) != 1 || events[0].Provider != tc.provider || events[0].Model != tc.model || report.Count(ingest.ApproximateModel) != tc.approximate {
			t.Errorf("got %s, %s; want %s/%s", readtest.Describe(events), readtest.Counts(report), tc.provider, tc.model)
		}
	}
}

func TestWithoutHeader(t *testing.T) {
	events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"x/rollout-7.jsonl": context1 + counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0))}), nil)
	if len(events) != 1 || events[0].Session != "rollout-7" || report.ProblemKinds[ingest.KindNoSession] != 1 || report.Count(ingest.Unkeyed) != 1 {
		t.Errorf("got %s, %v", readtest.Describe(events), report.Problems)
	}
}

func TestFaults(t *testing.T) {
	good := counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0))
	for _, tc := range []struct{ line, kind string }{
		{`{`, ingest.KindTruncated},
		{`nonsense`, ingest.KindNotJSON},
		{good[:len(good)-6], ingest.KindTruncated},
		{strings.Replace(good, `"output_tokens":1`, `"output_tokens":-1`, 1), ingest.KindBadCount},
		{strings.Replace(good, `"output_tokens":1`, `"output_tokens":1000000000001`, 1), ingest.KindBadCount},
		{strings.Replace(good, `"output_tokens":1`, `"output_tokens":"1"`, 1), ingest.KindWrongType},
		{strings.Replace(good, `"output_tokens":1`, `"output_tokens":1,"output_tokens":2`, 1), ingest.KindDuplicateKey},
		{strings.Replace(good, `"2026-`, `"1926-`, 1), ingest.KindBadTime},
		{strings.Replace(good, `"2026-`, `"2027-`, 1), ingest.KindFutureTime},
		{strings.Replace(good, `"info":{`, `"info":[{`, 1), ingest.KindNotJSON},
		{`{"timestamp":"2026-11-01T09:00:00Z","type":"event_msg","payload":{"type":"token_count","info":7}}`, ingest.KindWrongType},
		{`{"timestamp":"2026-11-01T09:00:00Z","type":"turn_context","payload":{"model":["x"]}}`, ingest.KindWrongType},
		{`{"timestamp":"2026-11-01T09:00:00Z","type":"turn_context","payload":[]}`, ingest.KindWrongType},
		{`{"type":{}}`, ingest.KindWrongType},
	} {
		text := header + context1 + strings.TrimSpace(tc.line) + "\n" + counted("09:10:01Z", n(20, 0, 2, 0), n(20, 0, 2, 0))
		events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": text}), &ingest.Options{Now: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)})
		if len(events) != 1 || report.Count(ingest.Faulty) != 1 || len(report.Problems) != 1 || report.Problems[0].Kind != tc.kind || report.Problems[0].Line != 3 {
			t.Errorf("%.80s: %d events, %s, %v; want one problem, %s in line 3", tc.line, len(events), readtest.Counts(report), report.Problems, tc.kind)
		}
	}
	badHeader := strings.Replace(header, `"id":"t"`, `"id":{}`, 1)
	_, report := readtest.Read(t, Read, readtest.Files(map[string]string{"a.jsonl": badHeader + good}), nil)
	if report.ProblemKinds[ingest.KindWrongType] != 1 || report.Events != 1 {
		t.Errorf("a bad header: %v", report.Problems)
	}
}

func TestArchived(t *testing.T) {
	file := header + context1 + counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0))
	for path, shadowed := range map[string]int64{
		"archived_sessions/2026/11/01/rollout-1.jsonl": 1,
		"archived_sessions/rollout-1.jsonl":            1,
		"archived_sessions/2026/11/02/rollout-1.jsonl": 0,
		"archived_sessions/rollout-2.jsonl":            0,
	} {
		events, report := readtest.Read(t, Read, readtest.Files(map[string]string{"sessions/2026/11/01/rollout-1.jsonl": file, path: file, "history.jsonl": "{}"}), nil)
		if len(events) != 1 || report.Count(ingest.FilesShadowed) != shadowed || report.Files != 2-shadowed {
			t.Errorf("%s: %d events from %d files, %s", path, len(events), report.Files, readtest.Counts(report))
		}
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
