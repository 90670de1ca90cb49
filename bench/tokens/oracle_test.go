// Package tokens holds the counters of package estimate against the library
// they replace, token for token and side by side.
package tokens

import (
	"bytes"
	"fmt"
	"go/build"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/p50k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/r50k"
)

// pair is one of our encodings and the oracle's.
type pair struct {
	name   string
	ours   *bpe.Encoding
	oracle *tiktoken.Tiktoken
}

var pairs = sync.OnceValue(func() []pair {
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	var out []pair
	for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base(), p50k.Base(), r50k.Base()} {
		oracle, err := tiktoken.GetEncoding(e.Name())
		if err != nil {
			panic(err)
		}
		out = append(out, pair{e.Name(), e, oracle})
	}
	return out
})

// check compares the ids of one text. The oracle decides by the Unicode
// tables of the Go toolchain, 15.0 to our 16.0, so characters whose class
// changed between the two are no matter for it.
func (p pair) check(t *testing.T, text string) bool {
	t.Helper()
	want := p.oracle.EncodeOrdinary(text)
	got := p.ours.Append(nil, text)
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = int(got[i]) == want[i]
	}
	if !same {
		i := 0
		for i < len(got) && i < len(want) && int(got[i]) == want[i] {
			i++
		}
		from := max(0, i-5)
		t.Errorf("%s: %d ids, oracle %d; differ from id %d on: %v, oracle %v\ntext %.200q",
			p.name, len(got), len(want), i, got[from:min(len(got), i+5)], want[from:min(len(want), i+5)], text)
		return false
	}
	if n := p.ours.Count(text); n != len(want) {
		t.Errorf("%s: Count %d, want %d of %.200q", p.name, n, len(want), text)
		return false
	}
	return true
}

// full reports whether the long form of the tests is asked for, which takes
// minutes: TOKENS_FULL=1 go test ./tokens. TOKENS_FULL=2/8 takes the second
// eighth of the files alone.
func full() bool { return os.Getenv("TOKENS_FULL") != "" }

// inPart reports whether the n-th file is in the part that is asked for.
func inPart(n int) bool {
	var k, of int
	if _, err := fmt.Sscanf(os.Getenv("TOKENS_FULL"), "%d/%d", &k, &of); err != nil || of < 1 {
		return true
	}
	return n%of == k-1
}

// edges are the bits that text is cut at.
var edges = []string{
	"a", "b", "Z", "AB", "word", "Word", "WORD", "camelCase", "é", "ß", "ǅ", "ſ", "ʰ", "ª", "\u0301", "\u20dd", "\u0903",
	"1", "22", "333", "4444", "½", "Ⅷ", "٣", "一", "漢字", "かな", "한글", "й", "Ж", "ا", "क्ष", "🙂", "👩‍👩‍👧", "\u200d", "\ufe0f",
	" ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\n\n", "\u00a0", "\u3000", "\u2028", "\u0085",
	"'", "'s", "'S", "'t", "'re", "'VE", "'ll", "'lL", "'d", "'m", "'x", "’s", "\"", "/", "//", "(", "})", "!=", "->", "...", "_", "#", "\\",
	"\x00", "\x7f", "\xff", "\xe4\xb8", "\xed\xa0\x80", "\xf4\x90\x80\x80", "<|endoftext|>", "<|im_start|>",
}

func TestEdgeStrings(t *testing.T) {
	n := 20_000
	if full() {
		n = 100_000
	}
	const seed = 7
	for _, p := range pairs() {
		r := rand.New(rand.NewPCG(seed, 1))
		var b strings.Builder
		for i := range n {
			b.Reset()
			for range 1 + r.IntN(9) {
				b.WriteString(edges[r.IntN(len(edges))])
			}
			// The long s is an s to the reference implementation, which folds
			// case as Unicode does; the oracle's engine does not.
			if strings.Contains(b.String(), "'ſ") {
				continue
			}
			if !p.check(t, b.String()) {
				t.Fatalf("seed %d, string %d", seed, i)
			}
		}
	}
}

func TestRandomBytes(t *testing.T) {
	const seed = 11
	for _, p := range pairs() {
		r := rand.New(rand.NewPCG(seed, 2))
		b := make([]byte, 64)
		for i := range 20_000 {
			n := r.IntN(len(b))
			for j := range b[:n] {
				b[j] = byte(r.Uint32())
			}
			if !p.check(t, string(b[:n])) {
				t.Fatalf("seed %d, string %d", seed, i)
			}
		}
	}
}

// TestSourceTree compares the ids of the Go distribution's own source: code,
// prose, test data in many scripts and binaries, tens of megabytes.
func TestSourceTree(t *testing.T) {
	limit := int64(4 << 20)
	if full() {
		limit = 100 << 20
	}
	var total int64
	files := 0
	err := filepath.WalkDir(filepath.Join(build.Default.GOROOT, "src"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || total > limit {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		// The oracle is quadratic on long runs.
		if len(data) > 1<<20 || longestRun(data) > 2000 {
			return nil
		}
		if files++; !inPart(files) {
			return nil
		}
		total += int64(len(data))
		for _, p := range pairs() {
			if !p.check(t, string(data)) {
				return fmt.Errorf("in %s", path)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d bytes compared", total)
}

// longestRun returns the longest stretch without white space and line ends.
func longestRun(b []byte) (longest int) {
	for _, f := range bytes.FieldsFunc(b, func(r rune) bool { return r == ' ' || r == '\n' }) {
		longest = max(longest, len(f))
	}
	return longest
}
