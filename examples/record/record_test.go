package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

const now = "2026-11-15T12:00:00Z"

// ask runs record and returns its answers as decoded lines.
func ask(t *testing.T, in string, args ...string) (code int, answers []map[string]any, errs string) {
	t.Helper()
	var out, stderr bytes.Buffer
	code = run(context.Background(), append([]string{"-now", now}, args...), strings.NewReader(in), &out, &stderr)
	for line := range strings.Lines(out.String()) {
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		var a map[string]any
		if err := d.Decode(&a); err != nil {
			t.Fatalf("answer %q: %v", line, err)
		}
		answers = append(answers, a)
	}
	return code, answers, stderr.String()
}

func use(id, more string) string {
	return fmt.Sprintf(`{"source":"anthropic","id":%q,"subject":"ana","at":"2026-11-15T09:00:00Z","model":"claude-opus-5-5","usage":{"input":1000,"output":100}%s}`, id, more)
}

// receiptCases walk through every status and every fault of a line, in order.
var receiptCases = []receiptCase{
	{name: "new", line: use("1", ""), status: "accepted", usd: "0.006"},
	{name: "again", line: use("1", ""), status: "duplicate", usd: "0.006"},
	{name: "greater revision", line: strings.Replace(use("1", `,"revision":2`), `"output":100`, `"output":200`, 1), status: "superseding", usd: "0.008"},
	{name: "lesser revision", line: use("1", `,"revision":1`), status: "stale", usd: "0.008"},
	{name: "same revision, less output", line: use("1", `,"revision":2`), status: "conflict", usd: "0.008", counts: false},
	{name: "same revision, more output", line: strings.Replace(use("1", `,"revision":2`), `"output":100`, `"output":300`, 1), status: "conflict", usd: "0.01", counts: true},
	{name: "greater trust", line: use("1", `,"trust":"vendor"`), status: "superseding", usd: "0.006"},
	{name: "void", line: `{"source":"anthropic","id":"1","void":true,"trust":"vendor"}`, status: "superseding", usd: "0"},
	{name: "use after void", line: use("1", `,"trust":"vendor"`), status: "stale", usd: "0"},
	{name: "void of an unknown key", line: `{"source":"anthropic","id":"2","void":true,"at":"2026-11-15T09:00:00Z","revision":1}`, status: "accepted", usd: "0"},
	{name: "void with a usage nobody can read", line: `{"source":"anthropic","id":"2","void":true,"at":"2026-11-15T09:00:00Z","revision":2,"usage":{"inputs":1,"output":-5,"input":"x"}}`, status: "superseding", usd: "0"},
	{name: "void with a usage that is a number", line: `{"source":"anthropic","id":"2","void":true,"at":"2026-11-15T09:00:00Z","revision":3,"usage":5}`, status: "superseding", usd: "0"},
	{name: "void with a usage that is a list", line: `{"source":"anthropic","id":"2","void":true,"at":"2026-11-15T09:00:00Z","revision":4,"usage":[{}]}`, status: "superseding", usd: "0"},
	{name: "use older than its void", line: use("2", ""), status: "stale", usd: "0"},
	{name: "void of an unknown key without a time", line: `{"source":"anthropic","id":"3","void":true}`, code: "missing_key"},
	{name: "unknown model", line: strings.Replace(use("4", ""), "claude-opus-5-5", "orchid-9", 1), status: "accepted"},
	{name: "an alias of OpenTelemetry", line: use("5", `,"provider":"aws.bedrock"`), status: "accepted", usd: "*"},
	{name: "too late", line: strings.Replace(use("6", ""), "2026-11-15T09", "2026-10-01T09", 1), status: "toolate", code: "toolate"},
	{name: "too early", line: strings.Replace(use("7", ""), "2026-11-15T09", "2026-11-15T13", 1), status: "tooearly", code: "tooearly"},
	{name: "no subject", line: strings.Replace(use("8", ""), `"subject":"ana",`, "", 1), code: "missing_key"},
	{name: "empty subject", line: strings.Replace(use("8", ""), `"ana"`, `""`, 1), status: "invalid", code: "invalid"},
	{name: "labels", line: use("9", `,"labels":{"z":"1","a":"2"},"actor":"human","session":"s","workflow":"w","team":"t","tier":"batch"`), status: "accepted", usd: "0.003"},
	{name: "labels that are null", line: use("11", `,"labels":{"gone":null,"":null}`), status: "accepted", usd: "0.006"},
	{name: "null usage", line: strings.Replace(use("12", ""), `{"input":1000,"output":100}`, "null", 1), code: "missing_key"},
	{name: "aggregate", line: strings.Replace(use("13", ""), `"input"`, `"requests":5,"input"`, 1), status: "accepted", usd: "0.006"},
	{name: "unknown meter", line: strings.Replace(use("10", ""), `"input"`, `"inputs"`, 1), code: "unknown_meter"},
	{name: "negative", line: strings.Replace(use("10", ""), "1000", "-1", 1), code: "bad_count"},
	{name: "beyond 1e12", line: strings.Replace(use("10", ""), "1000", "1000000000001", 1), code: "bad_count"},
	{name: "unknown key", line: use("10", `,"paint":"red"`), code: "unknown_key"},
	{name: "duplicate key", line: use("10", `,"id":"11"`), code: "duplicate_key"},
	{name: "duplicate meter", line: strings.Replace(use("10", ""), `"output":100`, `"input":100`, 1), code: "duplicate_key"},
	{name: "wrong type", line: strings.Replace(use("10", ""), `"ana"`, `7`, 1), code: "wrong_type"},
	{name: "no zone", line: strings.Replace(use("10", ""), "09:00:00Z", "09:00:00", 1), code: "bad_time"},
	{name: "trust nobody knows", line: use("10", `,"trust":"me"`), code: "bad_value"},
	{name: "no object", line: `[1]`, code: "not_an_object"},
	{name: "no JSON", line: `{"source":`, code: "bad_json"},
}

