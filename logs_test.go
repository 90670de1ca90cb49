package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// leaky is an error whose text tells all, as those of drivers may.
type leaky struct{ about string }

func (l leaky) Error() string { return "cannot write row of " + l.about }

// unwrapped lets the abilities of the store below be seen.
type unwrapped struct{ *hooked }

func (u unwrapped) Unwrap() store.Store { return u.Store }

// TestLoggerNeverSeesASubject: whatever goes wrong, with whom, no line of the log
// names a person or the key of a call.
func TestLoggerNeverSeesASubject(t *testing.T) {
	ctx := context.Background()
	const who, key = "secret-person", "secret-key"
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := &hooked{Store: newSubjectStore()}
	clock := testNow
	cfg := tokenomics.Config{Store: unwrapped{h}, Logger: logger, Now: func() time.Time { return clock }, Boards: append(slices.Clone(peopleBoards),
		tokenomics.Board{Name: "bad", Score: func(e *tokenomics.Event) int64 { panic("oops " + e.Subject) }},
		tokenomics.Board{Name: "huge", Score: func(e *tokenomics.Event) int64 { return 1 << 62 }})}
	cfg.Book = testBook(t, "1")
	eng := newEngine(t, cfg)
	event := func(i int) tokenomics.Event {
		e := call(fmt.Sprint(key, i), fmt.Sprint(who, i%3), testNow)
		e.Team, e.Session, e.Labels = who, who, store.Labels{{Key: "k", Value: who}}
		return e
	}
	record(t, eng, event(1), event(2), event(3), event(4), event(7), event(10))
	bad := event(5)
	bad.Usage.Output = -1
	record(t, eng, bad, call("\x00"+key, who, testNow), call(key, who+"\n", testNow))
	for _, err := range []error{leaky{who}, fmt.Errorf("%w of %s", errDisk, who), errors.Join(leaky{key}, errDisk), &store.EventError{Key: keyed(key), Field: "labels", Reason: who}} {
		h.put = func(context.Context, []store.Entry) ([]store.Change, error) { return nil, err }
		if _, err := eng.Record(ctx, event(6)); err == nil {
			t.Error("no error")
		}
		rec := newRecorder(t, eng, tokenomics.RecorderOptions{Attempts: 1, Queue: 1, WhenFull: tokenomics.Drop})
		for i := range 4 {
			_ = rec.Record(ctx, event(i), event(i+1))
			_ = rec.Record(ctx, event(i))
		}
		if _, err := rec.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	h.put = nil
	if _, err := eng.Top("huge", 1); err == nil {
		t.Error("no overflow: the test is too weak")
	}
	back := eng.Backfill()
	if err := back.Add(event(20), event(21)); err != nil {
		t.Fatal(err)
	}
	if _, err := back.Publish(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Reprice(ctx, testBook(t, "2"), time.Time{}, time.Time{}, "for the test"); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Amend(ctx, keyed(key+"1"), func(*tokenomics.Event) { panic(who) }); err == nil {
		t.Error("no error")
	}
	if err := eng.Rename(ctx, who+"0", who+"1"); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Forget(ctx, who+"1"); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Verify(ctx); err != nil {
		t.Fatal(err)
	}
	var dump bytes.Buffer
	if _, err := eng.Export(ctx, &dump); err != nil {
		t.Fatal(err)
	}
	if _, err := newEngine(t, tokenomics.Config{Logger: logger, Store: newSubjectStore()}).Import(ctx, &dump); err != nil {
		t.Fatal(err)
	}
	h.scan = func() error { return leaky{who} }
	clock = clock.Add(400 * 24 * time.Hour)
	_ = eng.Advance(ctx, clock)
	clock = testNow
	_ = eng.Advance(ctx, clock) // must rebuild, and cannot
	h.scan = nil
	log := out.String()
	for _, want := range []string{"recording failed", "gives events up", "no room", "backfill", "priced again", "renamed", "forgotten", "imported", "price book is old", "not what the ledger says"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log says nothing of %q:\n%s", want, log)
		}
	}
	if strings.Contains(log, "secret") || strings.Contains(log, errDisk.Error()+" of") {
		t.Errorf("the log names somebody:\n%s", log)
	}
	if !strings.Contains(log, "tokenomics_test.leaky") {
		t.Errorf("the log does not tell the kind of an error:\n%s", log)
	}
}

// TestWarnsOfOldPrices: once a day, when the newest sheet is older than it may be.
func TestWarnsOfOldPrices(t *testing.T) {
	ctx := context.Background()
	var out bytes.Buffer
	clock := testNow
	cfg := tokenomics.Config{Logger: slog.New(slog.NewTextHandler(&out, nil)), WarnAge: 10 * 24 * time.Hour, Now: func() time.Time { return clock }}
	eng := newEngine(t, cfg)
	warned := func() int { return strings.Count(out.String(), "price book is old") }
	advance := func(d time.Duration) {
		clock = clock.Add(d)
		if err := eng.Advance(ctx, clock); err != nil {
			t.Fatal(err)
		}
	}
	advance(10 * 24 * time.Hour)
	if warned() != 0 {
		t.Errorf("warned of prices that are as old as they may be")
	}
	for _, d := range []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour} {
		advance(d)
	}
	if warned() != 1 {
		t.Errorf("warned %d times in a day", warned())
	}
	advance(24 * time.Hour)
	if warned() != 2 || !strings.Contains(out.String(), "days=11") {
		t.Errorf("warned %d times:\n%s", warned(), out.String())
	}
	if age := eng.Stats().BookAge; age != clock.Sub(testNow) {
		t.Errorf("the book is %s old", age)
	}
	cfg.WarnAge = tokenomics.NoLimit
	out.Reset()
	newEngine(t, cfg)
	if warned() != 0 {
		t.Error("warned though it should not")
	}
}

