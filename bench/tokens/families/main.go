// Command families measures how far the estimates of package estimate are off
// for a model whose vocabulary is at hand as a file, on the files of a folder:
// the model's tokens for each token of o200k_base, and the error of the
// estimate.
//
//	go run ./tokens/families -model gemini-3-pro -sentencepiece tokenizer.model FOLDER
//	go run ./tokens/families -model llama-3 -tiktoken tokenizer.model -pattern cl100k FOLDER
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/tokenomics-go/tokenomics/estimate"
	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/sentencepiece"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

func main() {
	model := flag.String("model", "", "the model the estimates are for")
	tiktoken := flag.String("tiktoken", "", "its vocabulary as a tiktoken file")
	pattern := flag.String("pattern", "cl100k", "how it cuts text")
	spm := flag.String("sentencepiece", "", "its vocabulary as a SentencePiece model")
	size := flag.Int("size", 1_000_000, "bytes of each file")
	flag.Parse()
	count, err := counter(*tiktoken, *pattern, *spm)
	if err != nil {
		log.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(flag.Arg(0), "*"))
	if err != nil || len(files) == 0 {
		log.Fatalf("no files in %q: %v", flag.Arg(0), err)
	}
	guess := estimate.For(*model, o200k.Base())
	bare := estimate.For(*model)
	fmt.Printf("%-12s %10s %8s %10s %8s %10s\n", "text", "tokens", "ratio", "estimate", "within", "bytes only")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			log.Fatal(err)
		}
		text := strings.ToValidUTF8(string(data[:min(len(data), *size)]), "")
		n := count(text)
		g := guess.Count(text)
		fmt.Printf("%-12s %10d %8.2f %+9.1f%% %8v %+9.1f%%\n", filepath.Base(f), n,
			float64(n)/float64(o200k.Base().Count(text)), off(g.N, n), g.Low <= n && n <= g.High, off(bare.Count(text).N, n))
	}
}

func off(guess, truth int64) float64 { return 100 * (float64(guess)/float64(truth) - 1) }

// counter returns the function that counts by the file given.
func counter(tiktoken, pattern, spm string) (func(string) int64, error) {
	if spm != "" {
		f, err := os.Open(spm)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		m, err := sentencepiece.Load(f)
		if err != nil {
			return nil, err
		}
		return func(text string) int64 { return int64(m.Count(text)) }, nil
	}
	p, err := bpe.PatternOf(pattern)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(tiktoken)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	e, err := bpe.LoadTiktoken(f, p)
	if err != nil {
		return nil, err
	}
	return func(text string) int64 { return int64(e.Count(text)) }, nil
}
