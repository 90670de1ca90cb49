package sdk

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"strconv"
	"testing"
	"unicode/utf16"

	"github.com/tokenomics-go/tokenomics/usage"
)

var (
	seed  = flag.Uint64("sdk.seed", 20261122, "seed of the generated bodies")
	cases = flag.Int("sdk.n", 2000, "generated bodies of each test")
)

// gen makes the values of one case. Whatever it makes depends on the seed, the
// test and the number of the case only.
type gen struct {
	*rand.Rand
	max     int64 // largest count
	compact bool  // no line breaks between tokens
}

// forEach runs f for every case of a test.
func forEach(t *testing.T, salt uint64, f func(t *testing.T, g *gen, at int)) {
	t.Helper()
	for i := range *cases {
		f(t, &gen{Rand: rand.New(rand.NewPCG(*seed^salt<<48, uint64(i))), max: usage.MaxCount}, i)
		if t.Failed() {
			t.Fatalf("seed %d, case %d", *seed, i)
		}
	}
}

// doc is a JSON object whose members may be written in any order.
type doc []member

type member struct {
	key string
	val any
}

// absent is the value of a member that is left out.
type absent struct{}

// chance is true in n of 100 cases.
func (g *gen) chance(n int) bool { return g.IntN(100) < n }

// maybe leaves a value out, or makes it null, in some cases.
func (g *gen) maybe(v any) any {
	switch n := g.IntN(20); {
	case n < 2:
		return absent{}
	case n < 4:
		return nil
	}
	return v
}

// one picks one of several values.
func one[T any](g *gen, vs ...T) T { return vs[g.IntN(len(vs))] }

// count is a count of any size, zero and the largest included.
func (g *gen) count() int64 {
	switch n := g.IntN(12); {
	case n < 3:
		return 0
	case n < 5:
		return 1 + g.Int64N(9)
	case n < 9:
		return g.Int64N(200_000)
	case n < 10:
		return g.Int64N(10_000_000)
	case n < 11:
		return g.Int64N(g.max + 1)
	}
	return g.max
}

// part is a count from 0 to whole, often one of the two.
func (g *gen) part(whole int64) int64 {
	switch n := g.IntN(8); {
	case n < 2:
		return 0
	case n < 3:
		return whole
	}
	return g.Int64N(whole + 1)
}

