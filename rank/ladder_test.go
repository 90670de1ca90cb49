package rank

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// checkLadder compares everything a ladder keeps with what its members are.
func checkLadder(t *testing.T, l *ladder, nodes []node, in map[uint32]bool) {
	t.Helper()
	seen := map[uint32]bool{}
	var walk func(bk *bucket, low uint64, shift uint) int
	walk = func(bk *bucket, low uint64, shift uint) int {
		n := 0
		if bk.head&isSplit != 0 {
			s := l.splits[bk.head&^isSplit]
			if int(bk.n) < mergeBelow {
				t.Fatalf("a bucket of %d is still split", bk.n)
			}
			for p := range s.buckets {
				m := walk(&s.buckets[p], s.low(uint(p), low), s.shift)
				if m > 0 != (s.occupied>>p&1 == 1) {
					t.Fatalf("part %d holds %d, occupied %b", p, m, s.occupied)
				}
				n += m
			}
		} else {
			before := uint32(0)
			for m := bk.head; m != 0; m = nodes[m-1].next {
				if key := nodes[m-1].key(); key>>shift != low>>shift || nodes[m-1].prev != before || !in[m-1] || seen[m-1] {
					t.Fatalf("member %d with key %d hangs in a bucket from %d, shift %d", m-1, key, low, shift)
				}
				seen[m-1] = true
				before = m
				n++
			}
			if n > splitAbove && shift > 0 {
				t.Fatalf("a bucket of %d is not split", n)
			}
		}
		if n != int(bk.n) {
			t.Fatalf("a bucket of %d says it has %d", n, bk.n)
		}
		return n
	}
	sum := make([]uint32, len(l.counts))
	for at := range l.buckets {
		low, shift := l.low(at)
		n := walk(&l.buckets[at], low, shift)
		if n > 0 != (l.occupied[at>>6]>>(at&63)&1 == 1) || l.occupied[at>>6] != 0 != (l.summary[at>>12]>>(at>>6&63)&1 == 1) {
			t.Fatalf("bucket %d holds %d, but its bits say else", at, n)
		}
		for c := at + 1; c < len(sum); c += c & -c {
			sum[c] += uint32(n)
		}
	}
	if !slices.Equal(sum, l.counts) {
		t.Fatal("the Fenwick tree is wrong")
	}
	if len(seen) != len(in) || l.n != len(in) {
		t.Fatalf("%d members hang, n is %d, want %d", len(seen), l.n, len(in))
	}
}

func TestLadderKeepsItsInvariants(t *testing.T) {
	keys := map[string]func(*rand.Rand) uint64{
		"spread": func(r *rand.Rand) uint64 { return 1 + r.Uint64()>>1>>r.IntN(60) },
		"close":  func(r *rand.Rand) uint64 { return 1e12 + r.Uint64N(1e5) },
		"closer": func(r *rand.Rand) uint64 { return 1e12 + r.Uint64N(90) },
		"equal":  func(r *rand.Rand) uint64 { return 1e12 + r.Uint64N(3)*1e9 },
		"small":  func(r *rand.Rand) uint64 { return 1 + r.Uint64N(40) },
		"edges":  func(r *rand.Rand) uint64 { return maxKey - r.Uint64N(1<<r.IntN(40)) },
	}
	for name, key := range keys {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 11))
			const n = 700
			nodes := make([]node, n)
			set := func(i uint32, k uint64) { nodes[i].total = -int64(k) } // −2⁶³ has a key, too
			l := newLadder(4)
			in := map[uint32]bool{}
			for step := range 12_000 {
				i := r.Uint32N(n)
				drain := step/3000%2 == 1
				switch k := key(r); {
				case !in[i] && drain && r.IntN(8) > 0:
				case !in[i]:
					set(i, k)
					l.insert(nodes, i, k)
					in[i] = true
				case r.IntN(3) == 0 || drain && r.IntN(2) == 0:
					l.remove(nodes, i, nodes[i].key())
					delete(in, i)
				default:
					old := nodes[i].key()
					if r.IntN(2) == 0 {
						k = min(maxKey, max(1, old+r.Uint64N(5)-2))
					}
					set(i, k)
					l.move(nodes, i, old, k)
				}
				if step%500 == 0 {
					checkLadder(t, l, nodes, in)
					checkLadderReads(t, r, l, nodes, in, key)
				}
				if step%3100 == 3099 {
					l.reset()
					for i := range uint32(n) {
						if in[i] && i%64 != 0 { // some splits are kept in vain
							delete(in, i)
						}
						if in[i] {
							l.stack(nodes, i, nodes[i].key())
						}
					}
					l.settle(nodes)
					checkLadder(t, l, nodes, in)
				}
			}
		})
	}
}

// checkLadderReads compares counts and walks with a sorted list.
func checkLadderReads(t *testing.T, r *rand.Rand, l *ladder, nodes []node, in map[uint32]bool, key func(*rand.Rand) uint64) {
	t.Helper()
	var sorted []uint64
	for i := range in {
		sorted = append(sorted, nodes[i].key())
	}
	slices.Sort(sorted)
	for range 40 {
		k := key(r)
		if len(sorted) > 0 && r.IntN(2) == 0 {
			k = min(maxKey, sorted[r.IntN(len(sorted))]+r.Uint64N(3))
		}
		want, _ := slices.BinarySearch(sorted, k)
		if got := l.below(nodes, k); got != want {
			t.Fatalf("%d keys below %d, want %d", got, k, want)
		}
	}
	var up, down []uint64
	for f, ok := l.atLeast(1); ok; f, ok = l.atLeast(f.high + 1) {
		up = append(up, leafKeys(nodes, f)...)
		if f.high >= maxKey {
			break
		}
	}
	for f, ok := l.atMost(maxKey); ok; f, ok = l.atMost(f.low - 1) {
		keys := leafKeys(nodes, f)
		slices.Reverse(keys)
		down = append(down, keys...)
		if f.low == 0 {
			break
		}
	}
	slices.Reverse(down)
	if !slices.Equal(up, sorted) || !slices.Equal(down, sorted) {
		t.Fatalf("walks of %d and %d keys, want %d in order", len(up), len(down), len(sorted))
	}
}

func leafKeys(nodes []node, f leaf) []uint64 {
	var keys []uint64
	for m := f.head; m != 0; m = nodes[m-1].next {
		keys = append(keys, nodes[m-1].key())
	}
	slices.Sort(keys)
	return keys
}

func TestLadderBucketsTileTheKeys(t *testing.T) {
	for _, mantissa := range []uint{4, 8, 13} {
		l := newLadder(mantissa)
		next := uint64(0)
		for at := range l.buckets {
			low, shift := l.low(at)
			if low != next {
				t.Fatalf("mantissa %d: bucket %d begins at %d, want %d", mantissa, at, low, next)
			}
			next = low + 1<<shift
			for _, k := range []uint64{low, min(next-1, maxKey)} {
				if l.index(k) != at || l.shiftOf(k) != shift {
					t.Fatalf("mantissa %d: key %d is in bucket %d, want %d", mantissa, k, l.index(k), at)
				}
			}
		}
		if bits.Len64(next) != 64 {
			t.Fatalf("mantissa %d: the buckets end at %d", mantissa, next)
		}
	}
}
