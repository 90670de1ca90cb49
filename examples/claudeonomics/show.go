package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/claudeonomics/sample"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/logs"
	"github.com/tokenomics-go/tokenomics/store"
)

// show reads logs, records them and prints the board or a profile. It reports
// whether something that was read could not be used.
func show(ctx context.Context, o options, out, errs screen.Screen) (faulty bool, err error) {
	in, err := load(ctx, o, errs)
	if err != nil {
		return false, err
	}
	at := o.at
	if at.IsZero() {
		at = in.now
	}
	eng, err := newEngine(ctx, o, at)
	if err != nil {
		return false, err
	}
	if err := in.record(ctx, eng); err != nil {
		return false, err
	}
	r, err := newReport(ctx, eng, o, at)
	if err != nil {
		return false, err
	}
	switch {
	case o.json:
		err = r.writeJSON(ctx, out.W, o.subject, in.qualityLine(r))
	case o.subject != "":
		err = r.printPerson(ctx, out, o.subject)
	default:
		err = r.print(ctx, out, in)
	}
	return !in.sample && in.faults() > 0, err
}

// newEngine returns an engine that takes events of any age and stands still at
// one instant.
func newEngine(ctx context.Context, o options, at time.Time) (*tokenomics.Engine, error) {
	return tokenomics.New(ctx, &tokenomics.Config{
		Boards: o.boards(), MaxLate: tokenomics.NoLimit, MaxFuture: tokenomics.NoLimit,
		Now: func() time.Time { return at },
	})
}

// print prints the whole page: the board, the models, the proof, the quality.
func (r *report) print(ctx context.Context, out screen.Screen, in *loaded) error {
	r.printBoard(out, in.source)
	r.printModels(out)
	if r.dearest.ID != "" {
		proof, err := r.eng.Explain(ctx, r.dearest.Key())
		if err != nil {
			return err
		}
		r.printProof(out, proof)
	}
	in.print(out, r)
	return nil
}

// loaded is what was read from logs.
type loaded struct {
	source  string // for people
	sample  bool
	now     time.Time
	events  []store.Event
	report  ingest.Report
	empty   []string // folders asked for that hold no logs
	refused []refusal
	stats   tokenomics.Stats
}

// refusal is an event that was read but not accepted.
type refusal struct {
	key    store.Key
	status tokenomics.Status
	err    error
}

// faults is how many problems there were, and events that were not accepted.
func (in *loaded) faults() int64 { return in.report.ProblemCount + int64(len(in.refused)) }

// load reads the sample or the folders asked for.
func load(ctx context.Context, o options, errs screen.Screen) (*loaded, error) {
	if len(o.logs) == 0 {
		in := &loaded{source: "an invented company, embedded sample", sample: true, now: sample.At()}
		return in, in.read(ctx, sample.FS(), "", ingest.Options{Now: in.now})
	}
	in := &loaded{now: time.Now().UTC()}
	return in, in.readFolders(ctx, o.logs, errs)
}

// readFolders reads folders. One that cannot be read, or holds no logs, does
// not keep the others from being read: it is told of beside what they hold.
// Without any logs at all it fails.
func (in *loaded) readFolders(ctx context.Context, dirs []string, errs screen.Screen) error {
	var names []string
	var unread ingest.Report // the folders that could not be read
	fail := func(path string, err error) {
		if wrapped := (*fs.PathError)(nil); errors.As(err, &wrapped) {
			err = wrapped.Err // the problem names the path
		}
		unread.AddProblem(ingest.Problem{File: path, Kind: ingest.KindUnreadable, Detail: err.Error()}, math.MaxInt)
	}
	for _, dir := range dirs {
		roots, err := rootsOf(dir)
		if err != nil {
			fail(dir, err)
			continue
		}
		if len(roots) == 0 {
			in.empty = append(in.empty, "the usual folders of this account")
		}
		for _, root := range roots {
			files, problems := in.report.Files, in.report.ProblemCount
			opts := ingest.Options{Now: in.now, Subject: root.subject, Progress: progress(errs, root.path)}
			err := in.read(ctx, os.DirFS(root.path), root.path, opts)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				fail(root.path, err)
			case files == in.report.Files && problems == in.report.ProblemCount:
				in.empty = append(in.empty, root.path)
			default:
				names = append(names, root.path)
			}
		}
	}
	if errs.TTY {
		errs.Printf("\r\x1b[K")
	}
	if in.report.Files == 0 {
		return noLogs(unread.Problems, append(names, in.empty...))
	}
	in.source = strings.Join(names, ", ")
	unread.Merge(&in.report) // so that whole folders come first
	in.report = unread
	return nil
}

const noLogsUnder = "no logs of Claude Code, Codex or Gemini CLI under "

// noLogs says why nothing could be read.
func noLogs(unread []ingest.Problem, empty []string) error {
	var why []string
	for _, p := range unread {
		why = append(why, fmt.Sprintf("-logs %s: %s", p.File, p.Detail))
	}
	if len(empty) > 0 {
		why = append(why, noLogsUnder+strings.Join(empty, ", "))
	}
	return errors.New(strings.Join(why, "; "))
}

// read reads one file system and adds what it holds, up to where an error
// stops it. Paths of problems get the prefix.
func (in *loaded) read(ctx context.Context, fsys fs.FS, prefix string, opts ingest.Options) error {
	events, rep, err := logs.Read(ctx, fsys, &opts)
	for i := range rep.Problems {
		rep.Problems[i].File = filepath.Join(prefix, rep.Problems[i].File)
	}
	in.events = append(in.events, events...)
	in.report.Merge(&rep)
	return err
}

// record gives the events to the engine and keeps what it does not accept.
func (in *loaded) record(ctx context.Context, eng *tokenomics.Engine) error {
	var receipts []tokenomics.Receipt
	for chunk := range slices.Chunk(in.events, 1000) {
		var err error
		if receipts, err = eng.RecordInto(ctx, receipts[:0], chunk); err != nil {
			return err
		}
		for i, rc := range receipts {
			switch rc.Status {
			case tokenomics.Invalid, tokenomics.TooLate, tokenomics.TooEarly, tokenomics.Refused:
				in.refused = append(in.refused, refusal{chunk[i].Key(), rc.Status, rc.Err})
			}
		}
	}
	in.stats = eng.Stats()
	return nil
}

// root is a folder to read, and whose logs it holds where its layout does not
// say.
type root struct{ path, subject string }

// rootsOf turns the value of -logs into folders: auto into those of the usual
// ones that are there.
func rootsOf(dir string) ([]root, error) {
	if dir != "auto" {
		path, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, errors.New("is no folder")
		}
		return []root{{path, filepath.Base(path)}}, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	name := filepath.Base(home)
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	var roots []root
	for _, r := range ingest.Usual(home, os.Getenv) {
		if info, err := os.Stat(r.Path); err == nil && info.IsDir() {
			roots = append(roots, root{r.Path, name})
		}
	}
	return roots, nil
}

// progress shows how far a long import is, where a person watches.
func progress(errs screen.Screen, path string) func(ingest.Progress) {
	if !errs.TTY {
		return nil
	}
	return func(p ingest.Progress) {
		errs.Printf("\r\x1b[K  %s", screen.Fit(fmt.Sprintf("%s: file %s of %s, %s lines, %s", path, screen.Exact(int64(p.Files)),
			screen.Exact(int64(p.FilesTotal)), screen.Count(p.Lines), bytesText(uint64(p.Bytes))), max(errs.Width-3, 40)))
	}
}
