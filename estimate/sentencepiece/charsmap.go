package sentencepiece

import "encoding/binary"

// charsMap is the compiled form of normalization rules: a double-array trie in
// the format of darts-clone from what is replaced to an offset into the
// replacements, each of which ends in a zero byte.
type charsMap struct {
	units []uint32
	to    string
}

// readCharsMap reads the length of the trie in bytes, the trie, and the
// replacements. No bytes are no rules.
func readCharsMap(in reader) (charsMap, error) {
	if len(in.data) == 0 {
		return charsMap{}, nil
	}
	head, err := in.take(4)
	if err != nil {
		return charsMap{}, err
	}
	size := binary.LittleEndian.Uint32(head)
	if size == 0 || size%4 != 0 || uint64(size) > uint64(len(in.data)-in.at) {
		return charsMap{}, bad(in.from, "normalization rules of %d bytes in %d", size, len(in.data))
	}
	trie, err := in.take(int(size))
	if err != nil {
		return charsMap{}, err
	}
	c := charsMap{units: make([]uint32, size/4), to: string(in.data[in.at:])}
	for i := range c.units {
		c.units[i] = binary.LittleEndian.Uint32(trie[4*i:])
	}
	if c.to == "" || c.to[len(c.to)-1] != 0 {
		return charsMap{}, bad(in.from+in.at, "the last replacement does not end")
	}
	return c, nil
}

// longest returns the replacement for the longest beginning of text that has
// one, and the length of that beginning.
func (c *charsMap) longest(text string) (to string, length int) {
	if len(c.units) == 0 {
		return "", 0
	}
	at := unitOffset(c.units[0])
	for i := range len(text) {
		at ^= uint32(text[i])
		if int64(at) >= int64(len(c.units)) {
			break
		}
		unit := c.units[at]
		if unit&(1<<31|0xFF) != uint32(text[i]) {
			break
		}
		at ^= unitOffset(unit)
		if unit>>8&1 == 1 && int64(at) < int64(len(c.units)) {
			if value := int64(c.units[at] & (1<<31 - 1)); value < int64(len(c.to)) {
				to, length = c.replacement(int(value)), i+1
			}
		}
	}
	return to, length
}

// replacement returns the replacement at an offset.
func (c *charsMap) replacement(from int) string {
	to := from
	for c.to[to] != 0 {
		to++
	}
	return c.to[from:to]
}

// unitOffset returns what leads from a node to its children.
func unitOffset(unit uint32) uint32 { return unit >> 10 << (unit & (1 << 9) >> 6) }
