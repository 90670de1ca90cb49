package pricing

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// With returns a new book of b's sheets and the given ones; b stays as it is.
// Where rows of two sheets cover one model at one instant, the later sheet's
// applies; outside its span the earlier one's still does. All sheets are
// validated; the error matches [ErrInvalidSheet] and names every fault by
// sheet, model and field. All sheets of a book have one currency.
func (b *Book) With(sheets ...Sheet) (*Book, error) {
	if len(sheets) == 0 {
		return b, nil
	}
	nb := newBuilder(b)
	for i := range sheets {
		if err := sheets[i].Validate(); err != nil {
			nb.errs = append(nb.errs, err)
			continue
		}
		nb.add(&sheets[i])
	}
	nb.link()
	if err := errors.Join(nb.errs...); err != nil {
		return nil, err
	}
	return &Book{version: nb.version, currency: nb.currency, t: *nb.t}, nil
}

// builder makes the tables of a new book out of those of an old one.
type builder struct {
	t         *tables
	version   string
	currency  string
	keys      map[[2]string]uint32 // into t.keys
	timelines [][]segment          // by entry
	newMods   []uint16
	errs      []error
}

func newBuilder(b *Book) *builder {
	o := &b.t
	nb := &builder{version: b.version, currency: b.currency, keys: map[[2]string]uint32{}}
	// What is only appended to is shared up to its length; what is changed in
	// place is copied.
	nb.t = &tables{
		sheets: slices.Clip(o.sheets), rows: slices.Clip(o.rows), cards: slices.Clip(o.cards),
		cold: slices.Clip(o.cold), variants: slices.Clone(o.variants),
		entries: slices.Clone(o.entries), mods: slices.Clone(o.mods), allowances: slices.Clone(o.allowances), keys: slices.Clone(o.keys),
	}
	for i, k := range nb.t.keys {
		nb.keys[[2]string{k.provider, k.name}] = uint32(i)
	}
	for _, e := range nb.t.entries {
		nb.timelines = append(nb.timelines, slices.Clone(cut(o.segments, e.segments)))
	}
	return nb
}

// add compiles a valid sheet.
func (nb *builder) add(s *Sheet) {
	t := nb.t
	currency := s.Currency
	if currency == "" {
		currency = "USD"
	}
	if nb.currency == "" {
		nb.currency = currency
	}
	fail := func(model, field, reason string, args ...any) {
		nb.errs = append(nb.errs, &SheetError{Sheet: s.Name, Model: model, Field: field, Reason: fmt.Sprintf(reason, args...)})
	}
	if foreign := currency != nb.currency; foreign != (len(s.Exchange) > 0) {
		if foreign {
			fail("", "currency", "is %s, but the book is in %s: give the sheet an exchange rate", currency, nb.currency)
		} else {
			fail("", "exchange", "is given, but sheet and book are both in %s", currency)
		}
	}
	if len(t.sheets) == math.MaxUint16 || len(t.mods)+len(s.Modifiers) > math.MaxUint16 {
		fail("", "name", "one sheet or modifier too many: at most %d", math.MaxUint16)
		return
	}
	nb.version = chain(nb.version, s)
	sheet := uint16(len(t.sheets))
	t.sheets = append(t.sheets, sheetInfo{s.Name, s.Source, unixSeconds(s.AsOf)})
	for i := range s.Models {
		if len(s.Exchange) == 0 {
			nb.addModel(sheet, s.Resale, &s.Models[i], "")
			continue
		}
		for m, rate := range exchanged(&s.Models[i], s.Exchange, currency) {
			nb.addModel(sheet, s.Resale, &m, rate)
		}
	}
	for i := range s.Modifiers {
		nb.addModifier(sheet, &s.Modifiers[i])
	}
	for i := range s.Allowances {
		nb.addAllowance(sheet, &s.Allowances[i])
	}
}

