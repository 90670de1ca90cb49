package rank

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var epoch = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// rig drives a board and its oracle with the same random writes.
type rig struct {
	t        testing.TB
	rng      *rand.Rand
	b        *Board
	o        *oracle
	now      time.Time
	unit     time.Duration // about a step
	subjects []string
	values   func(*rand.Rand) int64
	ops      int
	shards   []*Board // the same writes again, each subject on one of them
}

func newRig(t testing.TB, seed uint64, cfg Config, subjects int) *rig {
	t.Helper()
	b, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	unit := cfg.Window.Step
	if unit == 0 {
		unit = 24 * time.Hour
	}
	shards := make([]*Board, 3)
	for i := range shards {
		if shards[i], err = New(cfg); err != nil {
			t.Fatal(err)
		}
	}
	return &rig{t: t, shards: shards, rng: rand.New(rand.NewPCG(seed, 1)), b: b, o: newOracle(cfg), now: epoch, unit: unit,
		subjects: subjectNames(subjects), values: smallValues}
}

func smallValues(r *rand.Rand) int64 { return r.Int64N(13) - 4 }

// closeValues make totals that differ only in their last bits.
func closeValues(r *rand.Rand) int64    { return 1<<40 + r.Int64N(1<<14) }
func equalValues(r *rand.Rand) int64    { return 1000 * (r.Int64N(3) - 1) }
func negativeValues(r *rand.Rand) int64 { return -closeValues(r) * (r.Int64N(4) - 1) }

// someGreatValues are small but for a few that need more than 32 bits.
func someGreatValues(r *rand.Rand) int64 {
	if r.IntN(300) == 0 {
		return (r.Int64N(5)-2)<<40 + 7
	}
	return smallValues(r)
}

func wideValues(r *rand.Rand) int64 { return (r.Int64N(1<<20) - 1<<16) << r.IntN(24) }

// step makes one random write.
func (g *rig) step() {
	g.ops++
	s := g.subjects[g.rng.IntN(len(g.subjects))]
	switch p := g.rng.IntN(1000); {
	case p < 15:
		g.now = g.now.Add(time.Duration(g.rng.Int64N(int64(2 * g.unit))))
		g.advance(g.now)
	case p < 17:
		g.now = g.now.Add(time.Duration(g.rng.IntN(g.o.cfg.Window.Steps()+3)) * g.unit)
		g.advance(g.now)
	case p < 19:
		g.advance(g.now.Add(-3 * g.unit))
	case p < 24:
		g.o.hidden[s] = true
		for _, b := range []*Board{g.b, g.shard(s)} {
			if err := b.Hide(s); err != nil {
				g.t.Fatal(err)
			}
		}
	case p < 34:
		delete(g.o.hidden, s)
		g.b.Unhide(s)
		g.shard(s).Unhide(s)
	case p < 36:
		g.reload()
	case p < 50:
		g.addBatch()
	case p < 58:
		g.addNewest()
	default:
		g.add(s, p%2 == 0, p%10 == 0)
	}
}

func (g *rig) advance(now time.Time) {
	g.o.advance(now)
	for _, b := range append(g.shards, g.b) {
		if err := b.Advance(now); err != nil {
			g.t.Fatal(err)
		}
	}
}

func (g *rig) shard(s string) *Board { return g.shards[int(s[len(s)-1])%3] }

// add adds at a random time: mostly inside the window, now and then out of it.
func (g *rig) add(s string, byID, amend bool) {
	span := time.Duration(g.o.cfg.Window.Steps()+3) * g.unit
	at := g.now.Add(g.unit*3/2 - time.Duration(g.rng.Int64N(int64(span))))
	k, _ := g.o.cfg.Window.index(at)
	delta := g.values(g.rng)
	if g.rng.IntN(8) == 0 { // take a sum back whole
		delta = -g.o.cells[cell{s, k}]
	}
	var err error
	switch {
	case amend:
		err = g.b.AmendID(g.b.Names().ID(s), at, delta)
	case byID:
		err = g.b.AddID(g.b.Names().ID(s), at, delta)
	default:
		err = g.b.Add(s, at, delta)
	}
	if !g.o.accepts(k, amend) {
		if !errors.Is(err, ErrOutsideWindow) {
			g.t.Fatalf("add at %v, now %v: %v, want ErrOutsideWindow", at, g.now, err)
		}
		return
	}
	if err != nil {
		g.t.Fatal(err)
	}
	g.o.add(s, k, delta)
	shard := g.shard(s)
	if err := shard.AmendID(shard.Names().ID(s), at, delta); err != nil {
		g.t.Fatal(err)
	}
}

