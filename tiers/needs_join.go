package tiers

// Join returns what both need: for an accumulator that serves a set of rules
// and a ladder at once.
func (n Needs) Join(m Needs) Needs {
	out := n.With(m.zones...).WithIdle(m.idles...)
	if n.facets&facetKnown == 0 || m.facets&facetKnown == 0 {
		out.facets = 0 // one of them keeps everything
	} else {
		out.facets |= m.facets
	}
	return out
}
