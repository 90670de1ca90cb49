package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func runBoard(t *testing.T, in string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs strings.Builder
	now := time.Date(2026, 4, 7, 9, 0, 0, 0, time.UTC)
	status = run(args, strings.NewReader(in), &out, &errs, now)
	return out.String(), errs.String(), status
}

// lines makes input from "subject day score" words; day 0 is 2026-04-07.
func lines(t *testing.T, words string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(words) {
		var subject, score string
		var day int
		if n, _ := fmt.Sscan(line, &subject, &day, &score); n == 0 {
			continue
		} else if n != 3 {
			t.Fatalf("bad words %q", line)
		}
		at := time.Date(2026, 4, 7+day, 12, 0, 0, 0, time.UTC)
		fmt.Fprintf(&b, `{"subject":%q,"at":%q,"score":%s}`+"\n", subject, at.Format(time.RFC3339), score)
	}
	return b.String()
}

const people = `
	dan 0 5
	ann 0 10
	bob -1 10
	eve -29 3
	old -30 99
	new 1 99
	zed 0 7
	zed -2 -7
	neg -1 -4
	cat 0 10
`

func TestStandings(t *testing.T) {
	tests := []struct{ name, args, want string }{
		{"competition by default", "", "1 ann 10|1 bob 10|1 cat 10|4 dan 5|5 eve 3|6 neg -4"},
		{"dense", "-ties dense", "1 ann 10|1 bob 10|1 cat 10|2 dan 5|3 eve 3|4 neg -4"},
		{"ordinal", "-ties ordinal", "1 ann 10|2 bob 10|3 cat 10|4 dan 5|5 eve 3|6 neg -4"},
		{"the first two", "-n 2", "1 ann 10|1 bob 10"},
		{"none", "-n 0", ""},
		{"a subject alone", "-subject dan", "4 dan 5"},
		{"an unranked subject", "-subject zed", ""},
		{"an unknown subject", "-subject nobody -around 2", ""},
		{"around", "-subject dan -around 1", "1 cat 10|4 dan 5|5 eve 3"},
		{"around, alone", "-subject dan -around 0", "4 dan 5"},
		{"around, at the top", "-subject ann -around 1", "1 ann 10|1 bob 10|1 cat 10"},
		{"around, at the end", "-subject neg -around 1", "4 dan 5|5 eve 3|6 neg -4"},
		{"around, wider than the board", "-subject ann -around 99999999999", "1 ann 10|1 bob 10|1 cat 10|4 dan 5|5 eve 3|6 neg -4"},
		{"a week by the hour", "-window 168h -step 1h -at 2026-04-07T12:30:00Z", "1 ann 10|1 bob 10|1 cat 10|4 dan 5|5 neg -4"},
		{"at selects a step, not an instant", "-at 2026-04-07T00:00:00Z", "1 ann 10|1 bob 10|1 cat 10|4 dan 5|5 eve 3|6 neg -4"},
		{"at an earlier day", "-at 2026-04-06T23:59:59.999Z", "1 old 99|2 bob 10|3 eve 3|4 neg -4|5 zed -7"},
		{"at, in another zone", "-at 2026-04-07T01:30:00+02:00", "1 old 99|2 bob 10|3 eve 3|4 neg -4|5 zed -7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, status := runBoard(t, lines(t, people), strings.Fields(tt.args)...)
			var want strings.Builder
			for row := range strings.SplitSeq(tt.want, "|") {
				var subject string
				var rank, score int
				if n, _ := fmt.Sscan(row, &rank, &subject, &score); n == 3 {
					fmt.Fprintf(&want, `{"rank":%d,"subject":%q,"score":%d}`+"\n", rank, subject, score)
				}
			}
			if out != want.String() || status != 0 {
				t.Errorf("status %d\n got %s\nwant %s", status, out, want.String())
			}
			if !strings.Contains(errs, "lines outside the window") {
				t.Errorf("stderr %q does not count the lines outside the window", errs)
			}
		})
	}
}

