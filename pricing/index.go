package pricing

import "math/bits"

// hashKey mixes a provider and a name, eight bytes at a time. It is the same
// on every machine, so that the built-in index can be compiled in.
func hashKey(provider, name string) uint32 {
	h := hashString(0x9e3779b97f4a7c15, provider)
	h = hashString(h, name)
	return uint32(h ^ h>>32)
}

func hashString[T string | []byte](h uint64, s T) uint64 {
	const k0, k1 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db
	n := len(s)
	if n >= 8 {
		for i := 0; i < n-8; i += 8 {
			h = mix(h^load64(s[i:]), k0)
		}
		return mix(h^load64(s[n-8:]), k1^uint64(n)) // may overlap what came before
	}
	var v uint64
	for i := range n {
		v = v<<8 | uint64(s[i])
	}
	return mix(h^v, k1^uint64(n))
}

func load64[T string | []byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// find returns the key of a provider's name, or nil.
func (t *tables) find(provider, name string) *key {
	mask := uint32(len(t.slots) - 1)
	if len(t.slots) == 0 {
		return nil
	}
	for i := hashKey(provider, name) & mask; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s == 0 {
			return nil
		}
		if k := &t.keys[s-1]; k.name == name && k.provider == provider {
			return k
		}
	}
}

// findBytes is find for a name that is being built in a buffer; it does not
// allocate.
func (t *tables) findBytes(provider string, name []byte) *key {
	if len(t.slots) == 0 {
		return nil
	}
	mask := uint32(len(t.slots) - 1)
	h := hashString(hashString(0x9e3779b97f4a7c15, provider), name)
	for i := uint32(h^h>>32) & mask; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s == 0 {
			return nil
		}
		if k := &t.keys[s-1]; k.name == string(name) && k.provider == provider {
			return k
		}
	}
}

// reindex fills the slots from the keys, at most half of them used.
func (t *tables) reindex() {
	t.slots = nil
	if len(t.keys) == 0 {
		return
	}
	size := 1 << bits.Len(uint(2*len(t.keys)))
	t.slots = make([]uint32, size)
	for n := range t.keys {
		k := &t.keys[n]
		i := hashKey(k.provider, k.name) & uint32(size-1)
		for t.slots[i] != 0 {
			i = (i + 1) & uint32(size-1)
		}
		t.slots[i] = uint32(n) + 1
	}
}
