package usage

// keptText is how much of each string a reducer keeps: more than any string
// that a decoder takes.
const keptText = maxText + 64

// reducer shortens one JSON object as it passes: strings to their beginnings,
// and arrays by their numbers and words, so that what remains is small and
// still JSON. It does not check the text; the parser of the result does.
type reducer struct {
	limit  int
	out    []byte
	depth  int
	arrays bitset // of the open brackets, those that are arrays
	filled bitset // of those arrays, the ones with an element in out

	inText bool // in a string
	kept   int  // how many bytes of it are in out
	escape bool // the next byte follows a backslash
	hex    int  // hexadecimal digits still to come after \u

	closed bool // the object has ended; the rest is ignored
	full   bool // gave up: too deep, or too large even so
}

// bitset holds one bit for each depth.
type bitset [maxDepth / 64]uint64

func (b *bitset) put(i int, on bool) {
	if on {
		b[i>>6] |= 1 << (i & 63)
	} else {
		b[i>>6] &^= 1 << (i & 63)
	}
}

func (b *bitset) has(i int) bool { return b[i>>6]>>(i&63)&1 == 1 }

func (r *reducer) write(p []byte) {
	for i := 0; i < len(p) && !r.closed && !r.full; {
		if r.inText {
			i += r.text(p[i:])
		} else {
			r.token(p[i])
			i++
		}
	}
	if len(r.out) > r.limit {
		r.full, r.out = true, nil
	}
}

// text takes some bytes of a string and returns how many. An escape sequence
// is kept whole or not at all.
func (r *reducer) text(p []byte) int {
	c := p[0]
	switch {
	case r.hex > 0:
		r.hex--
	case r.escape:
		r.escape = false
		if c == 'u' {
			r.hex = 4
		}
	case c == '"':
		r.inText = false
		r.out = append(r.out, c)
		return 1
	case c == '\\':
		r.escape = true
		if r.kept >= keptText {
			r.kept = 2 * keptText // cut: not even a later escape is kept
		}
	default:
		n := textRun(p)
		if room := keptText - r.kept; room > 0 {
			r.out = append(r.out, p[:min(n, room)]...)
		}
		r.kept += n
		return n
	}
	if r.kept < 2*keptText {
		r.out = append(r.out, c)
		r.kept++
	}
	return 1
}

// token takes one byte outside a string.
func (r *reducer) token(c byte) {
	inArray := r.depth > 0 && r.arrays.has(r.depth-1)
	switch c {
	case ' ', '\t', '\r', '\n':
	case '"':
		r.element(inArray)
		r.out = append(r.out, c)
		r.inText, r.kept = true, 0
	case '{', '[':
		if r.depth == maxDepth {
			r.full, r.out = true, nil
			return
		}
		r.element(inArray)
		r.out = append(r.out, c)
		r.arrays.put(r.depth, c == '[')
		r.filled.put(r.depth, false)
		r.depth++
	case '}', ']':
		r.out = append(r.out, c)
		r.depth--
		r.closed = r.depth <= 0
	default:
		if !inArray && r.depth > 0 {
			r.out = append(r.out, c)
		}
	}
}

// element puts the comma before an array's further elements; the commas of
// the text are dropped with the elements that are.
func (r *reducer) element(inArray bool) {
	if !inArray {
		return
	}
	if r.filled.has(r.depth - 1) {
		r.out = append(r.out, ',')
	}
	r.filled.put(r.depth-1, true)
}
