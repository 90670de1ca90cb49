package bpe

import (
	"sync"
	"unicode/utf8"
)

//go:generate go run ./internal/classgen -o class_table.go

// class is a set of kinds of characters, as one bit each, so that a run of
// several kinds is one test.
type class uint8

const (
	upper    class = 1 << iota // Lu, Lt
	lower                      // Ll
	caseless                   // Lm, Lo
	mark                       // M
	number                     // N
	space                      // White_Space
	other                      // everything else

	letter = upper | lower | caseless
	opener = upper | caseless | mark // what may begin a word of o200k
	closer = lower | caseless | mark // what may end one
	symbol = mark | other            // neither space, letter nor number
)

// classRange gives one class to a range of code points.
type classRange struct {
	low, high rune
	class     class
}

const (
	pageBits  = 8
	pageSize  = 1 << pageBits
	pageCount = (utf8.MaxRune + 1) >> pageBits
)

// classTable finds the class of a code point in two steps.
type classTable struct {
	page  [pageCount]uint16
	pages [][pageSize]class
}

// of returns the class of a valid code point.
func (t *classTable) of(r rune) class {
	return t.pages[t.page[uint32(r)>>pageBits]][uint8(r)]
}

// classes returns the table, built once from the ranges. Pages of one class
// alone, such as those of the Han characters, share one copy.
var classes = sync.OnceValue(func() *classTable {
	t := &classTable{pages: make([][pageSize]class, 0, pageCount/16)}
	uniform := map[class]uint16{}
	next := 0
	for p := range t.page {
		first := rune(p) << pageBits
		last := first + pageSize - 1
		for next < len(classRanges) && classRanges[next].high < first {
			next++
		}
		whole := class(0)
		switch {
		case next == len(classRanges) || classRanges[next].low > last:
			whole = other
		case classRanges[next].low <= first && classRanges[next].high >= last:
			whole = classRanges[next].class
		}
		if n, ok := uniform[whole]; ok && whole != 0 {
			t.page[p] = n
			continue
		}
		t.page[p] = uint16(len(t.pages))
		if whole != 0 {
			uniform[whole] = t.page[p]
		}
		page := [pageSize]class{}
		for i := range page {
			page[i] = other
		}
		for k := next; k < len(classRanges) && classRanges[k].low <= last; k++ {
			r := classRanges[k]
			for c := max(r.low, first); c <= min(r.high, last); c++ {
				page[c-first] = r.class
			}
		}
		t.pages = append(t.pages, page)
	}
	return t
})

// ascii holds the classes of the ASCII characters, and 0 for every byte of a
// longer character, which sends the fast paths to the general one.
var ascii = func() (t [256]class) {
	for c := range utf8.RuneSelf {
		switch {
		case c >= 'a' && c <= 'z':
			t[c] = lower
		case c >= 'A' && c <= 'Z':
			t[c] = upper
		case c >= '0' && c <= '9':
			t[c] = number
		case c == ' ' || c >= '\t' && c <= '\r':
			t[c] = space
		default:
			t[c] = other
		}
	}
	return t
}()

// decode returns the character at b[i] and its length. The text is known to be
// valid UTF-8.
func decode(b []byte, i int) (r rune, n int) {
	switch c := b[i]; {
	case c < 0x80:
		return rune(c), 1
	case c < 0xE0:
		return rune(c&0x1F)<<6 | rune(b[i+1]&0x3F), 2
	case c < 0xF0:
		return rune(c&0x0F)<<12 | rune(b[i+1]&0x3F)<<6 | rune(b[i+2]&0x3F), 3
	default:
		return rune(c&0x07)<<18 | rune(b[i+1]&0x3F)<<12 | rune(b[i+2]&0x3F)<<6 | rune(b[i+3]&0x3F), 4
	}
}
