// Dashboard measures the board page of 85,000 people: the time the server takes
// for a page, at 200 requests a second from random viewers, while 100,000 events
// a second are recorded and editions are published.
//
//	cd bench && GOWORK=off go run ./dashboard [-for 30s] [-every 10s]
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/dashboard"
	"github.com/tokenomics-go/tokenomics/usage"
)

const people = 85_000

func main() {
	length := flag.Duration("for", 30*time.Second, "how long to measure")
	every := flag.Duration("every", 10*time.Second, "time between editions")
	events := flag.Int("events", 10, "events of each person before it begins")
	rate := flag.Int("rate", 100_000, "events recorded a second meanwhile")
	requests := flag.Int("requests", 200, "pages asked for a second")
	viewers := flag.Int("viewers", people, "how many different people ask: fewer look again, and find their own place made")
	flag.Parse()
	if err := run(*length, *every, *events, *rate, *requests, *viewers); err != nil {
		log.Fatal(err)
	}
}

// recorder makes events up.
type recorder struct {
	eng      *tokenomics.Engine
	rng      *rand.Rand
	names    []string
	teams    []string
	n        int
	batch    []tokenomics.Event
	receipts []tokenomics.Receipt
}

var models = []string{"claude-opus-5-5", "claude-sonnet-5-5", "gpt-6-sol", "gemini-3.8-flash"}

func name(i int) string { return fmt.Sprintf("eng-%06d", i) }

// add records n events of random people, by a law of 1/rank, between the days.
func (r *recorder) add(n int, now time.Time, days int) error {
	r.batch = r.batch[:0]
	for range n {
		p := r.rng.IntN(people)
		tokens := 200_000_000_000/int64(p+1)/30 + r.rng.Int64N(10_000)
		at := now
		if days > 0 {
			at = now.Add(-time.Duration(r.rng.Int64N(int64(days) * int64(24*time.Hour))))
		}
		r.n++
		r.batch = append(r.batch, tokenomics.Event{
			Source: "bench", ID: strconv.Itoa(r.n), Subject: r.names[p], Team: r.teams[p%len(r.teams)],
			Call: tokenomics.Call{Model: models[r.n%len(models)], At: at, Usage: usage.Usage{Input: tokens / 10, CacheRead: tokens, Output: tokens / 100}},
		})
	}
	var err error
	r.receipts, err = r.eng.RecordInto(context.Background(), r.receipts[:0], r.batch)
	return err
}

// sink is a client that takes everything.
type sink struct {
	head  http.Header
	bytes int
	code  int
}

func (s *sink) Header() http.Header { return s.head }
func (s *sink) WriteHeader(c int)   { s.code = c }
func (s *sink) Write(b []byte) (int, error) {
	s.bytes += len(b)
	return len(b), nil
}

func ask(h http.Handler, path, viewer string) (*sink, error) {
	r, err := http.NewRequest(http.MethodGet, "http://board.example/"+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	r.Header.Set("X-Viewer", viewer)
	s := &sink{head: http.Header{}}
	h.ServeHTTP(s, r)
	if s.code != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d", path, s.code)
	}
	return s, nil
}

func run(length, every time.Duration, events, rate, requests, viewers int) error {
	ctx := context.Background()
	eng, err := tokenomics.New(ctx, nil)
	if err != nil {
		return err
	}
	rec := &recorder{eng: eng, rng: rand.New(rand.NewPCG(8, 8))}
	for i := range people {
		rec.names = append(rec.names, name(i))
	}
	for i := range 340 {
		rec.teams = append(rec.teams, "team-"+strconv.Itoa(i))
	}
	began := time.Now()
	for range people * events / 1000 {
		if err := rec.add(1000, time.Now().UTC(), 29); err != nil {
			return err
		}
	}
	fmt.Printf("%d events of %d people recorded in %s\n", rec.n, people, time.Since(began).Round(time.Millisecond))
	h := dashboard.New(eng, dashboard.Options{
		Authorize: func(r *http.Request) (dashboard.Viewer, error) {
			return dashboard.Viewer{Subject: r.Header.Get("X-Viewer")}, nil
		},
		Every: every,
	})
	if err := h.Err(); err != nil {
		return err
	}
	began = time.Now()
	if err := h.Refresh(ctx); err != nil {
		return err
	}
	fmt.Printf("first edition in %s\n", time.Since(began).Round(time.Millisecond))
	if _, err := eng.Awards(ctx, time.Now()); err != nil { // who holds what is counted once a day
		return err
	}
	if err := quiet(h); err != nil {
		return err
	}

	return busy(h, rec, length, rate, requests, viewers)
}

