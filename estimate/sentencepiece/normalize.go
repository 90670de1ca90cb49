package sentencepiece

import (
	"strings"
	"unicode/utf8"
)

// normalizer is what a model does to a text before it segments it.
type normalizer struct {
	model       *Model
	rules       charsMap
	dummyPrefix bool // a blank is put before the text
	squeeze     bool // blanks at the ends go, and several become one
	escape      bool // blanks become ▁
}

// next returns what the beginning of text becomes, and how many bytes of it.
func (n *normalizer) next(text string) (to string, length int) {
	if length = n.model.userAt(text); length > 0 {
		return text[:length], length
	}
	if to, length = n.rules.longest(text); length > 0 {
		return to, length
	}
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		return "\uFFFD", 1
	}
	return text[:size], size
}

// normal returns the text as the model segments it. first says whether it is
// the beginning of a text, which may get a blank.
func (n *normalizer) normal(text string, first bool) string {
	if n.squeeze {
		for text != "" {
			to, length := n.next(text)
			if to != " " {
				break
			}
			text = text[length:]
		}
	}
	if text == "" {
		return ""
	}
	space := " "
	if n.escape {
		space = blank
	}
	var out strings.Builder
	out.Grow(len(text) + len(text)/4 + 4)
	if n.dummyPrefix && first && !n.model.suffix {
		out.WriteString(space)
	}
	after := n.squeeze // whether the last was a blank that takes no other
	for text != "" {
		to, length := n.next(text)
		text = text[length:]
		for after && strings.HasPrefix(to, " ") {
			to = to[1:]
		}
		if to == "" {
			continue
		}
		if n.escape && strings.IndexByte(to, ' ') >= 0 {
			out.WriteString(strings.ReplaceAll(to, " ", blank))
		} else {
			out.WriteString(to)
		}
		after = n.squeeze && strings.HasSuffix(to, " ")
	}
	s := out.String()
	if n.squeeze {
		for strings.HasSuffix(s, space) {
			s = strings.TrimSuffix(s, space)
		}
	}
	if n.dummyPrefix && n.model.suffix {
		s += space
	}
	return s
}
