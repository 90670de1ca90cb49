package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/company"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
)

// maxSimulated keeps a slip of the finger from filling the memory.
const maxSimulated = 2_000_000

// simulationDay is the last day of the simulated month: the day before the
// news.
var simulationDay = time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)

// simulation is an invented company, the engine that recorded it, and what
// that took.
type simulation struct {
	receipts  []tokenomics.Receipt
	company   *company.Company
	eng       *tokenomics.Engine
	clock     time.Time // what the engine goes by
	took      time.Duration
	recording time.Duration // of it, inside the engine
	memory    uint64        // bytes in use afterwards
}

// simulate feeds an invented company through Engine.Record, event by event,
// as the days pass, and shows what a board of its size answers and costs.
func simulate(ctx context.Context, o options, out screen.Screen) error {
	sim := &simulation{company: company.New(o.simulate, 2026, simulationDay)}
	progress := screen.Screen{}
	if out.TTY && !o.json {
		progress = out
	}
	if err := sim.run(ctx, o, progress); err != nil {
		return err
	}
	r, err := newReport(ctx, sim.eng, o, sim.clock)
	switch {
	case err != nil:
		return err
	case o.json:
		return r.writeJSON(ctx, out.W, o.subject, sim.qualityLine(r))
	case o.subject != "":
		return r.printPerson(ctx, out, o.subject)
	}
	return sim.print(out, r)
}

// run records the whole month and leaves the clock at its last second.
func (sim *simulation) run(ctx context.Context, o options, progress screen.Screen) error {
	c := sim.company
	sim.clock = c.Day(0)
	var err error
	sim.eng, err = tokenomics.New(ctx, &tokenomics.Config{Boards: o.boards(), Now: func() time.Time { return sim.clock }})
	if err != nil {
		return err
	}
	start := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the maker where recording failed
	batches := make(chan []tokenomics.Event, 64)
	used := make(chan []tokenomics.Event, 64) // their memory, to be filled again
	go func() {
		defer close(batches)
		fill := func() []tokenomics.Event {
			select {
			case b := <-used:
				return b
			default:
				return make([]tokenomics.Event, 0, company.BatchSize)
			}
		}
		for d := range c.Days {
			c.Events(d, fill, func(b []tokenomics.Event) {
				select {
				case batches <- b:
				case <-ctx.Done():
				}
			})
		}
	}()
	for batch := range batches {
		if err := sim.record(ctx, batch); err != nil {
			return err
		}
		select {
		case used <- batch:
		default:
		}
		if progress.TTY {
			progress.Printf("\r  %s, %s events", batch[0].At.Format(time.DateOnly), screen.Exact(sim.eng.Stats().Events))
		}
	}
	if err := ctx.Err(); err != nil {
		return err // the maker stopped early
	}
	if progress.TTY {
		progress.Printf("\r\x1b[K")
	}
	sim.clock = c.Day(c.Days - 1).Add(24*time.Hour - time.Second)
	sim.took = time.Since(start)
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	sim.memory = mem.HeapAlloc
	return nil
}

// record records events one by one, as their time comes.
func (sim *simulation) record(ctx context.Context, batch []tokenomics.Event) error {
	began := time.Now()
	for i := range batch {
		sim.clock = batch[i].At
		var err error
		if sim.receipts, err = sim.eng.RecordInto(ctx, sim.receipts[:0], batch[i:i+1]); err != nil {
			return err
		}
		if r := &sim.receipts[0]; r.Status != tokenomics.Accepted {
			return fmt.Errorf("event %s was not accepted: %s %w", batch[i].ID, r.Status, r.Err)
		}
	}
	sim.recording += time.Since(began)
	return nil
}
