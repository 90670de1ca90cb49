package pricing

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// randMoney returns amounts of every magnitude, the edges among them.
func randMoney(r *rand.Rand) Money {
	switch r.IntN(8) {
	case 0:
		return FromPico(0, 0)
	case 1:
		return FromPico(math.MaxInt64, math.MaxUint64-r.Uint64N(3))
	case 2:
		return FromPico(math.MinInt64, r.Uint64N(3))
	}
	hi, lo := r.Int64()>>r.IntN(64), r.Uint64()>>r.IntN(64)
	if r.IntN(2) == 0 {
		hi = -hi
	}
	if r.IntN(3) == 0 {
		hi = 0
	}
	return FromPico(hi, lo)
}

func bigOf(m Money) *big.Int {
	hi, lo := m.Pico()
	n := new(big.Int).Lsh(big.NewInt(hi), 64)
	return n.Add(n, new(big.Int).SetUint64(lo))
}

func inRange(n *big.Int) bool { return n.BitLen() <= 127 }

func TestMoneyEqualsBigInt(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, 2))
	for range trials(200_000) {
		a, b, k := randMoney(r), randMoney(r), r.Int64()>>r.IntN(64)
		check := func(op string, got Money, err error, want *big.Int) {
			t.Helper()
			if inRange(want) != (err == nil) || err == nil && bigOf(got).Cmp(want) != 0 {
				t.Fatalf("seed %d: %s of %s, %s, %d = %s, %v, want %s", seed, op, a, b, k, got, err, want)
			}
			if err != nil && !errors.Is(err, ErrOverflow) {
				t.Fatalf("%s: error %v does not match ErrOverflow", op, err)
			}
		}
		s, err := a.Add(b)
		check("add", s, err, new(big.Int).Add(bigOf(a), bigOf(b)))
		s, err = a.Sub(b)
		check("sub", s, err, new(big.Int).Sub(bigOf(a), bigOf(b)))
		s, err = a.MulInt(k)
		check("mul", s, err, new(big.Int).Mul(bigOf(a), big.NewInt(k)))
		check("neg", a.Neg(), nil, new(big.Int).Neg(bigOf(a)))
		if a.Cmp(b) != bigOf(a).Cmp(bigOf(b)) || a.Sign() != bigOf(a).Sign() || a.IsZero() != (a == Money{}) {
			t.Fatalf("seed %d: order of %s and %s", seed, a, b)
		}
	}
}

func TestMoneyEqualsDecimal(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, 4))
	for range trials(50_000) {
		m := randMoney(r)
		d := decimal.NewFromBigInt(bigOf(m), -12)
		if m.String() != d.String() {
			t.Fatalf("seed %d: String %s, decimal says %s", seed, m, d)
		}
		if !m.Decimal().Equal(d) {
			t.Fatalf("seed %d: Decimal %s, want %s", seed, m.Decimal(), d)
		}
		if back, err := FromDecimal(d); err != nil || back != m {
			t.Fatalf("seed %d: FromDecimal(%s) = %s, %v", seed, d, back, err)
		}
		if back, err := ParseMoney(d.String()); err != nil || back != m {
			t.Fatalf("seed %d: ParseMoney(%s) = %s, %v", seed, d, back, err)
		}
		places := r.IntN(14)
		if got, want := m.Round(places), d.RoundBank(int32(places)); inRange(want.Shift(12).BigInt()) && !got.Decimal().Equal(want) {
			t.Fatalf("seed %d: %s.Round(%d) = %s, want %s", seed, m, places, got, want)
		}
		micro, pico := m.Columns()
		if m.FitsColumns() && (FromColumns(micro, pico) != m || pico < 0 || pico > 999_999) {
			t.Fatalf("seed %d: Columns of %s = %d, %d", seed, m, micro, pico)
		}
		if !m.FitsColumns() && FromColumns(micro, pico).Abs().Cmp(m.Abs()) > 0 {
			t.Fatalf("seed %d: clamped columns of %s lie beyond it", seed, m)
		}
		nano, rest, ok := m.FloorNano()
		want := new(big.Int).Div(bigOf(m), big.NewInt(1000)) // Euclidean: floor for a positive divisor
		if ok != want.IsInt64() || ok && (want.Int64() != nano || rest > 999) {
			t.Fatalf("seed %d: FloorNano of %s = %d, %d, %t, want %s", seed, m, nano, rest, ok, want)
		}
	}
}

func TestParseMoney(t *testing.T) {
	tests := []struct {
		in, want string
		err      error
	}{
		{"0", "0", nil}, {"-0", "0", nil}, {"+1", "1", nil}, {"1.50", "1.5", nil}, {".5", "0.5", nil},
		{"0.000000000001", "0.000000000001", nil},
		{"0.0000000000010000000000000000000000000000000000000000", "0.000000000001", nil},
		{"1.5e-05", "0.000015", nil}, {"12E2", "1200", nil}, {"1e-12", "0.000000000001", nil},
		{"0e-5000", "0", nil},
		{"170141183460469231731687303.715884105727", "170141183460469231731687303.715884105727", nil},
		{"-170141183460469231731687303.715884105727", "-170141183460469231731687303.715884105727", nil},
		{"170141183460469231731687303.715884105728", "", ErrOverflow},
		{"99999999999999999999999999999999999999999999", "", ErrOverflow},
		{"1e9999", "", ErrOverflow},
		{"0.0000000000001", "", ErrInexact}, {"1e-13", "", ErrInexact}, {"0.0016150000000000001", "", ErrInexact},
		{"", "", ErrSyntax}, {"-", "", ErrSyntax}, {".", "", ErrSyntax}, {"1.2.3", "", ErrSyntax},
		{"1,5", "", ErrSyntax}, {"$1", "", ErrSyntax}, {" 1", "", ErrSyntax}, {"1 ", "", ErrSyntax},
		{"1e", "", ErrSyntax}, {"1e99999", "", ErrSyntax}, {"e5", "", ErrSyntax}, {"NaN", "", ErrSyntax},
		{"0x1", "", ErrSyntax}, {"1_000", "", ErrSyntax}, {strings.Repeat("x", 500), "", ErrSyntax},
	}
	for _, tt := range tests {
		got, err := ParseMoney(tt.in)
		if !errors.Is(err, tt.err) || err == nil && got.String() != tt.want {
			t.Errorf("ParseMoney(%.60q) = %s, %v, want %s, %v", tt.in, got, err, tt.want, tt.err)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("ParseMoney(%.20q…): the error repeats the whole input", tt.in)
		}
	}
}

