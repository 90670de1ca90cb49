// Command rank measures the boards of package rank beside others that keep an
// order, in one run on the same workload: 85,000 subjects picked by Zipf, 30 days
// of history, one core.
//
//	go run ./rank            the table of docs/rank.md, about three minutes
//	go run ./rank -short     fewer rounds, without the million and the memory by the hour
//	go run ./rank -huge      ten million subjects, too; 5 GB, some minutes more
//	go run ./rank -sizes 1000,10000000   the growth alone, with these numbers of subjects
//	go run ./rank -only snapshot,slide   the works alone whose names hold one of these words
//
// Peers are Redis (ZINCRBY, ZREVRANK, ZREVRANGE 0 249, and ZUNIONSTORE of 30 days
// for the slide; its server is started here, without persistence, and spoken to
// over a unix socket, 100 commands a round trip), tidwall/btree with an array of
// totals, and wangjia184/sortedset. Only Redis and rank have a rolling window. A
// peer that is not there is left out, with a message.
//
// Figures are the least of the rounds, in which all take turns. cpu is the processor
// time of the process that does the work (getrusage); of Redis, the lesser of its
// server's (INFO cpu) and of what it counts for the command alone (INFO
// commandstats). Its client is not counted.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

type options struct {
	subjects, rounds int
	short, huge      bool
	server           string
	only             []int    // sizes to grow to, and nothing else
	words            []string // of the works to measure; nil: all
}

func main() {
	o := options{}
	flag.IntVar(&o.subjects, "subjects", 85_000, "how many subjects the boards hold")
	flag.IntVar(&o.rounds, "rounds", 15, "how often each work is measured")
	flag.BoolVar(&o.short, "short", false, "three rounds, without the long ones")
	flag.BoolVar(&o.huge, "huge", false, "also ten million subjects")
	flag.StringVar(&o.server, "redis", "redis-server", "the program of the Redis server")
	flag.Func("sizes", "measure the growth alone, with these `numbers` of subjects", o.parseSizes)
	flag.Func("only", "measure the works alone that hold one of these `words`, with commas between", func(list string) error {
		o.words = strings.Split(list, ",")
		return nil
	})
	flag.Parse()
	if o.short {
		o.rounds = 3
	}
	report(os.Stdout, o)
}

func report(out io.Writer, o options) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, n := range o.only {
		o.grow(out, n, min(o.rounds, 7))
	}
	if o.only != nil {
		return
	}
	l := newLoad(o.subjects)
	before := heap()
	names := l.intern()
	perName := float64(heap()-before) / float64(l.n)
	peers, memories, probes := startPeers(out, l, o.server)
	defer peers.stop()

	f := figures{}
	board := l.board(names)
	probes = append(probes, base(board, l, "")...)
	probes = append(probes, more(board, l, "")...)
	if o.wants(slide, chanceDay) {
		probes = append(probes, slides(l, names, "")...)
	}
	if o.wants(crowdWorks...) {
		probes = append(probes, crowds(l, names)...)
	}
	probes = slices.DeleteFunc(probes, func(p probe) bool { return !o.wants(p.work) })
	f.measure(o.rounds, probes)
	f[[2]string{addWindow, ours}] = f[[2]string{addName, ours}] // it is one call
	if o.wants(snapshot) {
		f.measure(min(o.rounds, 7), []probe{restores(l.board(names))})
	}

	t := newTable(out, f, peers.who)
	t.times(floor, "")
	t.times(addHandle, "30 ns")
	t.times(addNames, "120 ns")
	t.times(addName, "120 ns")
	t.times(addWindow, "120 ns")
	t.times(oneRank, "500 ns")
	t.times(top, "5 µs")
	t.times(slide, "1.5 ms")
	t.times(chanceDay, "1.5 ms")
	t.times(snapshot, "40 ms")
	for _, work := range crowdWorks {
		t.times(work, map[bool]string{true: "10 µs", false: "150 ns"}[strings.HasSuffix(work, "rank")])
	}
	if o.wants(twoCores) {
		t.plain(twoCores, "1.8", "%.2f", cores(l, o.rounds), nil)
	}
	if o.wants(bytesPer) {
		t.plain("memory of a name, bytes", "", "%.0f", perName, nil)
		t.plain(bytesPer, "300", "%.0f", memory(l, names), memories)
		t.plain("the same, active on all 30 days", "300", "%.0f", fullMemory(l, names), nil)
	}
	if o.wants(bytesCell) && !o.short {
		t.plain(bytesCell, "4", "%.2f", hourlyMemory(l, names), nil)
	}
	must(t.w.Flush())
	for _, n := range o.sizes() {
		o.grow(out, n, min(o.rounds, 7))
	}
}

