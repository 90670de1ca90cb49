//go:build linux

// Command speed measures the counters of package estimate beside the library
// they replace, on the files of a folder: processor time of one thread, cold (a
// single pass with empty caches) and warm. A text is timed in parts of 100 KB,
// and of each part the best of some rounds counts, so that other work on the
// machine is not measured with it.
//
//	go run ./tokens/speed -rounds 5 -peers -npm FOLDER
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

func main() {
	rounds := flag.Int("rounds", 5, "rounds; the best counts")
	size := flag.Int("size", 5_000_000, "bytes of each file")
	only := flag.String("encoding", "", "measure this one alone, such as o200k_base")
	peers := flag.Bool("peers", false, "measure the other library too, on a tenth of the text")
	node := flag.Bool("npm", false, "measure the counters of the npm registry too, on half a megabyte of each file")
	flag.Parse()
	runtime.LockOSThread()
	files, err := filepath.Glob(filepath.Join(flag.Arg(0), "*"))
	if err != nil || len(files) == 0 {
		log.Fatalf("no files in %q: %v", flag.Arg(0), err)
	}
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	start := cpu()
	encodings := []*bpe.Encoding{o200k.Base()}
	fmt.Printf("load o200k_base %v", cpu()-start)
	start = cpu()
	encodings = append(encodings, cl100k.Base())
	fmt.Printf(", cl100k_base %v\n", cpu()-start)
	for _, e := range encodings {
		if *only != "" && *only != e.Name() {
			continue
		}
		oracle, err := tiktoken.GetEncoding(e.Name())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-12s %10s %8s %8s %8s %8s %8s\n", e.Name(), "tokens", "cold", "warm", "100 KB", "1 KB", "other")
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				log.Fatal(err)
			}
			text := string(data[:min(len(data), *size)])
			row(e, oracle, filepath.Base(f), text, *rounds, *peers)
		}
		for name, text := range map[string]string{
			"a × 1 M":     strings.Repeat("a", 1_000_000),
			"blank × 1 M": strings.Repeat(" ", 1_000_000),
		} {
			fmt.Printf("%-12s %.2f ms\n", name, best(*rounds, func() { e.Count(text) })*1e3)
		}
		prompt := "Summarize the following support ticket in two sentences, then suggest a reply that is friendly and short. OK?"
		fmt.Printf("%-12s %.0f ns\n", "111 bytes", best(*rounds, func() {
			for range 10_000 {
				e.Count(prompt)
			}
		})*1e5)
	}
	if *node {
		npm(files, 500_000)
	}
}

func row(e *bpe.Encoding, oracle *tiktoken.Tiktoken, name, text string, rounds int, peers bool) {
	mb := func(text string, times int, seconds float64) float64 {
		return float64(len(text)*times) / seconds / 1e6
	}
	cold := inParts(rounds, text, func() func(string) int { return e.Cold().Count })
	warmed := e.Cold()
	warmed.Count(text)
	warm := inParts(rounds, text, func() func(string) int { return warmed.Count })
	part := strings.ToValidUTF8(text[:100_000], "")
	e.Count(part)
	mid := best(rounds, func() {
		for range 20 {
			e.Count(part)
		}
	})
	small := strings.ToValidUTF8(text[:1000], "")
	e.Count(small)
	short := best(rounds, func() {
		for range 500 {
			e.Count(small)
		}
	})
	other := 0.0
	if peers {
		tenth := strings.ToValidUTF8(text[:len(text)/10], "")
		other = mb(tenth, 1, inParts(2, tenth, func() func(string) int {
			return func(part string) int { return len(oracle.EncodeOrdinary(part)) }
		}))
	}
	fmt.Printf("%-12s %10d %8.1f %8.1f %8.1f %8.1f %8.1f\n", name, e.Count(text),
		mb(text, 1, cold), mb(text, 1, warm), mb(part, 20, mid), mb(small, 500, short), other)
}

// inParts returns the seconds that a counter takes for a text, given to it in
// parts: the sum of the best of each. Every round begins with a new counter.
func inParts(rounds int, text string, counter func() func(string) int) (seconds float64) {
	const size = 100_000
	least := map[int]time.Duration{}
	for range rounds {
		count := counter()
		for from := 0; from < len(text); {
			to := min(from+size, len(text))
			for to < len(text) && !utf8.RuneStart(text[to]) {
				to++
			}
			start := cpu()
			count(text[from:to])
			if took := cpu() - start; least[from] == 0 || took < least[from] {
				least[from] = took
			}
			from = to
		}
	}
	for _, d := range least {
		seconds += d.Seconds()
	}
	return seconds
}

// best returns the least processor time, in seconds, of some rounds.
func best(rounds int, f func()) float64 {
	least := time.Duration(1 << 62)
	for range rounds {
		debug.FreeOSMemory()
		start := cpu()
		f()
		least = min(least, cpu()-start)
	}
	return least.Seconds()
}

// cpu is the processor time of this thread.
func cpu() time.Duration {
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID
	var t syscall.Timespec
	if _, _, e := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&t)), 0); e != 0 {
		log.Fatal(e)
	}
	return time.Duration(t.Nano())
}
