package rank

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// checkLadder compares everything a ladder keeps with what its members are.
func checkLadder(t *testing.T, l *ladder, nodes []node, in map[uint32]bool) {
	t.Helper()
	seen := map[uint32]bool{}
	blocks := map[uint32]uint8{} // in use, and their class
	var walk func(b *branch, p uint, low uint64, shift uint8) int
	walk = func(b *branch, p uint, low uint64, shift uint8) int {
		n := 0
		switch child := b.child[p]; {
		case b.n[p] == 0:
		case child&isBranch != 0:
			if b.n[p] < branchBelow {
				t.Fatalf("%d members are still a branch", b.n[p])
			}
			fine := l.branches[child&^isBranch]
			if uint64(fine.mask) < 1<<(shift-fine.shift)-1 || fine.shift >= shift {
				t.Fatalf("a branch has shift %d and mask %b in the place of one of %d", fine.shift, fine.mask, shift)
			}
			for q := range uint(fine.mask) + 1 {
				n += walk(fine, q, low|uint64(q)<<fine.shift, fine.shift)
			}
		default:
			n = int(b.n[p])
			size := blockRoom(b.class[p])
			if n > size || n > leafMost && shift > 0 || n < size/4 {
				t.Fatalf("a leaf of %d in a block of %d, shift %d", n, size, shift)
			}
			blocks[child] = b.class[p]
			for at, i := range l.blocks.of(child, b.n[p]) {
				if key := nodes[i].key(); key>>shift != low>>shift || int(nodes[i].at) != at || nodes[i].shift != shift || !in[i] || seen[i] {
					t.Fatalf("member %d with key %d is in a leaf from %d, shift %d, as %+v", i, key, low, shift, nodes[i])
				}
				seen[i] = true
			}
		}
		if n != int(b.n[p]) || n > 0 != (b.occupied>>p&1 == 1) {
			t.Fatalf("a part of %d says it has %d, occupied %b", n, b.n[p], b.occupied>>p&1)
		}
		return n
	}
	n := 0
	for length := range uint(parts) {
		low := uint64(1) << length >> 1
		m := 0
		for p := range uint(parts) {
			b := &l.roots[length]
			if key := low | uint64(p)<<b.shift; length > partBits || uint64(p) < low || key == 0 && p == 0 {
				m += walk(b, b.part(key), key, b.shift)
			}
		}
		if m != int(l.lengths[length]) || m > 0 != (l.occupied>>length&1 == 1) {
			t.Fatalf("%d keys of %d bits, said to be %d, occupied %b", m, length, l.lengths[length], l.occupied)
		}
		n += m
	}
	if len(seen) != len(in) || l.n != len(in) || n != len(in) {
		t.Fatalf("%d members are in leaves, n is %d, want %d", len(seen), l.n, len(in))
	}
	for class := range l.blocks.free {
		for block := l.blocks.free[class]; block != 0; block = l.blocks.ids[(block-1)*blockUnit] {
			if _, used := blocks[block-1]; used {
				t.Fatalf("block %d is in use, and free", block-1)
			}
			blocks[block-1] = uint8(class)
		}
	}
	end := 0
	for end < len(l.blocks.ids)/blockUnit {
		class, known := blocks[uint32(end)]
		if !known {
			t.Fatalf("block %d is lost", end)
		}
		end += blockRoom(class) / blockUnit
	}
}

func TestLadderKeepsItsInvariants(t *testing.T) {
	keys := map[string]func(*rand.Rand) uint64{
		"spread": func(r *rand.Rand) uint64 { return r.Uint64() >> 1 >> r.IntN(60) },
		"close":  func(r *rand.Rand) uint64 { return 1e12 + r.Uint64N(1e5) },
		"closer": func(r *rand.Rand) uint64 { return 1e12 + r.Uint64N(90) },
		"equal":  func(r *rand.Rand) uint64 { return 1e12 + r.Uint64N(3)*1e9 },
		"small":  func(r *rand.Rand) uint64 { return r.Uint64N(40) },
		"edges":  func(r *rand.Rand) uint64 { return maxKey - r.Uint64N(1<<r.IntN(40)) },
	}
	for name, key := range keys {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 11))
			const n = 1100
			nodes := make([]node, n)
			set := func(i uint32, k uint64) { nodes[i].total = ^int64(k) } // 0 is a key, of −1
			l := newLadder()
			in := map[uint32]bool{}
			for step := range 14_000 {
				i := r.Uint32N(n)
				drain := step/3500%2 == 1
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
						k = min(maxKey, max(1, old+r.Uint64N(5))-1)
					}
					set(i, k)
					l.move(nodes, i, old, k)
				}
				if step%500 == 0 {
					checkLadder(t, l, nodes, in)
					checkLadderReads(t, r, l, nodes, in, key)
				}
			}
		})
	}
}