// TestReceipts: one answer a line, in order, whatever the batches and the
// store.
func TestReceipts(t *testing.T) {
	var in strings.Builder
	for _, c := range receiptCases {
		in.WriteString(c.line + "\n")
	}
	overStores(t, func(t *testing.T, fresh func() string) {
		for _, batch := range []string{"1", "3", "1000"} {
			code, answers, errs := ask(t, in.String(), "-store", fresh(), "-batch", batch)
			if code != 1 || len(answers) != len(receiptCases) {
				t.Fatalf("batch %s: exit %d, %d answers for %d lines: %s", batch, code, len(answers), len(receiptCases), errs)
			}
			for i, c := range receiptCases {
				c.check(t, batch, i+1, answers[i])
			}
		}
	})
}

type receiptCase struct {
	name, line, status, usd, code string
	counts                        any
}

func (c receiptCase) check(t *testing.T, batch string, n int, a map[string]any) {
	t.Helper()
	bad := func(what string, want any) { t.Errorf("batch %s, %s: %s, want %v in %v", batch, c.name, what, want, a) }
	if fmt.Sprint(a["line"]) != fmt.Sprint(n) {
		bad("line", n)
	}
	if c.status != "" && (a["status"] != c.status || a["type"] != "receipt") {
		bad("status", c.status)
	}
	usd, has := a["usd"]
	if has != (c.usd != "") || has && c.usd != "*" && usd != c.usd {
		bad("usd", c.usd)
	}
	e, has := a["error"].(map[string]any)
	if has != (c.code != "") || has && (e["code"] != c.code || e["message"] == "") {
		bad("error", c.code)
	}
	if a["counts"] != c.counts {
		bad("counts", c.counts)
	}
}

