package sentencepiece

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Count returns the number of tokens of text. Bytes that are no UTF-8 count as
// U+FFFD.
func (m *Model) Count(text string) (n int) {
	m.each(text, true, func(int32) { n++ })
	return n
}

// CountBytes is [Model.Count] without a copy of the bytes.
func (m *Model) CountBytes(text []byte) int {
	return m.Count(unsafe.String(unsafe.SliceData(text), len(text)))
}

// Append appends the ids of the tokens of text to dst.
func (m *Model) Append(dst []uint32, text string) []uint32 {
	m.each(text, true, func(id int32) { dst = append(dst, uint32(id)) })
	return dst
}

// Piece returns the text of a token, with ▁ for a space, or "".
func (m *Model) Piece(id uint32) string {
	if int(id) >= len(m.pieces) {
		return ""
	}
	return m.pieces[id].text
}

// each calls f with every token of a text, or of a later part of one.
func (m *Model) each(text string, first bool, f func(id int32)) {
	unknowns := false // whether the last token was the unknown one
	token := func(s string, id int32) {
		switch {
		case id != m.unknown:
			f(id)
		case m.byteFallback:
			for i := range len(s) {
				f(m.byteID(s[i]))
			}
		case !unknowns: // a run of them is one
			f(id)
		}
		unknowns = id == m.unknown
	}
	text = m.norm.normal(text, first)
	switch m.kind {
	case Unigram:
		m.unigram(text, token)
	case Char:
		for text != "" {
			n := m.userAt(text)
			if n == 0 {
				_, n = utf8.DecodeRuneInString(text)
			}
			id, ok := m.ids[text[:n]]
			if !ok {
				id = m.unknown
			}
			token(text[:n], id)
			text = text[n:]
		}
	case BPE:
		for text != "" {
			n := len(text)
			if m.cuttable {
				n = cut(text)
			}
			m.bpe(text[:n], token)
			text = text[n:]
		}
	}
}

// cut returns the end of the first word of normalized text, with the white
// space before it. Where no piece goes on over white space, words can be
// segmented one by one.
func cut(text string) int {
	i := 0
	for strings.HasPrefix(text[i:], blank) {
		i += len(blank)
	}
	if end := strings.Index(text[i:], blank); end >= 0 {
		return i + end
	}
	return len(text)
}

// byteID returns the piece of a single byte.
func (m *Model) byteID(c byte) int32 { return m.bytes[c] }
