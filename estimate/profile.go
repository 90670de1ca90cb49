package estimate

import "unicode/utf8"

// class is a kind of text that vocabularies treat alike.
type class uint8

const (
	classASCII class = iota
	classCJK
	classCyrillic
	classOther // any other letters, marks and symbols beyond ASCII
	numClasses
)

// profile is what the heuristic knows of a text: estimated o200k_base tokens
// by class in thousandths, and what tells prose, code and data apart. It is
// fed in parts, cut anywhere.
type profile struct {
	milli   [numClasses]int64
	bytes   int64
	ascii   int64 // ASCII bytes that are no white space
	symbols int64 // ASCII bytes that are neither letters, digits nor white space
	quotes  int64 // quotes, colons, commas, braces and brackets: what data is made of

	seg     segment // the run of like characters under way
	length  int64   // its length in bytes, for letters since the last capital
	mixed   int     // segments since the last blank or symbol
	spaced  bool    // a single space stands before it
	newline bool    // the white space under way has a line end
	trail   int64   // blanks since that line end
	part    [utf8.UTFMax]byte
	partial int // bytes of an unfinished character in part
}

// segment is a run of like ASCII characters, which vocabularies cut alone.
type segment uint8

const (
	segNone segment = iota
	segUpper
	segLower
	segDigit
	segSymbol
	segSpace
	segWide
)

// asciiSegment maps an ASCII byte to its segment.
var asciiSegment = func() (t [utf8.RuneSelf]segment) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z':
			t[c] = segLower
		case c >= 'A' && c <= 'Z':
			t[c] = segUpper
		case c >= '0' && c <= '9':
			t[c] = segDigit
		case c == ' ' || c >= '\t' && c <= '\r':
			t[c] = segSpace
		default:
			t[c] = segSymbol
		}
	}
	return t
}()

// write feeds the next bytes of the text.
func (p *profile) write(b []byte) {
	p.bytes += int64(len(b))
	for p.partial > 0 && len(b) > 0 {
		p.part[p.partial] = b[0]
		p.partial++
		b = b[1:]
		if utf8.FullRune(p.part[:p.partial]) {
			r, n := utf8.DecodeRune(p.part[:p.partial])
			rest := p.part
			from, to := n, p.partial
			p.partial = 0
			p.wide(r, n)
			p.chars(rest[from:to])
		}
	}
	p.chars(b)
}

// chars feeds bytes that begin at a character.
func (p *profile) chars(b []byte) {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			p.narrow(c)
			i++
			continue
		}
		if !utf8.FullRune(b[i:]) {
			p.partial = copy(p.part[:], b[i:])
			return
		}
		r, n := utf8.DecodeRune(b[i:])
		p.wide(r, n)
		i += n
	}
}

// narrow feeds one ASCII byte.
func (p *profile) narrow(c byte) {
	s := asciiSegment[c]
	if s != segSpace {
		p.ascii++
		if s == segSymbol {
			p.symbols++
			switch c {
			case '"', ':', ',', '{', '}', '[', ']':
				p.quotes++
			}
		}
	}
	if s == p.seg {
		p.length++
		p.blank(c)
		return
	}
	if p.seg == segUpper && s == segLower && p.length == 1 {
		p.seg, p.length = segLower, 2 // a capital begins the word it stands before
		return
	}
	p.end(s)
	p.seg, p.length, p.newline, p.trail = s, 1, false, 0
	p.blank(c)
}

// blank notes a line end, or a blank after one; other bytes do no harm.
func (p *profile) blank(c byte) {
	p.trail++
	if c == '\n' || c == '\r' {
		p.newline, p.trail = true, 0
	}
}

// wide feeds one character beyond ASCII of n bytes.
func (p *profile) wide(r rune, n int) {
	if p.seg != segWide {
		p.end(segWide)
		p.seg, p.length = segWide, 0
	}
	p.length++
	switch {
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3400 && r <= 0x4DBF, r >= 0xF900 && r <= 0xFAFF:
		p.milli[classCJK] += costHan
	case r >= 0x3040 && r <= 0x30FF:
		p.milli[classCJK] += costKana
	case r >= 0xAC00 && r <= 0xD7A3:
		p.milli[classCJK] += costHangul
	case r >= 0x3000 && r <= 0x303F, r >= 0xFF00 && r <= 0xFFEF:
		p.milli[classCJK] += costFullwidth
	case r >= 0x0400 && r <= 0x052F:
		p.milli[classCyrillic] += costCyrillic
	case r >= 0x00C0 && r <= 0x024F:
		p.milli[classOther] += costLatin
	case r == utf8.RuneError || n == 4:
		p.milli[classOther] += costRare
	default:
		p.milli[classOther] += costOther
	}
}

