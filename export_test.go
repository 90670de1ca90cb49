package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// everyField are events that say everything an event can, and voids.
func everyField() []tokenomics.Event {
	reported := pricing.MustMoney("0.000000000001")
	full := tokenomics.Event{
		Source: "a\"b\\<é\u202e>", ID: "  \u2028 ", Revision: 1 << 62, Subject: "zoë 流れ 😀", Session: "s", Workflow: "w", Team: "t",
		Labels: store.Labels{{Key: "a", Value: ""}, {Key: "b", Value: "x"}}, Actor: store.Automation, Trust: store.Vendor,
		Flags: store.FlagPartial | store.FlagEstimated | store.FlagBackfilled, ReportedCost: &reported,
	}
	full.Provider, full.Model, full.Account, full.Tier, full.Speed, full.Region = "acme", "small", "acc", "batch", "fast", "eu"
	full.At = time.Date(2001, 2, 3, 4, 5, 6, 789_012_345, time.UTC)
	full.Usage = tokenomics.Usage{Input: 1, CacheRead: 2, CacheWrite5m: 3, Output: 1e12, Reasoning: 5, WebSearches: 6, Requests: 7}
	void := full
	void.ID, void.Void, void.Flags, void.ReportedCost, void.Labels, void.Actor = "void", true, 0, nil, nil, store.Human
	bare := tokenomics.Event{Source: "s", ID: "bare", Void: true}
	bare.At = full.At
	return []tokenomics.Event{full, void, bare}
}

// TestExportImport: a ledger that is exported and imported is the same ledger,
// byte for byte, with every field, however often it is imported; two merge.
func TestExportImport(t *testing.T) {
	ctx := context.Background()
	cfg := tokenomics.Config{Store: newSubjectStore(), MaxLate: tokenomics.NoLimit, Boards: peopleBoards, Book: testBook(t, "0.0013")}
	eng := newEngine(t, cfg)
	record(t, eng, everyField()...)
	record(t, eng, teamVersions(rand.New(rand.NewPCG(1, 1)), 300)...)
	for _, names := range [][2]string{{"ana", "bo"}, {"cem", "dua"}, {"cem", ""}} {
		if err := eng.Rename(ctx, names[0], names[1]); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	wrote, err := eng.Export(ctx, &out)
	if err != nil || wrote.Aliases != 2 || wrote.Events < 50 {
		t.Fatalf("%+v, %v", wrote, err)
	}
	target := tokenomics.Config{Store: newSubjectStore(), Boards: peopleBoards, Book: cfg.Book} // refuses what is late, but not from a ledger
	other := newEngine(t, target)
	for i, r := range []io.Reader{bytes.NewReader(out.Bytes()), iotest.OneByteReader(bytes.NewReader(out.Bytes())), io.MultiReader(bytes.NewReader(out.Bytes()), strings.NewReader("\n \r\n"))} {
		got, err := other.Import(ctx, r)
		if err != nil || got.Events != wrote.Events || got.Aliases != 2 || got.Err != nil {
			t.Fatalf("%+v, %v", got, err)
		}
		if want := []tokenomics.Status{tokenomics.Accepted, tokenomics.Duplicate, tokenomics.Duplicate}[i]; got.Of(want) != got.Events {
			t.Errorf("import %d: %+v", i, got)
		}
		if !bytes.Equal(snapshot(t, eng), snapshot(t, other)) {
			t.Errorf("import %d: the state differs", i)
		}
		var again bytes.Buffer
		if _, err := other.Export(ctx, &again); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
			t.Errorf("import %d: exported again, the bytes differ (%v)", i, err)
		}
	}
	more := call("more", "bo", testNow)
	record(t, other, more)
	if r := record(t, eng, call("only here", "ana", testNow)); r[0].Err != nil {
		t.Fatal(r)
	}
	out.Reset()
	if _, err := eng.Export(ctx, &out); err != nil {
		t.Fatal(err)
	}
	if got, err := other.Import(ctx, &out); err != nil || got.Of(tokenomics.Accepted) != 1 {
		t.Errorf("merging: %+v, %v", got, err)
	}
}

// TestExportGolden: the bytes of version 1 stay readable, and are what is
// written.
func TestExportGolden(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{Store: newSubjectStore(), MaxLate: tokenomics.NoLimit})
	record(t, eng, everyField()...)
	if err := eng.Rename(ctx, "zoë 流れ 😀", "zoe"); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := eng.Export(ctx, &got); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/ledger-v1.jsonl"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got\n%s, want\n%s", got.Bytes(), want)
	}
}

