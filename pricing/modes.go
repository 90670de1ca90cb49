package pricing

// modeSet is a set of modes of service, one bit each, in the order of
// tables.modes. The highest bit is a mode that the book does not know.
type modeSet uint64

const (
	maxModes            = 63
	unknownMode modeSet = 1 << maxModes
)

// served returns the mode that a call's Tier or Speed names: none if it is a
// provider's name for its ordinary service.
func (t *tables) served(mode string) modeSet {
	for i, m := range t.modes {
		if m == mode {
			return 1 << i
		}
	}
	return t.servedFolded(mode)
}

func (t *tables) servedFolded(mode string) modeSet {
	if isStandard(mode) {
		return 0
	}
	for i, m := range t.modes {
		if sameName(m, mode) {
			return 1 << i
		}
	}
	return unknownMode
}

// numberModes gives each mode of the book's variants and modifiers its bit. It
// reports whether there is one for each.
func (t *tables) numberModes() bool {
	t.modes = nil
	for i := range t.variants {
		t.variants[i].served = t.number(t.variants[i].modes)
	}
	for i := range t.mods {
		t.mods[i].served = t.number(t.mods[i].modes)
	}
	return len(t.modes) <= maxModes
}

func (t *tables) number(modes []string) (s modeSet) {
	for _, m := range modes {
		if t.servedFolded(m) == unknownMode && len(t.modes) <= maxModes {
			t.modes = append(t.modes, m)
		}
		s |= t.servedFolded(m)
	}
	return s
}

// isStandard reports whether a mode is a provider's name for its ordinary
// service.
func isStandard(mode string) bool {
	return mode == "" || sameName(mode, "default") || sameName(mode, "standard") || sameName(mode, "on_demand")
}
