package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// simTitles are rules of which a correction of any day may change what is held.
func simTitles() []tiers.Rule {
	rule := func(id string, days int, r tiers.Revocation, g tiers.Gate) tiers.Rule {
		return tiers.Rule{ID: id, Version: 1, Kind: tiers.OneTime, Gate: g, Window: tiers.LastDays(days), Revocation: r, Text: tiers.Text{Title: id}}
	}
	spender := rule("spender", 9, tiers.Live(), nil)
	spender.Kind, spender.Levels = tiers.Leveled, tiers.Steps(tiers.Tokens, 1500, 3000, 6000)
	return []tiers.Rule{
		spender,
		rule("regular", 12, tiers.Grace(2*aDay), tiers.AtLeast(tiers.ActiveDays, 3)),
		rule("first", 5, tiers.Keep(), tiers.RankAtMost{Board: "tokens", Rank: 1, MinPopulation: 2}),
	}
}

// key picks a call that the ledger may know.
func (w *world) key() tokenomics.Key {
	return tokenomics.Key{Source: "sim", ID: fmt.Sprint(w.r.IntN(25))}
}

// amend corrects a call, or takes it back, once or until it works.
func (w *world) amend(step, i int) error {
	key, to := w.key(), w.events()[0]
	if w.r.IntN(3) == 0 {
		w.stores[i].arm(w.r)
	}
	defer func() { w.stores[i].left = 0 }()
	for {
		var err error
		if to.Void {
			_, err = w.engines[i].Void(context.Background(), key)
		} else {
			_, err = w.engines[i].Amend(context.Background(), key, func(e *tokenomics.Event) {
				e.Subject, e.At, e.Usage, e.Void = to.Subject, to.At, to.Usage, false
				if e.Model == "" {
					e.Provider, e.Model = to.Provider, to.Model
				}
			})
		}
		w.say("%d: engine %d amends %v to be of %q at %s, void %t: %v", step, i, key, to.Subject, to.At, to.Void, err)
		switch {
		case err == nil, errors.Is(err, tokenomics.ErrNotFound):
			return nil
		case !errors.Is(err, errDisk):
			return err
		case w.r.IntN(3) == 0:
			return nil // the host gives up
		}
	}
}

// backfill publishes events of any age.
func (w *world) backfill(step, i int) error {
	b := w.engines[i].Backfill()
	for _, e := range w.events() {
		e.At = e.At.Add(-time.Duration(w.r.IntN(30)) * aDay)
		if err := b.Add(e); err != nil {
			return err
		}
	}
	if w.r.IntN(3) == 0 {
		w.stores[i].arm(w.r)
	}
	defer func() { w.stores[i].left = 0 }()
	for {
		receipts, err := b.Publish(context.Background())
		w.say("%d: engine %d backfills %d events: %v", step, i, len(receipts), err)
		if err == nil || errors.Is(err, errDisk) && w.r.IntN(3) == 0 {
			return nil
		}
		if !errors.Is(err, errDisk) {
			return err
		}
	}
}

// move exports the ledger, or brings in what was exported before.
func (w *world) move(step, i int) error {
	ctx, eng := context.Background(), w.engines[i]
	if w.dump == nil || w.r.IntN(2) == 0 {
		var b bytes.Buffer
		done, err := eng.Export(ctx, &b)
		w.say("%d: engine %d exports %d events: %v", step, i, done.Events, err)
		w.dump = b.Bytes()
		return err
	}
	if w.r.IntN(3) == 0 {
		w.stores[i].arm(w.r)
	}
	defer func() { w.stores[i].left = 0 }()
	for {
		done, err := eng.Import(ctx, bytes.NewReader(w.dump))
		w.say("%d: engine %d imports %d events: %v", step, i, done.Events, err)
		if err == nil || errors.Is(err, errDisk) && w.r.IntN(3) == 0 {
			return nil
		}
		if !errors.Is(err, errDisk) {
			return err
		}
	}
}

// award has an engine look at awards, so that it keeps facts from then on.
func (w *world) award(step, i int) error {
	f := w.stores[i]
	if w.r.IntN(3) == 0 {
		f.arm(w.r)
	}
	defer func() { f.left = 0 }()
	var err error
	if w.r.IntN(2) == 0 {
		_, err = w.engines[i].Badges(context.Background(), w.subject(), w.subject())
	} else {
		_, err = w.awards(w.engines[i])
	}
	w.say("%d: engine %d gives awards: %v", step, i, err)
	if errors.Is(err, errDisk) {
		return nil
	}
	return err
}

// awards says who holds what as of some closes, and now.
func (w *world) awards(eng *tokenomics.Engine) (string, error) {
	ctx := context.Background()
	var s strings.Builder
	people := []string{"ana", "bo", "cem", "dua", "eli"}
	for _, back := range []int{0, 2, 9} {
		a, err := eng.Awards(ctx, w.clock.Add(-time.Duration(back)*aDay))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&s, "%d at %s", a.Len(), a.AsOf().Format(time.DateOnly))
		for _, who := range people {
			if b, ok := a.Of(who); ok {
				fmt.Fprintf(&s, "; %s", plainBadges(b))
			}
		}
		s.WriteString("\n")
	}
	now, err := eng.Badges(ctx, people...)
	for _, b := range now {
		fmt.Fprintf(&s, "; %s", plainBadges(b))
	}
	return s.String(), err
}