// TestAnswersAtTheEnd: standings and totals of the window, after the receipts.
func TestAnswersAtTheEnd(t *testing.T) {
	in := use("1", "") + "\n" +
		strings.Replace(use("2", ""), "ana", "bo", 1) + "\n" +
		strings.Replace(strings.Replace(use("3", ""), "claude-opus-5-5", "orchid-9", 1), "ana", "cem", 1) + "\n" +
		strings.Replace(use("4", ""), "2026-11-15T09", "2026-10-14T09", 1) // outside the window
	overStores(t, func(t *testing.T, fresh func() string) {
		code, a, errs := ask(t, in, "-store", fresh(), "-top", "5", "-by", "cost", "-totals", "model")
		if code != 0 || len(a) != 4+2+2 {
			t.Fatalf("exit %d, %d answers: %s", code, len(a), errs)
		}
		want := []map[string]any{
			{"type": "standing", "rank": json.Number("1"), "subject": "ana", "score": "0.006"},
			{"type": "standing", "rank": json.Number("1"), "subject": "bo", "score": "0.006"},
			{"type": "total", "by": "model", "key": "claude-opus-5-5", "events": json.Number("2"), "tokens": json.Number("2200"), "usd": "0.012", "unpriced": json.Number("0")},
			{"type": "total", "by": "model", "key": "orchid-9", "events": json.Number("1"), "tokens": json.Number("1100"), "unpriced": json.Number("1")}, // nothing has a price: no usd
		}
		for i, w := range want {
			if fmt.Sprint(a[4+i]) != fmt.Sprint(w) {
				t.Errorf("got %v, want %v", a[4+i], w)
			}
		}
		if _, a, _ := ask(t, in, "-store", fresh(), "-top", "1"); a[len(a)-1]["score"] != json.Number("1100") {
			t.Errorf("by tokens: %v", a[len(a)-1])
		}
		if _, a, _ := ask(t, in, "-store", fresh(), "-totals", "subject", "-at", "2026-10-14T00:00:00Z"); len(a) != 5 || a[4]["key"] != "ana" {
			t.Errorf("as of an earlier day: %v", a)
		}
		if code, a, _ := ask(t, in, "-report", "-top", "3"); code != 0 || len(a) != 0 {
			t.Errorf("-report of an empty memory: exit %d, %v", code, a)
		}
	})
}

// TestRanges: an aggregate of a model with context steps costs something
// between usd and usd_high, in its receipts and in totals.
func TestRanges(t *testing.T) {
	sums := func(id, count string) string {
		return `{"source":"s","id":"` + id + `","subject":"ana","at":"2026-11-15T09:00:00Z","model":"claude-sonnet-4-5","usage":{"input":` + count + `,"output":1000,"requests":10}}`
	}
	in := []string{sums("1", "900000"), sums("1", "900000"), sums("2", "100000"), `{"source":"s","id":"1","void":true}`, sums("3", "900000")}
	overStores(t, func(t *testing.T, fresh func() string) {
		_, a, errs := ask(t, strings.Join(in, "\n"), "-store", fresh(), "-totals", "model")
		if len(a) != len(in)+1 {
			t.Fatalf("%v %s", a, errs)
		}
		for i, want := range []struct{ usd, high any }{
			{"2.715", "5.4225"}, {"2.715", "5.4225"}, {"0.315", nil}, {"0", nil}, {"2.715", "5.4225"}, {"3.03", "5.7375"},
		} {
			if a[i]["usd"] != want.usd || a[i]["usd_high"] != want.high {
				t.Errorf("answer %d: %v, want %v to %v", i+1, a[i], want.usd, want.high)
			}
		}
	})
}

// TestNullLabels: a label whose value is null is not in the ledger.
func TestNullLabels(t *testing.T) {
	_, a, errs := ask(t, use("1", `,"labels":{"gone":null,"kept":""}`), "-dump")
	if len(a) != 2 || fmt.Sprint(a[1]["labels"]) != "map[kept:]" {
		t.Errorf("%v %s", a, errs)
	}
}

// TestDump: what is dumped is accepted again and makes the same ledger, voids
// included, whatever the order.
func TestDump(t *testing.T) {
	lines := []string{
		use("1", `,"labels":{"a":"1"},"actor":"automation","trust":"gateway","revision":3,"session":"s"`),
		use("2", ""), `{"source":"anthropic","id":"2","void":true,"at":"2026-11-15T09:00:00Z"}`,
		strings.Replace(use("3", `,"provider":"anthropic","speed":"fast","region":"us","account":"x"`), "ana", "zoë", 1),
		`{"source":"s","id":"gone","void":true,"at":"2026-11-14T09:00:00.123456789Z","revision":9}`,
	}
	first := outcome(t, strings.Join(lines, "\n"), "-dump")
	if strings.Count(first, "\n") != 4 || strings.Count(first, `"void":true`) != 2 {
		t.Fatalf("dump:\n%s", first)
	}
	again := strings.SplitAfter(strings.TrimSuffix(first, "\n"), "\n")
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
	if second := outcome(t, strings.Join(again, "\n"), "-dump"); second != first {
		t.Errorf("the dump of the dump differs:\n%s\n%s", first, second)
	}
}

