package dashboard

import (
	"context"
	"fmt"
)

// honors is who holds which tier and which titles, as of an edition.
type honors struct {
	of map[string]honor
}

// honor is what one subject holds.
type honor struct {
	level  int   // of the ladder; 0: none
	titles []int // rules, by their place in the set, in order
}

// publishHonors asks what those who are listed hold.
func (h *Handler) publishHonors(ctx context.Context, ed *edition, listed []string) (*honors, error) {
	x := &honors{of: make(map[string]honor, len(listed))}
	for _, s := range listed {
		p, err := h.eng.Profile(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("dashboard: %w", err)
		}
		o := honor{level: p.Tier.At.Level}
		for i, t := range p.Titles {
			if t.Held {
				o.titles = append(o.titles, i)
			}
		}
		x.of[s] = o
	}
	return x, nil
}
