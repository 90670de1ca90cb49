package estimate

import "math"

// Kind says whether a count is the provider's own or a guess at it. The zero
// Kind is Estimate: nothing is exact until it is proven to be.
type Kind uint8

// The kinds of a count.
const (
	Estimate Kind = iota // within Low and High as far as was measured
	Exact                // token for token what the vendor's published encoding gives
)

// String returns "estimate" or "exact".
func (k Kind) String() string {
	if k == Exact {
		return "exact"
	}
	return "estimate"
}

// MarshalText writes "estimate" or "exact".
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Basis says what a count rests on.
type Basis struct {
	Kind     Kind
	Family   string // model family the factors are of, such as "claude-4.7"; "unknown" if the name told nothing
	Encoding string // vocabulary counted with, such as "o200k_base"; "bytes" for the heuristic
	Unicode  string // Unicode version of the character classes, for counts made with a vocabulary
	Below    int    // how far the truth may lie under N, in tenths of a percent of N
	Above    int    // how far the truth may lie over N, in tenths of a percent of N
	Why      string // one sentence: where the factor and the bounds come from
}

// Count is a number of tokens with what is known about it: N is the likely
// value, to be used for cost; High is the bound to hold against a limit. An
// exact count has Low = N = High. Counts add: see [Count.Plus].
type Count struct {
	N, Low, High int64
	Basis
}

// Plus returns the sum of two counts. Bounds add too, so the sum is exact only
// if both are; the basis is that of the less certain one. Sums that overflow
// stay at the largest int64.
func (c Count) Plus(d Count) Count {
	b := c.Basis
	if d.Kind < b.Kind || (d.Kind == b.Kind && d.Above > b.Above) {
		b = d.Basis
	}
	return Count{
		N:     addSat(c.N, d.N),
		Low:   addSat(c.Low, d.Low),
		High:  addSat(c.High, d.High),
		Basis: b,
	}
}

// Counter counts the tokens of text for one model. A Counter is safe for
// concurrent use. Any bytes may be given: invalid UTF-8 counts as U+FFFD, one
// a bad byte, and the text of special tokens such as "<|endoftext|>" counts as
// the plain text it is.
type Counter interface {
	// Basis says what every count of this counter rests on.
	Basis() Basis

	// Count returns the number of tokens of text.
	Count(text string) Count

	// CountBytes is Count without a copy of the bytes.
	CountBytes(text []byte) Count

	// CountUpTo stops counting once the likely count is above limit. If
	// within is true, c is the count of the whole text; if not, c counts a
	// beginning of it that is already too long.
	CountUpTo(text string, limit int64) (c Count, within bool)

	// NewMeter returns a meter for text that arrives in parts.
	NewMeter() Meter
}

// Meter counts text as it passes. The parts written may be cut anywhere, even
// inside a character: after Close, Count is what [Counter.Count] gives for all
// of them joined. A Meter is not safe for concurrent use.
type Meter interface {
	// Write never fails and always takes all of p.
	Write(p []byte) (int, error)

	// Close ends the text. It never fails, and later writes are ignored.
	Close() error

	// Count is the count so far. Before Close it may leave out the last few
	// tokens, which more text could still change.
	Count() Count
}

// around returns a count of n tokens with the bounds of the basis, rounded
// outwards.
func (b Basis) around(n int64) Count {
	if b.Kind == Exact {
		return Count{N: n, Low: n, High: n, Basis: b}
	}
	return Count{
		N:     n,
		Low:   max(0, n-ceilShare(n, b.Below, 1000)),
		High:  addSat(n, ceilShare(n, b.Above, 1000)),
		Basis: b,
	}
}

// ceilShare returns n × num / den rounded up, for n ≥ 0, without overflow as
// long as the result itself fits; it stays at the largest int64 otherwise.
func ceilShare(n int64, num, den int) int64 {
	q, r := n/int64(den), n%int64(den)
	if num > 0 && q > math.MaxInt64/int64(num)-1 {
		return math.MaxInt64
	}
	return addSat(q*int64(num), (r*int64(num)+int64(den)-1)/int64(den))
}

// addSat adds two non-negative numbers and stays at the largest int64.
func addSat(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
