// Command packvocab writes the packed vocabularies of estimate/vocab anew from
// the published files, as the module github.com/pkoukk/tiktoken-go-loader holds
// them. It refuses a file whose SHA-256 is not the one openai/tiktoken pins.
//
//	go run ./tokens/packvocab -o ../estimate/vocab
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/p50k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/r50k"
)

func main() {
	dir := flag.String("o", "../estimate/vocab", "folder of the vocabulary packages")
	flag.Parse()
	for _, v := range []struct{ file, sum, out, gap string }{
		{"o200k_base.tiktoken", o200k.Sum, "o200k/o200k.bin", ""},
		{"cl100k_base.tiktoken", cl100k.Sum, "cl100k/cl100k.bin", ""},
		{"p50k_base.tiktoken", p50k.Sum, "p50k/p50k.bin", p50k.Gap},
		{"r50k_base.tiktoken", r50k.Sum, "r50k/r50k.bin", ""},
	} {
		if err := pack(v.file, v.sum, filepath.Join(*dir, v.out), v.gap); err != nil {
			log.Fatal(err)
		}
	}
}

// pack writes a file's vocabulary; gap is a line to be added.
func pack(file, sum, out, gap string) error {
	data, err := assets.Assets.ReadFile(file)
	if err != nil {
		return err
	}
	if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
		return fmt.Errorf("%s: SHA-256 is %x, want %s", file, got, sum)
	}
	packed, err := bpe.Pack(io.MultiReader(bytes.NewReader(data), strings.NewReader(gap)))
	if err != nil {
		return err
	}
	return os.WriteFile(out, packed, 0o644)
}
