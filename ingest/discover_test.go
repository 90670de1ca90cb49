package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

func TestDiscover(t *testing.T) {
	const (
		claude  = `{"type":"summary","leafUuid":"u"}` + "\n"
		claude2 = `{"parentUuid":null,"sessionId":"s","type":"user","message":{}}` + "\n"
		codex   = `{"timestamp":"2026-11-01T09:00:00Z","type":"session_meta","payload":{}}` + "\n"
		gemini  = `{"sessionId":"g","projectHash":"h"}` + "\n"
		whole   = `{"sessionId":"g","messages":[]}`
	)
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"nothing", nil, nil},
		{"team and person", map[string]string{
			"harbor/ada/.claude/projects/p/s.jsonl": claude, "harbor/ada/.codex/sessions/r.jsonl": codex, "harbor/bo/.gemini/tmp/h/chats/s.json": whole,
			"harbor/bo/.config/claude/projects/p/s.jsonl": claude, "harbor/notes.json": claude2, "x/y/z/.codex/.claude/a": "",
		}, []string{
			"claudecode harbor/ada/.claude ada@harbor []", "codex harbor/ada/.codex ada@harbor []",
			"claudecode harbor/bo/.config/claude bo@harbor []", "gemini harbor/bo/.gemini bo@harbor []", "codex x/y/z/.codex z@y []",
		}},
		{"one person", map[string]string{".claude/projects/p/s.jsonl": claude, "ada/.codex/a": ""}, []string{"claudecode .claude @ []", "codex ada/.codex ada@ []"}},
		{"a home itself", map[string]string{"projects/p/s.jsonl": claude, "history.jsonl": claude2}, []string{"claudecode . @ []"}},
		{"a home of two tools", map[string]string{"sessions/r.jsonl": codex, "tmp/h/chats/s.json": whole}, []string{"codex . @ []", "gemini . @ []"}},
		{"loose files", map[string]string{
			"a.jsonl": claude, "b/c.jsonl": "\n" + claude2, "d.jsonl": codex, "e.jsonl": gemini, "f.json": whole,
			"g.json": `{"name":"package"}`, "h.jsonl": `{"x":1}`, "i.jsonl": "", "j.jsonl": strings.Repeat("x", 1<<17),
		}, []string{"unknown . @ [g.json h.jsonl i.jsonl j.jsonl]", "claudecode . @ [a.jsonl b/c.jsonl]", "codex . @ [d.jsonl]", "gemini . @ [e.jsonl f.json]"}},
	} {
		homes, err := ingest.Discover(context.Background(), readtest.Files(tc.files))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range homes {
			got = append(got, fmt.Sprintf("%s %s %s@%s %v", h.Kind, h.Path, h.Subject, h.Team, h.Files))
		}
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s:\n got %q\nwant %q", tc.name, got, tc.want)
		}
	}
	if _, err := ingest.Discover(context.Background(), os.DirFS("nothing-here")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder gives %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ingest.Discover(ctx, fstest.MapFS{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
}

func TestUsual(t *testing.T) {
	for _, tc := range []struct {
		home string
		env  map[string]string
		want string
	}{
		{"/home/ada", nil, "claudecode=/home/ada/.claude claudecode=/home/ada/.config/claude codex=/home/ada/.codex gemini=/home/ada/.gemini"},
		{"/home/ada", map[string]string{"CLAUDE_CONFIG_DIR": " /a/x , ~/y,/a/x/,", "CODEX_HOME": "/c"}, "claudecode=/a/x claudecode=/home/ada/y codex=/c gemini=/home/ada/.gemini"},
		{"", map[string]string{"CODEX_HOME": "~/c"}, ""},
		{"", map[string]string{"CODEX_HOME": "/c"}, "codex=/c"},
	} {
		var got []string
		for _, r := range ingest.Usual(tc.home, func(k string) string { return tc.env[k] }) {
			got = append(got, fmt.Sprintf("%s=%s", r.Kind, strings.ReplaceAll(r.Path, `\`, "/")))
		}
		if s := strings.Join(got, " "); s != tc.want {
			t.Errorf("%q %v: got %s, want %s", tc.home, tc.env, s, tc.want)
		}
	}
}
