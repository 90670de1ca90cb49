package sentencepiece

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// spec is a model to be written as a file.
type spec struct {
	kind         uint64
	byteFallback bool
	dummy        bool
	squeeze      bool
	suffix       bool
	rules        []byte
	pieces       []piece
}

func message(tag int, body []byte) []byte {
	out := binary.AppendUvarint(nil, uint64(tag)<<3|wireBytes)
	return append(binary.AppendUvarint(out, uint64(len(body))), body...)
}

func number(tag int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(tag)<<3), v)
}

func flag(tag int, on bool) []byte {
	if on {
		return number(tag, 1)
	}
	return number(tag, 0)
}

func (s spec) file() []byte {
	var out []byte
	for _, p := range s.pieces {
		body := message(1, []byte(p.text))
		body = binary.AppendUvarint(body, 2<<3|wire32)
		body = binary.LittleEndian.AppendUint32(body, math.Float32bits(p.score))
		out = append(out, message(1, append(body, number(3, uint64(p.kind))...))...)
	}
	out = append(out, message(2, append(append(number(3, s.kind), flag(24, s.suffix)...), flag(35, s.byteFallback)...))...)
	norm := append(flag(3, s.dummy), flag(4, s.squeeze)...)
	if s.rules != nil {
		norm = append(message(2, s.rules), norm...)
	}
	return append(out, message(3, norm)...)
}

func (s spec) load(tb testing.TB) *Model {
	tb.Helper()
	m, err := Load(strings.NewReader(string(s.file())))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// llama is a model of the kind of Llama 2's, small enough to work with by hand.
func llama() spec {
	s := spec{kind: 2, byteFallback: true, dummy: true, pieces: []piece{{"<unk>", 0, unk}, {"<s>", 0, control}}}
	for c := range 256 {
		s.pieces = append(s.pieces, piece{fmt.Sprintf("<0x%02X>", c), 0, oneByte})
	}
	for i, p := range strings.Fields("▁t er in ▁a he ▁the ▁▁ ▁▁▁▁ ter ▁ a b e h i n r t x") {
		s.pieces = append(s.pieces, piece{p, -float32(i), normal})
	}
	return s
}

func texts(m *Model, text string) string {
	var out []string
	for _, id := range m.Append(nil, text) {
		out = append(out, m.Piece(id))
	}
	return strings.Join(out, "|")
}

func TestBPEByHand(t *testing.T) {
	m := llama().load(t)
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"the", "▁the"},                         // ▁t, he, then ▁the
		{"the the", "▁the|▁the"},                //
		{"tern", "▁t|er|n"},                     // ▁t joins first, so ter cannot
		{"xter", "▁|x|ter"},                     // er, then ter
		{"thx", "▁t|h|x"},                       //
		{"a    b", "▁a|▁▁▁▁|b"},                 // blanks: ▁▁ twice, then ▁▁▁▁
		{" a", "▁|▁a"},                          // ▁a has a better score than ▁▁
		{"é", "▁|<0xC3>|<0xA9>"},                // bytes
		{"<s>", "▁|<0x3C>|<0x73>|<0x3E>"},       // a control symbol is text
		{"a\xffb", "▁a|<0xEF>|<0xBF>|<0xBD>|b"}, // U+FFFD
		{"\n", "▁|<0x0A>"},                      //
		{"▁", "▁▁"},                             // the sign itself
		{"漢", "▁|<0xE6>|<0xBC>|<0xA2>"},         //
	} {
		if got := texts(m, c.text); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
		if n := m.Count(c.text); n != len(m.Append(nil, c.text)) {
			t.Errorf("%q: Count %d", c.text, n)
		}
	}
}

