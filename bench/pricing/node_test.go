package pricing

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// genaiVersion is the release of @pydantic/genai-prices to compare with.
const genaiVersion = "0.1.8"

//go:embed genai-prices.mjs
var genaiSpeed []byte

//go:embed published.mjs
var genaiPublished []byte

// genai runs a script with @pydantic/genai-prices, which npm installs into a
// folder that goes with the benchmark, and reads the JSON it prints into
// result. Where that fails it says so and returns false.
func genai(b *testing.B, script, input []byte, result any) bool {
	skip := func(what string, err error, output []byte) bool {
		// One line, as a benchmark's log is cut after ten.
		first, _, _ := bytes.Cut(output, []byte("\n"))
		b.Logf("@pydantic/genai-prices is left out: %s: %v %.200s", what, err, first)
		return false
	}
	if os.Getenv("BENCH_NO_NODE") != "" {
		b.Log("@pydantic/genai-prices is left out: BENCH_NO_NODE is set")
		return false
	}
	if _, err := exec.LookPath("node"); err != nil {
		return skip("no node", err, nil)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dir := b.TempDir()
	npm := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--loglevel=error", "@pydantic/genai-prices@"+genaiVersion)
	npm.Dir, npm.WaitDelay = dir, time.Second
	if out, err := npm.CombinedOutput(); err != nil {
		return skip("npm install", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "script.mjs"), script, 0o600); err != nil {
		return skip("script", err, nil)
	}
	node := exec.CommandContext(ctx, "node", "script.mjs")
	node.Dir, node.WaitDelay, node.Stdin = dir, time.Second, bytes.NewReader(input)
	out, err := node.Output()
	if err != nil {
		return skip("node", err, out)
	}
	if err := json.Unmarshal(out, result); err != nil {
		return skip("its result", err, out)
	}
	return true
}

// genaiPrices measures @pydantic/genai-prices; nil if it cannot be had.
func genaiPrices(b *testing.B) *peer {
	var result struct {
		Total   float64   `json:"total"`
		Samples []float64 `json:"samples"` // ns a call
	}
	if !genai(b, genaiSpeed, nil, &result) {
		return nil
	}
	check(b, strconv.FormatFloat(result.Total, 'g', 12, 64), callCost) // it computes in floats
	return &peer{name: "@pydantic/genai-prices " + genaiVersion + ", node: date, step", samples: result.Samples}
}
