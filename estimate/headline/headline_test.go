package headline

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate"
	"github.com/tokenomics-go/tokenomics/pricing"
)

// Each printed sum, recomputed with big numbers that know nothing of Money.
func TestClaimsAreOneMultiplication(t *testing.T) {
	want := map[string]string{
		"$180M": "180000000", "$221M": "221100000", "$300M": "300000000", "$331M": "331100000",
		"$900M": "900000000", "$9B": "9000000000", "$1.4M": "1405000", "$4.2M": "4215000",
	}
	for _, c := range append(Claims(), TopUser()...) {
		got, err := c.Amount()
		if err != nil || got.String() != want[c.Printed] {
			t.Errorf("%s: %s, %v; want %s", c.Printed, got, err, want[c.Printed])
		}
		price, _ := new(big.Rat).SetString(c.PerMillion.String())
		r := new(big.Rat).Mul(big.NewRat(c.Tokens, 1_000_000), price)
		if exact, _ := new(big.Rat).SetString(got.String()); exact.Cmp(r) != 0 {
			t.Errorf("%s: %s, exactly %s", c.Printed, got, r)
		}
	}
}

func TestChecks(t *testing.T) {
	want := []Check{
		{"", "250 × 281 000 000 000 = 70 250 000 000 000 > 60 000 000 000 000", false},
		{"", "281 000 000 000 / 30 = 9 366 666 666", true},
		{"", "60 000 000 000 000 / 85 000 = 705 882 352", true},
		{"", "281 000 000 000 in 30 days = 108 410 tokens a second, day and night", false},
	}
	for i, c := range Checks() {
		if c.Working != want[i].Working || c.Holds != want[i].Holds {
			t.Errorf("%s: %q %v, want %q %v", c.Statement, c.Working, c.Holds, want[i].Working, want[i].Holds)
		}
	}
}

func TestAssumptionsHold(t *testing.T) {
	a := Assumptions()
	if err := a.Validate(); err != nil {
		t.Error(err)
	}
	for _, m := range a.Meters {
		if m.Share.Source == "" {
			t.Errorf("%s has no source", m.Meter)
		}
	}
}

// The headline of the first news text.
func ExampleClaim_Amount() {
	nineHundred, err := Claim{Tokens: TotalTokens, PerMillion: pricing.MustMoney("15")}.Amount()
	fmt.Println(nineHundred, err)
	topUser, err := Claim{Tokens: TopUserTokens, PerMillion: pricing.MustMoney("5")}.Amount()
	fmt.Println(topUser, err)
	// Output:
	// 900000000 <nil>
	// 1405000 <nil>
}

// What 60 trillion tokens cost if they were what the logs of coding agents
// record, at the list prices of the day of the news.
func Example() {
	s, err := estimate.Spend(pricing.Builtin(), TotalTokens, Assumptions())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("low   ", s.Low)
	fmt.Println("likely", s.Likely)
	fmt.Println("high  ", s.High)
	fmt.Println("most sensitive to:", s.Sensitivity[0].Name)
	fmt.Printf("no mix leaves %s (%s) to %s (%s)\n", s.Floor, s.FloorWhy, s.Ceiling, s.CeilingWhy)
	// Output:
	// low    21213360
	// likely 60603300
	// high   165000000
	// most sensitive to: share of cache_read
	// no mix leaves 4200000 (all cache_read of anthropic/claude-haiku-4-5) to 1500000000 (all output of anthropic/claude-opus-4-6)
}
