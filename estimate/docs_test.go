package estimate_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate"
	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/headline"
	"github.com/tokenomics-go/tokenomics/estimate/sentencepiece"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
	"github.com/tokenomics-go/tokenomics/pricing"
)

// The snippets of docs/estimate.md, as they stand there, in functions that are
// compiled and run.

func snippetCount() string {
	text := "Hello, world!"
	c := estimate.For("gpt-5", o200k.Base())
	n := c.Count(text) // n.N, n.Low, n.High, n.Kind, n.Encoding, n.Why
	return fmt.Sprintf("%d %d %d %s %s", n.N, n.Low, n.High, n.Kind, n.Encoding)
}

func snippetFile(file *strings.Reader) (estimate.Counter, error) {
	p, err := bpe.PatternOf("cl100k") // or the expression of a tokenizer.json
	if err != nil {
		return nil, err
	}
	e, err := bpe.LoadTiktoken(file, p) // Llama 3, Qwen, DeepSeek, Tekken, …
	if err != nil {
		return nil, err
	}
	c := estimate.With(e.Named("llama-3"))
	return c, nil
}

func snippetModel(file *strings.Reader) (estimate.Counter, error) {
	m, err := sentencepiece.Load(file) // Gemma, Llama 2, Mistral 7B, T5, …
	if err != nil {
		return nil, err
	}
	c := estimate.WithSentencePiece("gemini-3-pro", m)
	return c, nil
}

func snippetSpend() (string, error) {
	assumptions := headline.Assumptions()
	s, err := estimate.Spend(pricing.Builtin(), 60_000_000_000_000, assumptions)
	// s.Low, s.Likely, s.High, s.Floor, s.Ceiling, s.Sensitivity
	return fmt.Sprint(s.Low, " ", s.Likely, " ", s.High), err
}

func TestSnippetsOfTheDocs(t *testing.T) {
	if got := snippetCount(); got != "4 4 4 exact o200k_base" {
		t.Error(got)
	}
	var file strings.Builder
	if err := o200k.Base().WriteTiktoken(&file); err != nil {
		t.Fatal(err)
	}
	c, err := snippetFile(strings.NewReader(file.String()))
	if err != nil || c.Basis().Encoding != "llama-3" || c.Count("Hello, world!").N != 4 {
		t.Errorf("%v", err)
	}
	if _, err := snippetModel(strings.NewReader("no model")); err == nil {
		t.Error("no error for what is no model")
	}
	if got, err := snippetSpend(); err != nil || got != "21213360 60603300 165000000" {
		t.Error(got, err)
	}
	docs, err := os.ReadFile("../docs/estimate.md")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.ReadFile("docs_test.go")
	if err != nil {
		t.Fatal(err)
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	code, lines := false, 0
	for line := range strings.Lines(string(docs)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "```go":
			code = true
		case line == "```":
			code = false
		case code && line != "":
			lines++
			if !strings.Contains(squeeze(string(self)), squeeze(line)) {
				t.Errorf("not a line of this file: %s", line)
			}
		}
	}
	if lines < 9 {
		t.Errorf("%d lines of code in docs/estimate.md", lines)
	}
}
