package jsonscan

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestMembers(t *testing.T) {
	for _, tc := range []struct {
		text string
		want string // key=raw, joined by a blank
		err  error
	}{
		{`{}`, "", nil},
		{` { "a" : 1 , "b":"x\"y" ,"c":{"d":[1,"}"]},"e":null,"f":true,"g":false,"h":[] } `,
			`a=1 b="x\"y" c={"d":[1,"}"]} e=null f=true g=false h=[]`, nil},
		{`{"a\u0062":1}`, "ab=1", nil},
		{`{"a":"\\"}`, `a="\\"`, nil},
		{`{"a":"\\\""}`, `a="\\\""`, nil},
		{``, "", ErrTruncated},
		{`{`, "", ErrTruncated},
		{`{"a`, "", ErrTruncated},
		{`{"a"`, "", ErrTruncated},
		{`{"a":`, "", ErrTruncated},
		{`{"a":1`, "", ErrTruncated},
		{`{"a":tr`, "", ErrTruncated},
		{`{"a":"x\"}`, "", ErrTruncated},
		{`{"a":{"b":[1,2]}`, `a={"b":[1,2]}`, ErrTruncated},
		{`{"a":1,`, "a=1", ErrTruncated},
		{`[]`, "", ErrSyntax},
		{`hello`, "", ErrSyntax},
		{`{a:1}`, "", ErrSyntax},
		{`{"a" 1}`, "", ErrSyntax},
		{`{"a":1 "b":2}`, "a=1", ErrSyntax},
		{`{"a":1,}`, "a=1", ErrSyntax},
		{`{"a":nul}`, "", ErrSyntax},
		{`{"a":[1}}`, "", ErrSyntax},
		{`{"a":1}{"b":2}`, "a=1", ErrSyntax},
		{`{"a":` + strings.Repeat("[", 2000), "", ErrSyntax},
		{"{\"a\":\x00}", "", ErrSyntax},
	} {
		c := Members([]byte(tc.text))
		var got []string
		for key, v, ok := c.Next(); ok; key, v, ok = c.Next() {
			got = append(got, string(key)+"="+string(v.Raw))
		}
		if s := strings.Join(got, " "); s != tc.want || !errors.Is(c.Err(), tc.err) || (c.Err() != nil) != (tc.err != nil) {
			t.Errorf("%.40s: got %s, error %v; want %s, error %v", tc.text, s, c.Err(), tc.want, tc.err)
		}
		if _, _, ok := c.Next(); ok {
			t.Errorf("%.40s: Next goes on after the end", tc.text)
		}
	}
}

func TestValues(t *testing.T) {
	for _, tc := range []struct {
		text string
		want int64
		err  error
	}{
		{"0", 0, nil}, {"-0", 0, nil}, {"12", 12, nil}, {"-3", -3, nil}, {"null", 0, nil},
		{"9223372036854775807", 1<<63 - 1, nil}, {"9223372036854775808", 0, ErrRange},
		{"1.0", 0, ErrKind}, {"1e3", 0, ErrKind}, {"01", 0, ErrKind}, {"-", 0, ErrKind}, {"1-2", 0, ErrKind},
		{`"1"`, 0, ErrKind}, {"true", 0, ErrKind}, {"[1]", 0, ErrKind},
	} {
		if got, err := ValueOf([]byte(tc.text)).Int(); got != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("Int of %s: %d, %v; want %d, %v", tc.text, got, err, tc.want, tc.err)
		}
	}
	for _, tc := range []struct {
		text, want string
		err        error
	}{
		{`"a"`, "a", nil}, {`"a\n\u00e9"`, "a\né", nil}, {`null`, "", nil}, {`"\ufffd"`, "", ErrSyntax}, {"\"\ufffd\\n\"", "\ufffd\n", nil},
		{`"\ud800"`, "", ErrSyntax}, {`"\x"`, "", ErrSyntax}, {"\"\xff\"", "", ErrUTF8}, {"7", "", ErrKind},
	} {
		if got, err := ValueOf([]byte(tc.text)).Text(); string(got) != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("Text of %s: %q, %v; want %q, %v", tc.text, got, err, tc.want, tc.err)
		}
	}
	for _, text := range []string{"", " 1", "1 ", "1 2", "tru", `"a`} {
		if v := ValueOf([]byte(text)); v.Kind != Missing {
			t.Errorf("ValueOf(%q) is %s, want missing", text, v.Kind)
		}
	}
}

// FuzzMembers checks the scanner against encoding/json: what is JSON is read
// the same, and what is cut off anywhere is an error.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"\\\""}],"c":null}`, `{"a":"é\u00e9","b":-1.5e3}`, `{"":{}}`, `{"a":1}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := Members(text)
		got := make(map[string]any)
		for key, v, ok := c.Next(); ok; key, v, ok = c.Next() {
			_, _ = v.Text()
			_, _ = v.Int()
			_, _ = v.Bool()
			var x any
			if json.Unmarshal(v.Raw, &x) == nil {
				got[string(key)] = x
			}
		}
		var want map[string]any
		if err := json.Unmarshal(text, &want); err != nil || want == nil {
			return
		}
		if err := c.Err(); err != nil {
			if errors.Is(err, ErrSyntax) && (strings.Contains(err.Error(), "surrogate") || strings.Contains(err.Error(), "nested")) || errors.Is(err, ErrUTF8) {
				return
			}
			t.Fatalf("%q is JSON: %v", text, err)
		}
		for key := range want { // encoding/json repairs bytes that are not UTF-8
			if strings.ContainsRune(key, '\ufffd') {
				return
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
		if n := len(strings.TrimRight(string(text), " \t\r\n")); n > 0 {
			cut := Members(text[:n-1])
			for _, _, ok := cut.Next(); ok; _, _, ok = cut.Next() {
			}
			if cut.Err() == nil {
				t.Fatalf("%q without its last byte is no error", text)
			}
		}
	})
}

func BenchmarkMembers(b *testing.B) {
	line := []byte(`{"type":"assistant","uuid":"u-1","message":{"content":[{"type":"text","text":"` + strings.Repeat(`word \"quoted\" and\nmore `, 200) + `"}],"id":"m","usage":{"input_tokens":1}},"x":1}`)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		c := Members(line)
		for _, _, ok := c.Next(); ok; _, _, ok = c.Next() {
		}
	}
}