func TestExactIntegers(t *testing.T) {
	tests := []struct{ name, words, want string }{
		{"beyond 2^53", "ann 0 9007199254740993\nbob 0 9007199254740992",
			`{"rank":1,"subject":"ann","score":9007199254740993}` + "\n" + `{"rank":2,"subject":"bob","score":9007199254740992}` + "\n"},
		{"the edges of int64", "ann 0 9223372036854775807\nbob 0 -9223372036854775808",
			`{"rank":1,"subject":"ann","score":9223372036854775807}` + "\n" + `{"rank":2,"subject":"bob","score":-9223372036854775808}` + "\n"},
		{"whole numbers, however they are written", "ann 0 9007199254740993.0\nbob 0 1e3\ncat 0 -12.50e1",
			`{"rank":1,"subject":"ann","score":9007199254740993}` + "\n" + `{"rank":2,"subject":"bob","score":1000}` + "\n" + `{"rank":3,"subject":"cat","score":-125}` + "\n"},
		{"an overflow on the way that is balanced later", "ann 0 9223372036854775807\nann 0 1\nann 0 -3",
			`{"rank":1,"subject":"ann","score":9223372036854775805}` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if out, errs, status := runBoard(t, lines(t, tt.words)); out != tt.want || errs != "" || status != 0 {
				t.Errorf("status %d, stderr %q\n got %s\nwant %s", status, errs, out, tt.want)
			}
		})
	}
}

func TestBadLinesAreToldAndTheRestIsRanked(t *testing.T) {
	in := `{"subject":"ann","at":"2026-04-07T09:00:00Z","score":1}

not json
[]
{"subject":"bob","at":"2026-04-07T09:00:00Z","score":1,"extra":1}
{"subject":"bob","subject":"bob","at":"2026-04-07T09:00:00Z","score":1}
{"subject":"bob","at":"2026-04-07T09:00:00","score":1}
{"subject":"bob","at":"2026-04-07T09:00:00Z","score":1.5}
{"subject":"bob","at":"2026-04-07T09:00:00Z","score":1e-3}
{"subject":"bob","at":"2026-04-07T09:00:00Z","score":9223372036854775808}
{"subject":"bob","at":"2026-04-07T09:00:00Z","score":"1"}
{"subject":"","at":"2026-04-07T09:00:00Z","score":1}
{"at":"2026-04-07T09:00:00Z","score":1}
{"subject":"max","at":"2026-04-07T09:00:00Z","score":9223372036854775807}
{"subject":"max","at":"2026-04-07T09:00:00Z","score":1}
{"subject":"<&>\u2028é","at":"2026-04-07T09:00:00Z","score":2}`
	out, errs, status := runBoard(t, in)
	want := `{"rank":1,"subject":"max","score":9223372036854775807}` + "\n" +
		`{"rank":2,"subject":"<&>\u2028é","score":2}` + "\n" +
		`{"rank":3,"subject":"ann","score":1}` + "\n"
	if status != 1 || out != want {
		t.Errorf("status %d\n got %s\nwant %s", status, out, want)
	}
	told := strings.Split(strings.TrimSpace(errs), "\n")
	for i, prefix := range []string{
		"line 3: bad_json", "line 4: not_an_object", "line 5: unknown_key", "line 6: duplicate_key", "line 7: bad_time",
		"line 8: wrong_type", "line 9: wrong_type", "line 10: wrong_type", "line 11: wrong_type", "line 12: bad_subject", "line 13: missing_key", "line 15: overflow",
	} {
		if i >= len(told) || !strings.HasPrefix(told[i], prefix) {
			t.Fatalf("stderr lacks %q as line %d:\n%s", prefix, i+1, errs)
		}
	}
	if len(told) != 12 {
		t.Errorf("stderr has %d lines:\n%s", len(told), errs)
	}
}

func TestFlags(t *testing.T) {
	for _, args := range []string{
		"-window 25h", "-step 0s", "-step -1h", "-window 0s", "-n -1", "-n x", "-ties first", "-around 3", "-subject a -around -1",
		"-at yesterday", "-at 2026-04-07T09:00:00", "-unknown", "extra", "-window 720h -step 1ns",
	} {
		out, errs, status := runBoard(t, "", strings.Fields(args)...)
		if status != 2 || out != "" || errs == "" {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want status 2 and a word on stderr", args, status, out, errs)
		}
	}
	if out, _, status := runBoard(t, "", "-h"); status != 0 || !strings.Contains(out, "-ties") {
		t.Errorf("-h: status %d, %q", status, out)
	}
	if _, _, status := runBoard(t, "", "-subject", ""); status != 2 {
		t.Errorf("an empty -subject: status %d", status)
	}
	if out, errs, status := runBoard(t, ""); out != "" || errs != "" || status != 0 {
		t.Errorf("no input: %q, %q, %d", out, errs, status)
	}
}
