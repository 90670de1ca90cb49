package pricing

import (
	"math"

	"github.com/tokenomics-go/tokenomics/usage"
)

// book walks over all of a book that does not follow from the rest.
func (c *bookCoder) book() {
	t := &c.b.t
	c.text(&c.b.version)
	c.text(&c.b.currency)
	walk(c, &t.sheets, func(s *sheetInfo) {
		c.text(&s.name)
		c.text(&s.source)
		c.number(&s.asOf)
	})
	walk(c, &t.entries, func(e *entry) {
		c.text(&e.provider)
		c.text(&e.id)
		below(c, &e.seed, math.MaxInt32)
		c.flag(&e.resale)
	})
	walk(c, &t.rows, c.row)
	walk(c, &c.lines, func(line *[]segment) {
		walk(c, line, func(s *segment) {
			c.number(&s.from)
			c.number(&s.until)
			below(c, &s.row, len(t.rows))
		})
	})
	walk(c, &t.mods, c.modifier)
	walk(c, &t.allowances, func(a *allowance) {
		for _, s := range [...]*string{&a.name, &a.provider, &a.source, &a.note} {
			c.text(s)
		}
		below(c, &a.sheet, len(t.sheets))
		c.number(&a.from)
		c.number(&a.until)
		c.list(&a.accounts)
		refer(c, &c.meters, &a.meter)
		c.number(&a.quantity)
	})
	walk(c, &t.keys, func(k *key) {
		c.text(&k.provider)
		c.text(&k.name)
		below(c, &k.entry, len(t.entries))
		below(c, &k.match, int(MatchSnapshot))
		c.flag(&k.ambiguous)
	})
}

func (c *bookCoder) row(r *row) {
	t := &c.b.t
	below(c, &r.entry, len(t.entries))
	below(c, &r.sheet, len(t.sheets))
	below(c, &r.state, len(stateNames))
	for _, n := range [...]*int64{&r.from, &r.until, &r.checked, &r.announced, &r.withdrawn} {
		c.number(n)
	}
	for _, s := range [...]*string{&r.exchange, &r.source, &r.note} {
		c.text(s)
	}
	c.cards(&r.cards)
	var vs []variant
	if !c.reading {
		vs = cut(t.variants, r.variants)
	}
	walk(c, &vs, func(v *variant) {
		c.text(&v.name)
		c.list(&v.modes)
		c.list(&v.excludes)
		c.cards(&v.cards)
	})
	if c.reading {
		r.variants = span{uint32(len(t.variants)), uint32(len(vs))}
		t.variants = append(t.variants, vs...)
	}
}

// cards walks over rates and their steps. Read, they lie in the tables as the
// builder lays them.
func (c *bookCoder) cards(s *span) {
	t := &c.b.t
	var list []card
	if !c.reading {
		list = cut(t.cards, *s)
	}
	walk(c, &list, c.card)
	if !c.reading {
		return
	}
	if len(list) == 0 || list[0].above != -1 {
		c.fail("a row has no rates")
	}
	for i := 1; i < len(list); i++ {
		if list[i].above <= list[i-1].above {
			c.fail("the steps of a row do not rise")
		}
	}
	*s = span{uint32(len(t.cards)), uint32(len(list))}
	t.cards = append(t.cards, list...)
}

// meterRate is one rate of a card.
type meterRate struct {
	meter   usage.Meter
	derived bool
	rate    fraction
}

func (c *bookCoder) card(cd *card) {
	t := &c.b.t
	c.number(&cd.above)
	var list []meterRate
	if !c.reading {
		for _, m := range cd.has.list() {
			r := t.rate(cd, m)
			list = append(list, meterRate{m, cd.derived.has(m), fraction{r.num, r.den}})
		}
	}
	walk(c, &list, func(r *meterRate) {
		refer(c, &c.meters, &r.meter)
		c.flag(&r.derived)
		refer(c, &c.rates, &r.rate)
	})
	if !c.reading {
		return
	}
	*cd = card{above: cd.above, cold: span{off: uint32(len(t.cold))}}
	for _, r := range list {
		if cd.has>>r.meter != 0 {
			c.fail("the meters of a row do not rise")
		}
		t.setRate(cd, r.meter, Rate{num: r.rate.num, den: r.rate.den}, r.derived)
	}
}

