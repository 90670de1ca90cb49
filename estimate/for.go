package estimate

import "github.com/tokenomics-go/tokenomics/estimate/bpe"

// For returns the counter for a model, told by its name as providers, hosts
// and gateways write it. Give it the vocabularies the program compiled in:
//
//	estimate.For("gpt-5", o200k.Base())        // exact
//	estimate.For("claude-opus-4-6", o200k.Base()) // o200k_base × measured factors, ±13 %
//	estimate.For("gpt-5")                      // a heuristic over bytes and scripts
//
// If one of them is the model's published encoding, counts are exact. Else, if
// o200k_base or o200k_harmony is among them, counts are its count times the
// factors of the model's family. Else they are a heuristic's.
//
// For never fails: a name that says nothing gives a counter of the family
// "unknown" with wide bounds, and its Basis says so.
func For(model string, vocabularies ...*bpe.Encoding) Counter {
	f := resolve(model)
	var o200k *bpe.Encoding
	for _, e := range vocabularies {
		if e == nil {
			continue
		}
		switch e.Name() {
		case "o200k_base", "o200k_harmony":
			o200k = e
		}
		if e.Name() == f.encoding {
			return newExact(f, e)
		}
	}
	switch {
	case o200k == nil:
		return newHeuristic(f)
	case f.encoding == "o200k_base" || f.encoding == "o200k_harmony":
		return newExact(f, o200k.Named(f.encoding)) // the same text tokens
	}
	return newScaled(f, o200k)
}

// EncodingOf returns the published encoding of a model, told by its name:
// "o200k_base", "o200k_harmony", "cl100k_base", "p50k_base" or "r50k_base"; ""
// for a model that has none. A program that has several vocabularies compiled
// in builds the one it needs alone.
func EncodingOf(model string) string { return resolve(model).encoding }

// With returns a counter that counts exactly by one encoding, for models whose
// vocabulary the host loaded itself with [bpe.LoadTiktoken].
func With(e *bpe.Encoding) Counter {
	return newExact(family{name: e.Name(), why: "a vocabulary the host chose"}, e)
}
