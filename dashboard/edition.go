package dashboard

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics"
)

// edition is what was published at one instant, for all viewers. It is
// immutable but for its cache of rendered pages.
type edition struct {
	serial   int64  // counts editions of this handler, from 1
	moved    uint64 // see Engine.SubjectsMoved
	at       time.Time
	next     time.Time     // when it runs out
	took     time.Duration // to make, by the clock of the engine
	tables   []*table
	byBoard  map[string]*table
	fold     *fold
	honors   *honors
	named    map[string]bool   // who has consented, of those listed; nil unless OptIn
	tiers    map[string][]bool // by board: which tiers rows without a name show
	token    map[string]string
	person   map[string]string        // the inverse
	groups   [][dimensions]*published // by span
	past     []pastDay
	profiles *profiles
	places   *ownPlaces
	cache    *renderCache
}

// table is one board of an edition.
type table struct {
	tokenomics.Board
	span     int // of the fold
	from, to time.Time
	view     *tokenomics.View
	listed   []tokenomics.Standing // the first rows, which everybody sees
	steps    map[string][]int64    // of those listed
	before   *tokenomics.View
	since    time.Time // what before shows
}

// lists reports whether a subject is among those everybody sees.
func (t *table) lists(subject string) bool {
	_, ok := t.steps[subject]
	return ok
}

// publish makes an edition.
func (h *Handler) publish(ctx context.Context, serial int64, moved uint64) (*edition, error) {
	now := h.eng.Now()
	slot := now.UnixNano() / int64(h.opts.Every)
	next := time.Unix(0, (slot+1)*int64(h.opts.Every)).UTC()
	if next.Sub(now) < h.opts.Every/2 { // two editions a moment apart would show what happened in it
		next = next.Add(h.opts.Every)
	}
	ed := &edition{
		serial: serial, moved: moved, at: now, next: next,
		byBoard: map[string]*table{}, token: map[string]string{}, person: map[string]string{},
		profiles: &profiles{of: map[string]*tokenomics.Profile{}}, places: &ownPlaces{},
	}
	var spans []span
	for _, b := range h.eng.Boards() {
		if b.Of != tokenomics.BySubject {
			continue // the page is about people; teams and models have pages that hide small ones
		}
		t, err := h.publishTable(b, now)
		if err != nil {
			return nil, fmt.Errorf("dashboard: board %q: %w", b.Name, err)
		}
		t.span, spans = indexOf(spans, span{t.from, t.to})
		ed.tables = append(ed.tables, t)
		ed.byBoard[b.Name] = t
	}
	month := span{time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC), now.Truncate(24 * time.Hour).Add(24 * time.Hour)}
	monthAt := len(spans)
	spans = append(spans, month)
	var err error
	if ed.fold, err = h.foldFor(ctx, now, spans, monthAt, moved); err != nil {
		return nil, err
	}
	for i := range spans {
		var p [dimensions]*published
		for d := range dimensions {
			p[d] = h.publishGroups(ed.fold, d, i)
		}
		ed.groups = append(ed.groups, p)
	}
	if err := h.publishPeople(ctx, ed); err != nil {
		return nil, err
	}
	if err := h.publishPast(ed); err != nil {
		return nil, err
	}
	ed.cache = newRenderCache()
	return ed, nil
}

func indexOf(spans []span, s span) (int, []span) {
	for i, x := range spans {
		if x.from.Equal(s.from) && x.to.Equal(s.to) {
			return i, spans
		}
	}
	return len(spans), append(spans, s)
}

// publishTable reads one board.
func (h *Handler) publishTable(b tokenomics.Board, now time.Time) (*table, error) {
	t := &table{Board: b}
	var err error
	if t.from, t.to, err = h.eng.Window(b.Name); err != nil {
		return nil, err
	}
	if t.view, err = h.eng.View(b.Name); err != nil {
		return nil, err
	}
	t.listed = t.view.Top(h.opts.Rows)
	t.steps = make(map[string][]int64, len(t.listed))
	for _, r := range t.listed {
		if t.steps[r.Subject], err = h.eng.Steps(b.Name, r.Subject); err != nil {
			return nil, err
		}
	}
	t.index(t.view)
	if past, ok := comparedWith(b, now); ok {
		if t.before, err = h.eng.AsOf(b.Name, past); err != nil {
			return nil, err
		}
		t.since = past
		t.index(t.before)
	}
	return t, nil
}

// index looks somebody up in a view, since whoever does so first sorts and indexes
// it: no viewer is to wait for that.
func (t *table) index(v *tokenomics.View) {
	if len(t.listed) > 0 {
		v.Standing(t.listed[0].Subject)
	}
}

// comparedWith returns the instant that ranks are compared with: a day ago, or
// as far back as the board can look.
func comparedWith(b tokenomics.Board, now time.Time) (time.Time, bool) {
	w := b.Window
	if w.Step <= 0 {
		if w.Steps() <= 1 {
			return time.Time{}, false // all time: the past is the present
		}
		w.Step = 24 * time.Hour
	}
	steps := int64(max(24*time.Hour/w.Step, 1))
	steps = min(steps, int64(b.History))
	return now.Add(-time.Duration(steps) * w.Step), true
}

// publishPeople reads what is shown of those who are listed anywhere.
func (h *Handler) publishPeople(ctx context.Context, ed *edition) error {
	var listed []string
	seen := map[string]bool{}
	for _, t := range ed.tables {
		for _, r := range t.listed {
			if !seen[r.Subject] {
				seen[r.Subject] = true
				listed = append(listed, r.Subject)
			}
		}
	}
	for _, s := range listed {
		id := keyed(h.secret, "link", s)
		ed.token[s], ed.person[id] = id, s
	}
	if err := h.askConsent(ctx, ed); err != nil {
		return err
	}
	var err error
	if ed.honors, err = h.publishHonors(ctx, ed, listed); err != nil {
		return err
	}
	h.publishTiers(ed)
	return nil
}

// askConsent asks who of those listed wants to be named.
func (h *Handler) askConsent(ctx context.Context, ed *edition) error {
	if h.opts.Privacy.Naming != OptIn {
		return nil
	}
	listed := slices.Sorted(maps.Keys(ed.token))
	yes, err := h.consented(ctx, listed)
	if err != nil {
		return err
	}
	ed.named = make(map[string]bool, len(listed))
	for i, s := range listed {
		ed.named[s] = yes[i]
	}
	return nil
}

// consented asks the host; its panics are errors.
func (h *Handler) consented(ctx context.Context, subjects []string) (yes []bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("dashboard: Consent panicked: %v", p)
		}
	}()
	yes, err = h.opts.Privacy.Consent.Consented(ctx, subjects)
	if err == nil && len(yes) != len(subjects) {
		err = fmt.Errorf("dashboard: Consent answered for %d of %d subjects", len(yes), len(subjects))
	}
	return yes, err
}
