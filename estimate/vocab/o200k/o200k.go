// Package o200k compiles in the vocabulary of OpenAI's o200k_base and
// o200k_harmony encodings: GPT-4o, GPT-4.1, GPT-5, the o series and gpt-oss.
// Importing it adds 1.3 MB to a program; the first use takes some hundredths of a
// second and keeps 14 MB.
//
// The data is that of the file o200k_base.tiktoken which OpenAI publishes with
// github.com/openai/tiktoken (MIT license), taken from
// github.com/pkoukk/tiktoken-go-loader v0.0.2 (MIT license) and repacked.
// Written out again it has the SHA-256 that openai/tiktoken pins, [Sum].
package o200k

import (
	_ "embed"
	"sync"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
)

// Sum is the SHA-256 of the published vocabulary file.
const Sum = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

//go:embed o200k.bin
var packed string

var load = sync.OnceValue(func() *bpe.Encoding {
	return bpe.MustUnpack(packed, bpe.O200k).Named("o200k_base")
})

// Base returns the o200k_base encoding. The first call builds its tables, all
// share them.
func Base() *bpe.Encoding { return load() }

// Harmony returns the o200k_harmony encoding. It counts text as Base does:
// the two differ in special tokens alone.
func Harmony() *bpe.Encoding { return load().Named("o200k_harmony") }
