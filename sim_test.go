package tokenomics_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

var (
	simSeeds = flag.Int("sim.seeds", 2000, "how many worlds TestSimulator makes up")
	simFirst = flag.Uint64("sim.first", 0, "the first of its seeds")
	simOne   = flag.Int64("sim.seed", -1, "run this seed alone, and tell what happens in it")
)

// TestSimulator runs engines through made-up worlds: they record, repeat,
// reorder, revise, void, amend, backfill, export and import, reprice, rename, forget,
// prune, give awards, fail, crash, reopen and share, and at every turn must show what a
// naive recomputation says, or an engine made anew. A world is
// a function of its seed. Seeds that once failed are in testdata/sim-seeds.txt
// and are run each time.
func TestSimulator(t *testing.T) {
	if *simOne >= 0 {
		if err := simulate(t, uint64(*simOne), true); err != nil {
			t.Fatalf("seed %d: %v", *simOne, err)
		}
		return
	}
	seeds := keptSeeds(t)
	n := *simSeeds
	if testing.Short() || raceEnabled {
		n = min(n, 200)
	}
	for i := range n {
		seeds = append(seeds, *simFirst+uint64(i))
	}
	var next, failed atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(seeds) || failed.Load() > 5 {
					return
				}
				if err := simulate(t, seeds[i], false); err != nil {
					failed.Add(1)
					t.Errorf("seed %d: %v\nrun it with: go test -run TestSimulator -sim.seed %d\nand add it to testdata/sim-seeds.txt", seeds[i], err, seeds[i])
				}
			}
		})
	}
	wg.Wait()
}

func keptSeeds(t *testing.T) (seeds []uint64) {
	f, err := os.Open("testdata/sim-seeds.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, seed)
	}
	return seeds
}

// world is one simulation.
type world struct {
	t       *testing.T
	r       *rand.Rand
	truth   *naiveLedger
	journal *journal // nil: one engine, over a store without a feed
	stores  []*faulty
	engines []*tokenomics.Engine
	clock   time.Time
	latest  time.Time // that the clock has said
	books   []*pricing.Book
	boards  []tokenomics.Board
	sent    []tokenomics.Event
	dump    []byte // an export of some time ago
	pruned  []bool // behind the back of the engine: its awards are of before
	tell    bool
}

var errWorld = errors.New("the world is not as it should be")

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errWorld, fmt.Sprintf(format, args...))
}

func simulate(t *testing.T, seed uint64, tell bool) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = wrong("panic: %v", v)
		}
	}()
	w := &world{t: t, r: rand.New(rand.NewPCG(seed, 77)), truth: newNaiveLedger(), clock: testNow, latest: testNow, tell: tell,
		books: []*pricing.Book{testBook(t, "0.0013"), testBook(t, "3"), testBook(t, "7.0000001")},
		boards: []tokenomics.Board{
			{Name: "tokens", Window: rank.Rolling30d, History: 2},
			{Name: "cost", By: tokenomics.ByCost, Window: rank.Rolling7d},
			{Name: "calls", By: tokenomics.ByCalls, Window: rank.Window{Length: 12 * time.Hour, Step: time.Hour}},
		}}
	for _, b := range w.books {
		w.truth.books[b.Version()] = b
	}
	engines := 1
	if w.r.IntN(3) > 0 {
		w.journal = newJournal(w.truth)
		if w.r.IntN(2) == 0 {
			w.journal.rand = w.r
		}
		engines = 1 + w.r.IntN(3)
	}
	for i := range engines {
		w.engines = append(w.engines, nil)
		w.stores = append(w.stores, nil)
		w.pruned = append(w.pruned, false)
		if err := w.open(i); err != nil {
			return err
		}
	}
	for step := range 30 + w.r.IntN(40) {
		if err := w.act(step); err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
	}
	return w.agree()
}

func (w *world) say(format string, args ...any) {
	if w.tell {
		w.t.Logf(format, args...)
	}
}

// open makes an engine anew, as after a crash; if its store fails, again.
func (w *world) open(i int) error {
	f := &faulty{Store: w.truth, r: w.r}
	var s store.Store = f
	if w.journal != nil {
		f.Store = w.journal
		s = &faultyFeed{f, w.journal}
	}
	if w.r.IntN(4) == 0 {
		f.arm(w.r)
	}
	cfg := w.config(s)
	eng, err := tokenomics.New(context.Background(), cfg)
	for errors.Is(err, errDisk) {
		f.left = 0
		eng, err = tokenomics.New(context.Background(), cfg)
	}
	if err != nil {
		return fmt.Errorf("opening engine %d: %w", i, err)
	}
	f.left = 0
	w.engines[i], w.stores[i], w.pruned[i] = eng, f, false
	return nil
}

func (w *world) config(s store.Store) *tokenomics.Config {
	return &tokenomics.Config{Store: s, Book: w.books[0], Boards: w.boards, Titles: simTitles(), Now: func() time.Time { return w.clock }}
}

