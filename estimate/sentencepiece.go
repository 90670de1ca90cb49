package estimate

import "github.com/tokenomics-go/tokenomics/estimate/sentencepiece"

// WithSentencePiece returns a counter that counts exactly by a SentencePiece
// model the host has as a file: tokenizer.model of Gemma, which Gemini counts
// by, Llama 2 or Mistral 7B. The model's name only says what the counts are of.
func WithSentencePiece(model string, m *sentencepiece.Model) Counter {
	return &fromModel{m, Basis{
		Kind: Exact, Family: resolve(model).name, Encoding: "sentencepiece",
		Why: "a SentencePiece model the host chose",
	}}
}

type fromModel struct {
	model *sentencepiece.Model
	basis Basis
}

func (f *fromModel) Basis() Basis { return f.basis }

func (f *fromModel) Count(text string) Count { return f.basis.around(int64(f.model.Count(text))) }

func (f *fromModel) CountBytes(text []byte) Count {
	return f.basis.around(int64(f.model.CountBytes(text)))
}

func (f *fromModel) CountUpTo(text string, limit int64) (Count, bool) {
	m := f.model.NewMeter()
	for b := bytesOf(text); len(b) > 0; {
		n := min(len(b), upToChunk)
		_, _ = m.Write(b[:n])
		if b = b[n:]; m.Count() > limit {
			return f.basis.around(m.Count()), false
		}
	}
	_ = m.Close()
	return f.basis.around(m.Count()), m.Count() <= limit
}

func (f *fromModel) NewMeter() Meter { return &fromModelMeter{f.model.NewMeter(), f.basis} }

type fromModelMeter struct {
	*sentencepiece.Meter
	basis Basis
}

func (m *fromModelMeter) Count() Count { return m.basis.around(m.Meter.Count()) }
