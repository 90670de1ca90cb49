package pricing

// Money is an exact amount: a signed 128-bit count of 1e-12 currency units.
// The zero value is zero and amounts are comparable with ==.
type Money struct {
	hi int64
	lo uint64
}
