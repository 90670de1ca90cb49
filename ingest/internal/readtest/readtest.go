// Package readtest checks what every reader promises, whatever it read.
package readtest

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/store"
)

// Func is a reader.
type Func func(context.Context, fs.FS, *ingest.Options) ([]store.Event, ingest.Report, error)

// Files makes a file system of names and contents.
func Files(files map[string]string) fstest.MapFS {
	m := make(fstest.MapFS, len(files))
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// Read reads fsys for a subject and checks what holds of any input: lines
// balance, events are fit for a store, sorted and unique.
func Read(t testing.TB, read Func, fsys fs.FS, opts *ingest.Options) ([]store.Event, ingest.Report) {
	t.Helper()
	if opts == nil {
		opts = &ingest.Options{}
	}
	o := *opts
	if o.Subject == "" {
		o.Subject = "ada"
	}
	events, report, err := read(context.Background(), fsys, &o)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	Check(t, events, report)
	return events, report
}

// Check checks the promises of a finished reading.
func Check(t testing.TB, events []store.Event, report ingest.Report) {
	t.Helper()
	if err := report.Balance(); err != nil {
		t.Error(err)
	}
	if report.Events != int64(len(events)) {
		t.Errorf("report has %d events, want %d", report.Events, len(events))
	}
	var kinds int64
	for _, n := range report.ProblemKinds {
		kinds += n
	}
	if kinds != report.ProblemCount || int64(len(report.Problems)) > report.ProblemCount {
		t.Errorf("%d problems are kept, %d counted, %d by kind", len(report.Problems), report.ProblemCount, kinds)
	}
	seen := make(map[store.Key]bool)
	for i := range events {
		e := &events[i]
		if err := store.Validate(e); err != nil {
			t.Errorf("event %d: %v", i, err)
		}
		if seen[e.Key()] {
			t.Errorf("event %v is there twice", e.Key())
		}
		seen[e.Key()] = true
		if i > 0 && events[i-1].At.After(e.At) {
			t.Errorf("event %d is not sorted by time", i)
		}
	}
}

// AnyOrder checks that events and counters are the same in whatever order the
// files are read.
func AnyOrder(t *testing.T, read Func, fsys fstest.MapFS, seed uint64) {
	t.Helper()
	var files []string
	for name := range fsys {
		files = append(files, name)
	}
	slices.Sort(files)
	wantEvents, wantReport := Read(t, read, fsys, &ingest.Options{Files: files})
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 20 {
		rng.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		events, report := Read(t, read, fsys, &ingest.Options{Files: files})
		if !reflect.DeepEqual(events, wantEvents) {
			t.Fatalf("seed %d, order %v: events differ:\n got %s\nwant %s", seed, files, Describe(events), Describe(wantEvents))
		}
		if report.Counts != wantReport.Counts || !reflect.DeepEqual(report.Links, wantReport.Links) {
			t.Fatalf("seed %d, order %v: counters differ:\n got %v\nwant %v", seed, files, Counts(report), Counts(wantReport))
		}
	}
}

// Describe writes events, one a line, without what all have in common:
// time id revision model tier/speed/region session workflow labels meters.
func Describe(events []store.Event) string {
	var b strings.Builder
	for i := range events {
		e := &events[i]
		fmt.Fprintf(&b, "%s %s r%d %s/%s", e.At.Format("01-02T15:04:05.000"), e.ID, e.Revision, e.Provider, e.Model)
		for _, s := range []struct{ name, value string }{
			{"tier", e.Tier}, {"speed", e.Speed}, {"region", e.Region}, {"session", e.Session}, {"workflow", e.Workflow},
		} {
			if s.value != "" {
				fmt.Fprintf(&b, " %s=%s", s.name, s.value)
			}
		}
		for _, l := range e.Labels {
			fmt.Fprintf(&b, " %s=%s", l.Key, l.Value)
		}
		b.WriteString(" |")
		for m, n := range e.Usage.All() {
			fmt.Fprintf(&b, " %s:%d", m, n)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Counts writes the counters that are not zero, such as "replies:1 faulty:2".
func Counts(report ingest.Report) string {
	var b strings.Builder
	for c, n := range report.Counts.All() {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s:%d", c, n)
	}
	return b.String()
}

// Diff fails the test if two texts differ.
func Diff(t *testing.T, what, got, want string) {
	t.Helper()
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("%s:\n got\n%s\nwant\n%s", what, got, want)
	}
}

// SameReversed checks that events and counters are the same when files are
// read in the opposite order.
func SameReversed(t testing.TB, read Func, fsys fstest.MapFS) {
	t.Helper()
	var files []string
	for name := range fsys {
		files = append(files, name)
	}
	slices.Sort(files)
	events, report := Read(t, read, fsys, &ingest.Options{Files: files})
	slices.Reverse(files)
	events2, report2 := Read(t, read, fsys, &ingest.Options{Files: files})
	if !reflect.DeepEqual(events, events2) || report.Counts != report2.Counts {
		t.Errorf("the order of files matters:\n%s%s\n%s%s", Describe(events), Counts(report), Describe(events2), Counts(report2))
	}
}
