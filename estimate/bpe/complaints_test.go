package bpe_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

// The public complaints about token counters, each as a test. Ids were
// recorded from OpenAI's own implementation (npm tiktoken 1.0.22, the Rust
// core compiled to WebAssembly).

var recorded = []struct {
	about    string
	encoding *bpe.Encoding
	text     string
	ids      []uint32
}{
	{"tiktoken-go/tokenizer 0.8.1: blank line with a blank", o200k.Base(), "a\n \nb", []uint32{64, 47812, 65}},
	{"tiktoken-go/tokenizer 0.8.1: blank line with a blank", cl100k.Base(), "a\n \nb", []uint32{64, 27907, 65}},
	{"tiktoken-go/tokenizer#23: Unicode 16", o200k.Base(), "\u1C89\\u", []uint32{157, 110, 231, 7570}},
	{"tiktoken-go/tokenizer#23: Unicode 16", cl100k.Base(), "\u1C89\\u", []uint32{157, 110, 231, 3855}},
	{"long s folds to s", o200k.Base(), "\u0301\x00’s'\u017f'lLa\u0903", []uint32{13430, 188, 438, 82, 6, 70067, 54602, 4579, 41582}},
	{"blanks at the end", cl100k.Base(), "a\n  ", []uint32{64, 198, 256}},
	{"blanks at the end", o200k.Base(), "a \n  ", []uint32{64, 793, 256}},
	{"contractions in any case", cl100k.Base(), "IT'S it'Ll", []uint32{964, 13575, 433, 92526, 75}},
	{"contractions in any case", o200k.Base(), "IT'S it'Ll", []uint32{1468, 31233, 480, 6, 141022}},
	{"modifier letter before capitals", o200k.Base(), "ʰABC", []uint32{134, 108, 44197}},
	{"mark as the character before a word", cl100k.Base(), "(\u0301ab", []uint32{7, 54939, 370}},
	{"mark as the character before a word", o200k.Base(), "(\u0301ab", []uint32{7, 13430, 378}},
	{"mark before capitals", o200k.Base(), " \u0301AB", []uint32{220, 13430, 2912}},
}

func TestRecordedIDs(t *testing.T) {
	for _, c := range recorded {
		if got := c.encoding.Append(nil, c.text); !slices.Equal(got, c.ids) {
			t.Errorf("%s: %s of %q: %v, want %v", c.about, c.encoding.Name(), c.text, got, c.ids)
		}
		if n := c.encoding.Count(c.text); n != len(c.ids) {
			t.Errorf("%s: Count of %q: %d, want %d", c.about, c.text, n, len(c.ids))
		}
	}
}

// tiktoken#195, n8n#16769: a run of one character took minutes. tiktoken#15,
// #245, #327, #400: it overflowed the stack, and a million blanks still do.
// Here both take time by the length of the run: the bound is generous, for
// slow machines, and a thousandth of what a quadratic counter takes.
func TestLongRunsAreLinear(t *testing.T) {
	for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base()} {
		for _, run := range []string{"a", " ", "A", "\n", "=", "-", "*", "=-", "ab", "é", "漢", "🙂", "\u0301", " \n", "aA", "'s", "1", "\xff"} {
			size := 1_000_000
			if raceEnabled {
				size = 100_000
			}
			text := strings.Repeat(run, size/len(run))
			start := time.Now()
			n := e.Count(text)
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%s: %q took %v", e.Name(), run, took)
			}
			if n == 0 {
				t.Errorf("%s: %q is no tokens", e.Name(), run)
			}
		}
	}
}

// A run is encoded short and its token repeated: the same tokens as without.
func TestRunsAreExact(t *testing.T) {
	if raceEnabled {
		t.Skip("the naive encoder is slow, and of one goroutine")
	}
	for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base()} {
		for _, c := range []string{"=", "-", "a", " ", "\n", "*", "漢", "\x00"} {
			for _, n := range []int{1023, 1024, 1537} {
				for _, around := range [][2]string{{"", ""}, {"a(", ")b"}, {"xx", strings.Repeat("=", 1100)}} {
					text := around[0] + strings.Repeat(c, n) + around[1]
					if got, want := e.Count(text), bpe.NaiveCount(e, text); got != want {
						t.Errorf("%s: %d × %q in %.5q: %d, want %d", e.Name(), n, c, around, got, want)
					}
				}
			}
		}
	}
}

