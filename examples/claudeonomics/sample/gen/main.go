// Command gen writes the sample company: the same bytes every time.
//
// Each person has a random source of their own, seeded by name, so a change to
// one leaves the others as they were. Traps are written by hand in traps*.go
// and listed in the README, between two markers that this program fills.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	out := flag.String("out", "company", "folder to write; removed first")
	readme := flag.String("readme", "README.md", "page whose tables of traps are rewritten; empty: none")
	flag.Parse()
	if err := run(*out, *readme); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out, readme string) error {
	tree := newTree()
	for i := range cast {
		cast[i].live(tree)
	}
	layTraps(tree)
	// The folder goes first, so that a file no longer written does not stay.
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	size, err := tree.write(out)
	if err != nil {
		return err
	}
	fmt.Printf("%d files, %d lines, %d bytes\n", len(tree.files), tree.lines(), size)
	if readme == "" {
		return nil
	}
	return fillTraps(readme, tree.traps)
}

// tree is the company's files as lines, and what was laid in them.
type tree struct {
	files map[string]*file
	traps []trap
}

// file is the lines of one transcript. A file ends with a newline unless bare.
type file struct {
	lines []string
	bare  bool
}

// trap is one row of the README's tables; line 0 means the file as a whole.
type trap struct {
	name, path string
	line       int
	expect     string
}

func newTree() *tree { return &tree{files: map[string]*file{}} }

// file returns the file at path, made if it is new.
func (t *tree) file(path string) *file {
	f, ok := t.files[path]
	if !ok {
		f = &file{}
		t.files[path] = f
	}
	return f
}

// trap notes a trap.
func (t *tree) trap(name, path string, line int, expect string) {
	t.traps = append(t.traps, trap{name, path, line, expect})
}

func (t *tree) lines() (n int) {
	for _, f := range t.files {
		n += len(f.lines)
	}
	return n
}

// write puts every file under dir and returns the bytes written.
func (t *tree) write(dir string) (size int, err error) {
	for path, f := range t.files {
		full := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return size, err
		}
		text := strings.Join(f.lines, "\n")
		if !f.bare {
			text += "\n"
		}
		size += len(text)
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			return size, err
		}
	}
	return size, nil
}

// The lines of the README between which the tables of traps stand.
const (
	begin = "<!-- traps: written by go generate -->\n"
	end   = "<!-- end of traps -->"
)

// fillTraps rewrites the tables of traps in the page readme. A page that is
// not there, or has no markers, is left alone.
func fillTraps(readme string, traps []trap) error {
	page, err := os.ReadFile(readme)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	before, rest, ok1 := bytes.Cut(page, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok1 || !ok2 {
		return nil
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(begin)
	rows := slices.Clone(traps)
	slices.SortStableFunc(rows, func(a, b trap) int { return cmp.Compare(tool(a.path), tool(b.path)) })
	path := ""
	for _, r := range rows {
		if r.path != path {
			path = r.path
			fmt.Fprintf(&b, "\n`%s`\n\n| line | trap | what a reader should do |\n|---|---|---|\n", path)
		}
		line := "all"
		if r.line > 0 {
			line = strconv.Itoa(r.line)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", line, r.name, r.expect)
	}
	b.WriteString("\n" + end)
	b.Write(after)
	return os.WriteFile(readme, b.Bytes(), 0o644)
}

// tool says which tool wrote the file, by a number, so that rows group by it.
func tool(path string) int {
	for i, name := range []string{".claude", ".codex", ".gemini"} {
		if strings.Contains(path, "/"+name+"/") {
			return i
		}
	}
	return -1
}
