package codex

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/store"
)

// source is the namespace of the ids.
const source = "openai"

// Read reads all rollouts of fsys: the *.jsonl files under sessions/ and
// archived_sessions/, or anywhere if there are no such folders. It returns one
// event for each call, sorted by (At, Source, ID), and what became of every
// line. A nil opts means defaults.
//
// Only a folder that cannot be read and the context are errors. On the
// context's error events and report tell of what was read until then.
func Read(ctx context.Context, fsys fs.FS, opts *ingest.Options) ([]store.Event, ingest.Report, error) {
	r := &reader{Run: run.New(ctx, fsys, opts)}
	r.ofLine, r.ofPayload = r.lineFacts.member, r.payloadMember
	r.ofInfo, r.ofCounts = r.infoFacts.member, r.count
	files, err := r.Files([]string{active, archived}, run.JSONLines)
	if err != nil {
		return nil, r.Report, err
	}
	if r.Options.Files == nil {
		files = r.dropShadowed(files)
	}
	for _, file := range files {
		r.rollout = &rollout{file: file}
		if err = r.Lines(file, r.line); err != nil {
			break
		}
		r.rollouts = append(r.rollouts, r.rollout)
	}
	if err != nil { // the file that was cut short counts as far as it was read
		r.rollouts = append(r.rollouts, r.rollout)
	}
	events := r.events()
	run.SortEvents(events)
	r.Report.Events = int64(len(events))
	return events, r.Report, err
}

// reader is one reading.
type reader struct {
	*run.Run
	rollouts []*rollout
	rollout  *rollout // the one being read
	lineFacts
	infoFacts

	ofLine, ofPayload, ofInfo, ofCounts func(key []byte) *jsonscan.Value // bound once
}

const (
	active   = "sessions"
	archived = "archived_sessions"
)

// dropShadowed leaves out archived logs that are active too: those of the same
// path, and those archived without their date folders of the same name.
func (r *reader) dropShadowed(files []string) []string {
	live := make(map[string]bool)
	for _, f := range files {
		if rel, ok := strings.CutPrefix(f, active+"/"); ok {
			live[rel], live[path.Base(rel)] = true, true
		}
	}
	return slices.DeleteFunc(files, func(f string) bool {
		rel, ok := strings.CutPrefix(f, archived+"/")
		if !ok || !live[rel] {
			return false
		}
		r.Count(ingest.FilesShadowed)
		return true
	})
}