// end closes the segment under way; next is the one that follows.
func (p *profile) end(next segment) {
	n := p.length
	spaced := p.spaced
	p.spaced = false
	switch p.seg {
	case segLower, segUpper:
		cost := lettersCost(p.seg, n, spaced)
		if p.mixed++; p.mixed > mixedFrom {
			cost = cost * mixedShare / 1000
		}
		p.milli[classASCII] += cost
	case segDigit:
		p.mixed++
		p.milli[classASCII] += (n + 2) / 3 * costNumber
		if spaced {
			p.milli[classASCII] += costBlanks // numbers leave the blank before them alone
		}
	case segSymbol:
		p.mixed = 0
		if n == 1 && !spaced && (next == segLower || next == segUpper) {
			p.milli[classASCII] += costPrefix
		} else {
			p.milli[classASCII] += costSymbols + max(0, n-2)*costMoreSymbol
		}
	case segSpace:
		// A line end and what stands before it is one token, the blanks after
		// it but the last another; the last belongs to the word that follows.
		p.mixed = 0
		if p.newline {
			p.milli[classASCII] += costNewline
		}
		if p.trail > 1 || (p.trail == 1 && next == segNone) {
			p.milli[classASCII] += costBlanks
		}
		p.spaced = p.trail > 0 && next != segNone
	}
}

// lettersCost is the cost of a run of n letters.
func lettersCost(seg segment, n int64, spaced bool) int64 {
	t, more := &costLetters, int64(costMoreLetter)
	switch {
	case seg == segUpper:
		t, more = &costCapitals, costMoreCapital
	case !spaced:
		t = &costBareLetters
	}
	if beyond := n - int64(len(t)) + 1; beyond > 0 {
		return t[len(t)-1] + beyond*more
	}
	return t[n]
}

// tokens returns the estimate of o200k_base tokens, rounded, of all that was
// fed, as if it ended here.
func (p *profile) tokens() int64 {
	c := p.closed()
	return (c.total() + 500) / 1000
}

// closed returns a copy with the last segment and an unfinished character
// counted. More text may still be fed to p itself.
func (p *profile) closed() profile {
	c := *p
	for range c.partial {
		c.milli[classOther] += costRare
	}
	c.end(segNone)
	return c
}

func (p *profile) total() (sum int64) {
	for _, n := range p.milli {
		sum += n
	}
	return sum
}

// scale turns an o200k_base count of the text into the family's, by the
// text's mix of classes.
func (f *family) scale(n int64, p *profile) int64 {
	if f.factor == even {
		return n
	}
	c := p.closed()
	total := c.total()
	if total == 0 {
		return n
	}
	sum := c.milli[classASCII]*f.factor.ascii(&c) +
		c.milli[classCJK]*int64(f.factor.cjk) +
		c.milli[classCyrillic]*int64(f.factor.cyrillic) +
		c.milli[classOther]*int64(f.factor.other)
	return scaleShare(n, sum/total)
}

// ascii blends the factors of prose, code and data by how much of the ASCII
// text is symbols, and how much of those are the quotes and braces of data.
func (f *factors) ascii(p *profile) int64 {
	if p.ascii == 0 {
		return int64(f.prose)
	}
	density := min(1000, p.symbols*1000/p.ascii) // prose has about 40, code 180, JSON 300
	code := min(1000, max(0, (density-50)*10))   // 0 at 50, all at 150
	data := int64(0)
	if p.symbols > 0 && density > 150 {
		data = min(1000, max(0, (p.quotes*1000/p.symbols-500)*4)) // 0 at half, all at three quarters
	}
	prose := int64(f.prose)*(1000-code) + int64(f.code)*code
	return (prose*(1000-data)/1000 + int64(f.data)*data) / 1000
}

// scaleShare returns n × share / 1000, rounded.
func scaleShare(n, share int64) int64 {
	return n/1000*share + (n%1000*share+500)/1000
}