// A ladder that was built at once is as good as one that grew, also if the sample that
// says how to build it misses a crowd, or takes a few for one.
func TestOrderRebuilds(t *testing.T) {
	every := func(n int, one, others int64) func(*rand.Rand) int64 {
		at := -1
		return func(r *rand.Rand) int64 {
			if at++; at%n == 0 {
				return one + r.Int64N(1<<20)
			}
			return others + r.Int64N(1<<20)
		}
	}
	for name, total := range map[string]func(*rand.Rand) int64{
		"spread":   func(r *rand.Rand) int64 { return int64(r.Uint64() >> 1 >> r.IntN(60)) },
		"negative": func(r *rand.Rand) int64 { return int64(r.Uint64()) >> r.IntN(60) },
		"close":    closeValues,
		"equal":    equalValues,
		"small":    smallValues,
		"few":      func(r *rand.Rand) int64 { return r.Int64N(40) / 39 },
		"missed":   every(8, 1<<30, 1<<40),
		"mistaken": every(160, 1<<40, 1<<30),
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(12, 12))
			var o order
			o.grow(3000)
			for round := range 6 {
				sum := Sum{}
				pos, neg := map[uint32]bool{}, map[uint32]bool{}
				for i := range o.nodes {
					if round == 3 && r.IntN(9) == 0 {
						o.setOut(uint32(i), true)
					}
					if r.IntN(round+1) == 0 {
						o.nodes[i].total = total(r)
					}
					switch v := o.nodes[i].total; {
					case o.out.has(uint32(i)):
						continue
					case v > 0:
						pos[uint32(i)] = true
						sum = sum.plus(v)
					case v < 0:
						neg[uint32(i)] = true
						sum = sum.plus(v)
					}
				}
				o.rebuild()
				if o.n != len(pos)+len(neg) || o.sum != sum {
					t.Fatalf("round %d: %d members of %v, want %d of %v", round, o.n, o.sum, len(pos)+len(neg), sum)
				}
				checkLadder(t, o.pos, o.nodes, pos)
				if o.neg != nil || len(neg) > 0 {
					checkLadder(t, o.neg, o.nodes, neg)
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
		want, found := slices.BinarySearch(sorted, k)
		if got := l.below(nodes, k); got != want {
			t.Fatalf("%d keys below %d, want %d", got, k, want)
		}
		tied := 0
		for _, i := range l.leaf(k) {
			if nodes[i].key() == k {
				tied++
			}
		}
		if tied > 0 != found || found && (want+tied > len(sorted) || sorted[want+tied-1] != k) {
			t.Fatalf("%d members have key %d, found is %v", tied, k, found)
		}
		// A climb begins with the leaf of its key, so with some on its near side.
		for _, rising := range []bool{true, false} {
			keys := climbKeys(l, nodes, k, rising)
			all := sorted
			if !rising {
				all = slices.Clone(sorted)
				slices.Reverse(all)
				want = len(all) - want
				if found {
					want -= tied
				}
			}
			if len(keys) < len(all)-want || !slices.Equal(keys, all[len(all)-len(keys):]) {
				t.Fatalf("a climb from %d, rising %v, meets %d keys, want the last %d or more", k, rising, len(keys), len(all)-want)
			}
		}
	}
}

// climbKeys returns the keys of a climb in its order.
func climbKeys(l *ladder, nodes []node, key uint64, rising bool) []uint64 {
	var keys []uint64
	c := l.climb(key, rising)
	for buf := c.next(make([]entry, 0, 3), 1); len(buf) > 0; buf = c.next(buf[:0], 1) { // leaf by leaf
		from := len(keys)
		for _, e := range buf {
			keys = append(keys, nodes[e.i].key())
		}
		slices.Sort(keys[from:])
		if !rising {
			slices.Reverse(keys[from:])
		}
	}
	return keys
}

func TestBranchesCutEnough(t *testing.T) {
	if cut := cutBits(leafMost+1, keyBits); cut != leastCut {
		t.Errorf("a branch of a leaf that is full cuts by %d bits, but climbs have room for %d", cut, leastCut)
	}
}