// addBatch adds a batch as a host does: mostly of now, by handle and by name, the same
// subjects again and again.
func (g *rig) addBatch() {
	batch := make([]Delta, g.rng.IntN(150))
	want := map[int]bool{} // items that are outside
	for j := range batch {
		s := g.subjects[g.rng.IntN(1+g.rng.IntN(len(g.subjects)))]
		at := g.now
		if g.rng.IntN(20) == 0 {
			at = at.Add(-time.Duration(g.rng.IntN(g.o.cfg.Window.Steps()+2)) * g.unit)
		}
		d := Delta{Subject: s, At: at, Delta: g.values(g.rng)}
		if g.rng.IntN(3) > 0 {
			d.ID, d.Subject = g.b.Names().ID(s), "nobody" // the ID counts
		}
		batch[j] = d
		k, _ := g.o.cfg.Window.index(at)
		if want[j] = !g.o.accepts(k, false); want[j] {
			continue
		}
		g.o.add(s, k, d.Delta)
		g.ops++
		shard := g.shard(s)
		if err := shard.AddBatch([]Delta{{Subject: s, At: at, Delta: d.Delta}}); err != nil {
			g.t.Fatal(err)
		}
	}
	var failed *BatchError
	if err := g.b.AddBatch(batch); err != nil && !errors.As(err, &failed) {
		g.t.Fatal(err)
	}
	for j, outside := range want {
		refused := failed != nil && slices.ContainsFunc(failed.Failed, func(e ItemError) bool {
			return e.Index == j && errors.Is(e.Err, ErrOutsideWindow)
		})
		if refused != outside {
			g.t.Fatalf("item %d of a batch, at %v, now %v: refused %v, want %v", j, batch[j].At, g.now, refused, outside)
		}
	}
}

// addNewest adds a batch to the newest step, by the handles of subjects that may be new.
func (g *rig) addNewest() {
	if !g.o.started {
		if err := g.b.AddNewest([]Increment{{g.b.Names().ID(g.subjects[0]), 1}}); !errors.Is(err, ErrOutsideWindow) {
			g.t.Fatalf("before the first advance: %v", err)
		}
		return
	}
	subjects := make([]string, g.rng.IntN(150))
	for j := range subjects {
		subjects[j] = g.subjects[g.rng.IntN(1+g.rng.IntN(len(g.subjects)))]
	}
	batch := make([]Increment, len(subjects))
	for j, id := range g.b.Names().IDs(nil, subjects) {
		if known, ok := g.b.Names().Lookup(subjects[j]); !ok || known != id {
			g.t.Fatalf("%q has handle %d of many, and %d alone", subjects[j], id, known)
		}
		batch[j] = Increment{id, g.values(g.rng)}
		g.o.add(subjects[j], g.o.now, batch[j].By)
		g.ops++
		shard := g.shard(subjects[j])
		if err := shard.AddNewest([]Increment{{shard.Names().ID(subjects[j]), batch[j].By}}); err != nil {
			g.t.Fatal(err)
		}
	}
	if err := g.b.AddNewest(batch); err != nil {
		g.t.Fatal(err)
	}
}