// TestWarnsOfOldSheets: a sheet of yesterday makes the prices of another no newer;
// each that is old is named once it has priced something, and no other.
func TestWarnsOfOldSheets(t *testing.T) {
	ctx := context.Background()
	var out bytes.Buffer
	sheet := func(name, provider string, age int) pricing.Sheet {
		return pricing.Sheet{Name: name, Source: "made up", AsOf: testNow.AddDate(0, 0, -age), Currency: "USD",
			Models: []pricing.Model{{Provider: provider, ID: "m", Rates: pricing.Rates{Input: pricing.PerMillion("1")}}}}
	}
	book, err := pricing.NewBook(sheet("new", "acme", 1), sheet("old", "bell", 100), sheet("older", "cyan", 200), sheet("unused", "dent", 300))
	if err != nil {
		t.Fatal(err)
	}
	clock := testNow
	eng := newEngine(t, tokenomics.Config{Book: book, Logger: slog.New(slog.NewTextHandler(&out, nil)), Now: func() time.Time { return clock }})
	warned := func(want string) {
		t.Helper()
		clock = clock.Add(24 * time.Hour)
		out.Reset()
		for range 3 {
			if err := eng.Advance(ctx, clock); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			if _, after, ok := strings.Cut(line, "sheet="); ok {
				got = append(got, strings.TrimSpace(after))
			}
		}
		if s := strings.Join(got, ", "); s != want || strings.Contains(out.String(), "book is old") {
			t.Errorf("warned of %q, want %q:\n%s", s, want, out.String())
		}
	}
	warned("")
	for i, provider := range []string{"acme", "bell", "cyan"} {
		e := call(provider, "ana", testNow)
		e.Provider, e.Model = provider, "m"
		if r := record(t, eng, e); r[0].Priced != pricing.Priced {
			t.Fatalf("%+v", r)
		}
		warned([]string{"", "old days=103", "old days=104, older days=204"}[i])
	}
}

// TestGauges: names that a host's dashboards rely on, and sums that hold.
func TestGauges(t *testing.T) {
	ctx := context.Background()
	st := memstore.New(nil)
	eng := newEngine(t, tokenomics.Config{Store: fiveMethods{st}, Boards: peopleBoards})
	e := call("a", "ana", testNow)
	e.Team = "infra"
	record(t, eng, e, e, call("", "ana", testNow), call("b", "bo", testNow.Add(-99*24*time.Hour)))
	var names []string
	got := map[string]int64{}
	for name, n := range eng.Stats().Gauges() {
		names = append(names, name)
		got[name] = n
	}
	want := strings.Fields(`events events_accepted events_superseding events_duplicate events_stale events_conflict events_toolate events_tooearly
		events_invalid events_refused events_dropped events_unknown subjects boards segments boards_broken rebuilds book_age_seconds feed_position`)
	if !slices.Equal(names, want) {
		t.Errorf("names %v", names)
	}
	sum := int64(0)
	for _, name := range names[1:11] {
		sum += got[name]
	}
	if sum != 4 || got["events"] != 4 || got["events_accepted"] != 1 || got["events_duplicate"] != 1 || got["events_invalid"] != 1 || got["events_toolate"] != 1 {
		t.Errorf("%v", got)
	}
	if got["boards"] != 3 || got["segments"] != 2 || got["subjects"] != 1 || got["rebuilds"] != 1 || got["boards_broken"] != 0 {
		t.Errorf("%v", got)
	}
	for range eng.Stats().Gauges() {
		break // stops where the host does
	}
	if _, err := st.Put(ctx, []store.Entry{{Event: call("behind", "x", testNow), Activation: 1, Status: pricing.Priced}}); err != nil {
		t.Fatal(err)
	}
	if v, err := eng.Verify(ctx); err != nil || v.OK() {
		t.Fatal(v, err)
	}
	if _, err := eng.Len("tokens"); err != nil || eng.Stats().Rebuilds != 2 {
		t.Errorf("rebuilt %d times, %v", eng.Stats().Rebuilds, err)
	}
}

// panicking is a handler of the host that is broken.
type panicking struct{ slog.Handler }

func (panicking) Handle(context.Context, slog.Record) error { panic("no log today") }

// TestLoggerThatPanics: what was to be told is done all the same.
func TestLoggerThatPanics(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{Logger: slog.New(panicking{slog.NewTextHandler(io.Discard, nil)})})
	record(t, eng, call("a", "ana", testNow), call("b", "bo", testNow))
	if done, err := eng.Forget(t.Context(), "ana"); err != nil || done.Events != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	if n, err := eng.Len("tokens-30d"); err != nil || n != 1 {
		t.Errorf("%d ranked, %v", n, err)
	}
}
