package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// honors is who holds which tier and which titles.
type honors struct {
	of     map[string]honor   // of those listed, as of the edition
	awards *tokenomics.Awards // of everybody, as of the last close of a day; nil: still being counted
}

// honor is what one subject holds.
type honor struct {
	level  int   // of the ladder; 0: none
	titles []int // rules, by their place in the set, in order
}

// countPatience is how long an edition waits for the count of all holders; beyond
// that the next edition has it.
const countPatience = 2 * time.Second

// atOnce is how many are asked about at once: others who ask for what somebody has
// earned wait for as long as that takes.
const atOnce = 8

// publishHonors asks what those who are listed hold.
func (h *Handler) publishHonors(ctx context.Context, ed *edition, listed []string) (*honors, error) {
	x := &honors{of: make(map[string]honor, len(listed))}
	for some := range slices.Chunk(listed, atOnce) {
		all, err := h.eng.Badges(ctx, some...)
		if err != nil {
			return nil, fmt.Errorf("dashboard: %w", err)
		}
		for _, b := range all {
			o := honor{level: b.Tier.Level}
			for _, held := range b.Held {
				if i, ok := h.eng.Titles().Index(held.Rule.ID); ok {
					o.titles = append(o.titles, i)
				}
			}
			x.of[b.Subject] = o
		}
	}
	x.awards = h.counted.latest(h, ed.at)
	return x, nil
}

// publishTiers decides of each board which tiers are told of rows without a name:
// those that MinGroup of them have, for a pseudonym with the only emerald is the
// one with the only emerald of any other board. The rest, those without a tier
// among them, are as many, or further tiers are not told.
func (h *Handler) publishTiers(ed *edition) {
	ed.tiers = make(map[string][]bool, len(ed.tables))
	least := h.opts.Privacy.MinGroup
	for _, t := range ed.tables {
		rows := make([]int, len(h.ladder.Rungs)+1)
		for i := range t.listed {
			s := t.listed[i].Subject
			if h.opts.Privacy.Naming == Pseudonyms || h.opts.Privacy.Naming == OptIn && !ed.named[s] {
				if level := ed.honors.of[s].level; level < len(rows) {
					rows[level]++
				}
			}
		}
		told := make([]bool, len(rows))
		rest := rows[0]
		order := make([]int, 0, len(rows)-1) // of levels, by how many have them
		for level := 1; level < len(rows); level++ {
			order = append(order, level)
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(rows[a], rows[b]), cmp.Compare(a, b)) })
		for _, level := range order {
			told[level] = rows[level] >= least && (rest == 0 || rest >= least)
			if !told[level] {
				rest += rows[level]
			}
		}
		ed.tiers[t.Name] = told
	}
}

// counted keeps the awards of the last close of a day. They are counted in the
// background, once a day, since that folds everybody's events.
type counted struct {
	mu      sync.Mutex
	close   time.Time // of awards, or of those being counted
	awards  *tokenomics.Awards
	running chan struct{} // closed when the count is over; nil: none runs
}

// latest returns the awards as of the last close before at, those of the close
// before if they are still being counted, or nil.
func (c *counted) latest(h *Handler, at time.Time) *tokenomics.Awards {
	day := at.Truncate(24 * time.Hour)
	c.mu.Lock()
	if c.running == nil && !c.close.Equal(day) {
		c.close = day
		c.running = make(chan struct{})
		go c.count(h, at, c.running)
	}
	running := c.running
	c.mu.Unlock()
	if running != nil {
		timeout := time.NewTimer(countPatience)
		defer timeout.Stop()
		select {
		case <-running:
		case <-timeout.C:
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.awards
}

func (c *counted) count(h *Handler, at time.Time, done chan struct{}) {
	defer close(done)
	a, err := h.eng.Awards(context.Background(), at)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = nil
	if err != nil {
		h.opts.Log.Error("dashboard: counting awards", "err", err)
		c.close = time.Time{} // again with the next edition
		return
	}
	c.awards = a
}

// forget drops what was counted: somebody in it is no longer to be shown.
func (c *counted) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awards, c.close = nil, time.Time{}
}

// profiles keeps the profiles that were read for an edition, so that asking
// again shows nothing newer: a live rank would tell when others move.
type profiles struct {
	mu sync.Mutex
	of map[string]*tokenomics.Profile
}

// maxProfiles bounds what an edition keeps.
const maxProfiles = 4096

// profileOf returns somebody's profile as it was when the edition was first
// asked for it.
func (ed *edition) profileOf(ctx context.Context, eng *tokenomics.Engine, subject string) (*tokenomics.Profile, error) {
	ed.profiles.mu.Lock()
	p := ed.profiles.of[subject]
	ed.profiles.mu.Unlock()
	if p != nil {
		return p, nil
	}
	fresh, err := eng.Profile(ctx, subject)
	if err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	ed.profiles.mu.Lock()
	defer ed.profiles.mu.Unlock()
	if p := ed.profiles.of[subject]; p != nil {
		return p, nil // another request was faster
	}
	if len(ed.profiles.of) < maxProfiles {
		ed.profiles.of[subject] = &fresh
	}
	return &fresh, nil
}

// ruleText is what people read of a title: what the rule says in the language, or
// what the language says of a rule that is shipped.
func (l *look) ruleText(i int) tiers.Text {
	r := l.h.eng.Titles().Rule(i)
	text := r.In(l.lang.tag)
	key := "rule." + r.ID
	if ours, ok := l.h.languages[0].texts[key]; ok && text.Description == ours {
		text.Description = l.lang.text(key)
	}
	return text
}