// reload goes on with a board restored from a snapshot.
func (g *rig) reload() {
	snapshot := g.b.Snapshot()
	cfg := g.o.cfg
	if g.rng.IntN(2) == 0 { // names that know others already, in another order
		cfg.Names = NewNames()
		for _, i := range g.rng.Perm(len(g.subjects)) {
			cfg.Names.ID(g.subjects[i])
		}
	}
	b, err := New(cfg)
	if err == nil {
		err = b.Restore(snapshot)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	if again := b.Snapshot(); !bytes.Equal(snapshot, again) {
		g.t.Fatal("a restored board has another snapshot")
	}
	g.b = b
}

// check compares every read with the oracle.
func (g *rig) check() {
	g.t.Helper()
	if !g.o.started {
		return
	}
	some := append([]string{"nobody"}, g.subjects[:min(len(g.subjects), 12)]...)
	checkReads(g.t, "board", g.b, g.o, g.o.now, some)
	checkReads(g.t, "view", g.b.View(), g.o, g.o.now, some)
	for _, s := range some {
		g.checkSteps(s)
	}
	m, err := Merge(g.shards...)
	if err != nil {
		g.t.Fatal(err)
	}
	checkReads(g.t, "merged", m, g.o, g.o.now, some)
	h := int64(g.o.cfg.history())
	k := g.o.now - g.rng.Int64N(h+1)
	v, err := g.b.AsOf(g.o.cfg.Window.start(k).Add(g.unit / 3))
	if g.o.cfg.Window.Period == AllTime {
		v, err = g.b.AsOf(g.now)
		k = 0
	}
	if err != nil {
		g.t.Fatal(err)
	}
	checkReads(g.t, fmt.Sprintf("as of step now-%d", g.o.now-k), v, g.o, k, some)
}

func (g *rig) checkSteps(s string) {
	first := g.o.cfg.Window.first(g.o.now)
	var want []int64
	for k := first; k <= g.o.now; k++ {
		v := int64(0)
		if !g.o.hidden[s] {
			v = g.o.cfg.Scorer.Score(g.o.cells[cell{s, k}])
		}
		want = append(want, v)
	}
	if got := g.b.Steps(s); !slices.Equal(got, want) {
		g.t.Fatalf("Steps(%q) = %v, want %v", s, got, want)
	}
}

func TestBoardAgainstOracle(t *testing.T) {
	day, hour := 24*time.Hour, time.Hour
	kolkata := time.FixedZone("UTC+5:30", 5*3600+1800)
	tests := []struct {
		name     string
		cfg      Config
		subjects int
		values   func(*rand.Rand) int64
	}{
		{"competition", Config{Window: Window{Length: 5 * day, Step: day}}, 20, smallValues},
		{"dense", Config{Window: Window{Length: 3 * hour, Step: hour}, Ties: Dense, History: 2}, 20, smallValues},
		{"ordinal", Config{Window: Window{Length: day, Step: day}, Ties: Ordinal}, 20, smallValues},
		{"first reached", Config{Window: Window{Length: 4 * day, Step: day}, Ties: FirstReached, History: 3}, 20, smallValues},
		{"scored", Config{Window: Window{Length: 6 * day, Step: day}, Scorer: Scorer{{5, 1, 2}, {9, 1, 3}, {20, 0, 1}}}, 20, smallValues},
		{"hidden count", Config{Window: Window{Length: 4 * day, Step: day}, CountHidden: true}, 25, smallValues},
		{"hidden count, first reached", Config{Window: Window{Length: 4 * day, Step: day}, CountHidden: true, Ties: FirstReached}, 25, smallValues},
		{"month", Config{Window: ThisMonth(kolkata), History: 2}, 20, smallValues},
		{"week", Config{Window: ThisWeek(nil), Ties: Dense}, 20, smallValues},
		{"all time", Config{Window: Ever()}, 20, smallValues},
		{"many", Config{Window: Window{Length: 30 * day, Step: day}}, 600, wideValues},
		{"many, close", Config{Window: Window{Length: 3 * day, Step: day}}, 900, closeValues},
		{"many, equal", Config{Window: Window{Length: 2 * day, Step: day}, Ties: Ordinal}, 700, equalValues},
		{"a crowd", Config{Window: Window{Length: 2 * day, Step: day}, Ties: FirstReached}, 4000, func(r *rand.Rand) int64 { return 5 }},
		{"many, negative", Config{Window: Window{Length: 4 * day, Step: day}, Ties: FirstReached}, 500, negativeValues},
		{"many, some great", Config{Window: Window{Length: 5 * day, Step: day}}, 700, someGreatValues},
		{"many, dense", Config{Window: Window{Length: 6 * day, Step: day}, Ties: Dense}, 600, smallValues},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			seed := uint64(1000 + i)
			t.Logf("seed %d", seed)
			g := newRig(t, seed, tt.cfg, tt.subjects)
			g.values = tt.values
			n, checks := 70_000, 60 // over a million writes in all
			if tt.subjects > 100 {
				checks = 10
			}
			if testing.Short() {
				n = 5_000
			}
			for j := range n {
				g.step()
				if j%(n/checks) == 0 {
					g.check()
				}
			}
			g.check()
		})
	}
}
