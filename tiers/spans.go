package tiers

import (
	"cmp"
	"slices"
	"time"
)

// span is a stretch of work in nanoseconds since 1970, both ends inclusive.
type span struct{ from, to int64 }

// spans is a sorted list of stretches that lie further apart than the idle gap
// it was built with. A larger gap can be applied later, a smaller one cannot.
type spans []span

// add puts one instant in. The result depends on the set of instants only:
// stretches are the connected components of "at most gap apart".
func (s spans) add(at int64, gap int64) spans {
	// The usual case first: at or shortly after the end.
	if n := len(s); n > 0 && at >= s[n-1].from && at-s[n-1].to <= gap {
		s[n-1].to = max(s[n-1].to, at)
		return s
	}
	i, _ := slices.BinarySearchFunc(s, at, func(x span, at int64) int { return cmp.Compare(x.from, at) })
	// Stretch i begins at or after the instant, stretch i-1 before it.
	left := i > 0 && at-s[i-1].to <= gap
	right := i < len(s) && s[i].from-at <= gap
	switch {
	case left && right:
		s[i-1].to = s[i].to
		return slices.Delete(s, i, i+1)
	case left:
		s[i-1].to = max(s[i-1].to, at)
		return s
	case right:
		s[i].from = at
		return s
	}
	return slices.Insert(s, i, span{at, at})
}

// union joins two lists of stretches that were built with the same gap.
func (s spans) union(t spans, gap int64) spans {
	all := slices.Concat(s, t)
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	out := all[:0]
	for _, x := range all {
		if n := len(out); n > 0 && x.from-out[n-1].to <= gap {
			out[n-1].to = max(out[n-1].to, x.to)
		} else {
			out = append(out, x)
		}
	}
	return out
}

func instant(ns int64) time.Time { return time.Unix(0, ns).UTC() }
