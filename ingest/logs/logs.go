// Package logs finds and reads the logs of all tools that package ingest knows.
package logs

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/claudecode"
	"github.com/tokenomics-go/tokenomics/ingest/codex"
	"github.com/tokenomics-go/tokenomics/ingest/gemini"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/store"
)

// Read reads every home that [ingest.Discover] finds in fsys. An event's
// subject and team are those of its home, or those of opts where the layout
// does not show them. Events are sorted by (At, Source, ID); the report sums
// those of all homes, with paths as in fsys. A nil opts means defaults.
//
// A call that two homes tell of, such as a folder that was copied, is one
// event of each: they share a key, and a store keeps one of them.
func Read(ctx context.Context, fsys fs.FS, opts *ingest.Options) ([]store.Event, ingest.Report, error) {
	var all ingest.Report
	homes, err := ingest.Discover(ctx, fsys)
	if err != nil {
		return nil, all, err
	}
	var events []store.Event
	for i := range homes {
		found, report, err := ReadHome(ctx, fsys, &homes[i], after(opts, &all))
		all.Merge(&report)
		events = append(events, found...)
		if err != nil {
			return events, all, fmt.Errorf("%s: %w", homes[i].Path, err)
		}
	}
	run.SortEvents(events)
	return events, all, nil
}

// after returns options for the next home: progress goes on from what was read
// before, and problems fill what room is left.
func after(opts *ingest.Options, before *ingest.Report) *ingest.Options {
	var o ingest.Options
	if opts != nil {
		o = *opts
	}
	limit := o.MaxProblems
	if limit == 0 {
		limit = ingest.DefaultMaxProblems
	}
	if o.MaxProblems = limit - len(before.Problems); o.MaxProblems <= 0 {
		o.MaxProblems = -1
	}
	if call := o.Progress; call != nil {
		files, lines, bytes := int(before.Files), before.Lines, before.Bytes
		o.Progress = func(p ingest.Progress) {
			call(ingest.Progress{Files: files + p.Files, FilesTotal: files + p.FilesTotal, Lines: lines + p.Lines, Bytes: bytes + p.Bytes})
		}
	}
	return &o
}

// ReadHome reads one home of fsys, as its kind's reader does. The home's
// subject and team, where it has them, go before those of opts, and the
// home's files, where it names them, before those of opts.
func ReadHome(ctx context.Context, fsys fs.FS, home *ingest.Home, opts *ingest.Options) ([]store.Event, ingest.Report, error) {
	var o ingest.Options
	if opts != nil {
		o = *opts
	}
	if home.Subject != "" {
		o.Subject, o.Team = home.Subject, cmp.Or(home.Team, o.Team)
	}
	if home.Files != nil {
		o.Files = home.Files
	}
	sub, err := fs.Sub(fsys, home.Path)
	if err != nil {
		return nil, ingest.Report{}, err
	}
	var events []store.Event
	var report ingest.Report
	switch home.Kind {
	case ingest.ClaudeCode:
		events, report, err = claudecode.Read(ctx, sub, &o)
	case ingest.Codex:
		events, report, err = codex.Read(ctx, sub, &o)
	case ingest.Gemini:
		events, report, err = gemini.Read(ctx, sub, &o)
	case ingest.Unknown:
		return nil, passOver(sub, &o), nil
	default:
		return nil, report, fmt.Errorf("ingest: no reader for %s", home.Kind)
	}
	if home.Path != "." {
		for i := range report.Problems {
			report.Problems[i].File = path.Join(home.Path, report.Problems[i].File)
		}
	}
	return events, report, err
}

// passOver reports files that are no log of any tool: a .jsonl file, and one
// that is not JSON, is a problem; other .json files are just ignored.
func passOver(fsys fs.FS, opts *ingest.Options) ingest.Report {
	var report ingest.Report
	limit := opts.MaxProblems
	if limit == 0 {
		limit = ingest.DefaultMaxProblems
	}
	for _, file := range opts.Files {
		p := ingest.Problem{File: file, Kind: ingest.KindUnsupported, Detail: "no log of Claude Code, Codex or Gemini CLI"}
		switch start, err := firstByte(fsys, file); {
		case err != nil:
			p.Kind, p.Detail = ingest.KindUnreadable, err.Error()
		case start != 0 && start != '{' && start != '[':
			p.Kind, p.Line, p.Detail = ingest.KindNotJSON, 1, "the file begins with no JSON"
		case start == 0 || path.Ext(file) == ".json":
			report.Counts[ingest.FilesIgnored]++
			continue
		}
		report.AddProblem(p, limit)
	}
	return report
}

// firstByte returns the first byte of a file that is not white space; 0 if
// there is none in its first 64 KiB.
func firstByte(fsys fs.FS, file string) (byte, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	head, err := io.ReadAll(io.LimitReader(f, 64<<10))
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if err != nil || len(head) == 0 {
		return 0, err
	}
	return head[0], nil
}
