// Package sentencepiece counts tokens by a SentencePiece model that the host
// has as a file: Gemma and Gemini, Llama 1 and 2, Mistral 7B to Mixtral, T5 and
// others publish theirs as tokenizer.model or spiece.model. No model comes with
// this package.
//
//	f, err := os.Open("tokenizer.model")
//	m, err := sentencepiece.Load(f)
//	n := m.Count("Hello, world!")
//
// Models of the types unigram, BPE and character are encoded as the reference
// implementation does, their normalization rules and byte fallback included.
// Word models, and files that are damaged, are a [*ModelError]. The text of
// control symbols, such as "<s>", counts as plain text; symbols that the model
// itself says are the user's are single tokens wherever they stand. What a
// model adds around a text, such as "<s>" before it, is not counted.
package sentencepiece