// quiet measures sizes and what a request allocates, with nothing else going on.
func quiet(h http.Handler) error {
	s, err := ask(h, "", name(500))
	if err != nil {
		return err
	}
	fmt.Printf("board page, compressed: %.1f kB\n", float64(s.bytes)/1000)
	const n = 2000
	var before, after runtime.MemStats
	times := make([]time.Duration, 0, n)
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range n {
		began := time.Now()
		if _, err := ask(h, "", name(i*37%people)); err != nil {
			return err
		}
		times = append(times, time.Since(began))
	}
	runtime.ReadMemStats(&after)
	fmt.Printf("alone, first look of each viewer: %s; %.1f kB, %d allocations a request\n", quantiles(times),
		float64(after.TotalAlloc-before.TotalAlloc)/n/1000, (after.Mallocs-before.Mallocs)/n)
	return nil
}

// perBatch is how many events are recorded at once.
const perBatch = 100

// record records so many events a second until it is told to stop, and says how
// many it did.
func (r *recorder) record(rate int, stop <-chan struct{}) (int, error) {
	tick := time.NewTicker(perBatch * time.Second / time.Duration(max(rate, 1)))
	defer tick.Stop()
	recorded, began := 0, time.Now()
	for {
		select {
		case <-stop:
			return recorded, nil
		case <-tick.C:
		}
		for due := int(time.Since(began).Seconds() * float64(rate)); recorded+perBatch <= due; recorded += perBatch {
			if err := r.add(perBatch, time.Now().UTC(), 0); err != nil {
				return recorded, err
			}
		}
	}
}

// busy measures pages while events are recorded. A page is asked for when it is
// due, whether those before it have been answered or not.
func busy(h http.Handler, rec *recorder, length time.Duration, rate, requests, viewers int) error {
	stop, done := make(chan struct{}), make(chan error, 1)
	recorded := 0
	go func() {
		var err error
		recorded, err = rec.record(rate, stop)
		done <- err
	}()
	rng := rand.New(rand.NewPCG(9, 9))
	n := int(length.Seconds() * float64(requests))
	served, waited := make([]time.Duration, n), make([]time.Duration, n)
	var all sync.WaitGroup
	began := time.Now()
	for i := range n {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(requests))
		time.Sleep(time.Until(due))
		viewer := rec.names[rng.IntN(viewers)]
		all.Go(func() {
			began := time.Now()
			if _, err := ask(h, "", viewer); err != nil {
				log.Print(err)
			}
			served[i], waited[i] = time.Since(began), time.Since(due)
		})
	}
	all.Wait()
	took := time.Since(began)
	close(stop)
	if err := <-done; err != nil {
		return err
	}
	fmt.Printf("busy: %.0f requests/s, %.0f events/s recorded\n", float64(n)/took.Seconds(), float64(recorded)/took.Seconds())
	fmt.Printf("server time:        %s\n", quantiles(served))
	fmt.Printf("since it was due:   %s\n", quantiles(waited))
	histogram(served)
	return nil
}

// histogram prints how many took up to so long. times are sorted.
func histogram(times []time.Duration) {
	at := 0
	for limit := 125 * time.Microsecond; at < len(times); limit *= 2 {
		n := at
		for at < len(times) && times[at] <= limit {
			at++
		}
		fmt.Printf("  up to %-8s %6.2f %%\n", limit, 100*float64(at-n)/float64(len(times)))
	}
}

func quantiles(times []time.Duration) string {
	slices.Sort(times)
	at := func(p float64) time.Duration {
		return times[min(int(p*float64(len(times))), len(times)-1)].Round(time.Microsecond)
	}
	return fmt.Sprintf("p50 %s, p99 %s, p99.9 %s, most %s of %d", at(.5), at(.99), at(.999), times[len(times)-1].Round(time.Microsecond), len(times))
}
