package estimate_test

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/estimate"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
	"github.com/tokenomics-go/tokenomics/pricing"
)

// The same text for a model with a published encoding, for one without, and
// without any vocabulary at all.
func ExampleFor() {
	const text = "Tokens are what is billed; words are what is read."
	for _, c := range []estimate.Counter{
		estimate.For("gpt-5", o200k.Base()),
		estimate.For("claude-opus-4-6", o200k.Base()),
		estimate.For("gpt-5"),
	} {
		n := c.Count(text)
		fmt.Printf("%d (%d to %d), %s by %s\n", n.N, n.Low, n.High, n.Kind, n.Encoding)
	}
	// Output:
	// 12 (12 to 12), exact by o200k_base
	// 14 (11 to 17), estimate by o200k_base
	// 12 (1 to 24), estimate by bytes
}

// A meter counts text as it passes, in little memory.
func ExampleCounter_newMeter() {
	m := estimate.For("gpt-5", o200k.Base()).NewMeter()
	if _, err := io.Copy(m, strings.NewReader(strings.Repeat("a line of text\n", 1_000_000))); err != nil {
		fmt.Println(err)
		return
	}
	_ = m.Close()
	fmt.Println(m.Count().N)
	// Output:
	// 5000000
}

// What a call will cost, before it is made.
func ExampleBefore() {
	model := "claude-opus-4-6"
	prompt := estimate.For(model, o200k.Base()).Count(strings.Repeat("Some context to read. ", 1000))
	call := pricing.Call{Model: model, At: time.Date(2026, time.April, 7, 0, 0, 0, 0, time.UTC)}
	cost, err := estimate.Before(pricing.Builtin(), call, prompt, 2000)
	fmt.Println(cost.Low, cost.Likely, cost.High, err)
	// Output:
	// 0.024855 0.05358 0.082305 <nil>
}
