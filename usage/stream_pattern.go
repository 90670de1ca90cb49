package usage

import "bytes"

// pattern is what the objects of a stream without usage have in common: all
// but a string or two, mostly, as the next few words of the reply and the time.
// An object that is another one but for what is in these strings ends where the
// other did and mentions usage as little. To see that costs far less than to
// read it.
type pattern struct {
	object []byte // one of them
	holes  []hole // its strings that change, in order; none: no pattern
	cost   int    // of learning so far, less what matches have saved

	matched bool // ever
}

// hole is a string of an object, from after its opening quote to its closing
// one.
type hole struct{ from, to int }

// To learn takes about learnCost times what a match saves. At maxCost no more
// is learnt: the objects are too different.
const learnCost, maxCost = 4, 32

// maxPattern is the longest object that a pattern is learnt from, maxHoles the
// most strings that may change.
const maxPattern, maxHoles = 4096, 8

// match returns the length of the object that p begins with, if it follows the
// pattern; else 0.
func (t *pattern) match(p []byte) int {
	if len(t.holes) == 0 {
		return 0
	}
	i, from := 0, 0
	for _, h := range t.holes {
		same := t.object[from:h.from]
		if !bytes.HasPrefix(p[i:], same) {
			return 0
		}
		i += len(same)
		n := closing(p[i:])
		if n < 0 || bytes.HasPrefix(p[i:], []byte("usage")) {
			return 0
		}
		i, from = i+n, h.to
	}
	if !bytes.HasPrefix(p[i:], t.object[from:]) {
		return 0
	}
	t.cost, t.matched = max(t.cost-1, 0), true
	return i + len(t.object) - from
}

// closing returns where a string ends whose opening quote is before p; −1 if
// it does not.
func closing(p []byte) int {
	for i := 0; ; i++ {
		n := bytes.IndexByte(p[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		slants := 0
		for slants < i && p[i-1-slants] == '\\' {
			slants++
		}
		if slants&1 == 0 {
			return i
		}
	}
}

// learn takes the pattern from two objects that do not mention usage and differ
// in strings alone: these are the ones that change; of equal objects, the
// longest string.
func (t *pattern) learn(a, b []byte) {
	if len(a) == 0 || len(b) > maxPattern || t.cost >= maxCost {
		return
	}
	t.cost += learnCost
	holes := make([]hole, 0, maxHoles)
	var longest hole
	for i, k := 0, 0; ; { // in a and b, string by string
		same := bytes.IndexByte(b[k:], '"') + 1
		if same == 0 {
			if !bytes.Equal(a[i:], b[k:]) {
				return
			}
			break
		}
		if !bytes.HasPrefix(a[i:], b[k:k+same]) {
			return
		}
		i, k = i+same, k+same
		m, n := closing(a[i:]), closing(b[k:])
		if m < 0 || n < 0 || bytes.HasPrefix(b[k+n+1:], []byte("usage")) { // no JSON has that after a string
			return
		}
		here := hole{k, k + n}
		if !bytes.Equal(a[i:i+m], b[k:k+n]) {
			if len(holes) == maxHoles {
				return
			}
			holes = append(holes, here)
		} else if n > longest.to-longest.from {
			longest = here
		}
		i, k = i+m+1, k+n+1
	}
	if len(holes) == 0 && longest.to > 0 {
		holes = append(holes, longest)
	}
	t.object, t.holes = append(t.object[:0], b...), append(t.holes[:0], holes...)
}