func TestMoneyEdges(t *testing.T) {
	if got := FromPico(math.MinInt64, 0); got.Neg().Neg() != got || got.Sign() != -1 {
		t.Errorf("the lowest amount is %s, its negative %s", got, got.Neg())
	}
	top := FromPico(math.MaxInt64, math.MaxUint64)
	if got := top.Round(0).String(); got != "170141183460469231731687303" {
		t.Errorf("rounding past the end of the range: %s", got)
	}
	if micro, pico := MustMoney("-0.000000000001").Columns(); micro != -1 || pico != 999_999 {
		t.Errorf("columns of −1e-12 are %d, %d, want -1, 999999", micro, pico)
	}
	if got := FromColumns(5, 7_000_003); got != MustMoney("0.000012000003") {
		t.Errorf("columns that were summed: %s", got)
	}
	if nano, rest, ok := MustMoney("-0.0000000015").FloorNano(); nano != -2 || rest != 500 || !ok {
		t.Errorf("FloorNano(-1.5 nano) = %d, %d, %t", nano, rest, ok)
	}
}

func TestMoneyCodecs(t *testing.T) {
	type row struct{ Cost Money }
	for _, in := range []string{`{"Cost":"0.0095"}`, `{"Cost":0.0095}`, `{"Cost":9.5e-3}`} {
		var r row
		if err := json.Unmarshal([]byte(in), &r); err != nil || r.Cost != MustMoney("0.0095") {
			t.Errorf("%s: %s, %v", in, r.Cost, err)
		}
		out, err := json.Marshal(r)
		if err != nil || string(out) != `{"Cost":"0.0095"}` {
			t.Errorf("%s encodes as %s, %v", in, out, err)
		}
	}
	m := MustMoney("7")
	for _, bad := range []string{`"x"`, `true`, `{}`, `""`, `"1`, `1e-13`} {
		if err := m.UnmarshalJSON([]byte(bad)); err == nil || m != MustMoney("7") {
			t.Errorf("UnmarshalJSON(%s) = %s, %v", bad, m, err)
		}
	}
	for _, src := range []any{"3.25", []byte("3.25")} {
		if err := m.Scan(src); err != nil || m != MustMoney("3.25") {
			t.Errorf("Scan(%v) = %s, %v", src, m, err)
		}
	}
	if err := m.Scan(int64(-3)); err != nil || m != MustMoney("-3") {
		t.Errorf("Scan(-3) = %s, %v", m, err)
	}
	if err := m.Scan(3.25); err == nil {
		t.Error("Scan took a float")
	}
	if v, err := MustMoney("-0.5").Value(); err != nil || v != "-0.5" {
		t.Errorf("Value = %v, %v", v, err)
	}
	if b, err := MustMoney("12.30").AppendText([]byte("$")); err != nil || string(b) != "$12.3" {
		t.Errorf("AppendText = %s, %v", b, err)
	}
}

// A million one-token calls sum to the exact decimal, where floats drift
// (litellm#8867: 0.0016150000000000001; genai-prices JS: 0.7499999999943808).
func TestMillionSmallAmountsSumExactly(t *testing.T) {
	one, sum := MustMoney("0.00000075"), Money{}
	for range 1_000_000 {
		var err error
		if sum, err = sum.Add(one); err != nil {
			t.Fatal(err)
		}
	}
	if sum.String() != "0.75" {
		t.Errorf("sum is %s, want 0.75", sum)
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"0", "-1.5", "1e-12", "170141183460469231731687303.715884105727", ".", "1e5e5", "00012.3400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMoney(s)
		if err != nil {
			return
		}
		d, derr := decimal.NewFromString(s)
		if derr != nil || !m.Decimal().Equal(d) {
			t.Fatalf("ParseMoney(%q) = %s, shopspring says %s, %v", s, m, d, derr)
		}
		if back, err := ParseMoney(m.String()); err != nil || back != m {
			t.Fatalf("%q: %s does not come back: %s, %v", s, m, back, err)
		}
		if back, err := FromDecimal(d); err != nil || back != m {
			t.Fatalf("%q: FromDecimal = %s, %v", s, back, err)
		}
	})
}

func BenchmarkMoneyAdd(b *testing.B) {
	b.ReportAllocs()
	one, sum := MustMoney("0.00000075"), Money{}
	for b.Loop() {
		sum, _ = sum.Add(one)
	}
}

func BenchmarkMoneyAppendText(b *testing.B) {
	b.ReportAllocs()
	m, buf := MustMoney("1234.567890123456"), make([]byte, 0, 64)
	for b.Loop() {
		buf, _ = m.AppendText(buf[:0])
	}
}