func (c *bookCoder) modifier(m *modifier) {
	for _, s := range [...]*string{&m.name, &m.provider, &m.source, &m.note} {
		c.text(s)
	}
	below(c, &m.sheet, len(c.b.t.sheets))
	c.number(&m.from)
	c.number(&m.until)
	for _, l := range [...]*[]string{&m.models, &m.modes, &m.regions, &m.notRegions, &m.accounts, &m.excludes} {
		c.list(l)
	}
	walk(c, &m.windows, func(w *window) {
		below(c, &w.days, 1<<7)
		below(c, &w.start, 86401)
		below(c, &w.end, 86401)
	})
	meters := m.meters.list()
	walk(c, &meters, func(x *usage.Meter) { refer(c, &c.meters, x) })
	f := fraction{m.num, m.den}
	refer(c, &c.rates, &f)
	c.flag(&m.noSteps)
	if !c.reading {
		return
	}
	m.num, m.den = f.num, f.den
	for _, x := range meters {
		if m.meters>>x != 0 {
			c.fail("the meters of a modifier do not rise")
		}
		m.meters |= setOf(x)
	}
	m.setGates()
}

// walk writes or reads the length of a list and its elements.
func walk[T any](c *bookCoder, list *[]T, each func(*T)) {
	if !c.reading {
		c.putUint(uint64(len(*list)))
		for i := range *list {
			each(&(*list)[i])
		}
		return
	}
	for n := c.getLen(); n > 0 && c.err == nil; n-- {
		var v T
		each(&v)
		*list = append(*list, v) // not before it is there: memory follows the input
	}
}

func (c *bookCoder) text(s *string)   { refer(c, &c.texts, s) }
func (c *bookCoder) number(n *int64)  { refer(c, &c.numbers, n) }
func (c *bookCoder) list(l *[]string) { walk(c, l, c.text) }

func (c *bookCoder) flag(b *bool) {
	var v uint8
	if *b {
		v = 1
	}
	below(c, &v, 2)
	*b = v == 1
}

// below writes or reads a number from 0 to less than a limit.
func below[T ~uint8 | ~uint16 | ~uint32 | ~int32](c *bookCoder, v *T, limit int) {
	if !c.reading {
		c.putUint(uint64(*v))
		return
	}
	n := c.getUint()
	if n >= uint64(limit) {
		c.fail("a number is out of range")
		return
	}
	*v = T(n)
}

// checkAll checks what holds of every book and the walk cannot see.
func (c *bookCoder) checkAll() {
	t := &c.b.t
	if len(c.buf) > 0 {
		c.fail("there is more after the book")
	}
	for _, used := range [...][]bool{c.texts.used, c.meters.used, c.numbers.used, c.rates.used} {
		for _, u := range used {
			if !u {
				c.fail("there is a value that nothing uses")
			}
		}
	}
	if c.err != nil {
		return
	}
	if len(t.sheets) > math.MaxUint16 || len(t.mods) > math.MaxUint16 || t.tooWide() {
		c.fail("too many sheets, models or modifiers")
	}
	if len(c.lines) != len(t.entries) {
		c.fail("there is not one time line for each model")
		return
	}
	for i, line := range c.lines {
		if uint64(t.entries[i].seed) > uint64(len(t.entries)) {
			c.fail("a model was an alias of none")
		}
		for k, s := range line {
			if s.from >= s.until || k > 0 && s.from < line[k-1].until {
				c.fail("the spans of a model overlap")
			}
		}
	}
	names := map[[2]string]bool{}
	for i := range t.keys {
		k := &t.keys[i]
		at := [2]string{k.provider, k.name}
		if names[at] || k.match == NoMatch {
			c.fail("a name is there twice, or leads nowhere")
		}
		names[at] = true
	}
}
