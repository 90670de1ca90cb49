package pricing_test

import (
	"fmt"
	"log"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/pricing/convert"
	"github.com/tokenomics-go/tokenomics/usage"
)

// The code that docs/pricing.md shows is that of the functions of this file,
// word for word but for the indent; they are compiled and run.
func TestDocsShowCodeThatRuns(t *testing.T) {
	source, err := os.ReadFile("docs_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := docsBlocks(t, "go")
	for _, b := range blocks {
		if !strings.Contains(dedent(string(source)), dedent(b)) {
			t.Errorf("no function of docs_test.go has this code of the page:\n%s", b)
		}
	}
	if len(blocks) < 7 {
		t.Errorf("the page shows code %d times, want at least 7", len(blocks))
	}
}

// The sheets that the page shows are sheets, alone or as part of one.
func TestDocsShowSheetsThatParse(t *testing.T) {
	for _, b := range docsBlocks(t, "json") {
		if !strings.HasPrefix(b, "{") {
			b = `{"name": "part", "provider": "anthropic", ` + b + `}`
		}
		s, err := pricing.ParseSheet([]byte(b))
		if err != nil {
			t.Errorf("%v:\n%s", err, b)
			continue
		}
		if _, err := pricing.Builtin().With(s); err != nil {
			t.Errorf("%v:\n%s", err, b)
		}
	}
}

var fence = regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```")

func docsBlocks(t *testing.T, language string) []string {
	t.Helper()
	page, err := os.ReadFile("../docs/pricing.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, m := range fence.FindAllStringSubmatch(string(page), -1) {
		if m[1] == language {
			blocks = append(blocks, m[2])
		}
	}
	return blocks
}

// dedent takes the white space off the beginnings of lines.
func dedent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimLeft(line, " \t"))
	}
	return b.String()
}

func Example_docsExtend() {
	july1, oct1, jan1 := date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1)
	book, err := pricing.Builtin().With(pricing.Sheet{
		Name: "acme", Source: "order form 2026-07", AsOf: july1, Currency: "USD",
		Models: []pricing.Model{
			// A model of your own, billed by the GPU-hour.
			{Provider: "internal", ID: "myclaw", Rates: pricing.Rates{
				ComputeMs: pricing.PerHour("2.50"),
				Input:     pricing.PerMillion("0"), // free; leaving it out would mean "not known"
				Output:    pricing.PerMillion("0"),
			}},
			// Contract prices for one quarter. Before and after, the list holds.
			{Provider: "anthropic", ID: "claude-opus-5", From: oct1, Until: jan1, Rates: pricing.Rates{
				Input: pricing.PerMillion("4"), CacheRead: pricing.PerMillion("0.4"), Output: pricing.PerMillion("20"),
			}},
		},
		Modifiers: []pricing.Modifier{
			{Name: "volume discount", Provider: "openai", Accounts: []string{"acme-prod"}, By: pricing.Times("0.85")},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range []pricing.Call{
		{Provider: "internal", Model: "myclaw", At: oct1, Usage: usage.Usage{Input: 900, Output: 100, ComputeMs: 3_600_000}},
		{Model: "claude-opus-5", At: oct1, Usage: usage.Usage{Input: 1_000_000}},
		{Model: "claude-opus-5", At: jan1, Usage: usage.Usage{Input: 1_000_000}},
		{Model: "gpt-5", At: oct1, Account: "acme-prod", Usage: usage.Usage{Input: 1_000_000}},
	} {
		cost, err := book.Price(c)
		fmt.Println(cost.Total, err)
	}
	// Output:
	// 2.5 <nil>
	// 4 <nil>
	// 5 <nil>
	// 1.0625 <nil>
}

func Example_docsBounds() {
	book := pricing.Builtin()
	call := pricing.Call{Model: "claude-opus-5", At: date(2026, 10, 1), Usage: usage.Usage{CacheWrite5m: 1_000_000}}
	bounds, err := book.Bounds(call, pricing.UnknownTTL|pricing.UnknownMode)
	fmt.Println(bounds.Low.Total, bounds.High.Total) // 3.125 20
	for _, reason := range bounds.Reasons {
		fmt.Println(reason) // mode of service not known: batch or fast makes 15
	}
	fmt.Println(err)
	// Output:
	// 3.125 20
	// lifetime of the cache writes not known: cache_write_5m or cache_write_1h makes 7.5
	// mode of service not known: batch or fast makes 15
	// <nil>
}

func Example_docsReconcile() {
	book := pricing.Builtin()
	recorded := func(yield func(pricing.Call, pricing.Money) bool) {
		yield(pricing.Call{Model: "claude-opus-5", At: date(2026, 10, 1), Usage: usage.Usage{Input: 1000}}, pricing.MustMoney("0.006"))
	}
	r, err := pricing.Reconcile(book, recorded, 20) // recorded yields (Call, Money reported)
	for _, g := range r.Groups {                    // by day, provider and model
		fmt.Println(g.Day.Format(time.DateOnly), g.Model, g.Computed, g.Reported, g.Residual, g.Unpriced, g.Partial)
	}
	fmt.Println(err)
	// Output:
	// 2026-10-01 claude-opus-5 0.005 0.006 0.001 0 0
	// <nil>
}

func Example_docsCredits() {
	book := pricing.Builtin()
	call := pricing.Call{Model: "claude-opus-5", At: date(2026, 10, 1), Usage: usage.Usage{ContainerMs: 1600 * 3_600_000}}
	calls := slices.Values([]pricing.Call{call})
	pay := func() (pricing.Money, error) {
		list, err := book.Price(call)
		if err != nil {
			return pricing.Money{}, err
		}
		listTotal := list.Total
		credits, err := book.Credits(calls)
		if err != nil {
			return pricing.Money{}, err
		}
		return listTotal.Sub(credits.Total)
	}
	fmt.Println(pay())
	// Output: 2.5 <nil>
}

func Example_docsConvert() {
	file := []byte(`{"mistral/new": {"litellm_provider": "mistral", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
		"mistral/odd": {"litellm_provider": "mistral", "mode": "chat"}}`)
	downloaded := date(2026, 11, 1)
	logger := log.New(os.Stdout, "", 0)
	read := func() (*pricing.Book, error) {
		result, err := convert.LiteLLM(file, convert.Options{AsOf: downloaded, Providers: []string{"mistral"}})
		if err != nil {
			return nil, err
		}
		for _, s := range result.Skipped {
			logger.Println("skipped", s)
		}
		return pricing.Builtin().With(result.Sheets...)
	}
	book, err := read()
	if err != nil {
		fmt.Println(err)
		return
	}
	cost, err := book.Price(pricing.Call{Provider: "mistral", Model: "new", At: downloaded, Usage: usage.Usage{Output: 1000}})
	fmt.Println(cost.Total, err)
	// Output:
	// skipped mistral/odd: has no price that can be taken over
	// 0.002 <nil>
}

func Example_docsHandles() {
	book := pricing.Builtin()
	first := pricing.Call{Provider: "anthropic", Model: "claude-opus-5", Tier: "batch", At: date(2026, 10, 1), Usage: usage.Usage{Input: 1000}}
	calls := []pricing.Call{first, first}
	price := func() error {
		handle, err := book.ResolveCall(&calls[0]) // once for a model on its terms
		if err != nil {
			return err
		}
		var cost pricing.Cost
		for i := range calls {
			if err := handle.PriceInto(&cost, &calls[i]); err != nil {
				return err
			}
			fmt.Println(cost.Total)
		}
		return nil
	}
	if err := price(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 0.0025
	// 0.0025
}

func Example_docsStore() {
	book := pricing.Builtin()
	keep := func() (*pricing.Book, error) {
		data, err := book.MarshalBinary()
		if err != nil {
			return nil, err
		}
		return pricing.UnmarshalBook(data)
	}
	again, err := keep()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again.Version() == book.Version())

	if age := date(2026, 12, 1).Sub(book.LastChecked("anthropic")); age > 30*24*time.Hour {
		fmt.Println("the prices of anthropic were last checked", age, "ago")
	}
	// Output:
	// true
	// the prices of anthropic were last checked 912h0m0s ago
}
