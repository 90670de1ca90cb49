package bpe

import (
	"encoding/base64"
	"fmt"
	"io"
)

// Pieces cuts text as the encoding does, by the general path alone.
func Pieces(e *Encoding, text string) (pieces []string) {
	b := validBytes(text)
	for i := 0; i < len(b); {
		var j int
		switch e.pattern {
		case Cl100k:
			j = e.classes.runePieceCl100k(b, i, 3)
		case Qwen:
			j = e.classes.runePieceCl100k(b, i, 1)
		case O200k:
			j = e.classes.runePieceO200k(b, i, o200kRules)
		case Tekken:
			j = e.classes.runePieceO200k(b, i, tekkenRules)
		default:
			j = e.pieceEnd(b, i)
		}
		pieces = append(pieces, string(b[i:j]))
		i = j
	}
	return pieces
}

// Recut returns an encoding with the same tokens and another pattern.
func Recut(e *Encoding, p Pattern) *Encoding {
	cut := *e.Cold()
	cut.pattern = p
	return &cut
}

// NaiveCount counts as the definition says: cut by the general path, then join
// the pair of lowest rank, the leftmost first, until none is a token.
// It takes time by the square of a piece.
func NaiveCount(e *Encoding, text string) (n int) {
	for _, p := range Pieces(e, text) {
		if _, ok := e.table.lookup([]byte(p)); ok {
			n++
			continue
		}
		cuts := make([]int, len(p)+1)
		for i := range cuts {
			cuts[i] = i
		}
		for {
			best, at := none, -1
			for i := 0; i+2 < len(cuts); i++ {
				part := p[cuts[i]:cuts[i+2]]
				if id, ok := e.table.lookup([]byte(part)); ok && id < best {
					best, at = id, i+1
				}
			}
			if at < 0 {
				break
			}
			cuts = append(cuts[:at], cuts[at+1:]...)
		}
		n += len(cuts) - 1
	}
	return n
}

// WriteLine writes a line of a tiktoken file.
func WriteLine(w io.Writer, token string, rank int) {
	_, _ = fmt.Fprintf(w, "%s %d\n", base64.StdEncoding.EncodeToString([]byte(token)), rank)
}

// Held returns how many bytes a meter keeps room for.
func Held(m *Meter) int {
	n := cap(m.tail)
	if m.long != nil {
		for _, t := range []*tally{&m.long.whole, &m.long.rest} {
			n += cap(t.text) + 16*cap(t.ends) + 16*cap(t.open)
		}
	}
	return n
}
