package ingest

import (
	"path/filepath"
	"strings"
)

// Root is a folder of the operating system where a tool usually keeps logs.
type Root struct {
	Kind Kind
	Path string
}

// Usual returns where the tools keep their logs for the user whose home folder
// is home, whether or not the folders exist. Env is asked for the variables
// that move them, as os.Getenv is: CLAUDE_CONFIG_DIR (several folders,
// separated by commas) and CODEX_HOME. Each folder is named once.
func Usual(home string, env func(string) string) []Root {
	var roots []Root
	add := func(k Kind, dir string) {
		if dir == "" {
			return
		}
		dir = filepath.Clean(dir)
		for _, r := range roots {
			if r == (Root{k, dir}) {
				return
			}
		}
		roots = append(roots, Root{k, dir})
	}
	inHome := func(elements ...string) string {
		if home == "" {
			return ""
		}
		return filepath.Join(append([]string{home}, elements...)...)
	}
	expand := func(dir string) string {
		dir = strings.TrimSpace(dir)
		if rest, ok := strings.CutPrefix(dir, "~"); ok && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
			return inHome(rest)
		}
		return dir
	}
	for dir := range strings.SplitSeq(env("CLAUDE_CONFIG_DIR"), ",") {
		add(ClaudeCode, expand(dir))
	}
	if roots == nil {
		add(ClaudeCode, inHome(".claude"))
		add(ClaudeCode, inHome(".config", "claude"))
	}
	if dir := expand(env("CODEX_HOME")); dir != "" {
		add(Codex, dir)
	} else {
		add(Codex, inHome(".codex"))
	}
	add(Gemini, inHome(".gemini"))
	return roots
}