func (w *world) act(step int) error {
	ctx := context.Background()
	i := w.r.IntN(len(w.engines))
	eng, f := w.engines[i], w.stores[i]
	switch k := w.r.IntN(100); {
	case k < 38:
		return w.record(i)
	case k < 41:
		return w.amend(step, i)
	case k < 43:
		return w.backfill(step, i)
	case k < 45:
		return w.move(step, i)
	case k < 50:
		return w.award(step, i)
	case k < 60:
		d := time.Duration(w.r.Int64N(int64(20 * time.Hour)))
		switch w.r.IntN(6) {
		case 0:
			d = -time.Duration(w.r.Int64N(int64(40 * time.Second)))
		case 1:
			d *= 4
		}
		w.say("%d: the clock moves by %s", step, d)
		w.clock = w.clock.Add(d)
		if w.clock.After(w.latest) {
			w.latest = w.clock
		}
	case k < 66:
		w.say("%d: engine %d is opened anew", step, i)
		return w.open(i)
	case k < 72:
		w.say("%d: engine %d saves its boards", step, i)
		if w.r.IntN(3) == 0 {
			f.arm(w.r)
		}
		err := eng.Checkpoint(ctx)
		f.left = 0
		if err != nil && !errors.Is(err, errDisk) && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	case k < 78:
		return w.reprice(step, i)
	case k < 80 && w.journal != nil:
		w.say("%d: the feed is compacted", step)
		w.journal.compact()
	case k < 83:
		before := w.clock.Add(-36*24*time.Hour - time.Duration(w.r.Int64N(int64(5*24*time.Hour))))
		w.say("%d: what is before %s is pruned", step, before)
		for i := range w.pruned {
			w.pruned[i] = true
		}
		_, err := w.truth.Prune(ctx, before)
		return err
	case k < 86:
		from, to := w.subject(), w.subject()
		if w.r.IntN(4) == 0 {
			to = ""
		}
		w.say("%d: engine %d renames %s to %q", step, i, from, to)
		if err := eng.Rename(ctx, from, to); err != nil && !errors.Is(err, store.ErrAliasCycle) && !errors.Is(err, store.ErrForgotten) {
			return err
		}
	case k < 88:
		who := w.subject()
		w.say("%d: engine %d forgets %s", step, i, who)
		_, err := eng.Forget(ctx, who)
		return err
	case k < 97:
		return w.look(step, i)
	default:
		return w.agree()
	}
	return nil
}

func (w *world) subject() string { return []string{"ana", "bo", "cem", "dua", "eli"}[w.r.IntN(5)] }

// events makes versions up, of few keys, and repeats some.
func (w *world) events() []tokenomics.Event {
	var out []tokenomics.Event
	for range 1 + w.r.IntN(6) {
		if len(w.sent) > 0 && w.r.IntN(4) == 0 {
			out = append(out, w.sent[w.r.IntN(len(w.sent))])
			continue
		}
		at := w.clock.Add(-time.Duration(w.r.Int64N(int64(36*24*time.Hour))) / time.Duration(1+w.r.IntN(100))).Truncate(time.Millisecond)
		if w.r.IntN(20) == 0 {
			at = w.clock.Add(time.Duration(w.r.Int64N(int64(6 * time.Minute))))
		}
		e := tokenomics.Event{Source: "sim", ID: fmt.Sprint(w.r.IntN(25)), Revision: w.r.Int64N(4), Void: w.r.IntN(9) == 0,
			Trust: store.Trust(w.r.IntN(2)), Subject: w.subject(), Session: "s",
			Call: tokenomics.Call{Provider: "acme", Model: []string{"small", "large", "odd", "unheard-of"}[w.r.IntN(4)], At: at,
				Usage: tokenomics.Usage{Input: w.r.Int64N(2000), Output: w.r.Int64N(500), Requests: w.r.Int64N(3)}}}
		w.sent = append(w.sent, e)
		out = append(out, e)
	}
	return out
}

// record offers events, and again if that fails; every receipt is what the naive
// ledger says.
func (w *world) record(i int) error {
	events := w.events()
	f := w.stores[i]
	if w.r.IntN(5) == 0 {
		f.arm(w.r)
	}
	before, failed := w.expect(events), false
	receipts, err := w.engines[i].Record(context.Background(), events...)
	f.left = 0
	w.say("engine %d records %d events: %v", i, len(events), err)
	for ; err != nil; receipts, err = w.engines[i].Record(context.Background(), events...) {
		if failed = true; !errors.Is(err, errDisk) {
			return fmt.Errorf("engine %d records: %w", i, err)
		}
		if w.r.IntN(3) == 0 {
			return nil // the host gives up
		}
	}
	for k := range receipts {
		w.say("   %s/%s revision %d of %q at %s: %s", events[k].Source, events[k].ID, events[k].Revision, events[k].Subject, events[k].At, receipts[k].Status)
		if want := before[k]; !failed && receipts[k].Status != want {
			return wrong("%s/%s is %s, want %s", events[k].Source, events[k].ID, receipts[k].Status, want)
		}
	}
	return nil
}