// split divides a count into n parts.
func (g *gen) split(whole int64, n int) []int64 {
	parts := make([]int64, n)
	for i := range n - 1 {
		parts[i] = g.part(whole)
		whole -= parts[i]
	}
	parts[n-1] = whole
	g.Shuffle(n, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return parts
}

var words = []string{
	"hello", "usage", `"usage":{"input_tokens":7}`, `\`, `"`, "\n", "\t", "naïve", "日本語", "🙂", "👩‍👩‍👧", "\u2028", "\u00a0",
	"{", "}", "[", "]", "data: [DONE]", "null", "</b>", "input_tokens", "\u007f", "_call", "Search",
}

// text is any text, such as a model writes.
func (g *gen) text() string {
	var b []byte
	for range g.IntN(6) {
		b = append(b, words[g.IntN(len(words))]...)
		b = append(b, ' ')
	}
	return string(b)
}

// label is an id, with a prefix, sometimes with characters beyond ASCII.
func (g *gen) label(prefix string) string {
	b := strconv.AppendUint([]byte(prefix), g.Uint64(), 36)
	if g.chance(5) {
		b = append(b, one(g, "é", "日本", "🙂", `"q"`, `\`, "/")...)
	}
	return string(b)
}

// model is one of several names of models or, rarely, something else.
func (g *gen) model(names ...string) string {
	if g.chance(3) {
		return g.label("model-")
	}
	return one(g, names...)
}

// blob is any JSON value. It is full of names that would mean something
// elsewhere.
func (g *gen) blob(depth int) any {
	if depth == 0 || g.chance(40) {
		return one[any](g, nil, true, false, g.count(), json.RawMessage("-1.5e-7"), g.text(), json.RawMessage("[[],{},[[1,2],null]]"))
	}
	if g.chance(50) {
		list := make([]any, g.IntN(4))
		for i := range list {
			list[i] = g.blob(depth - 1)
		}
		return list
	}
	var d doc
	for range g.IntN(4) {
		d = append(d, member{one(g, "usage", "input_tokens", "promptTokenCount", "id", "model", "service_tier", "usageMetadata", "ключ"), g.blob(depth - 1)})
	}
	return d
}

// json writes a value, with the members of every object shuffled, unknown ones
// added, white space anywhere, and text escaped in one of several ways.
func (g *gen) json(v any) []byte { return g.append(nil, v) }

func (g *gen) space(b []byte) []byte {
	if g.chance(92) {
		return b
	}
	if g.compact {
		return append(b, one(g, " ", "\t", "  ")...)
	}
	return append(b, one(g, " ", "\n", "\r\n  ", "\t")...)
}

func (g *gen) append(b []byte, v any) []byte {
	b = g.space(b)
	switch v := v.(type) {
	case nil:
		b = append(b, "null"...)
	case bool:
		b = strconv.AppendBool(b, v)
	case int64:
		b = strconv.AppendInt(b, v, 10)
	case string:
		b = g.quote(b, v)
	case json.RawMessage:
		b = append(b, v...)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = g.append(b, e)
		}
		b = append(b, ']')
	case doc:
		b = g.object(b, v)
	default:
		panic("gen: a value of an unknown type")
	}
	return g.space(b)
}

func (g *gen) object(b []byte, d doc) []byte {
	d = append(doc(nil), d...)
	if len(d) > 0 && g.chance(15) {
		d = append(d, member{one(g, "x_future", "x-new", "нечто", "x_usage", "x_tokens_details"), g.blob(3)})
	}
	g.Shuffle(len(d), func(i, j int) { d[i], d[j] = d[j], d[i] })
	b = append(b, '{')
	first := true
	for _, m := range d {
		if m.val == (any)(absent{}) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = g.space(b)
		b = g.quote(b, m.key)
		b = append(g.space(b), ':')
		b = g.append(b, m.val)
	}
	return append(b, '}')
}

// quote writes a string; what is not ASCII is escaped in some cases.
func (g *gen) quote(b []byte, s string) []byte {
	ascii := g.chance(30)
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '/' && ascii:
			b = append(b, `\/`...)
		case r < ' ' || (r > 0x7e && ascii):
			if r > 0xffff {
				hi, lo := utf16.EncodeRune(r)
				b = hex(hex(b, hi), lo)
			} else {
				b = hex(b, r)
			}
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}

func hex(b []byte, r rune) []byte {
	b = append(b, `\u0000`...)
	digits := strconv.AppendInt(nil, int64(r), 16)
	copy(b[len(b)-len(digits):], digits)
	return b
}

// event is one server-sent event.
type event struct {
	name string
	data []byte
}

// frame writes one event with either end of line, comments and other fields
// around it, and its data over several lines if it has several.
func (g *gen) frame(e event, eol string) []byte {
	var b bytes.Buffer
	if g.chance(10) {
		b.WriteString(one(g, ": ping", ":", "id: 7", "retry: 100") + eol)
	}
	if e.name != "" {
		b.WriteString("event: " + e.name + eol)
	}
	for line := range bytes.SplitSeq(e.data, []byte("\n")) {
		b.WriteString("data: ")
		b.Write(bytes.TrimSuffix(line, []byte("\r")))
		b.WriteString(eol)
	}
	b.WriteString(eol)
	return b.Bytes()
}

// frames writes every event on its own, for a stream that is cut between two.
func (g *gen) frames(events []event) [][]byte {
	eol := one(g, "\n", "\r\n")
	all := make([][]byte, len(events))
	for i, e := range events {
		all[i] = g.frame(e, eol)
	}
	return all
}
