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
	"log"
	"os"
	"path/filepath"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

func main() {
	dir := flag.String("o", "../estimate/vocab", "folder of the vocabulary packages")
	flag.Parse()
	for _, v := range []struct{ file, sum, out string }{
		{"o200k_base.tiktoken", o200k.Sum, "o200k/o200k.bin"},
		{"cl100k_base.tiktoken", cl100k.Sum, "cl100k/cl100k.bin"},
	} {
		if err := pack(v.file, v.sum, filepath.Join(*dir, v.out)); err != nil {
			log.Fatal(err)
		}
	}
}

func pack(file, sum, out string) error {
	data, err := assets.Assets.ReadFile(file)
	if err != nil {
		return err
	}
	if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
		return fmt.Errorf("%s: SHA-256 is %x, want %s", file, got, sum)
	}
	packed, err := bpe.Pack(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return os.WriteFile(out, packed, 0o644)
}
