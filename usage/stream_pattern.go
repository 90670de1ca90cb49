package usage

import "bytes"

// pattern is what the objects of a stream without usage have in common: all
// but one string, mostly, which is the next few words of the reply. An object
// that begins and ends as another did, with a string in between, ends where the
// other did and mentions usage as little. To see that costs far less than to
// read it.
type pattern struct {
	head []byte // up to and with the quote that opens the string; empty: no pattern
	tail []byte // from the quote that closes it on
	cost int    // of learning so far, less what matches have saved

	matched bool // ever
}

// To learn takes about learnCost times what a match saves. At maxCost no more
// is learnt: the objects are too different.
const learnCost, maxCost = 4, 32

// maxPattern is the longest object that a pattern is learnt from.
const maxPattern = 4096

// match returns the length of the object that p begins with, if it follows the
// pattern; else 0.
func (t *pattern) match(p []byte) int {
	if len(t.head) == 0 || !bytes.HasPrefix(p, t.head) {
		return 0
	}
	rest := p[len(t.head):]
	n := closing(rest)
	if n < 0 || !bytes.HasPrefix(rest[n:], t.tail) || bytes.HasPrefix(rest, []byte("usage")) {
		return 0
	}
	t.cost, t.matched = max(t.cost-1, 0), true
	return len(t.head) + n + len(t.tail)
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

// learn takes the pattern from two objects that do not mention usage: the
// string in which they first differ is the one that changes; of equal ones, the
// longest.
func (t *pattern) learn(a, b []byte) {
	if len(a) == 0 || len(b) > maxPattern || t.cost >= maxCost {
		return
	}
	t.cost += learnCost
	x := 0
	for x < len(a) && x < len(b) && a[x] == b[x] {
		x++
	}
	differ := x < len(b)
	var from, to int
	for i := bytes.IndexByte(b, '"') + 1; i > 0 && i <= x; { // string by string
		n := closing(b[i:])
		if n < 0 {
			return
		}
		if differ && x <= i+n || !differ && n > to-from {
			from, to = i, i+n
		}
		i += n + 1
		if n = bytes.IndexByte(b[i:], '"') + 1; n == 0 {
			break
		}
		i += n
	}
	if to > 0 && !bytes.HasPrefix(b[to+1:], []byte("usage")) { // which no JSON has there
		t.head, t.tail = append(t.head[:0], b[:from]...), append(t.tail[:0], b[to:]...)
	}
}
