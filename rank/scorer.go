package rank

import (
	"fmt"
	"math/bits"
)

// Scorer turns the raw sum of one subject's step into the score that counts:
// brackets of diminishing returns, as of an income tax. What a bracket's Above
// leaves below it counts by the bracket before; the first bracket's is whole.
// Negative sums count whole. The board keeps the raw sums beside the scores, so
// a correction of the raw is judged by the brackets again.
//
// A Scorer is data, not code, so that a snapshot can say by which it was scored.
type Scorer []Bracket

// Bracket counts the part of a step's sum above Above (and up to the next
// bracket's) as Num/Den of it, rounded down. 0/1 is a cap.
type Bracket struct {
	Above    int64 // ≥ 0, rising
	Num, Den int64 // 0 ≤ Num ≤ Den, Den ≥ 1; falling ratios are not demanded
}

// CapPerStep is the Scorer that counts at most limit per subject and step.
func CapPerStep(limit int64) Scorer { return Scorer{{Above: limit, Num: 0, Den: 1}} }

// Score returns the score of a raw sum. It never rises above the raw sum, and
// never falls when the raw sum rises.
func (s Scorer) Score(raw int64) int64 {
	if len(s) == 0 || raw <= s[0].Above {
		return raw
	}
	score := s[0].Above
	for i, b := range s {
		if raw <= b.Above {
			break
		}
		top := raw
		if i+1 < len(s) && s[i+1].Above < raw {
			top = s[i+1].Above
		}
		hi, lo := bits.Mul64(uint64(top-b.Above), uint64(b.Num))
		part, _ := bits.Div64(hi, lo, uint64(b.Den)) // Num ≤ Den, so it fits
		score += int64(part)
	}
	return score
}

// fault says what is wrong with the brackets, or "".
func (s Scorer) fault() string {
	for i, b := range s {
		switch {
		case b.Above < 0 || i > 0 && b.Above <= s[i-1].Above:
			return fmt.Sprintf("bracket %d starts above %d, want 0 or more and rising", i, b.Above)
		case b.Den < 1 || b.Num < 0 || b.Num > b.Den:
			return fmt.Sprintf("bracket %d counts %d/%d, want 0/1 to 1/1", i, b.Num, b.Den)
		}
	}
	return ""
}