// TestTalks: an answer comes while the input is still open.
func TestTalks(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	done := make(chan int)
	go func() {
		code := run(context.Background(), []string{"-now", now}, inR, outW, io.Discard)
		outW.Close() //nolint:errcheck // a pipe in memory
		done <- code
	}()
	answers := json.NewDecoder(outR)
	for i := range 3 {
		if _, err := fmt.Fprintln(inW, use(fmt.Sprint(i), "")); err != nil {
			t.Fatal(err)
		}
		var a struct{ Status string }
		if err := answers.Decode(&a); err != nil || a.Status != "accepted" {
			t.Fatalf("answer %+v, %v", a, err)
		}
	}
	inW.Close() //nolint:errcheck // a pipe in memory
	select {
	case code := <-done:
		if code != 0 {
			t.Errorf("exit %d", code)
		}
	case <-time.After(time.Minute):
		t.Fatal("record does not end with its input")
	}
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{{"-batch", "0"}, {"-top", "-1"}, {"-by", "love"}, {"-totals", "star"}, {"-window", "5h"}, {"-at", "noon"}, {"x"}, {"-max-late", "-1h"},
		{"-store", "floppy:a"}, {"-store", ""}, {"-store", "sqlite"}, {"-store", "sqlite:"}, {"-store", "sqlite::memory:"}, {"-store", "postgres:"}, {"-store", "memory:x"},
		{"-at", "1999-12-31T23:59:59Z"}, {"-at", "2200-01-01T00:00:00Z"}, {"-now", "2200-01-01T00:00:00Z"},
		{"-now", "2000-01-01T00:00:00+01:00"}} {
		if code, a, errs := ask(t, "", args...); code != 2 || len(a) != 0 || errs == "" {
			t.Errorf("%v: exit %d, %v, %q", args, code, a, errs)
		}
	}
	if code, _, errs := ask(t, "", "-store", "floppy:a"); !strings.Contains(errs, "floppy") {
		t.Errorf("unknown store: exit %d, %q", code, errs)
	}
	if code, _, errs := ask(t, "", "-window", "5h"); code != 2 || !strings.Contains(errs, "-window 5h0m0s -step 24h0m0s: ") || strings.Contains(errs, "rank") {
		t.Errorf("a window that is no multiple of its step: exit %d, %q", code, errs)
	}
	for _, at := range []string{"2000-01-01T00:00:00Z", "2199-12-31T00:00:00Z"} {
		if code, _, errs := ask(t, "", "-report", "-top", "1", "-at", at); code != 0 {
			t.Errorf("-at %s: exit %d, %q", at, code, errs)
		}
	}
	if code, a, _ := ask(t, strings.Replace(use("1", ""), "2026", "2016", 1), "-max-late", "0"); code != 0 || a[0]["status"] != "accepted" {
		t.Errorf("-max-late 0: exit %d, %v", code, a)
	}
}

// TestDumpIsWhole: a ledger that is dumped and recorded again is the same, flags
// and reported costs included; so are the lines of an event that the library
// exports.
func TestDumpIsWhole(t *testing.T) {
	in := use("1", `,"flags":["estimated","partial"],"reported_cost":"0.25","actor":"human"`) + "\n" + `{"source":"anthropic","id":"2","void":true,"at":"2026-11-15T09:00:00Z"}` + "\n"
	code, first, errs := ask(t, in, "-dump")
	if code != 0 || len(first) != 4 || fmt.Sprint(first[2]["flags"]) != "[partial estimated]" || first[2]["reported_cost"] != "0.25" {
		t.Fatalf("exit %d, %v, %s", code, first, errs)
	}
	var lines strings.Builder
	for _, l := range first[2:] {
		b, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(b, '\n'))
	}
	if code, again, errs := ask(t, lines.String(), "-dump"); code != 0 || fmt.Sprint(again[2:]) != fmt.Sprint(first[2:]) {
		t.Errorf("exit %d, %v, want %v, %s", code, again, first, errs)
	}
	for _, bad := range []string{`,"flags":["x"]`, `,"flags":"partial"`, `,"flags":[null]`, `,"reported_cost":"x"`, `,"reported_cost":1`} {
		if code, a, _ := ask(t, use("3", bad)); code != 1 || a[0]["error"] == nil {
			t.Errorf("%s: exit %d, %v", bad, code, a)
		}
	}
}
