package run

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics/ingest"
)

// Verdict says what a reader does with a file it comes across.
type Verdict uint8

// The verdicts.
const (
	Ignore      Verdict = iota // no log of this kind
	Read                       // a log
	Unsupported                // a log in a form that is not read
)

// homes are the folders of the tools. A reader does not enter another's.
var homes = []string{".claude", ".codex", ".gemini"}

// Files returns the files that accept takes, sorted, from those of the
// folders that exist, or from the whole file system if none does.
// Options.Files goes before all that. Only a root that cannot be read, a
// folder of Options.Files not among them, and the context are errors.
func (r *Run) Files(folders []string, accept func(file string) Verdict) ([]string, error) {
	if info, err := fs.Stat(r.fsys, "."); err != nil {
		return nil, fmt.Errorf("ingest: cannot read the folder: %w", err)
	} else if !info.IsDir() {
		return nil, errors.New("ingest: cannot read the folder: it is a file")
	}
	if r.Options.Files != nil {
		r.filesTotal = len(r.Options.Files)
		return r.Options.Files, nil
	}
	var roots []string
	for _, f := range folders {
		if info, err := fs.Stat(r.fsys, f); err == nil && info.IsDir() {
			roots = append(roots, f)
		}
	}
	if roots == nil {
		roots = []string{"."}
	}
	var files []string
	for _, root := range roots {
		found, err := r.walk(root, accept)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	r.filesTotal = len(files)
	return files, nil
}

func (r *Run) walk(root string, accept func(file string) Verdict) ([]string, error) {
	var files []string
	err := fs.WalkDir(r.fsys, root, func(file string, d fs.DirEntry, err error) error {
		if ctxErr := r.ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		switch {
		case err != nil && file == root:
			return fmt.Errorf("ingest: cannot read the folder: %w", err)
		case err != nil:
			r.WarnFile(file, ingest.KindUnreadable, reason(err))
			return fs.SkipDir
		case d.IsDir():
			if file != root && slices.Contains(homes, path.Base(file)) {
				return fs.SkipDir
			}
			return nil
		}
		verdict := accept(file)
		if d.Type()&fs.ModeSymlink != 0 {
			if info, err := fs.Stat(r.fsys, file); err == nil && info.IsDir() {
				r.WarnFile(file, ingest.KindNotFollowed, "is a link to a folder")
				return nil
			}
		} else if !d.Type().IsRegular() { // a pipe or a device would block or never end
			verdict = Ignore
		}
		switch verdict {
		case Read:
			files = append(files, file)
		case Unsupported:
			r.WarnFile(file, ingest.KindUnsupported, "is compressed: unpack it first")
		default:
			r.Count(ingest.FilesIgnored)
		}
		return nil
	})
	return files, err
}

// JSONLines accepts *.jsonl and calls its compressed forms unsupported.
func JSONLines(file string) Verdict {
	switch {
	case strings.HasSuffix(file, ".jsonl"):
		return Read
	case strings.HasSuffix(file, ".jsonl.zst"), strings.HasSuffix(file, ".jsonl.gz"):
		return Unsupported
	}
	return Ignore
}
