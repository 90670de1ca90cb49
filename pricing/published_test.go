package pricing

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// publishedCase is a call whose exact cost follows from what is public: a
// vendor's page, or the report of a bug of another calculator.
type publishedCase struct {
	ID, Source, About   string
	Provider, Model     string
	At                  time.Time
	Tier, Speed, Region string
	Usage               usage.Usage
	USD                 Money
}

func publishedCases(t *testing.T) []publishedCase {
	t.Helper()
	data, err := os.ReadFile("testdata/published.json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var cases []publishedCase
	if err := d.Decode(&cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// Every published case, with and without the provider's name. Where a bug lies
// in reading a provider's response, the pricing half is here: the counts, once
// read right, cost this.
func TestPublishedCases(t *testing.T) {
	cases := publishedCases(t)
	seen := map[string]bool{}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			if c.ID == "" || c.Source == "" || c.About == "" || c.At.IsZero() || seen[c.ID] {
				t.Error("a case without id, source, words or date, or there twice")
			}
			seen[c.ID] = true
			for _, provider := range []string{c.Provider, ""} {
				cost, err := Builtin().Price(Call{Provider: provider, Model: c.Model, At: c.At, Usage: c.Usage, Tier: c.Tier, Speed: c.Speed, Region: c.Region})
				if err != nil || cost.Total != c.USD || cost.High != c.USD || cost.Status != Priced || cost.Provider() != c.Provider {
					t.Errorf("%s to %s, %s, %v, want %s\n%s", cost.Total, cost.High, cost.Status, err, c.USD, cost.Explain())
				}
			}
		})
	}
	if len(cases) < 34 {
		t.Errorf("%d cases, want at least 34", len(cases))
	}
}