// TestFault22DamagedExport: cut at every byte, and with every byte changed, an
// export is refused; of a file nothing is imported then.
func TestFault22DamagedExport(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{MaxLate: tokenomics.NoLimit})
	record(t, eng, everyField()[1:]...)
	var out bytes.Buffer
	if _, err := eng.Export(ctx, &out); err != nil {
		t.Fatal(err)
	}
	good := out.Bytes()
	refused := func(what string, bad []byte) {
		t.Helper()
		st := memstore.New(nil)
		e := newEngine(t, tokenomics.Config{Store: st})
		if _, err := e.Import(ctx, bytes.NewReader(bad)); !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewerFormat) {
			t.Fatalf("%s: %v", what, err)
		}
		for got, err := range st.Scan(ctx, store.Query{Voids: true}) {
			t.Fatalf("%s: something was imported: %+v, %v", what, got, err)
		}
	}
	for n := range len(good) - 1 {
		refused("cut", good[:n])
	}
	for n := range good[:len(good)-1] {
		bad := bytes.Clone(good)
		bad[n] ^= 1 << (n % 7)
		if bytes.EqualFold(bad, good) {
			continue
		}
		refused("changed", bad)
	}
	refused("more", append(bytes.Clone(good), "x"...))
	newer := bytes.Replace(good, []byte(`"version":1`), []byte(`"version":2`), 1)
	refused("newer", newer)
	if _, err := eng.Import(ctx, bytes.NewReader(newer)); !errors.Is(err, store.ErrNewerFormat) {
		t.Errorf("newer: %v", err)
	}
	refused("nothing", nil)
	refused("a long line", append([]byte(`{"type":"`), bytes.Repeat([]byte("x"), 1<<20)...))

	st := memstore.New(nil)
	e := newEngine(t, tokenomics.Config{Store: st})
	got, err := e.Import(ctx, io.MultiReader(bytes.NewReader(good[:len(good)-30])))
	if !errors.Is(err, store.ErrCorrupt) || got.Events != 2 {
		t.Errorf("a stream that was cut: %+v, %v", got, err)
	}
	if got, err := e.Import(ctx, bytes.NewReader(good)); err != nil || got.Of(tokenomics.Duplicate) != 2 {
		t.Errorf("completed: %+v, %v", got, err)
	}
	if got, err := e.Import(ctx, iotest.ErrReader(errDisk)); !errors.Is(err, errDisk) || got.Events != 0 {
		t.Errorf("a reader that fails: %+v, %v", got, err)
	}
}

// TestFault24ExportToAFullDisk: a writer that fails fails the export.
func TestFault24ExportToAFullDisk(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{MaxLate: tokenomics.NoLimit})
	record(t, eng, everyField()...)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer func() { _ = full.Close() }()
	if _, err := eng.Export(ctx, full); err == nil {
		t.Error("a full disk was not noticed")
	}
	if _, err := eng.Export(ctx, writerFunc(func([]byte) (int, error) { return 0, io.ErrClosedPipe })); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
}

// TestImportFails: what a store cannot do is said, what it refuses is counted, and
// a failure is completed by importing again.
func TestImportFails(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{Store: newSubjectStore()})
	var events []tokenomics.Event
	for i := range 2500 {
		events = append(events, call(time.Duration(i).String(), "ana", testNow))
	}
	record(t, eng, events...)
	var plain, renamed bytes.Buffer
	if _, err := eng.Export(ctx, &plain); err != nil {
		t.Fatal(err)
	}
	if err := eng.Rename(ctx, "ana", "bo"); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Export(ctx, &renamed); err != nil {
		t.Fatal(err)
	}
	if _, err := newEngine(t, tokenomics.Config{Store: fiveMethods{memstore.New(nil)}}).Import(ctx, &renamed); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("aliases into a store that has none: %v", err)
	}
	small := newEngine(t, tokenomics.Config{Store: memstore.New(&memstore.Options{MaxEvents: 10})})
	if got, err := small.Import(ctx, bytes.NewReader(plain.Bytes())); err != nil || got.Of(tokenomics.Accepted) != 10 || got.Of(tokenomics.Refused) != 2490 || !errors.Is(got.Err, store.ErrFull) {
		t.Errorf("into a small store: %+v, %v", got, err)
	}
	f := &failing{Store: memstore.New(nil)}
	e := newEngine(t, tokenomics.Config{Store: f})
	f.left = 2
	if got, err := e.Import(ctx, bytes.NewReader(plain.Bytes())); !errors.Is(err, errDisk) || got.Events != 1000 {
		t.Errorf("a store that fails: %+v, %v", got, err)
	}
	if got, err := e.Import(ctx, bytes.NewReader(plain.Bytes())); err != nil || got.Of(tokenomics.Accepted) != 1500 {
		t.Errorf("again: %+v, %v", got, err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := e.Import(gone, bytes.NewReader(plain.Bytes())); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := newEngine(t, tokenomics.Config{ReadOnly: true}).Import(ctx, &plain); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("read-only: %v", err)
	}
}

// FuzzImport gives Import anything: it never panics, and what it takes it exports
// again so that the same comes back.
func FuzzImport(f *testing.F) {
	golden, err := os.ReadFile("testdata/ledger-v1.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte("{\"type\":\"tokenomics.ledger\",\"version\":1}\n{\"type\":\"end\",\"aliases\":0,\"events\":0,\"sha256\":\"\"}\n"))
	book := testBook(f, "1")
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx := context.Background()
		eng := newEngine(t, tokenomics.Config{Store: newSubjectStore(), Book: book})
		got, err := eng.Import(ctx, bytes.NewReader(data))
		if err != nil || got.Of(tokenomics.Accepted) != got.Events {
			return
		}
		var out bytes.Buffer
		if _, err := eng.Export(ctx, &out); err != nil {
			t.Fatal(err)
		}
		if back, err := eng.Import(ctx, &out); err != nil || back.Of(tokenomics.Duplicate) != back.Events {
			t.Fatalf("%+v, %v", back, err)
		}
	})
}
