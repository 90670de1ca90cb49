package ingest_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
)

func TestCounters(t *testing.T) {
	seen := make(map[string]bool)
	var all ingest.Counts
	for i := range ingest.NumCounters {
		c := ingest.Counter(i)
		name := c.String()
		if name == "" || seen[name] || name != strings.ToLower(name) || strings.ContainsAny(name, " -(") {
			t.Errorf("counter %d is named %q", i, name)
		}
		seen[name] = true
		all[c] = int64(i + 1)
		if got := c.IsOutcome(); got != (c <= ingest.Faulty) {
			t.Errorf("%s: outcome %v", c, got)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var back ingest.Counts
	if err := json.Unmarshal(text, &back); err != nil || back != all {
		t.Errorf("%s reads back as %v, %v", text, back, err)
	}
	for _, bad := range []string{`{"hats":1}`, `[]`, `{"replies":"x"}`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s is no error", bad)
		}
	}
	if s, _ := json.Marshal(ingest.Counts{ingest.Faulty: 2, ingest.Replies: 1}); string(s) != `{"replies":1,"faulty":2}` {
		t.Errorf("got %s", s)
	}
	if s := ingest.Counter(250).String(); s != "counter(250)" {
		t.Errorf("got %s", s)
	}
}

func TestBalance(t *testing.T) {
	for _, tc := range []struct {
		report ingest.Report
		ok     bool
	}{
		{ingest.Report{}, true},
		{ingest.Report{Lines: 3, Events: 2, Counts: ingest.Counts{ingest.Replies: 1, ingest.Faulty: 2, ingest.ReplyParts: 1, ingest.NullCounts: 7}}, true},
		{ingest.Report{Lines: 3, Counts: ingest.Counts{ingest.Faulty: 2}}, false},
		{ingest.Report{Lines: 2, Counts: ingest.Counts{ingest.Faulty: 3, ingest.Blank: -1}}, false},
		{ingest.Report{Lines: 1, Events: 2, Counts: ingest.Counts{ingest.Replies: 1}}, false},
	} {
		if err := tc.report.Balance(); (err == nil) != tc.ok {
			t.Errorf("%+v: %v", tc.report, err)
		}
	}
}

func TestMerge(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	var a, b ingest.Report
	a.Lines, a.Counts[ingest.Blank] = 1, 1
	a.AddProblem(ingest.Problem{File: "a", Kind: "k"}, 1)
	a.AddProblem(ingest.Problem{File: "b", Kind: "k"}, 1)
	a.Links = []ingest.Link{{Repo: "o/r", Number: 1, At: day(3)}, {Repo: "o/r", Number: 2}}
	b.Lines, b.Counts[ingest.Blank] = 2, 2
	b.AddProblem(ingest.Problem{File: "c", Kind: "l"}, 1)
	b.Links = []ingest.Link{{Repo: "o/r", Number: 2, At: day(4)}, {Repo: "o/r", Number: 1, At: day(2), Session: "s"}}
	var sum ingest.Report
	sum.Merge(&a)
	sum.Merge(&b)
	if sum.Lines != 3 || sum.Count(ingest.Blank) != 3 || sum.ProblemCount != 3 || len(sum.Problems) != 2 || sum.ProblemKinds["k"] != 2 || sum.ProblemKinds["l"] != 1 {
		t.Errorf("got %+v", sum)
	}
	if want := []ingest.Link{{Repo: "o/r", Number: 1, At: day(2), Session: "s"}, {Repo: "o/r", Number: 2, At: day(4)}}; !reflect.DeepEqual(sum.Links, want) {
		t.Errorf("links %v, want %v", sum.Links, want)
	}
	if len(a.Links) != 2 || a.Links[0].At != day(3) {
		t.Error("Merge changed its argument")
	}
}

func TestProblemString(t *testing.T) {
	for want, p := range map[string]ingest.Problem{
		"a/b.jsonl:7: bad_count: x is -1": {File: "a/b.jsonl", Line: 7, Kind: ingest.KindBadCount, Detail: "x is -1"},
		"a: unreadable: no":               {File: "a", Kind: ingest.KindUnreadable, Detail: "no"},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