// wants reports whether one of these works is to be measured.
func (o options) wants(works ...string) bool {
	for _, work := range works {
		if o.words == nil || work == floor || slices.ContainsFunc(o.words, func(w string) bool { return strings.Contains(work, w) }) {
			return true
		}
	}
	return false
}

func (o *options) parseSizes(list string) error {
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 2 {
			return fmt.Errorf("%q is no number of subjects", word)
		}
		o.only = append(o.only, n)
	}
	return nil
}

// sizes are those of the growth.
func (o options) sizes() []int {
	switch {
	case o.short || o.words != nil:
		return nil
	case o.huge:
		return []int{1_000, 10_000, 100_000, 1_000_000, 10_000_000}
	}
	return []int{1_000, 10_000, 100_000, 1_000_000}
}

// grow writes the table of one size.
func (o options) grow(out io.Writer, n, rounds int) {
	l := newLoad(n)
	names := l.intern()
	before := heap()
	board := l.board(names)
	bytes := float64(heap()-before) / float64(n)
	probes := append(base(board, l, ""), more(board, l, "")...)
	if n <= 1_000_000 {
		probes = append(probes, slides(l, names, "")...)
	}
	probes = slices.DeleteFunc(probes, func(p probe) bool { return !o.wants(p.work) })
	f := figures{}
	f.measure(rounds, probes)
	fmt.Fprintf(out, "\n%d subjects\n", n)
	t := newTable(out, f, nil)
	reach := map[int][2]string{1_000_000: {"100 ns", "1 µs"}, 10_000_000: {"250 ns", "2 µs"}}[n]
	t.times(floor, "")
	t.times(addHandle, reach[0])
	t.times(addNames, "")
	t.times(addName, "")
	t.times(oneRank, reach[1])
	t.times(top, "")
	t.times(slide, "")
	t.times(chanceDay, "")
	t.plain(bytesPer, "", "%.0f", bytes, nil)
	must(t.w.Flush())
}

// peers are the structures that are there.
type peers struct {
	who   []string
	redis *redis
}

func (p *peers) stop() {
	if p.redis != nil {
		if err := p.redis.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "rank:", err)
		}
	}
}

// startPeers fills all peers; memories are their bytes a subject, of Redis with the
// days.
func startPeers(out io.Writer, l *load, server string) (p *peers, memories map[string]float64, probes []probe) {
	p, memories = &peers{}, map[string]float64{}
	if r, err := startRedis(server); err != nil {
		fmt.Fprintf(out, "without Redis: %v (name its program with -redis)\n", err)
	} else {
		who := "Redis " + r.version()
		before := r.info("memory", "used_memory:")
		r.fill(l)
		memories[who] = (r.info("memory", "used_memory:") - before) / float64(l.n)
		p.redis, p.who = r, append(p.who, who)
		probes = r.probes(l, who)
	}
	before := heap()
	tree := newTree(l)
	p.who = append(p.who, "btree")
	memories["btree"] = float64(heap()-before) / float64(l.n)
	probes = append(probes, tree.probes(l, "btree")...)
	before = heap()
	set := newSet(l)
	p.who = append(p.who, "sortedset")
	memories["sortedset"] = float64(heap()-before) / float64(l.n)
	return p, memories, append(probes, setProbes(set, l, "sortedset")...)
}
