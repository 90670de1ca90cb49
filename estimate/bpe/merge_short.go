package bpe

// countShort returns the number of tokens of a piece of 3 to 8 bytes that is no
// token itself, packed as in a key: by joining the pair of lowest rank, the
// leftmost of equals first, as the definition says. For so few bytes nothing is
// faster, and all it looks up are the few tokens that lie in the piece.
func (e *Encoding) countShort(key uint64, n int) int {
	t := &e.table
	var rank [16]uint32 // of the pair that a part begins
	var start [16]uint8 // of a part
	for i := range n {
		rank[i&15] = t.pair(uint16(key >> (8 * i & 63)))
		start[i&15] = uint8(i)
	}
	start[n&15] = uint8(n)
	for parts := n; ; {
		best, at := none, 0
		for i := 0; i+1 < parts; i++ {
			if r := rank[i&15]; r < best {
				best, at = r, i
			}
		}
		if best == none {
			return parts
		}
		if parts--; parts <= 2 {
			return parts // two: the piece is no token
		}
		for i := at + 1; i <= parts; i++ {
			start[i&15] = start[(i+1)&15]
			rank[i&15] = rank[(i+1)&15]
		}
		if at+1 < parts {
			rank[at&15] = t.rank(key, start[at&15], start[(at+2)&15])
		}
		if at > 0 {
			rank[(at-1)&15] = t.rank(key, start[(at-1)&15], start[(at+1)&15])
		}
	}
}

// rank returns the token of the bytes of a short key from one place to
// another, at least three, or none.
func (t *table) rank(key uint64, from, to uint8) uint32 {
	n := to - from
	v := t.get(key>>(8*from&63)&keyMask[n].lo, uint64(n)<<sizeShift)
	if v&isToken == 0 {
		return none
	}
	return v & idMask
}
