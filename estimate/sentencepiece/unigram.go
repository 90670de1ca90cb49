package sentencepiece

import "unicode/utf8"

// unknownPenalty is how much less likely than the least likely piece a
// character is that no piece has.
const unknownPenalty = 10

// unigram segments normalized text into the sequence of pieces with the
// greatest sum of scores. Sums are of 32 bits, and of equal ones the first
// found stays, as in the reference implementation, so that near ties fall the
// same way.
func (m *Model) unigram(text string, yield func(text string, id int32)) {
	type end struct {
		from  int32 // where the last piece begins; −1 if nothing ends here
		id    int32
		score float32
	}
	best := make([]end, len(text)+1)
	for i := range best {
		best[i].from = -1
	}
	for from := 0; from < len(text); {
		before := best[from].score
		_, one := utf8.DecodeRuneInString(text[from:])
		single := false
		reach := func(to int, id int32, score float32) {
			if e := &best[to]; e.from < 0 || before+score > e.score {
				*e = end{int32(from), id, before + score}
			}
		}
		for to := from; to < len(text); {
			_, n := utf8.DecodeRuneInString(text[to:])
			to += n
			part := text[from:to]
			if id, ok := m.ids[part]; ok && m.pieces[id].kind != unused {
				score := m.pieces[id].score
				if m.pieces[id].kind == user {
					score = float32(float64(float32(len(part))*m.maxScore) - 0.1)
				}
				reach(to, id, score)
				single = single || len(part) == one
			}
			if _, ok := m.prefixes[part]; !ok {
				break
			}
		}
		if !single {
			reach(from+one, m.unknown, m.minScore-unknownPenalty)
		}
		from += one
	}
	var path []int
	for at := len(text); at > 0; at = int(best[at].from) {
		path = append(path, at)
	}
	at := 0
	for i := len(path) - 1; i >= 0; i-- {
		yield(text[at:path[i]], best[path[i]].id)
		at = path[i]
	}
}
