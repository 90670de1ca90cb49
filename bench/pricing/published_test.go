package pricing

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// BenchmarkPublished prints how many of the published cases, whose exact costs
// follow from vendors' pages and reports of bugs, each library gets right, and
// which not. Its own ns/op means nothing.
//
// Of others that are known, prassoai/llmcost and honeycombio/genai-prices, both
// in Go, no version can be had from the Go module proxy.
func BenchmarkPublished(b *testing.B) {
	data, err := os.ReadFile("../../pricing/testdata/published.json")
	if err != nil {
		b.Fatal(err)
	}
	var cases []struct {
		ID, Provider, Model, Tier, Speed, Region, USD string
		At                                            time.Time
		Usage                                         usage.Usage
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		b.Fatal(err)
	}
	var w strings.Builder
	row := func(name string, exact, near int, wrong []string) {
		fmt.Fprintf(&w, "%-32s %5d %12d %12d", name, len(cases), exact, near)
		if len(wrong) > 0 {
			fmt.Fprintf(&w, "   not: %s", strings.Join(wrong, ", "))
		}
		w.WriteByte('\n')
	}
	fmt.Fprintf(&w, "\n%-32s %5s %12s %12s\n", "published cases", "all", "exact", "within 1e-9")

	exact := 0
	var wrong []string
	for b.Loop() {
		exact, wrong = 0, nil
		for _, c := range cases {
			cost, err := pricing.Builtin().Price(pricing.Call{Provider: c.Provider, Model: c.Model, At: c.At,
				Usage: c.Usage, Tier: c.Tier, Speed: c.Speed, Region: c.Region})
			if err == nil && cost.Total.String() == c.USD {
				exact++
			} else {
				wrong = append(wrong, c.ID)
			}
		}
	}
	row("tokenomics", exact, exact, wrong)

	var answers []*float64
	if genai(b, genaiPublished, data, &answers) && len(answers) == len(cases) {
		near := 0
		exact, wrong = 0, nil
		for i, c := range cases {
			want, err := strconv.ParseFloat(c.USD, 64)
			if err != nil {
				b.Fatal(err)
			}
			if answers[i] == nil || math.Abs(*answers[i]-want) > 1e-9*want {
				wrong = append(wrong, c.ID)
				continue
			}
			near++
			if strconv.FormatFloat(*answers[i], 'f', -1, 64) == c.USD {
				exact++
			}
		}
		row("@pydantic/genai-prices "+genaiVersion, exact, near, wrong)
	}
	b.Log(w.String())
}
