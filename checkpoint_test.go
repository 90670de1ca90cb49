package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// scanCounter is a journal that counts how often its state is read whole.
type scanCounter struct {
	*journal
	scans int
}

func (c *scanCounter) ScanAt(ctx context.Context, q store.Query, head *int64) iter.Seq2[store.Entry, error] {
	c.scans++
	return c.journal.ScanAt(ctx, q, head)
}

// forgetful is a store with a feed that keeps no checkpoints.
type forgetful struct {
	store.Store
	store.Follower
}

func (f forgetful) Unwrap() store.Store { return f.Store }

func withoutCheckpoints(j *journal) store.Store { return forgetful{j.Store, j} }

// oddBoards are boards with everything that a checkpoint must keep.
func oddBoards() []tokenomics.Board {
	return []tokenomics.Board{
		{Name: "tokens", Per: []tokenomics.Dimension{tokenomics.ByTeam, tokenomics.ByModel}},
		{Name: "cost", By: tokenomics.ByCost, History: 4, Per: []tokenomics.Dimension{tokenomics.ByModel}},
		{Name: "models", By: tokenomics.ByCost, Of: tokenomics.ByModel, Window: rank.Rolling7d},
		{Name: "first", By: tokenomics.ByOutput, Ties: rank.FirstReached, Window: rank.Rolling24h},
		{Name: "month", By: tokenomics.ByCalls, Window: rank.ThisMonth(nil)},
		{Name: "ever", By: tokenomics.ByFresh, Window: rank.Ever(), Per: []tokenomics.Dimension{tokenomics.ByTeam}},
		{Name: "few", Per: []tokenomics.Dimension{tokenomics.ByModel}, MaxSegments: 2},
	}
}

// TestReopenFromCheckpoint: an engine that opens from saved boards and what came
// after is, byte for byte, the one that reads the whole ledger; whoever wrote
// meanwhile, and however long it was closed.
func TestReopenFromCheckpoint(t *testing.T) {
	ctx := context.Background()
	reopened := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 11))
		clock := testNow
		st := &scanCounter{journal: newJournal(nil)}
		boards := oddBoards()
		if seed%2 == 0 { // segments that are too many make a snapshot rebuild the boards
			boards = boards[:len(boards)-1]
		}
		cfg := tokenomics.Config{Store: st, Book: testBook(t, "0.0013"), Boards: boards,
			MaxFuture: tokenomics.NoLimit, Now: func() time.Time { return clock }}
		eng, other := newEngine(t, cfg), newEngine(t, cfg)
		versions := randomVersions(r, 120)
		for i := range versions {
			versions[i].Team = fmt.Sprint("team", r.IntN(3))
			if r.IntN(10) == 0 {
				versions[i].At = testNow.Add(time.Duration(r.Int64N(int64(9 * 24 * time.Hour))))
			}
		}
		record(t, eng, versions[:60]...)
		record(t, other, versions[60:80]...)
		if err := eng.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		record(t, other, versions[80:100]...)
		clock = clock.Add(time.Duration(r.IntN(5)) * 11 * time.Hour)
		record(t, other, versions[100:]...)
		st.scans = 0
		again := newEngine(t, cfg)
		if st.scans == 0 {
			reopened++
		}
		cfg.Store = withoutCheckpoints(st.journal)
		if !bytes.Equal(snapshot(t, newEngine(t, cfg)), snapshot(t, again)) {
			t.Fatalf("seed %d: the engine that was reopened differs from the one made anew", seed)
		}
		clock = clock.Add(30 * time.Hour)
		if !bytes.Equal(snapshot(t, newEngine(t, cfg)), snapshot(t, again)) {
			t.Fatalf("seed %d: a day later it differs", seed)
		}
	}
	if reopened < 15 {
		t.Errorf("only %d of 40 engines opened from their checkpoint", reopened)
	}
}