// expect returns the statuses that events must get.
func (w *world) expect(events []tokenomics.Event) []tokenomics.Status {
	n := naiveLedger{counts: map[tokenomics.Key]*tokenomics.Event{}, locked: w.truth.locked, forgotten: w.truth.forgotten}
	known := map[tokenomics.Key]bool{}
	for _, e := range events {
		if old := w.truth.counts[e.Key()]; old != nil {
			n.counts[e.Key()] = old
			known[e.Key()] = !w.truth.locked[e.Key()] // the ledger knows what was forgotten by its hash only
		}
	}
	var out []tokenomics.Status
	for _, e := range events {
		switch age := w.clock.Sub(e.At); {
		case known[e.Key()], age <= tokenomics.DefaultMaxLate && age >= -tokenomics.DefaultMaxFuture:
			known[e.Key()] = true
			out = append(out, n.judge(e))
		case age > 0:
			out = append(out, tokenomics.TooLate)
		default:
			out = append(out, tokenomics.TooEarly)
		}
	}
	return out
}

func (w *world) reprice(step, i int) error {
	ctx := context.Background()
	book := w.books[w.r.IntN(len(w.books))]
	var from, until time.Time
	if w.r.IntN(2) == 0 {
		from = w.clock.Add(-time.Duration(w.r.Int64N(int64(20 * 24 * time.Hour))))
	}
	if w.r.IntN(2) == 0 {
		if until = w.clock.Add(-time.Duration(w.r.Int64N(int64(time.Hour)))); !from.Before(until) {
			from = time.Time{}
		}
	}
	if w.r.IntN(3) == 0 {
		w.stores[i].arm(w.r)
	}
	note := fmt.Sprint("step ", step)
	_, err := w.engines[i].Reprice(ctx, book, from, until, note)
	w.stores[i].left = 0
	w.say("%d: engine %d reprices from %s until %s: %v", step, i, from, until, err)
	for err != nil {
		if !errors.Is(err, errDisk) {
			return err
		}
		if w.r.IntN(3) == 0 { // it crashes: the next start completes what was begun
			return w.open(i)
		}
		_, err = w.engines[i].Reprice(ctx, book, from, until, note)
	}
	return nil
}

// look compares what one engine shows; its store may fail meanwhile.
func (w *world) look(step, i int) error {
	eng, f := w.engines[i], w.stores[i]
	ctx := context.Background()
	if w.r.IntN(4) == 0 {
		f.arm(w.r)
	}
	defer func() { f.left = 0 }()
	if err := eng.Follow(ctx); err != nil {
		if errors.Is(err, errDisk) {
			return nil
		}
		return err
	}
	w.say("%d: engine %d is looked at", step, i)
	for _, b := range w.boards {
		got, err := eng.Top(b.Name, 100)
		if errors.Is(err, errDisk) {
			continue // it says so, instead of showing what is not
		}
		if err != nil {
			return err
		}
		_, to, err := eng.Window(b.Name)
		if err != nil {
			continue
		}
		asOf := to.Add(-1)
		if w.clock.Before(to.Add(-b.Window.Step-time.Minute)) || !w.clock.Before(to) { // it may waver around the turn of a step
			return wrong("engine %d: %s shows the step that ends at %s at %s", i, b.Name, to, w.clock)
		}
		if why := w.truth.differs(w.t, b, asOf, got); why != "" {
			return wrong("engine %d: %s", i, why)
		}
		past := asOf.Add(-b.Window.Step)
		v, err := eng.AsOf(b.Name, past)
		if errors.Is(err, errDisk) {
			continue
		}
		if err != nil {
			return err
		}
		if why := w.truth.differs(w.t, b, past, v.Top(100)); why != "" {
			return wrong("engine %d, a step ago: %s", i, why)
		}
	}
	return nil
}

// agree compares the snapshots of all engines, and of one made anew.
func (w *world) agree() error {
	if w.clock.Before(w.latest) { // boards may waver with the clock
		w.clock = w.latest
	}
	var want []byte
	var awards string
	check := func(what string, eng *tokenomics.Engine, pruned bool) error {
		if err := eng.Follow(context.Background()); err != nil {
			return err
		}
		var b bytes.Buffer
		if err := eng.Snapshot(context.Background(), &b); err != nil {
			return err
		}
		if want == nil {
			want = b.Bytes()
		} else if !bytes.Equal(want, b.Bytes()) {
			return wrong("%s has another state than one made anew", what)
		}
		if pruned {
			return nil
		}
		got, err := w.awards(eng)
		if err != nil {
			return err
		}
		if awards == "" {
			awards = got
		} else if got != awards {
			return wrong("%s gives the awards\n%s\none made anew\n%s", what, got, awards)
		}
		return nil
	}
	s := store.Store(w.truth)
	if w.journal != nil {
		s = withoutCheckpoints(w.journal)
	}
	cfg := w.config(s)
	cfg.ReadOnly = true // it looks, and activates no book
	anew, err := tokenomics.New(context.Background(), cfg)
	if err != nil {
		return err
	}
	if err := check("", anew, false); err != nil {
		return err
	}
	for i := range w.engines {
		if err := w.look(-1, i); err != nil {
			return err
		}
		if err := check(fmt.Sprint("engine ", i), w.engines[i], w.pruned[i]); err != nil {
			return err
		}
	}
	return nil
}