// chain returns the version of a book of the given version and one more sheet.
func chain(version string, s *Sheet) string {
	h := sha256.New()
	h.Write([]byte("tokenomics/pricing/1\n" + version + "\n"))
	h.Write(encodeSheet(s))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (nb *builder) addModel(sheet uint16, resale bool, m *Model, exchange string) {
	t := nb.t
	e := nb.entry(m.Provider, m.ID, resale)
	for _, a := range m.Aliases {
		nb.name(m.Provider, a, e, MatchAlias, resale)
	}
	from, until := bounds(m.From, m.Until)
	r := row{entry: e, sheet: sheet, state: m.State, from: from, until: until,
		checked: unixSeconds(m.Checked), source: m.Source, note: m.Note, exchange: exchange, announced: from, withdrawn: math.MaxInt64}
	if !m.Announced.IsZero() {
		r.announced = unixNano(m.Announced)
	}
	if !m.Withdrawn.IsZero() {
		r.withdrawn = unixNano(m.Withdrawn)
	}
	r.cards = nb.cards(m, &m.Rates, m.Steps)
	var vs []variant
	for i := range m.Variants {
		v := &m.Variants[i]
		vs = append(vs, variant{name: v.Name, modes: slices.Clone(v.Modes), excludes: slices.Clone(v.Excludes),
			cards: nb.cards(m, &v.Rates, v.Steps)})
	}
	r.variants = span{uint32(len(t.variants)), uint32(len(vs))}
	t.variants = append(t.variants, vs...)
	if m.State != Cancelled {
		nb.timelines[e] = overlay(nb.timelines[e], segment{from, until, uint32(len(t.rows))})
	}
	t.rows = append(t.rows, r)
}

// entry finds or makes the entry of a provider's id.
func (nb *builder) entry(provider, id string, resale bool) uint32 {
	t := nb.t
	i, known := nb.keys[[2]string{provider, id}]
	if known && t.keys[i].match == MatchExact && t.entries[t.keys[i].entry].provider == provider {
		return t.keys[i].entry
	}
	e := uint32(len(t.entries))
	t.entries = append(t.entries, entry{provider: provider, id: id, resale: resale})
	var line []segment
	if known && provider != "" {
		// Until now another name of some model: what held of it still holds
		// outside the new row.
		line = slices.Clone(nb.timelines[t.keys[i].entry])
		t.entries[e].seed = t.keys[i].entry + 1
	}
	nb.timelines = append(nb.timelines, line)
	nb.name(provider, id, e, MatchExact, resale)
	return e
}

// name makes a name lead to an entry, for calls that name the provider and,
// unless the provider only resells, for calls that name none.
func (nb *builder) name(provider, name string, e uint32, m Match, resale bool) {
	nb.key(provider, name, e, m)
	if provider != "" && !resale {
		nb.key("", name, e, m)
	}
	if low := string(lower(nil, name)); low != name {
		for _, p := range [...]string{provider, ""} {
			if _, taken := nb.keys[[2]string{p, low}]; !taken && (p == provider || !resale) {
				nb.key(p, low, e, MatchGrammar)
			}
		}
	}
}

func (nb *builder) key(provider, name string, e uint32, m Match) {
	t := nb.t
	at := [2]string{provider, name}
	i, known := nb.keys[at]
	if !known {
		nb.keys[at] = uint32(len(t.keys))
		t.keys = append(t.keys, key{provider: provider, name: name, entry: e, match: m})
		return
	}
	k := &t.keys[i]
	if provider == "" && k.entry != e {
		old, now := t.entries[k.entry].provider, t.entries[e].provider
		switch {
		case now == "": // the sheet's author means exactly these calls
		case old == "":
			return
		case old != now:
			k.ambiguous = true
			return
		}
	}
	if k.entry != e || m < k.match {
		*k = key{provider: provider, name: name, entry: e, match: m}
	}
}

// overlay lays s over a time line.
func overlay(line []segment, s segment) []segment {
	var out []segment
	for _, o := range line {
		if o.from < s.from {
			out = append(out, segment{o.from, min(o.until, s.from), o.row})
		}
		if o.until > s.until {
			out = append(out, segment{max(o.from, s.until), o.until, o.row})
		}
	}
	out = append(out, s)
	slices.SortFunc(out, func(a, b segment) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	return out
}

// cards compiles rates and their steps.
func (nb *builder) cards(m *Model, base *Rates, steps []Step) span {
	at := uint32(len(nb.t.cards))
	cards := []card{nb.card(m, base, -1)}
	for i := range steps {
		cards = append(cards, nb.card(m, &steps[i].Rates, steps[i].threshold()))
	}
	nb.t.cards = append(nb.t.cards, cards...)
	return span{at, uint32(len(cards))}
}

// card compiles rates: rates that follow by rule are filled in, and meters
// that are not tokens fall back to the row's own.
func (nb *builder) card(m *Model, rates *Rates, above int64) card {
	t := nb.t
	cd := card{above: above, cold: span{off: uint32(len(t.cold))}}
	for i := range usage.Meter(usage.NumMeters) {
		r := rates.Get(i)
		if !r.IsSet() && !i.IsToken() {
			r = m.Rates.Get(i)
		}
		derived := false
		if as, ok := m.BilledAs[i]; ok && !r.IsSet() {
			r, derived = rates.Get(as), true
		}
		if i == usage.Reasoning && !r.IsSet() {
			r, derived = rates.Output, true
		}
		if r.IsSet() {
			t.setRate(&cd, i, r, derived)
		}
	}
	return cd
}

// setRate puts a rate on the card that was begun last; meters come in rising
// order.
func (t *tables) setRate(cd *card, m usage.Meter, r Rate, derived bool) {
	cd.has |= setOf(m)
	if derived {
		cd.derived |= setOf(m)
	}
	if int(m) < hotMeters && r.den == 1 {
		cd.hot[m] = r.num
		cd.common = gcd(cd.common, r.num)
		return
	}
	if r.den != 1 {
		cd.frac |= setOf(m)
	}
	t.cold = append(t.cold, coldRate{m, r.num, r.den})
	cd.cold.n++
}

func (nb *builder) addModifier(sheet uint16, m *Modifier) {
	t := nb.t
	from, until := bounds(m.From, m.Until)
	c := modifier{name: m.Name, provider: m.Provider, models: slices.Clone(m.Models), source: m.Source, note: m.Note,
		sheet: sheet, from: from, until: until, modes: slices.Clone(m.Modes), regions: slices.Clone(m.Regions),
		notRegions: slices.Clone(m.NotRegions), accounts: slices.Clone(m.Accounts), meters: tokenMeters,
		num: m.By.num, den: m.By.den, excludes: slices.Clone(m.Excludes), noSteps: m.NoSteps}
	if len(m.Meters) > 0 {
		c.meters = 0
		for _, x := range m.Meters {
			c.meters |= setOf(x)
		}
	}
	for _, w := range m.Windows {
		days := uint8(0)
		for _, d := range w.Days {
			days |= 1 << d
		}
		if days == 0 {
			days = 1<<7 - 1
		}
		c.windows = append(c.windows, window{days, int32(w.Start / time.Second), int32(w.End / time.Second)})
	}
	c.setGates()
	i := slices.IndexFunc(t.mods, func(o modifier) bool { return o.name == c.name && o.provider == c.provider })
	if i < 0 {
		i = len(t.mods)
		t.mods = append(t.mods, c)
	}
	t.mods[i] = c
	nb.newMods = append(nb.newMods, uint16(i))
}

// setGates notes which conditions the modifier has.
func (m *modifier) setGates() {
	for i, n := range [...]int{len(m.modes), len(m.regions), len(m.accounts), len(m.windows)} {
		if n > 0 {
			m.gates |= 1 << i
		}
	}
}

// link lays out the time lines, hands each entry its modifiers and indexes the
// names.
func (nb *builder) link() {
	t := nb.t
	nb.checkReferences()
	t.segments, t.refs, t.providers = nil, nil, nil
	for i := range t.entries {
		e := &t.entries[i]
		if k, known := slices.BinarySearch(t.providers, e.provider); !known {
			t.providers = slices.Insert(t.providers, k, e.provider)
		}
		e.segments = span{uint32(len(t.segments)), uint32(len(nb.timelines[i]))}
		t.segments = append(t.segments, nb.timelines[i]...)
		e.mods = span{off: uint32(len(t.refs))}
		e.terms = false
		for k := range t.mods {
			m := &t.mods[k]
			if m.provider != "" && m.provider != e.provider || len(m.models) > 0 && !slices.Contains(m.models, e.id) {
				continue
			}
			t.refs = append(t.refs, uint16(k))
			e.mods.n++
			if len(m.modes)+len(m.regions)+len(m.accounts) == 0 {
				e.terms = true
			}
		}
	}
	if !t.numberModes() {
		nb.errs = append(nb.errs, &SheetError{Sheet: t.sheets[len(t.sheets)-1].name, Field: "modes",
			Reason: fmt.Sprintf("make more than %d modes of service in the book", maxModes)})
	}
	t.markRivals()
	if len(nb.errs) == 0 {
		t.printMenus()
	}
	t.reindex()
}

// checkReferences finds names in new modifiers that lead nowhere: most likely
// a slip of the pen, and one that would go unseen.
func (nb *builder) checkReferences() {
	t := nb.t
	names := map[string]bool{}
	for i := range t.mods {
		names[t.mods[i].name] = true
	}
	for i := range t.variants {
		names[t.variants[i].name] = true
	}
	for _, i := range nb.newMods {
		m := &t.mods[i]
		fail := func(field, reason string, args ...any) {
			nb.errs = append(nb.errs, &SheetError{Sheet: t.sheets[m.sheet].name,
				Model: fmt.Sprintf("modifier %q of %q", m.name, m.provider), Field: field, Reason: fmt.Sprintf(reason, args...)})
		}
		for _, x := range m.excludes {
			if !names[x] {
				fail("excludes", "%q is no modifier or variant of the book", x)
			}
		}
		for _, id := range m.models {
			known := slices.ContainsFunc(t.entries, func(e entry) bool {
				return e.id == id && (m.provider == "" || m.provider == e.provider)
			})
			if !known {
				fail("models", "%q is the id of no model of the book", id)
			}
		}
	}
}

// markRivals finds the modifiers that cannot go with some other or with a
// variant.
func (t *tables) markRivals() {
	excluded := map[string]bool{}
	for i := range t.mods {
		for _, name := range t.mods[i].excludes {
			excluded[name] = true
		}
	}
	for i := range t.variants {
		for _, name := range t.variants[i].excludes {
			excluded[name] = true
		}
	}
	for i := range t.mods {
		m := &t.mods[i]
		m.gates &^= hasRival
		if len(m.excludes) > 0 || excluded[m.name] {
			m.gates |= hasRival
		}
	}
}
