package rank

import "math/bits"

// climb walks the leaves of a ladder in order of their keys, rising or falling. The
// ladder must not be written meanwhile.
type climb struct {
	l       *ladder
	rising  bool
	lengths uint64 // still to come
	depth   int
	path    [1 + keyBits/leastCut]rung
}

// rung is a branch on the way, and the parts of it that are still to come.
type rung struct {
	b    *branch
	rest uint64
}

// climb begins at the leaf that holds key, or where it would be.
func (l *ladder) climb(key uint64, rising bool) climb {
	length := lengthOf(key)
	c := climb{l: l, rising: rising, lengths: beyond(l.occupied, length, rising)}
	for b := &l.roots[length]; ; {
		p := b.part(key)
		rest := beyond(b.occupied, p, rising)
		down := b.child[p]&isBranch != 0
		if !down {
			rest |= b.occupied & (1 << p)
		}
		c.path[c.depth] = rung{b, rest}
		c.depth++
		if !down {
			return c
		}
		b = l.branches[b.child[p]&^isBranch]
	}
}

// beyond returns the bits of a set above one, or those below it.
func beyond(set uint64, one uint, above bool) uint64 {
	if above {
		return set &^ (2<<one - 1)
	}
	return set & (1<<one - 1)
}

// next appends the members of the next leaves to buf, nothing but the members: until
// there are so many, or another leaf has no room. A leaf that alone has no room gets
// more. There are none at the end.
func (c *climb) next(buf []entry, many int) []entry {
	for len(buf) < many && c.l != nil {
		if c.depth == 0 {
			if c.lengths == 0 {
				break
			}
			b := &c.l.roots[c.take(&c.lengths)]
			c.path[0] = rung{b, b.occupied}
			c.depth = 1
		}
		r := &c.path[c.depth-1]
		if r.rest == 0 {
			c.depth--
			continue
		}
		for r.rest != 0 && len(buf) < many {
			rest := r.rest
			p := c.take(&rest)
			child := r.b.child[p]
			if child&isBranch != 0 {
				r.rest = rest
				b := c.l.branches[child&^isBranch]
				c.path[c.depth] = rung{b, b.occupied}
				c.depth++
				break
			}
			members := c.l.blocks.of(child, r.b.n[p])
			if len(members) > cap(buf)-len(buf) {
				if len(buf) > 0 {
					return buf
				}
				buf = make([]entry, 0, len(members))
			}
			r.rest = rest
			at := len(buf)
			buf = buf[:at+len(members)]
			for j, i := range members {
				buf[at+j] = entry{i: i}
			}
		}
	}
	return buf
}

// take takes the next bit out of a set.
func (c *climb) take(set *uint64) uint {
	p := uint(bits.TrailingZeros64(*set)) & (parts - 1)
	if !c.rising {
		p = uint(bits.Len64(*set)-1) & (parts - 1)
	}
	*set &^= 1 << p
	return p
}
