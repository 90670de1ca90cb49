package pricing

import (
	"math"
	"math/bits"
	"slices"
)

// menu is the terms that a list of modifiers makes of every mode and region
// that a call commonly has, worked out when the book is built. There is none
// for a list whose modifiers depend on accounts or time.
type menu struct {
	regions []string // the regions it knows, besides none; empty: the region does not matter
	cells   []uint16 // index into tables.settled, by mode and then by region
}

// maxCells is the most cells that the menus of a book may have together, far
// above any need: it bounds what a book costs that names modes and modifiers by
// the hundred.
const maxCells = 1 << 16

// commonRegions are what responses say besides Bedrock's geographies.
var commonRegions = [...]string{inRegion, "not_available"}

// order takes the terms of a call off the entry's menu. It reports whether
// they are there: not where the row has rates of its own for the mode.
func (t *tables) order(out *terms, e *entry, r *row, mode modeSet, region string) bool {
	if e.menu == 0 {
		return false
	}
	m := &t.menus[e.menu-1]
	i := 0
	if mode != 0 {
		if mode&(mode-1) != 0 || mode == unknownMode {
			return false
		}
		for k := r.variants.off; k < r.variants.off+r.variants.n; k++ {
			if t.variants[k].served&mode != 0 {
				return false
			}
		}
		i = (bits.TrailingZeros64(uint64(mode)) + 1) * (len(m.regions) + 1)
	}
	if region != "" && len(m.regions) > 0 {
		k := slices.Index(m.regions, region)
		if k < 0 {
			return false
		}
		i += k + 1
	}
	*out = t.settled[m.cells[i]]
	out.cards = r.cards
	return true
}

// printMenus gives each entry the menu of its modifiers.
func (t *tables) printMenus() {
	t.menus, t.settled = nil, nil
	p := printer{t: t, dishes: map[terms]uint16{}}
	known := map[string]uint16{}
	for i := range t.entries {
		e := &t.entries[i]
		e.menu = 0
		list := cut(t.refs, e.mods)
		name := listName(list)
		n, ok := known[name]
		if !ok {
			if m, ok := p.menu(e, list); ok {
				t.menus = append(t.menus, m)
				n = uint16(len(t.menus))
			}
			known[name] = n
		}
		e.menu = n
	}
}

func listName(list []uint16) string {
	b := make([]byte, 0, 2*len(list))
	for _, i := range list {
		b = append(b, byte(i>>8), byte(i))
	}
	return string(b)
}

// printer makes the menus of a book.
type printer struct {
	t      *tables
	dishes map[terms]uint16 // index into tables.settled
	cells  int              // so far
}

// menu works a list's terms out by settling a call for each.
func (p *printer) menu(e *entry, list []uint16) (m menu, ok bool) {
	for _, i := range list {
		mod := &p.t.mods[i]
		if mod.gates&(byAccount|byWindow) != 0 || mod.from != math.MinInt64 || mod.until != math.MaxInt64 {
			return menu{}, false
		}
		if mod.gates&byRegion != 0 {
			m.regions = slices.Concat(m.regions, mod.regions, mod.notRegions)
		}
	}
	if m.regions != nil {
		m.regions = distinctNames(slices.Concat(m.regions, geographies[:], commonRegions[:]))
	}
	modes := append([]string{""}, p.t.modes...)
	regions := append([]string{""}, m.regions...)
	if p.cells += len(modes) * len(regions); p.cells > maxCells {
		return menu{}, false
	}
	for _, mode := range modes {
		for _, region := range regions {
			var x terms
			x.reset(&row{})
			p.t.settle(&x, &Call{Tier: mode, Region: region}, e, &row{}, "", 0)
			m.cells = append(m.cells, p.dish(x))
		}
	}
	return m, true
}

func (p *printer) dish(x terms) uint16 {
	i, ok := p.dishes[x]
	if !ok {
		i = uint16(len(p.t.settled)) // fewer than cells
		p.dishes[x] = i
		p.t.settled = append(p.t.settled, x)
	}
	return i
}

// distinctNames drops repetitions, and names that stand for many.
func distinctNames(names []string) []string {
	var out []string
	for _, s := range names {
		if s != "" && s[len(s)-1] != '*' && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
