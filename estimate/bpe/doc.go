// Package bpe counts and encodes text by byte-pair encoding, token for token
// as OpenAI's published encodings do, fast and without allocating.
//
// The vocabularies of o200k_base, o200k_harmony and cl100k_base are in the
// packages beside this one, ready to use:
//
//	n := o200k.Base().Count(text)
//
// Others that come as tiktoken files, such as those of Llama 3, are read with
// [LoadTiktoken] and kept small with [Pack] and [Unpack].
//
// An [Encoding] first cuts text into pieces, as the encoding's regular
// expression would, with scanners written by hand over a table of Unicode
// [UnicodeVersion]. Each piece is encoded alone. Counts of pieces up to 15
// bytes are remembered under the piece itself; the others are encoded in time
// by their length, whatever they hold. No input makes a method panic.
//
// The way of encoding without merging step by step is published with
// github.com/github/rust-gems; see merge.go.
package bpe
