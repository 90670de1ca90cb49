package estimate

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

// The heuristic's bounds hold against the exact count on the toolchain's own
// source code, in windows of 20 KB, and on prose in several scripts.
func TestHeuristicBoundsHold(t *testing.T) {
	texts := []string{
		strings.Repeat("The tokens a model reads are billed apart from those it writes; what it read before costs less. ", 20),
		strings.Repeat("模型读取的词元和写出的词元分开计费；读过的内容便宜一些。", 30),
		strings.Repeat("モデルが読むトークンと書くトークンは別々に請求されます。", 30),
		strings.Repeat("Токены, которые модель читает, оплачиваются отдельно от тех, что она пишет. ", 20),
		strings.Repeat("Die Token, die ein Modell liest, werden getrennt von denen berechnet, die es schreibt. ", 20),
		strings.Repeat(`{"id":"call_1","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"/src/main.go\"}"}}`, 20),
	}
	files, _ := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", "strings", "*.go"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for len(data) > 20_000 {
			texts = append(texts, strings.ToValidUTF8(string(data[:20_000]), ""))
			data = data[20_000:]
		}
	}
	exact, guess := For("gpt-5", o200k.Base()), For("gpt-5")
	for _, text := range texts {
		n, g := exact.Count(text).N, guess.Count(text)
		if n < g.Low || n > g.High {
			t.Errorf("%d tokens, guessed %d to %d: %.60q", n, g.Low, g.High, text)
		}
	}
}
