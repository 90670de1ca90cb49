package pricing

import (
	"cmp"
	"errors"
	"strings"
)

// Infer prices a call as [Book.Price] does and, only where that knows no
// price, by the nearest model it knows: another version of the same family
// (the cost's Matched is then [MatchFamily]) or, failing that, a model whose
// name begins alike ([MatchGuess]). It is for estimates: a ledger that must
// not guess does not call it. The error matches [ErrUnknownModel] if nothing
// comes near.
//
// A family is told by the words of a name without its numbers: claude-opus-6
// is of the family of claude-opus-5. Of several versions the nearest below
// counts, else the nearest above. Of a model that is known, but not at c.At,
// the price nearest in time counts.
func (b *Book) Infer(c Call) (Cost, error) {
	cost, err := b.Price(c)
	if !errors.Is(err, ErrUnknownModel) {
		return cost, err
	}
	entry, match, ok := b.nearest(&c)
	if !ok {
		return cost, err
	}
	at := unixNano(c.At)
	segments := cut(b.t.segments, b.t.entries[entry].segments)
	s := segments[0]
	for _, o := range segments {
		if at >= o.from {
			s = o
		}
	}
	cost = Cost{}
	err = b.priceRow(&cost, &c, lookup{entry: entry, match: match}, s.row, at)
	return cost, err
}

// nearest finds the entry whose name comes nearest a call's.
func (b *Book) nearest(c *Call) (best uint32, m Match, ok bool) {
	t := &b.t
	if l, fault := t.resolve(c.Provider, c.Model); fault == found {
		return l.entry, MatchFamily, t.entries[l.entry].segments.n > 0
	}
	provider := t.providerName(c.Provider)
	words, version := family(c.Model)
	if words == "" {
		return 0, 0, false
	}
	var bestVersion []int
	shared := 0
	for i := range t.entries {
		e := &t.entries[i]
		if e.segments.n == 0 || provider != "" && e.provider != provider || provider == "" && e.resale {
			continue
		}
		w, v := family(e.id)
		if w == words {
			if m != MatchFamily || nearer(version, v, bestVersion) {
				best, m, bestVersion, ok = uint32(i), MatchFamily, v, true
			}
		} else if n := commonPrefix(words, w); m != MatchFamily && n > shared && 2*n >= len(words) {
			best, m, shared, ok = uint32(i), MatchGuess, n, true
		}
	}
	return best, m, ok
}

// family splits a name into its words and its numbers, dates left out.
func family(id string) (words string, version []int) {
	id = strings.ToLower(id[strings.LastIndexByte(id, '/')+1:])
	for part := range strings.FieldsFuncSeq(id, func(r rune) bool { return strings.ContainsRune("-_.:@[]", r) }) {
		switch n := number([]byte(part)); {
		case n >= 0 && len(part) <= 3:
			version = append(version, n)
		case n < 0 && part != "latest" && part != "preview":
			words += part + " "
		}
	}
	return words, version
}

// nearer reports whether version a is nearer to v than b is: the greatest of
// those not above v, else the least above.
func nearer(v, a, b []int) bool {
	below := func(x []int) bool { return compareVersions(x, v) <= 0 }
	switch {
	case below(a) != below(b):
		return below(a)
	case below(a):
		return compareVersions(a, b) > 0
	}
	return compareVersions(a, b) < 0
}

func compareVersions(a, b []int) int {
	for i := range max(len(a), len(b)) {
		var x, y int
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return cmp.Compare(x, y)
		}
	}
	return 0
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
