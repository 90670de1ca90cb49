package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/store"
)

// TestOneOfEach: one call of one kind of token is told in the singular, and
// has no columns for what it did not use.
func TestOneOfEach(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "ana/.claude/projects/p/s1.jsonl", reply("1", ""))
	_, out, errs := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z")
	for _, want := range []string{"1 line in 1 file became 1 reply; 0 of them are older", "\n  model            calls  input  output  tokens", "\n  meter     quantity  unit price     amount  row\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not there:\n%s%s", want, out, errs)
		}
	}
	_, out, _ = exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z", "-subject", "ana")
	if want := "1 call on 1 day with 1 model in 1 session"; !strings.Contains(strings.ReplaceAll(out, "\n", " "), want) {
		t.Errorf("%q is not there:\n%s", want, out)
	}
	if _, out, _ = exec(t, "-logs", dir, "-at", "2026-11-10T09:00:00Z", "-window", "1h"); !strings.Contains(out, "last hour\n") {
		t.Errorf("one hour is not the last hour:\n%s", out)
	}
}

// TestProfileWords: what people read is in words and names titles by their
// titles; the JSON keeps the names that programs know.
func TestProfileWords(t *testing.T) {
	_, out, _ := exec(t, "-subject", "mara.lindqvist")
	for _, want := range []string{"active days at least 20", "cache reads at least", "  unlock Cache Wizard\n", "  tier Gold\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not there:\n%s", want, out)
		}
	}
	for _, bad := range []string{"active_days", "cache_reads", "cache-wizard", "token-legend"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q is there:\n%s", bad, out)
		}
	}
	if _, out, _ = exec(t, "-subject", "mara.lindqvist", "-json"); !strings.Contains(out, "active_days") || !strings.Contains(out, "cache-wizard") {
		t.Errorf("JSON:\n%s", out)
	}
}

// TestLongWindows: a sparkline has at most 60 bars and says how much is in
// one.
func TestLongWindows(t *testing.T) {
	for _, c := range []struct {
		window, title string
		bars          int
	}{
		{"47h", "last 47 hours", 47}, {"48h", "last 2 days", 2}, {"1440h", "last 60 days", 60},
		{"1464h", "last 60 days, 2 a bar", 30}, {"2400h", "last 100 days, 2 a bar", 50},
	} {
		code, out, errs := exec(t, "-window", c.window, "-n", "1")
		if code != 0 || !strings.Contains(out, c.title+"\n") {
			t.Errorf("%s: exit %d, %s; no %q in\n%s", c.window, code, errs, c.title, out)
			continue
		}
		row, _, _ := strings.Cut(out[strings.Index(out, c.title)+len(c.title)+1:], "\n")
		spark := row[strings.LastIndex(row, " ")+1:]
		if n := screen.Width(spark); n != c.bars {
			t.Errorf("%s: %d bars in %q, want %d", c.window, n, row, c.bars)
		}
		if _, out, _ := exec(t, "-window", c.window, "-n", "1", "-json"); strings.Contains(c.title, "bar") {
			var l struct{ Steps []int64 }
			first, _, _ := strings.Cut(out, "\n")
			if err := json.Unmarshal([]byte(first), &l); err != nil || len(l.Steps) <= 60 {
				t.Errorf("%s: JSON has %d steps, want all of them (%v)", c.window, len(l.Steps), err)
			}
		}
	}
}

// TestFirstRefused: the quality line lists the first events that were not
// accepted, with their reason.
func TestFirstRefused(t *testing.T) {
	ctx := context.Background()
	o := defaults(t)
	eng, in := sampleEngine(t, o)
	r, err := newReport(ctx, eng, o, in.now)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Refused []map[string]string `json:"first_refused"`
	}
	read := func() string {
		text, err := json.Marshal(in.qualityLine(r))
		if err == nil {
			err = json.Unmarshal(text, &got)
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if text := read(); !strings.Contains(text, `"first_refused":[]`) {
		t.Errorf("nothing was refused: %s", text)
	}
	for i := range 25 {
		in.refused = append(in.refused, refusal{store.Key{Source: "s", ID: fmt.Sprint(i)}, tokenomics.Invalid, errors.New("no subject")})
	}
	in.refused[1].err = nil
	read()
	if len(got.Refused) != 20 || fmt.Sprint(got.Refused[0]) != "map[id:0 reason:no subject source:s status:invalid]" || got.Refused[1]["reason"] != "" {
		t.Errorf("%v", got.Refused)
	}
}

// TestUnpricedModels: in a profile as on the board, a model without a price
// costs an unknown amount, not nothing.
func TestUnpricedModels(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "ana/.claude/projects/p/s1.jsonl", strings.Replace(reply("1", ""), "claude-opus-5-5", "orchid-9", 1)+reply("2", ""))
	_, out, errs := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z", "-subject", "ana")
	_, models, _ := strings.Cut(out, "Models")
	models, _, _ = strings.Cut(models, "Tier")
	for line := range strings.Lines(models) {
		if strings.Contains(line, "orchid-9") != strings.Contains(line, "unknown") {
			t.Errorf("%q", line)
		}
	}
	if !strings.Contains(models, "orchid-9") || !strings.Contains(models, "* 1 of 2 calls has no full price") {
		t.Errorf("%s%s", models, errs)
	}
}

// TestHeadingMarksUnpriced: the sum over the board has the mark that says it
// leaves something out, and no other has.
func TestHeadingMarksUnpriced(t *testing.T) {
	dir := t.TempDir()
	path := "ana/.claude/projects/p/s1.jsonl"
	write(t, dir, path, reply("1", ""))
	if _, out, errs := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z"); strings.Contains(out, "*") {
		t.Errorf("a mark for nothing:\n%s%s", out, errs)
	}
	write(t, dir, path, reply("1", "")+strings.Replace(reply("2", ""), "claude-opus-5-5", "orchid-9", 1))
	_, out, errs := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z")
	for line := range strings.Lines(out) {
		if strings.Contains(line, "ranked by") && !strings.HasSuffix(line, "*\n") {
			t.Errorf("%q %s", line, errs)
		}
	}
}
