package estimate

import (
	"math/big"
	"sort"
)

// moved returns the shares with share k set to v and the others scaled so
// that the sum stays one million. Where the others are all zero, they take the
// rest in equal parts. The parts lost to rounding go to the last other share.
func moved(shares []int64, k int, v int64) []int64 {
	out := make([]int64, len(shares))
	out[k] = v
	rest, others := Million-v, Million-shares[k]
	last, given := -1, int64(0)
	for i, s := range shares {
		if i == k {
			continue
		}
		if others > 0 {
			out[i] = s * rest / others
		} else {
			out[i] = rest / int64(len(shares)-1)
		}
		given += out[i]
		if s > 0 || others == 0 || last < 0 {
			last = i
		}
	}
	if last < 0 {
		out[k] = Million
		return out
	}
	out[last] += rest - given
	return out
}

// movedWithin is moved with every share kept within its span. Where the others
// cannot give or take that much, share k moves as far as they let it.
func movedWithin(spans []Span, shares []int64, k int, v int64) []int64 {
	var low, high int64
	for i, s := range spans {
		if i != k {
			low, high = low+s.Low, high+s.High
		}
	}
	out := moved(shares, k, max(Million-high, min(v, Million-low)))
	// What is cut off at one span's end goes to the others that have room.
	rest := int64(0)
	for i, s := range spans {
		if i != k {
			kept := max(s.Low, min(out[i], s.High))
			rest += out[i] - kept
			out[i] = kept
		}
	}
	for i, s := range spans {
		if i != k {
			more := max(s.Low-out[i], min(rest, s.High-out[i]))
			out[i] += more
			rest -= more
		}
	}
	return out
}

// whole returns n shares of which share k is everything.
func whole(n, k int) []int64 {
	out := make([]int64, n)
	out[k] = Million
	return out
}

// fill spreads one million over the spans so that the sum of share × cost is
// least, or greatest: every share at its low end, then the cheapest (dearest)
// raised first. With bounds on each share and a fixed sum that is the optimum.
func fill(spans []Span, cost []*big.Int, dearest bool) []int64 {
	order := make([]int, len(spans))
	out := make([]int64, len(spans))
	rest := int64(Million)
	for i, s := range spans {
		order[i], out[i] = i, s.Low
		rest -= s.Low
	}
	sort.SliceStable(order, func(i, j int) bool {
		c := cost[order[i]].Cmp(cost[order[j]])
		return c < 0 && !dearest || c > 0 && dearest
	})
	for _, i := range order {
		more := min(rest, spans[i].High-spans[i].Low)
		out[i] += more
		rest -= more
	}
	return out
}

// corners returns the corners of the set of shares that lie within their
// spans and sum to one million. At a corner all shares but one are at an end
// of their span.
func corners(spans []Span) [][]int64 {
	var out [][]int64
	seen := map[string]bool{}
	shares := make([]int64, len(spans))
	var walk func(i, free int, sum int64)
	walk = func(i, free int, sum int64) {
		if i == len(spans) {
			shares[free] = Million - sum
			if shares[free] < spans[free].Low || shares[free] > spans[free].High {
				return
			}
			key := string(encodeShares(shares))
			if !seen[key] {
				seen[key] = true
				out = append(out, append([]int64(nil), shares...))
			}
			return
		}
		if i == free {
			walk(i+1, free, sum)
			return
		}
		for j, v := range [2]int64{spans[i].Low, spans[i].High} {
			if j == 1 && spans[i].Low == spans[i].High {
				break
			}
			shares[i] = v
			walk(i+1, free, sum+v)
		}
	}
	for free := range spans {
		walk(0, free, 0)
	}
	return out
}

func encodeShares(shares []int64) []byte {
	var b []byte
	for _, s := range shares {
		b = append(b, byte(s), byte(s>>8), byte(s>>16))
	}
	return b
}
