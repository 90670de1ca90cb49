package ingest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Kind says whose logs a home holds.
type Kind uint8

// The kinds. Unknown is for loose files that are no log of any tool.
const (
	Unknown Kind = iota
	ClaudeCode
	Codex
	Gemini
)

var kindNames = [...]string{"unknown", "claudecode", "codex", "gemini"}

// String returns "unknown", "claudecode", "codex" or "gemini".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Home is a folder with the logs of one tool and, if the layout shows it, of
// one person.
type Home struct {
	Kind    Kind
	Path    string // of the folder, in the file system that was searched
	Subject string // the folder it stands in; empty at the root
	Team    string // the folder that one stands in; empty if there is none

	// Files, relative to Path, are the logs of a folder that is no home of a
	// tool but has such files lying about; nil in a home.
	Files []string
}

// folderNames are the names that homes go by.
var folderNames = map[string]Kind{".claude": ClaudeCode, ".codex": Codex, ".gemini": Gemini}

// Discover looks for the homes of the tools in fsys.
//
//   - Folders named .claude, .codex and .gemini are homes, and so is
//     .config/claude. The folder a home stands in names the subject, the one
//     above it the team: team/person/.claude.
//   - Without any, fsys may be a home itself: it has projects/, sessions/ or
//     archived_sessions/, or tmp/ with a chats folder in it.
//   - Else every *.jsonl and *.json file is judged by its first lines, and
//     those of one kind make one Home each, without a subject. Files that are
//     no log of any kind make a Home of kind Unknown, so that reading can say
//     that they were passed over.
//
// Homes are sorted by path, then kind. Folders that cannot be listed are
// passed over here and are problems when they are read; only an unreadable
// root and the context are errors.
func Discover(ctx context.Context, fsys fs.FS) ([]Home, error) {
	var homes []Home
	var loose []string
	err := walk(ctx, fsys, func(file string, d fs.DirEntry) error {
		if !d.IsDir() {
			if ext := path.Ext(file); ext == ".jsonl" || ext == ".json" {
				loose = append(loose, file)
			}
			return nil
		}
		kind, where := folderNames[path.Base(file)], path.Dir(file)
		if path.Base(file) == "claude" && path.Base(where) == ".config" && isDir(fsys, path.Join(file, "projects")) {
			kind, where = ClaudeCode, path.Dir(where)
		}
		if kind == Unknown {
			return nil
		}
		h := Home{Kind: kind, Path: file}
		if where != "." {
			h.Subject = path.Base(where)
			if above := path.Dir(where); above != "." {
				h.Team = path.Base(above)
			}
		}
		homes = append(homes, h)
		return fs.SkipDir
	})
	if err != nil {
		return nil, err
	}
	if homes == nil {
		homes = rootHomes(fsys)
	}
	if homes == nil {
		if homes, err = sniffAll(ctx, fsys, loose); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(homes, func(a, b Home) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind)) })
	return homes, nil
}

// walk visits everything that can be listed.
func walk(ctx context.Context, fsys fs.FS, visit func(file string, d fs.DirEntry) error) error {
	return fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		if ctxErr := ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		if err != nil {
			if file == "." {
				return fmt.Errorf("ingest: cannot read the folder: %w", err)
			}
			return fs.SkipDir
		}
		return visit(file, d)
	})
}

func isDir(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.IsDir()
}

// rootHomes returns what the root of fsys is a home of.
func rootHomes(fsys fs.FS) []Home {
	var homes []Home
	if isDir(fsys, "projects") {
		homes = append(homes, Home{Kind: ClaudeCode, Path: "."})
	}
	if isDir(fsys, "sessions") || isDir(fsys, "archived_sessions") {
		homes = append(homes, Home{Kind: Codex, Path: "."})
	}
	if entries, err := fs.ReadDir(fsys, "tmp"); err == nil {
		for _, e := range entries {
			if isDir(fsys, path.Join("tmp", e.Name(), "chats")) {
				homes = append(homes, Home{Kind: Gemini, Path: "."})
				break
			}
		}
	}
	return homes
}

// sniffAll sorts loose files by kind.
func sniffAll(ctx context.Context, fsys fs.FS, files []string) ([]Home, error) {
	byKind := make(map[Kind]*Home)
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		kind := sniff(fsys, file)
		if byKind[kind] == nil {
			byKind[kind] = &Home{Kind: kind, Path: "."}
		}
		byKind[kind].Files = append(byKind[kind].Files, file)
	}
	var homes []Home
	for _, h := range byKind {
		homes = append(homes, *h)
	}
	return homes, nil
}

// sniffSize is how much of a file is looked at to tell its kind.
const sniffSize = 64 << 10

// sniff tells the kind of a loose file by its first lines.
func sniff(fsys fs.FS, file string) Kind {
	f, err := fsys.Open(file)
	if err != nil {
		return Unknown
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	head := make([]byte, sniffSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Unknown
	}
	head = head[:n]
	if strings.HasSuffix(file, ".json") { // only one tool keeps whole sessions
		if has(head, "sessionId") && (has(head, "messages") || has(head, "projectHash")) {
			return Gemini
		}
		return Unknown
	}
	for line := range bytes.Lines(head) {
		switch {
		case has(line, "payload") && (has(line, "session_meta") || has(line, "event_msg") || has(line, "turn_context") || has(line, "response_item")):
			return Codex
		case has(line, "projectHash"), has(line, "$set"), has(line, "$rewindTo"), has(line, "gemini") && has(line, "tokens"):
			return Gemini
		case has(line, "sessionId") && has(line, "type"), has(line, "assistant") && has(line, "message"), has(line, "leafUuid"):
			return ClaudeCode
		}
	}
	return Unknown
}

// has reports whether text has a JSON string that is just word.
func has(text []byte, word string) bool { return bytes.Contains(text, []byte(`"`+word+`"`)) }
