package pricing

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/tokenomics-go/tokenomics/usage"
)

// indexed is a list of distinct values that are referred to by index.
type indexed[T comparable] struct {
	list []T
	at   map[T]int
	used []bool // reading: every value must be
}

func (x *indexed[T]) sort(compare func(a, b T) int) {
	x.list = slices.SortedFunc(maps.Keys(x.at), compare)
	for i, v := range x.list {
		x.at[v] = i
	}
}

// refer writes or reads a value by its index.
func refer[T comparable](c *bookCoder, x *indexed[T], v *T) {
	if !c.reading {
		if x.list == nil {
			x.at[*v] = 0 // still collecting
		}
		c.putUint(uint64(x.at[*v]))
		return
	}
	i := c.getUint()
	if c.err != nil || i >= uint64(len(x.list)) {
		c.fail("a reference leads nowhere")
		return
	}
	*v, x.used[i] = x.list[i], true
}

// collect walks once to find the distinct values.
func (c *bookCoder) collect() {
	c.texts.at, c.numbers.at, c.rates.at, c.meters.at = map[string]int{}, map[int64]int{}, map[fraction]int{}, map[usage.Meter]int{}
	c.book()
	c.buf = nil
	c.texts.sort(cmp.Compare[string])
	c.numbers.sort(cmp.Compare[int64])
	c.rates.sort(compareFractions)
	c.meters.sort(cmp.Compare[usage.Meter])
}

func compareFractions(a, b fraction) int {
	return cmp.Or(cmp.Compare(a.num, b.num), cmp.Compare(a.den, b.den))
}

func (c *bookCoder) writeTables() {
	last := ""
	c.putUint(uint64(len(c.texts.list)))
	for _, s := range c.texts.list {
		n := commonPrefix(last, s)
		c.putUint(uint64(n))
		c.putUint(uint64(len(s) - n))
		c.buf = append(c.buf, s[n:]...)
		last = s
	}
	c.putUint(uint64(len(c.meters.list)))
	for _, m := range c.meters.list {
		c.putUint(uint64(len(m.String())))
		c.buf = append(c.buf, m.String()...)
	}
	c.putUint(uint64(len(c.numbers.list)))
	at := int64(math.MinInt64)
	for _, n := range c.numbers.list {
		c.putUint(uint64(n) - uint64(at)) // fits: they rise
		at = n
	}
	c.putUint(uint64(len(c.rates.list)))
	num := uint64(0)
	for _, r := range c.rates.list {
		c.putUint(r.num - num)
		c.putUint(r.den)
		num = r.num
	}
}

func (c *bookCoder) readTables() {
	last, total := "", 0
	for n := c.getLen(); n > 0 && c.err == nil; n-- {
		shared, rest := c.getUint(), c.getUint()
		if shared > uint64(len(last)) || rest > uint64(len(c.buf)) {
			c.fail("a text is out of bounds")
			return
		}
		s := last[:shared] + string(c.buf[:rest])
		c.buf = c.buf[rest:]
		if len(c.texts.list) > 0 && (s <= last || commonPrefix(last, s) != int(shared)) {
			c.fail("the texts do not rise")
		}
		c.texts.list = append(c.texts.list, s)
		last = s
		if total += len(s); total > maxBook {
			c.fail("the texts are too long")
		}
	}
	for n := c.getLen(); n > 0 && c.err == nil; n-- {
		c.readMeter()
	}
	at := int64(math.MinInt64)
	for n := c.getLen(); n > 0 && c.err == nil; n-- {
		v := int64(uint64(at) + c.getUint())
		if len(c.numbers.list) > 0 && v <= at {
			c.fail("the numbers do not rise")
		}
		c.numbers.list = append(c.numbers.list, v)
		at = v
	}
	last2 := fraction{}
	for n := c.getLen(); n > 0 && c.err == nil; n-- {
		r := fraction{last2.num + c.getUint(), c.getUint()}
		switch {
		case r.den == 0 || gcd(r.num, r.den) != 1:
			c.fail("a rate is not in lowest terms")
		case len(c.rates.list) > 0 && compareFractions(last2, r) >= 0:
			c.fail("the rates do not rise")
		}
		c.rates.list = append(c.rates.list, r)
		last2 = r
	}
	c.texts.used, c.numbers.used = make([]bool, len(c.texts.list)), make([]bool, len(c.numbers.list))
	c.rates.used, c.meters.used = make([]bool, len(c.rates.list)), make([]bool, len(c.meters.list))
}

func (c *bookCoder) readMeter() {
	n := c.getLen()
	if c.err != nil {
		return
	}
	name := c.buf[:n]
	c.buf = c.buf[n:]
	m, err := usage.ParseMeter(string(name))
	if err != nil {
		c.err = fmt.Errorf("%w: it has prices of a meter %.64q", ErrNewerBook, name)
	}
	if slices.Contains(c.meters.list, m) {
		c.fail("a meter is there twice")
	}
	c.meters.list = append(c.meters.list, m)
}

// putUint writes a varint.
func (c *bookCoder) putUint(v uint64) { c.buf = binary.AppendUvarint(c.buf, v) }

// getUint reads a varint of the least length; 0 after a failure.
func (c *bookCoder) getUint() uint64 {
	v, n := binary.Uvarint(c.buf)
	if n <= 0 || n > 1 && c.buf[n-1] == 0 {
		c.fail("a number is cut short or too long")
		return 0
	}
	c.buf = c.buf[n:]
	return v
}

// getLen reads the length of a list, whose elements take a byte at least.
func (c *bookCoder) getLen() int {
	n := c.getUint()
	if n > uint64(len(c.buf)) {
		c.fail("a list is longer than what is left")
		return 0
	}
	return int(n)
}

// fail notes the first thing that is wrong, and ends the reading.
func (c *bookCoder) fail(reason string) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrDamagedBook, reason)
	}
	c.buf = nil
}
