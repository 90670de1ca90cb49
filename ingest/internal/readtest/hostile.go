package readtest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tokenomics-go/tokenomics/ingest"
)

// Mutations reads fsys many times, each time with some bytes of one file
// changed, cut out, doubled or cut off, and checks what holds of any input.
func Mutations(t *testing.T, read Func, fsys fstest.MapFS, seed uint64) {
	t.Helper()
	var names []string
	for name := range fsys {
		names = append(names, name)
	}
	slices.Sort(names)
	rng := rand.New(rand.NewPCG(seed, 2))
	alphabet := []byte("{}[]\",:\\\n\r\x00\xff0123456789-.eatnul")
	for range 300 {
		name := names[rng.IntN(len(names))]
		data := append([]byte(nil), fsys[name].Data...)
		for range 1 + rng.IntN(4) {
			if len(data) < 2 {
				break
			}
			i := rng.IntN(len(data))
			j := min(len(data), i+1+rng.IntN(40))
			switch rng.IntN(5) {
			case 0, 1:
				data[i] = alphabet[rng.IntN(len(alphabet))]
			case 2:
				data = append(data[:i:i], data[j:]...)
			case 3:
				data = append(append(data[:j:j], data[i:j]...), data[j:]...)
			case 4:
				if rng.IntN(4) == 0 {
					data = data[:i]
				}
			}
		}
		changed := make(fstest.MapFS, len(fsys))
		for n, f := range fsys {
			changed[n] = f
		}
		changed[name] = &fstest.MapFile{Data: data}
		Read(t, read, changed, nil)
		if t.Failed() {
			t.Fatalf("seed %d: %s is\n%q", seed, name, data)
		}
	}
}

// ErrBroken is what a [Broken] file system fails with.
var ErrBroken = errors.New("the disk is on fire")

// Broken is a file system of which one file cannot be opened, one breaks off
// half-way, and one folder cannot be listed.
type Broken struct {
	fs.FS
	Closed, Torn, Hidden string
}

// Open implements [fs.FS].
func (b Broken) Open(name string) (fs.File, error) {
	if name == b.Closed || name == b.Hidden {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrBroken}
	}
	f, err := b.FS.Open(name)
	if err != nil || name != b.Torn {
		return f, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return &tornFile{f, io.LimitReader(f, info.Size()/2)}, nil
}

type tornFile struct {
	fs.File
	half io.Reader
}

func (f *tornFile) Read(b []byte) (int, error) {
	n, err := f.half.Read(b)
	if err == io.EOF {
		err = ErrBroken
	}
	return n, err
}

// Disk checks that faults of the disk are problems and cost only what they
// hide. Good must be a file that gives one event or more; ext is its ending.
func Disk(t *testing.T, read Func, folder string, good string, ext string) {
	t.Helper()
	names := [...]string{"a-good", "b-closed", "c-torn", "d-hidden/x", "e-good"}
	files := make(map[string]string)
	for _, n := range names {
		files[path.Join(folder, n+ext)] = good
	}
	broken := Broken{Files(files), path.Join(folder, "b-closed"+ext), path.Join(folder, "c-torn"+ext), path.Join(folder, "d-hidden")}
	events, report := Read(t, read, broken, nil)
	if len(events) == 0 || report.Files != 3 {
		t.Errorf("%d events from %d files; want some from 3", len(events), report.Files)
	}
	if n := report.ProblemKinds[ingest.KindUnreadable]; n != 3 {
		t.Errorf("%d problems, want 3: %v", n, report.Problems)
	}
}

// endless is a file system whose one file has 100 MB in the middle.
type endless struct {
	fs.FS
	name, before, after string
}

// Open implements [fs.FS].
func (e endless) Open(name string) (fs.File, error) {
	f, err := e.FS.Open(name)
	if err != nil || name != e.name {
		return f, err
	}
	return &endlessFile{f, io.MultiReader(strings.NewReader(e.before), io.LimitReader(xs{}, 100<<20), strings.NewReader(e.after))}, nil
}

type endlessFile struct {
	fs.File
	all io.Reader
}

func (f *endlessFile) Read(b []byte) (int, error) { return f.all.Read(b) }

type xs struct{}

func (xs) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// LongLine checks that 100 MB between before and after, within a line or a
// message, are one problem and are never held.
func LongLine(t *testing.T, read Func, name, before, after string, events int) {
	t.Helper()
	fsys := endless{Files(map[string]string{name: ""}), name, before, after}
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	got, report := Read(t, read, fsys, nil)
	runtime.ReadMemStats(&end)
	if len(got) != events || len(report.Problems) != 1 || report.ProblemKinds[ingest.KindLongLine] != 1 {
		t.Errorf("%d events, %v; want %d and one long line", len(got), report.Problems, events)
	}
	if mb := (end.TotalAlloc - start.TotalAlloc) >> 20; mb > 128 { // a buffer that doubles up to the limit of 16 MiB, and what it outgrew
		t.Errorf("%d MB were allocated", mb)
	}
}

// Cancelled checks that a context that ends half-way gives its error and a
// report that balances all the same.
func Cancelled(t *testing.T, read Func, fsys fs.FS) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events, report, err := read(ctx, fsys, &ingest.Options{Subject: "ada", Progress: func(ingest.Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ends half-way gives %v", err)
	}
	if report.Files == 0 {
		t.Error("nothing was read before the context ended")
	}
	Check(t, events, report)
}

// Callback checks that a panic of the host's function is a problem.
func Callback(t *testing.T, read Func, fsys fs.FS) {
	t.Helper()
	calls := 0
	want, _ := Read(t, read, fsys, nil)
	events, report := Read(t, read, fsys, &ingest.Options{Progress: func(ingest.Progress) { calls++; panic("oh no") }})
	if calls != 1 || report.ProblemKinds[ingest.KindCallback] != 1 || len(events) != len(want) {
		t.Errorf("%d calls, %v, %d events; want 1, one problem, %d", calls, report.Problems, len(events), len(want))
	}
}

// Folder loads a folder of the disk.
func Folder(t testing.TB, dir fs.FS) fstest.MapFS {
	t.Helper()
	all := make(fstest.MapFS)
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, name)
		all[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
