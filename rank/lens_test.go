package rank

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

// A board and its lenses, under the same random writes through any of them, each
// against an oracle of its own.
func TestLensesAgainstOracles(t *testing.T) {
	day := 24 * time.Hour
	window := func(days int) Window { return Window{Length: time.Duration(days) * day, Step: day} }
	for name, cfg := range map[string]Config{
		"plain":  {Window: window(9), History: 2},
		"scored": {Window: window(9), Scorer: CapPerStep(9), Ties: FirstReached},
	} {
		for _, subjects := range []int{20, 500} {
			t.Run(name, func(t *testing.T) {
				g := newRig(t, 77, cfg, subjects)
				var boards []*Board
				var oracles []*oracle
				lens := func(cfg Config) {
					l, err := g.b.Lens(cfg)
					if err != nil {
						t.Fatal(err)
					}
					o := newOracle(cfg)
					o.cells = g.o.cells
					boards, oracles = append(boards, l), append(oracles, o)
				}
				lens(Config{Window: window(3), Ties: Dense})
				owner := g.b
				g.advance(g.now)
				for step := range 6000 {
					switch {
					case step == 1500:
						lens(Config{Window: window(9), CountHidden: true})
					case step == 3000:
						lens(Config{Window: window(1), History: 4, Ties: FirstReached, Scorer: CapPerStep(3)})
					case step%700 == 699:
						if err := owner.Restore(owner.Snapshot()); err != nil {
							t.Fatal(err)
						}
					case step%50 == 49:
						at := g.rng.IntN(len(boards))
						s := g.subjects[g.rng.IntN(subjects)]
						if oracles[at].hidden[s] = g.rng.IntN(2) == 0; !oracles[at].hidden[s] {
							boards[at].Unhide(s)
						} else if err := boards[at].Hide(s); err != nil {
							t.Fatal(err)
						}
					}
					g.b = owner
					if g.rng.IntN(3) == 0 {
						g.now = g.now.Add(time.Duration(g.rng.Int64N(int64(day / 40))))
						g.b = boards[g.rng.IntN(len(boards))]
						g.advance(g.now)
					}
					g.add(g.subjects[g.rng.IntN(subjects)], step%2 == 0, step%5 == 0)
					g.b = owner
					if step%400 == 0 {
						g.check()
						for i, b := range boards {
							o := oracles[i]
							o.started, o.now = g.o.started, g.o.now
							checkReads(t, "lens", b, o, o.now, g.subjects[:8])
							v, err := b.AsOf(o.cfg.Window.start(o.now - int64(o.cfg.history())))
							if err != nil {
								t.Fatal(err)
							}
							checkReads(t, "lens of then", v, o, o.now-int64(o.cfg.history()), g.subjects[:8])
						}
					}
				}
				// A lens snapshots like a board of its own.
				for i, l := range boards {
					alone, err := New(oracles[i].cfg)
					if err == nil {
						err = alone.Restore(l.Snapshot())
					}
					if err != nil || !bytes.Equal(alone.Snapshot(), l.Snapshot()) || alone.Len() != l.Len() {
						t.Errorf("lens %d, restored alone: %v", i, err)
					}
					if err := l.Restore(l.Snapshot()); !errors.Is(err, ErrInvalidConfig) {
						t.Errorf("restoring a lens: %v", err)
					}
				}
			})
		}
	}
}

func TestInvalidLenses(t *testing.T) {
	b := mustBoard(t, Config{})
	for name, cfg := range map[string]Config{
		"longer":        {Window: Window{Length: 31 * 24 * time.Hour, Step: 24 * time.Hour}},
		"another step":  {Window: Rolling7d},
		"a calendar":    {Window: ThisMonth(nil)},
		"older history": {Window: Window{Length: 7 * 24 * time.Hour, Step: 24 * time.Hour}, History: 25},
		"other names":   {Window: Rolling30d, Names: NewNames()},
		"no window":     {},
	} {
		if _, err := b.Lens(cfg); !errors.Is(err, ErrInvalidConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Lens(Config{Window: Rolling30d, Names: b.Names(), Ties: Dense}); err != nil {
		t.Error(err)
	}
}