// Roo-Code#7539, ragas#2102 and others: the text of a special token in a
// document ended the counting.
func TestSpecialTokensAreText(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{{"<|endoftext|>", 7}, {"<|im_start|>", 6}} {
		if n := o200k.Base().Count(c.text); n != c.want {
			t.Errorf("%q: %d, want %d", c.text, n, c.want)
		}
		if o200k.Base().Count(c.text) != o200k.Harmony().Count(c.text) {
			t.Errorf("%q: o200k_base and o200k_harmony differ", c.text)
		}
	}
}

// pkoukk/tiktoken-go: a special token that is not allowed, before one that is,
// gave ids that decode to another text. Here every text comes back whole.
func TestSpecialTokensLeaveTheTextWhole(t *testing.T) {
	const text = "x<|endofprompt|>hello<|endoftext|>tail"
	for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base()} {
		if got := strings.Join(slices.Collect(e.Pieces(text)), ""); got != text {
			t.Errorf("%s: %q", e.Name(), got)
		}
		if got, want := e.Count(text), bpe.NaiveCount(e, text); got != want {
			t.Errorf("%s: %d, want %d", e.Name(), got, want)
		}
	}
}

// pkoukk/tiktoken-go-loader#2, harmony#95, deer-flow#3411, gptme#3205: a counter
// that downloads its vocabulary hangs, or is off for good after one blip. Nothing
// below estimate can reach a network or a file.
func TestNothingIsEverDownloaded(t *testing.T) {
	for _, dir := range []string{".", "..", "../sentencepiece", "../vocab/o200k", "../vocab/cl100k", "../vocab/p50k", "../vocab/r50k"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range f.Imports {
				path, _ := strconv.Unquote(i.Path.Value)
				if path == "os" || path == "net" || strings.HasPrefix(path, "net/") || path == "syscall" {
					t.Errorf("%s imports %s", name, path)
				}
			}
		}
	}
}

// rust-gems#51, tiktoken#388: text that is not UTF-8. Each bad byte is U+FFFD,
// which is what encoding/json would send.
func TestInvalidUTF8(t *testing.T) {
	for text, want := range map[string]string{
		"a\xffb":         "a\uFFFDb",
		"\xff\xfe\xfd":   "\uFFFD\uFFFD\uFFFD",
		"\xed\xa0\x80":   "\uFFFD\uFFFD\uFFFD", // a lone surrogate
		"x\xe4\xb8":      "x\uFFFD\uFFFD",
		"\xf4\x90\x80 a": "\uFFFD\uFFFD\uFFFD a",
	} {
		for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base()} {
			if got, ids := e.Append(nil, text), e.Append(nil, want); !slices.Equal(got, ids) {
				t.Errorf("%s of %q: %v, want %v", e.Name(), text, got, ids)
			}
		}
	}
	if a, b := o200k.Base().Count("a\xffb"), o200k.Base().Count("\xff\xfe\xfd"); a != 3 || b != 1 {
		t.Errorf("%d and %d, want 3 and 1", a, b)
	}
}

// pkoukk/tiktoken-go#35, #51: the first use raced, and each use parsed anew.
func TestFirstUseIsSharedAndSafe(t *testing.T) {
	var wg sync.WaitGroup
	counts := make([]int, 16)
	for i := range counts {
		wg.Go(func() { counts[i] = o200k.Base().Count("Hello, world! " + strings.Repeat("你好 ", 50)) })
	}
	wg.Wait()
	for _, n := range counts {
		if n != counts[0] || n == 0 {
			t.Fatalf("counts differ: %v", counts)
		}
	}
	if first, second := o200k.Base(), o200k.Base(); first != second {
		t.Error("the vocabulary is built twice")
	}
}

// gpt-tokenizer: five megabytes of base64 ran at 0.1 MB/s, since its cache
// held every piece it ever saw. Ours is of fixed size, and does not change the
// count.
func TestCacheDoesNotChangeCounts(t *testing.T) {
	e := o200k.Base()
	text := strings.Repeat("The cat sat. 猫が座った。 <div class=\"x\">\n\t\treturn nil\n", 500)
	want := len(e.Append(nil, text)) // takes no count from the cache
	for range 3 {
		if n := e.Count(text); n != want {
			t.Fatalf("%d, want %d", n, want)
		}
	}
}