// Unused pieces are joined on the way and taken apart again; user-defined ones
// are found first and join nothing.
func TestUnusedAndUserDefined(t *testing.T) {
	s := llama()
	for i := range s.pieces {
		if s.pieces[i].text == "ter" {
			s.pieces[i].kind = unused
		}
	}
	s.pieces = append(s.pieces, piece{"<tool>", 0, user}, piece{"<tool>x", 0, user})
	m := s.load(t)
	for text, want := range map[string]string{
		"xter":         "▁|x|t|er",
		"a<tool>b":     "▁a|<tool>|b",
		"a<tool>xb":    "▁a|<tool>x|b",
		"the<tool>the": "▁the|<tool>|t|he",
	} {
		if got := texts(m, text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func unigramSpec() spec {
	return spec{kind: 1, dummy: true, squeeze: true, pieces: []piece{
		{"<unk>", 0, unk}, {"</s>", 0, control},
		{"▁", -2, normal}, {"a", -3, normal}, {"b", -3.5, normal}, {"ab", -4, normal}, {"▁ab", -7, normal},
		{"abc", -12, normal}, {"c", -9, normal}, {"@", 0, user}, {"zz", -1, unused},
	}}
}

func TestUnigramByHand(t *testing.T) {
	m := unigramSpec().load(t)
	for _, c := range []struct{ text, want string }{
		{"ab", "▁|ab"},             // −2−4 = −6 against −7
		{"abc", "▁|abc"},           // −2−12 = −14 against −2−4−9 = −15
		{"ba", "▁|b|a"},            //
		{"  a   b  ", "▁|a|▁|b"},   // blanks are squeezed
		{"xy", "▁|<unk>"},          // two unknowns are one
		{"xay", "▁|<unk>|a|<unk>"}, //
		{"a@b", "▁|a|@|b"},         // a user-defined symbol
		{"zz", "▁|<unk>"},          // an unused piece is none
		{"", ""}, {"   ", ""},
	} {
		if got := texts(m, c.text); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestCharacters(t *testing.T) {
	s := unigramSpec()
	s.kind = 4
	if got := texts(s.load(t), "abx"); got != "▁|a|b|<unk>" {
		t.Error(got)
	}
	s.suffix, s.squeeze = true, false
	if got := texts(s.load(t), "ab"); got != "a|b|▁" {
		t.Error("white space as suffix:", got)
	}
}

// rules writes normalization rules in their compiled form: each beginning in a
// block of 256 units of its own.
func rules(pairs ...[2]string) []byte {
	type node struct {
		kids map[byte]int
		to   int
	}
	nodes := []node{{map[byte]int{}, -1}}
	var to []byte
	for _, p := range pairs {
		at := 0
		for i := range len(p[0]) {
			kid, ok := nodes[at].kids[p[0][i]]
			if !ok {
				kid = len(nodes)
				nodes = append(nodes, node{map[byte]int{}, -1})
				nodes[at].kids[p[0][i]] = kid
			}
			at = kid
		}
		nodes[at].to = len(to)
		to = append(append(to, p[1]...), 0)
	}
	units := make([]uint32, 256*(len(nodes)+1))
	place := make([]uint32, len(nodes))
	base := func(n int) uint32 { return uint32(n+1) * 256 }
	set := func(at uint32, n int, label uint32) {
		units[at] = label | (at^base(n))<<10
		if nodes[n].to >= 0 {
			units[at] |= 1 << 8
			units[base(n)] = 1<<31 | uint32(nodes[n].to)
		}
	}
	set(0, 0, 0)
	for n := range nodes {
		for c, kid := range nodes[n].kids {
			place[kid] = base(n) ^ uint32(c)
			set(place[kid], kid, uint32(c))
		}
	}
	out := binary.LittleEndian.AppendUint32(nil, uint32(4*len(units)))
	for _, u := range units {
		out = binary.LittleEndian.AppendUint32(out, u)
	}
	return append(out, to...)
}

// The rules of models such as T5's: the longest match is replaced.
func TestNormalizationRules(t *testing.T) {
	s := unigramSpec()
	s.rules = rules([2]string{"Ａ", "a"}, [2]string{"Ａ!", "b"}, [2]string{"\u3000", " "}, [2]string{"\u00ad", ""}, [2]string{"A", "a"})
	m := s.load(t)
	for text, want := range map[string]string{
		"Ａb":             "▁|ab",
		"Ａ!":             "▁|b",
		"a\u3000\u3000A": "▁|a|▁|a",
		"\u3000A":        "▁|a",
		"a\u00adb":       "▁|ab",
	} {
		if got := texts(m, text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestMeterAgreesWithCount(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, 0))
	words := []string{"the", "tern", " ", "  ", "\n", "x", "é", "漢字", "\xff", "a", "ter", "▁", "@", "\u3000"}
	for _, s := range []spec{llama(), unigramSpec()} {
		m := s.load(t)
		for range 20 {
			var b strings.Builder
			for range r.IntN(20_000) {
				b.WriteString(words[r.IntN(len(words))])
			}
			text := b.String()
			w := m.NewMeter()
			for rest := text; rest != ""; {
				n := min(len(rest), 1+r.IntN(7000))
				_, _ = w.Write([]byte(rest[:n]))
				rest = rest[n:]
			}
			_ = w.Close()
			_, _ = w.Write([]byte("more"))
			if got, want := w.Count(), int64(m.Count(text)); got != want {
				t.Fatalf("seed %d: %d, want %d", seed, got, want)
			}
		}
	}
	w := llama().load(t).NewMeter()
	for range 1000 {
		_, _ = w.Write([]byte(strings.Repeat("the tern ", 500)))
	}
	if cap(w.tail) > 8*settleFrom {
		t.Errorf("the meter holds %d bytes", cap(w.tail))
	}
}

// The naive segmentation: join the best pair, searched anew each time.
func TestBPEAgainstTheDefinition(t *testing.T) {
	const seed = 9
	r := rand.New(rand.NewPCG(seed, 0))
	m := llama().load(t)
	for range 3000 {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteByte("therinabx "[r.IntN(10)])
		}
		text := m.norm.normal(b.String(), true)
		parts := strings.Split(text, "")
		for {
			best, at := float32(-math.MaxFloat32), -1
			for i := 0; i+1 < len(parts); i++ {
				if id, ok := m.ids[parts[i]+parts[i+1]]; ok && m.pieces[id].score > best {
					best, at = m.pieces[id].score, i
				}
			}
			if at < 0 {
				break
			}
			parts = append(parts[:at], append([]string{parts[at] + parts[at+1]}, parts[at+2:]...)...)
		}
		if got, want := texts(m, b.String()), strings.Join(parts, "|"); got != want {
			t.Fatalf("seed %d, %q: %s, want %s", seed, b.String(), got, want)
		}
	}
}

func TestBadModels(t *testing.T) {
	good := llama().file()
	change := func(f func(*spec)) []byte {
		s := llama()
		f(&s)
		return s.file()
	}
	for _, c := range []struct {
		name string
		data []byte
		is   error
	}{
		{"empty", nil, ErrModel},
		{"cut short", good[:len(good)-3], ErrModel},
		{"no protocol buffer", []byte("not a model"), ErrModel},
		{"a word model", change(func(s *spec) { s.kind = 3 }), ErrUnsupported},
		{"a type of the future", change(func(s *spec) { s.kind = 77 }), ErrUnsupported},
		{"a piece twice", change(func(s *spec) { s.pieces = append(s.pieces, piece{"the", 0, normal}, piece{"the", 0, normal}) }), ErrModel},
		{"no unknown", change(func(s *spec) { s.pieces = s.pieces[1:] }), ErrModel},
		{"two unknowns", change(func(s *spec) { s.pieces = append(s.pieces, piece{"<unk2>", 0, unk}) }), ErrModel},
		{"a byte missing", change(func(s *spec) { s.pieces = append(s.pieces[:5:5], s.pieces[6:]...) }), ErrModel},
		{"no byte", change(func(s *spec) { s.pieces[5].text = "<0xZZ>" }), ErrModel},
		{"an empty piece", change(func(s *spec) { s.pieces[300-40].text = "" }), ErrModel},
		{"no UTF-8", change(func(s *spec) { s.pieces[300-40].text = "\xff" }), ErrModel},
		{"no score", change(func(s *spec) { s.pieces[300-40].score = float32(math.NaN()) }), ErrModel},
		{"an unknown type of piece", change(func(s *spec) { s.pieces[260].kind = 9 }), ErrModel},
		{"rules cut short", change(func(s *spec) { s.rules = rules([2]string{"A", "a"})[:40] }), ErrModel},
		{"rules without an end", change(func(s *spec) { s.rules = []byte{4, 0, 0, 0, 1, 2, 3, 4, 'x'} }), ErrModel},
	} {
		_, err := Load(strings.NewReader(string(c.data)))
		var me *ModelError
		if !errors.Is(err, c.is) || !errors.As(err, &me) || me.Error() == "" {
			t.Errorf("%s: %v, want %v", c.name, err, c.is)
		}
	}
	if _, err := Load(failing{}); err == nil || errors.Is(err, ErrModel) {
		t.Errorf("a reader that fails: %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

func FuzzLoad(f *testing.F) {
	f.Add(llama().file(), "the tern")
	s := unigramSpec()
	s.rules = rules([2]string{"Ａ", "a"})
	f.Add(s.file(), "Ａ ab")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		if len(data) > 1<<16 || len(text) > 1<<10 {
			return
		}
		m, err := Load(strings.NewReader(string(data)))
		if err != nil {
			if !errors.Is(err, ErrModel) && !errors.Is(err, ErrUnsupported) {
				t.Errorf("untyped: %v", err)
			}
			return
		}
		n := m.Count(text)
		w := m.NewMeter()
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		if w.Count() != int64(n) {
			t.Errorf("meter %d, Count %d of %q", w.Count(), n, text)
		}
	})
}
