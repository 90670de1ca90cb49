package tiers

import (
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Where a share is good but there is too little of it, nothing of the share
// is missing: the note says what is.
func TestMissingIsNeverNegative(t *testing.T) {
	s := call(noon(1), 200)
	s.Usage = usage.Usage{Input: 100, CacheRead: 900}
	f := factsOf(t, noon(3), LastDays(4), s)
	for name, g := range map[string]Gate{
		"at least": Ratio{Of: CacheReads, Per: Prompt, AtLeast: Percent(50), Min: Count(2000)},
		"at most":  Ratio{Of: Fresh, Per: Prompt, AtMost: Percent(50), Min: Count(2000)},
		"hours":    HoursShare{From: 8, To: 18, AtLeast: Percent(50), Min: 4},
		"few":      HoursShare{From: 0, To: 8, AtMost: Percent(50), Min: 4},
		"trend":    Trend{Of: Cost, Per: Prompt, Fall: Percent(20), Min: 2000},
	} {
		p := g.explain(&view{f: &f})
		if p.Met || p.Missing.sign() != 0 || !strings.HasPrefix(p.Note, "needs ") {
			t.Errorf("%s: met %v, missing %s, note %q", name, p.Met, p.Missing, p.Note)
		}
		if text := p.String(); strings.Contains(text, "missing") || strings.Contains(text, "over by") {
			t.Errorf("%s: %q", name, text)
		}
	}
	short := Ratio{Of: CacheReads, Per: Prompt, AtLeast: Percent(95), Min: Count(2000)}.explain(&view{f: &f})
	if text := short.String(); !strings.Contains(text, "missing 5 %") || !strings.Contains(text, "needs 2,000") {
		t.Errorf("%q", text)
	}
	over := Ratio{Of: CacheReads, Per: Prompt, AtMost: Percent(80), Min: Count(500)}.explain(&view{f: &f})
	if text := over.String(); !strings.Contains(text, "over by 10 %") {
		t.Errorf("%q", text)
	}
}
