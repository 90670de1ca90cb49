package main

import (
	"io/fs"
	"os"
	"testing"

	"github.com/tokenomics-go/tokenomics/examples/claudeonomics/sample"
)

// TestNoDiff proves that the files in the tree are what this program writes.
func TestNoDiff(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir, ""); err != nil {
		t.Fatal(err)
	}
	fresh := read(t, os.DirFS(dir))
	embedded := read(t, sample.FS())
	for path, text := range fresh {
		if embedded[path] != text {
			t.Errorf("%s differs from what gen writes: run go generate", path)
		}
	}
	for path := range embedded {
		if _, ok := fresh[path]; !ok {
			t.Errorf("%s is no longer written: run go generate", path)
		}
	}
}

func read(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, path)
		all[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTrapsAreWhereTheySay proves that every row of the README's tables names a
// line that is there.
func TestTrapsAreWhereTheySay(t *testing.T) {
	tree := newTree()
	for i := range cast {
		cast[i].live(tree)
	}
	layTraps(tree)
	if len(tree.traps) < 40 {
		t.Errorf("%d traps, want at least 40", len(tree.traps))
	}
	for _, trap := range tree.traps {
		f := tree.files[trap.path]
		if f == nil {
			t.Errorf("%s: no such file: %s", trap.name, trap.path)
			continue
		}
		if trap.line > len(f.lines) {
			t.Errorf("%s: line %d of %d", trap.name, trap.line, len(f.lines))
		}
	}
}