// TestDamagedCheckpoint: saved boards are used whole or not at all, and why not
// is told.
func TestDamagedCheckpoint(t *testing.T) {
	ctx := context.Background()
	var log bytes.Buffer
	st := &scanCounter{journal: newJournal(nil)}
	cfg := tokenomics.Config{Store: st, Book: testBook(t, "0.0013"), Boards: oddBoards(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	eng := newEngine(t, cfg)
	versions := randomVersions(rand.New(rand.NewPCG(5, 5)), 40)
	for i := range versions {
		versions[i].Subject = "ana.secret" + fmt.Sprint(i%3)
	}
	record(t, eng, versions...)
	want := snapshot(t, eng)
	if err := eng.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	var name string
	for name = range st.checkpoints {
	}
	good := st.checkpoints[name]
	open := func(what string, head int64, data []byte, used bool) {
		t.Helper()
		st.checkpoints[name] = checkpoint{head, data}
		st.scans = 0
		log.Reset()
		again, err := tokenomics.New(ctx, &tokenomics.Config{Store: st, Book: cfg.Book, Boards: cfg.Boards, Logger: cfg.Logger, Now: clockAt(testNow)})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if (st.scans == 0) != used || strings.Contains(log.String(), "not used") == used {
			t.Fatalf("%s: used: %t, log: %s", what, st.scans == 0, log.String())
		}
		if strings.Contains(log.String(), "secret") {
			t.Fatalf("%s: the log has a subject: %s", what, log.String())
		}
		if !bytes.Equal(want, snapshot(t, again)) {
			t.Fatalf("%s: another state", what)
		}
	}
	open("whole", good.head, good.data, true)
	open("of another position", good.head-1, good.data, false)
	open("empty", good.head, nil, false)
	r := rand.New(rand.NewPCG(6, 6))
	for range 25 {
		bad := bytes.Clone(good.data)
		i := r.IntN(len(bad))
		bad[i] ^= 1 << r.IntN(8)
		open(fmt.Sprint("bit flipped at ", i), good.head, bad, false)
		open(fmt.Sprint("cut at ", i), good.head, good.data[:i], false)
	}

	// A checkpoint that reaches back further than the feed does.
	record(t, eng, call("more", "bo", testNow))
	want = snapshot(t, eng)
	st.compact()
	st.checkpoints[name], st.scans = good, 0
	if again := newEngine(t, cfg); st.scans != 1 || !bytes.Equal(want, snapshot(t, again)) {
		t.Errorf("over a feed that was compacted the ledger was read %d times", st.scans)
	}
}

// TestEveryByteOfACheckpoint: what the sums' own checksums do not cover, such as the
// rest of an amount, is damaged unseen no more than they are.
func TestEveryByteOfACheckpoint(t *testing.T) {
	ctx := context.Background()
	var log bytes.Buffer
	st := newJournal(nil)
	cfg := tokenomics.Config{Store: st, Book: testBook(t, "0.0013"), Boards: []tokenomics.Board{{Name: "cost", By: tokenomics.ByCost}},
		Logger: slog.New(slog.NewTextHandler(&log, nil)), MaxFuture: tokenomics.NoLimit}
	eng := newEngine(t, cfg)
	record(t, eng, call("a", "ana", testNow), call("b", "bo", testNow.Add(72*time.Hour)))
	want := snapshot(t, eng)
	if err := eng.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	for name, good := range st.checkpoints {
		for i := range good.data {
			bad := bytes.Clone(good.data)
			bad[i] ^= 1 << (i % 8)
			st.checkpoints[name] = checkpoint{good.head, bad}
			log.Reset()
			again := newEngine(t, cfg)
			if !strings.Contains(log.String(), "not used") {
				t.Errorf("a bit flipped in byte %d of %d is not seen", i, len(bad))
			}
			if !bytes.Equal(want, snapshot(t, again)) {
				t.Errorf("a bit flipped in byte %d of %d: another state", i, len(bad))
			}
		}
	}
}

// TestCheckpointsAreOfOneConfiguration: other boards keep their own.
func TestCheckpointsAreOfOneConfiguration(t *testing.T) {
	ctx := context.Background()
	st := &scanCounter{journal: newJournal(nil)}
	record(t, newEngine(t, tokenomics.Config{Store: st}), call("a", "ana", testNow))
	seen := 0
	for _, boards := range [][]tokenomics.Board{nil, oddBoards(), {{Name: "a"}}, {{Name: "b"}}, {{Name: "a", History: 2}}, {{Name: "a", By: tokenomics.ByCalls}},
		{{Name: "a", Ties: rank.Dense}}, {{Name: "a", Window: rank.Rolling7d}}, {{Name: "a", Of: tokenomics.ByModel}}, {{Name: "a", Per: []tokenomics.Dimension{tokenomics.ByTeam}}}} {
		eng := newEngine(t, tokenomics.Config{Store: st, Boards: boards})
		if err := eng.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		if seen++; len(st.checkpoints) != seen {
			t.Fatalf("%d configurations have %d checkpoints", seen, len(st.checkpoints))
		}
	}
	scored := newEngine(t, tokenomics.Config{Store: st, Boards: []tokenomics.Board{{Name: "s", Score: func(*tokenomics.Event) int64 { return 1 }}}})
	if err := scored.Checkpoint(ctx); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("boards by a host's function: %v", err)
	}
	if err := newEngine(t, tokenomics.Config{}).Checkpoint(ctx); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a store without checkpoints: %v", err)
	}
}

// TestClockBeforeTheCheckpoint: saved boards of tomorrow are not today's.
func TestClockBeforeTheCheckpoint(t *testing.T) {
	st := newJournal(nil)
	clock := testNow
	cfg := tokenomics.Config{Store: st, Now: func() time.Time { return clock }}
	eng := newEngine(t, cfg)
	record(t, eng, call("old", "ana", testNow.Add(-29*24*time.Hour)), call("new", "bo", testNow))
	clock = testNow.Add(26 * time.Hour)
	if err := eng.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	clock = testNow
	if n, err := newEngine(t, cfg).Len("tokens-30d"); n != 2 || err != nil {
		t.Errorf("%d ranked, %v", n, err)
	}
}

// TestCheckpointsOfZonesOfOneName: a zone is when its days begin, not what it is called.
func TestCheckpointsOfZonesOfOneName(t *testing.T) {
	sh := memstore.NewShared(nil, 100)
	win := func(z *time.Location) []tokenomics.Board {
		return []tokenomics.Board{{Name: "m", Window: rank.ThisMonth(z)}}
	}
	x, y := time.FixedZone("Local", 0), time.FixedZone("Local", 3600)
	cfg := tokenomics.Config{Store: sh, Boards: win(x)}
	a := newEngine(t, cfg)
	record(t, a, call("a", "ana", time.Date(2026, 10, 31, 23, 30, 0, 0, time.UTC)))
	if err := a.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg.Boards = win(y)
	b := newEngine(t, cfg)
	top, err := b.Top("m", 9)
	if err != nil || len(top) != 1 {
		t.Errorf("%+v %v", top, err)
	}
}
