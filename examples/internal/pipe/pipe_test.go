package pipe

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestLines(t *testing.T) {
	type row struct {
		n    int
		text string
		code string
	}
	for _, c := range []struct {
		name, in string
		limit    int
		want     []row
	}{
		{"blank lines count but are skipped", "a\n\n \t\r\nb\n", 10, []row{{1, "a", ""}, {4, "b", ""}}},
		{"no line end at the end", "a\r\nb", 10, []row{{1, "a", ""}, {2, "b", ""}}},
		{"byte order mark", "\xef\xbb\xbfa\n", 10, []row{{1, "a", ""}}},
		{"at the cap and over it", "aaaa\nbbbbb\ncc\n", 4, []row{{1, "aaaa", ""}, {2, "", CodeTooLong}, {3, "cc", ""}}},
		{"over the cap at the end", "bbbbb", 4, []row{{1, "", CodeTooLong}}},
		{"empty", "", 4, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []row
			for l, err := range Lines(iotest.OneByteReader(strings.NewReader(c.in)), c.limit) {
				if err != nil {
					t.Fatal(err)
				}
				r := row{n: l.N, text: string(l.Text)}
				if l.Err != nil {
					r.code = l.Err.Code
				}
				got = append(got, r)
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLinesLongerThanTheBuffer(t *testing.T) {
	const limit = 1 << 20
	in := strings.Repeat("x", limit) + "\n" + strings.Repeat("y", limit+1) + "\r\n" + strings.Repeat("z", 5*limit) + "\nend\n"
	var got []string
	for l, err := range Lines(strings.NewReader(in), limit) {
		if err != nil {
			t.Fatal(err)
		}
		if l.Err != nil {
			got = append(got, fmt.Sprint(l.N, " ", l.Err.Code))
		} else {
			got = append(got, fmt.Sprint(l.N, " ", len(l.Text)))
		}
	}
	want := []string{"1 1048576", "2 line_too_long", "3 line_too_long", "4 3"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLinesReportsAFailedRead(t *testing.T) {
	broken := errors.New("broken")
	var n int
	var last error
	for _, err := range Lines(io.MultiReader(strings.NewReader("a\nb\n"), iotest.ErrReader(broken)), 10) {
		if err == nil {
			n++
		}
		last = err
	}
	if n != 2 || !errors.Is(last, broken) {
		t.Errorf("got %d lines, then %v", n, last)
	}
}

func TestDecode(t *testing.T) {
	type rec struct {
		s    string
		n    int64
		b    bool
		at   time.Time
		obj  []byte
		each []string
		seen bool
	}
	decode := func(text string) (rec, *Error) {
		var r rec
		err := Decode([]byte(text),
			String("s", &r.s).Required(),
			Int64("n", &r.n).Seen(&r.seen),
			Bool("b", &r.b),
			Time("at", &r.at),
			Object("obj", &r.obj),
			Each("each", func(key, path string, v []byte) *Error {
				var n int64
				if err := Value(path, v, Count("", &n)); err != nil {
					return err
				}
				r.each = append(r.each, fmt.Sprint(key, n))
				return nil
			}))
		return r, err
	}
	r, err := decode(` {"n":9223372036854775807, "s":"a\u00e9\n", "b":true,"at":"2026-04-07T09:00:00.5+08:00", "obj" : {"x":[1,{"y":"}"}]} ,"each":{"k":2,"l":null}} `)
	if err != nil {
		t.Fatal(err)
	}
	if r.s != "aé\n" || r.n != 1<<63-1 || !r.b || !r.seen || string(r.obj) != `{"x":[1,{"y":"}"}]}` || fmt.Sprint(r.each) != "[k2 l0]" {
		t.Errorf("got %+v", r)
	}
	if want := time.Date(2026, 4, 7, 1, 0, 0, 5e8, time.UTC); !r.at.Equal(want) {
		t.Errorf("at = %v, want %v", r.at, want)
	}
	if r, err = decode(`{"s":"","n":null}`); err != nil || r.seen {
		t.Errorf("null: %v, seen %v", err, r.seen)
	}
	for text, code := range map[string]string{
		`[]`:                                         CodeNotObject,
		`7`:                                          CodeNotObject,
		`{"s":"x"`:                                   CodeNotJSON,
		`{"s":"x"} {}`:                               CodeNotJSON,
		"{\"s\":\"\xff\"}":                           CodeNotJSON,
		`{"S":"x"}`:                                  CodeUnknownKey,
		`{"s":"x","z":1}`:                            CodeUnknownKey,
		`{"s":"x","\u0073":"y"}`:                     CodeDuplicateKey,
		`{"s":"x","n":1,"n":1}`:                      CodeDuplicateKey,
		`{"s":"x","n":null,"n":1}`:                   CodeDuplicateKey,
		`{"n":1}`:                                    CodeMissingKey,
		`{"s":null}`:                                 CodeMissingKey,
		`{"s":1}`:                                    CodeWrongType,
		`{"s":"x","n":"1"}`:                          CodeWrongType,
		`{"s":"x","n":1.5}`:                          CodeWrongType,
		`{"s":"x","n":9223372036854775808}`:          CodeWrongType,
		`{"s":"x","n":1e999999999}`:                  CodeWrongType,
		`{"s":"x","b":0}`:                            CodeWrongType,
		`{"s":"x","obj":[]}`:                         CodeWrongType,
		`{"s":"x","each":{"k":-1}}`:                  CodeWrongType,
		`{"s":"x","each":{"k":1,"k":1}}`:             CodeDuplicateKey,
		`{"s":"x","at":5}`:                           CodeWrongType,
		`{"s":"x","at":"2026-04-07T09:00:00"}`:       CodeBadTime,
		`{"s":"x","at":"2026-04-07"}`:                CodeBadTime,
		`{"s":"x","at":"2026-04-07T9:00:00Z"}`:       CodeBadTime,
		`{"s":"x","at":"2026-04-07T09:00:00,5Z"}`:    CodeBadTime,
		`{"s":"x","at":"2026-04-07T24:00:00Z"}`:      CodeBadTime,
		`{"s":"x","at":"2026-02-30T09:00:00Z"}`:      CodeBadTime,
		`{"s":"x","at":"2026-04-07T09:00:00+25:00"}`: CodeBadTime,
		`{"s":"x","at":"1677-01-01T00:00:00Z"}`:      CodeBadTime,
	} {
		if _, err := decode(text); err == nil || err.Code != code {
			t.Errorf("%s: %v, want %s", text, err, code)
		}
	}
}

func TestInt64IsExact(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "12.0": 12, "1e3": 1000, "1.5e1": 15, "1000e-2": 10,
		"9007199254740993": 9007199254740993, "-9223372036854775808": -1 << 63,
	} {
		var n int64
		if err := Decode([]byte(`{"n":`+text+`}`), Int64("n", &n)); err != nil || n != want {
			t.Errorf("%s = %d, %v; want %d", text, n, err, want)
		}
	}
}

func TestWriterAndTie(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	in := Tie(strings.NewReader("x"), w)
	w.Put(map[string]string{"a": "<b>"})
	if out.Len() != 0 {
		t.Fatal("written before a flush")
	}
	if _, err := in.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != `{"a":"<b>"}`+"\n" {
		t.Fatalf("after a tied read: %q", got)
	}
	w.Fail(7, Errorf(CodeWrongType, "n: want a number"))
	if code := w.Close(io.Discard); code != ExitErrors {
		t.Errorf("exit %d", code)
	}
	if want := `{"line":7,"error":{"code":"wrong_type","message":"n: want a number"}}` + "\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %q", out.String())
	}
}

func TestWriterKeepsTheFirstFailure(t *testing.T) {
	w := NewWriter(failing{})
	w.Put(1)
	var stderr bytes.Buffer
	if code := w.Close(&stderr); code != ExitErrors || !strings.Contains(stderr.String(), "disk full") {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestParseFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		done bool
		out  bool
	}{
		{[]string{"-n", "3"}, ExitOK, false, false},
		{[]string{"-h"}, ExitOK, true, true},
		{[]string{"-bad"}, ExitUsage, true, false},
		{[]string{"-n", "x"}, ExitUsage, true, false},
		{[]string{"file"}, ExitUsage, true, false},
	} {
		fs := flag.NewFlagSet("test", flag.ContinueOnError)
		fs.Int("n", 1, "how many")
		var out, errs bytes.Buffer
		code, done := ParseFlags(fs, c.args, false, &out, &errs)
		if code != c.code || done != c.done || (out.Len() > 0) != c.out || (errs.Len() > 0) != (c.code == ExitUsage) {
			t.Errorf("%v: %d %v, stdout %q, stderr %q", c.args, code, done, out.String(), errs.String())
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"s":"x","n":1,"each":{"a":1}}`)
	f.Add(`{"s":"\ud800","n":-1.0e2}`)
	f.Fuzz(func(t *testing.T, text string) {
		var s string
		var n int64
		err := Decode([]byte(text), String("s", &s), Int64("n", &n), Each("each", func(string, string, []byte) *Error { return nil }))
		if err != nil && (err.Code == "" || err.Message == "") {
			t.Errorf("%q: empty error %+v", text, err)
		}
	})
}
