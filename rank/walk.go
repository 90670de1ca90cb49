package rank

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

const (
	// stackEntries is how many entries of a bucket are sorted without allocating.
	// Only a crowd of equal totals, or a whole small board, has more than a ladder's
	// bucket.
	stackEntries = scanBelow

	// crowdRows is how many rows of a crowd are sorted first, for most readers want
	// no more than a page.
	crowdRows = 300
)

func (b *Board) down(after *row, yield func(row) bool) {
	bound := int64(math.MaxInt64)
	if after != nil {
		bound = after.score
	}
	b.walkFrom(bound, after, false, yield)
}

func (b *Board) up(before *row, yield func(row) bool) {
	bound := int64(math.MinInt64)
	if before != nil {
		bound = before.score
	}
	b.walkFrom(bound, before, true, yield)
}

func (b *Board) walkFrom(bound int64, behind *row, back bool, yield func(row) bool) {
	var stack [stackEntries]entry
	walk := b.order.from(bound, back)
	for many := 8; ; many = min(2*many, stackEntries) {
		bucket := walk.next(stack[:0], many)
		if len(bucket) == 0 || !b.walk(bucket, behind, back, yield) {
			return
		}
	}
}

// walk yields the rows of a bucket behind a row (nil: all) in order of listing, or
// those in front of it in reverse, and reports whether to go on.
func (b *Board) walk(bucket []entry, behind *row, back bool, yield func(row) bool) bool {
	if behind != nil {
		rest := bucket[:0]
		for _, e := range bucket {
			c := cmp.Compare(behind.score, e.score)
			if c == 0 {
				r := b.row(e)
				c = compareRows(&r, behind)
			}
			if c > 0 && !back || c < 0 && back {
				rest = append(rest, e)
			}
		}
		bucket = rest
	}
	sorted := b.sortSome(bucket, crowdRows, back)
	for at, e := range bucket {
		if at == sorted {
			b.sortAll(bucket[at:], back)
			e = bucket[at]
		}
		if !yield(b.row(e)) {
			return false
		}
	}
	return true
}

// sortSome brings at least the first rows of a bucket to its front, in order of
// listing or, for back, its last in reverse. It returns how many.
func (b *Board) sortSome(bucket []entry, rows int, back bool) int {
	if len(bucket) <= stackEntries || rows >= len(bucket)/4 {
		b.sortAll(bucket, back)
		return len(bucket)
	}
	// A heap of the rows found so far, the worst at its root.
	sign := 1
	if back {
		sign = -1
	}
	worse := func(x, y entry) bool { return sign*b.compare(x, y) > 0 }
	heap, j := bucket[:rows], 0
	sift := func(at int) {
		for child := 2*at + 1; child < len(heap); child = 2*at + 1 {
			if child+1 < len(heap) && worse(heap[child+1], heap[child]) {
				child++
			}
			if !worse(heap[child], heap[at]) {
				return
			}
			heap[at], heap[child] = heap[child], heap[at]
			at = child
		}
	}
	for at := len(heap)/2 - 1; at >= 0; at-- {
		sift(at)
	}
	// Members often hang in the order of their names, or in reverse, where every one
	// would enter the heap; so they are visited in long strides.
	rest := bucket[rows:]
	stride := len(rest)*5/8 | 1
	for gcd(stride, len(rest)) != 1 {
		stride += 2
	}
	for range rest {
		if j = (j + stride) % len(rest); worse(heap[0], rest[j]) {
			heap[0], rest[j] = rest[j], heap[0]
			sift(0)
		}
	}
	b.sortAll(heap, back)
	return rows
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (b *Board) sortAll(bucket []entry, back bool) {
	b.sort(bucket)
	if back {
		slices.Reverse(bucket)
	}
}

// sort puts a bucket in order of listing: by score first, for few are equal.
func (b *Board) sort(bucket []entry) {
	moves := 8 * len(bucket) // for a bucket that is nearly in order
	for i := 1; i < len(bucket) && moves >= 0; i++ {
		e, at := bucket[i], i
		for ; at > 0 && bucket[at-1].score < e.score; at-- {
			bucket[at] = bucket[at-1]
		}
		bucket[at] = e
		moves -= i - at
	}
	if moves < 0 {
		slices.SortFunc(bucket, func(x, y entry) int { return cmp.Compare(y.score, x.score) })
	}
	from := 1
	for from < len(bucket) && bucket[from].score != bucket[from-1].score {
		from++
	}
	for from--; from < len(bucket)-1; {
		to := from + 1
		for to < len(bucket) && bucket[to].score == bucket[from].score {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(bucket[from:to], b.compare)
		}
		from = to
	}
}

// compare orders entries as they are listed.
func (b *Board) compare(x, y entry) int {
	switch {
	case x.score != y.score:
		return cmp.Compare(y.score, x.score)
	case b.last != nil && b.last[x.i] != b.last[y.i]:
		return cmp.Compare(b.last[x.i], b.last[y.i])
	}
	return strings.Compare(b.names.name(b.ring.members.id(x.i)), b.names.name(b.ring.members.id(y.i)))
}
