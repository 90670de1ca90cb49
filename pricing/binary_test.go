package pricing

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// storedBooks are books of every kind.
func storedBooks(tb testing.TB) map[string]*Book {
	tb.Helper()
	overlay, err := Builtin().With(Sheet{Name: "acme", Source: "contract", AsOf: date(2026, 7, 1),
		Models: []Model{
			{Provider: "internal", ID: "MyClaw", Aliases: []string{"claw"}, Rates: Rates{ComputeMs: PerHour("2.50"), Input: PerMillion("0")}},
			{Provider: "anthropic", ID: "claude-opus-4-8-20260528", Checked: date(2026, 7, 2), Rates: Rates{Input: PerMillion("4")}},
			{ID: "claude-opus-5", State: Scheduled, Announced: date(2026, 1, 1), From: date(2027, 1, 1), Rates: Rates{Input: Per("1", 7), Output: PerMillion("1")}},
		},
		Modifiers: []Modifier{{Name: "night", Provider: "openai", Accounts: []string{"a"}, By: Times("2/3"), Meters: []usage.Meter{usage.Output},
			Windows: []Window{{Start: 22 * time.Hour, End: 24 * time.Hour}}}},
	}, Sheet{Name: "lab", Currency: "EUR", Exchange: []Exchange{{Rate: Times("1.1")}, {From: date(2026, 7, 1), Rate: Times("1.2345")}},
		Models: []Model{{Provider: "lab", ID: "lab-1", Rates: Rates{Input: PerMillion("2")}}}})
	if err != nil {
		tb.Fatal(err)
	}
	own, err := NewBook(Sheet{Name: "one", Currency: "EUR", Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("1")}}}})
	if err != nil {
		tb.Fatal(err)
	}
	return map[string]*Book{"builtin": Builtin(), "overlay": overlay, "empty": new(Book), "euro": own,
		"as known": overlay.AsKnown(date(2026, 7, 15))}
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// A book read back is the book that was written: table for table.
func TestBookRoundTrip(t *testing.T) {
	for name, b := range storedBooks(t) {
		data, err := b.MarshalBinary()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := UnmarshalBook(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.Version() != b.Version() || got.Currency() != b.Currency() {
			t.Errorf("%s: version %s, currency %q, want %s, %q", name, got.Version(), got.Currency(), b.Version(), b.Currency())
		}
		x, y := reflect.ValueOf(got.t), reflect.ValueOf(b.t)
		for i := range x.NumField() {
			if !sameTable(x.Field(i), y.Field(i)) {
				t.Errorf("%s: %s is not what it was", name, x.Type().Field(i).Name)
			}
		}
		again, err := got.MarshalBinary()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: written again, the bytes differ (%v)", name, err)
		}
		t.Logf("%s: %d bytes, %d rows", name, len(data), len(b.t.rows))
		if name == "builtin" && len(data) > 120_000 {
			t.Errorf("the built-in book takes %d bytes, want at most 120,000", len(data))
		}
	}
}

// sameTable is reflect.DeepEqual where a slice that is nil and one that is
// empty are the same.
func sameTable(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameTable(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if !sameTable(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

// A book read back answers as the one that was written: prices, proofs,
// bounds, credits, comparisons, what was known, and what it extends to.
func TestBookRoundTripAnswers(t *testing.T) {
	b := storedBooks(t)["overlay"]
	data, err := b.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	got, err := UnmarshalBook(data)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	var calls []Call
	for range 2000 {
		calls = append(calls, anyCall(rng, b))
	}
	for _, c := range calls {
		x, errX := b.Price(c)
		y, errY := got.Price(c)
		if x.Total != y.Total || x.High != y.High || x.Status != y.Status || x.Explain() != y.Explain() || !sameText(errX, errY) {
			t.Fatalf("%+v: %s (%v), want %s (%v)", c, y.Explain(), errY, x.Explain(), errX)
		}
		p, _ := b.Bounds(c, UnknownMode|UnknownRegion|UnknownTTL)
		q, _ := got.Bounds(c, UnknownMode|UnknownRegion|UnknownTTL)
		if p.Low.Total != q.Low.Total || p.High.Total != q.High.Total || !reflect.DeepEqual(p.Reasons, q.Reasons) {
			t.Fatalf("%+v: bounds %s to %s, want %s to %s", c, q.Low.Total, q.High.Total, p.Low.Total, p.High.Total)
		}
	}
	all := func(yield func(Call) bool) {
		for _, c := range calls {
			if !yield(c) {
				return
			}
		}
	}
	if d, err := Compare(b, got, all); err != nil || d.Changed != 0 {
		t.Errorf("Compare finds %d changed calls (%v)", d.Changed, err)
	}
	p, errP := b.Credits(all)
	q, errQ := got.Credits(all)
	if !reflect.DeepEqual(p, q) || !sameText(errP, errQ) {
		t.Errorf("credits %+v, want %+v", q, p)
	}
	at := date(2026, 7, 15)
	if b.AsKnown(at).Version() != got.AsKnown(at).Version() {
		t.Error("AsKnown differs")
	}
	if d, err := Compare(b.AsKnown(at), got.AsKnown(at), all); err != nil || d.Changed != 0 {
		t.Errorf("AsKnown: Compare finds %d changed calls (%v)", d.Changed, err)
	}
	more := Sheet{Name: "more", Models: []Model{{Provider: "openai", ID: "gpt-5", Rates: Rates{Input: PerMillion("9")}}}}
	x, errX := b.With(more)
	y, errY := got.With(more)
	if errX != nil || errY != nil || x.Version() != y.Version() {
		t.Errorf("extended: %v, %v", errX, errY)
	} else if d, err := Compare(x, y, all); err != nil || d.Changed != 0 {
		t.Errorf("extended: Compare finds %d changed calls (%v)", d.Changed, err)
	}
}

func sameText(a, b error) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Error() == b.Error())
}

// anyCall is a call of some model of a book, or of none.
func anyCall(rng *rand.Rand, b *Book) Call {
	k := b.t.keys[rng.IntN(len(b.t.keys))]
	pick := func(s ...string) string { return s[rng.IntN(len(s))] }
	c := Call{Provider: k.provider, Model: k.name, At: date(2024, 1, 1).Add(time.Duration(rng.Int64N(int64(4 * 365 * 24 * time.Hour)))),
		Account: pick("", "a", "b"), Tier: pick("", "", "batch", "flex", "priority", "standard", "odd"), Speed: pick("", "", "fast"),
		Region: pick("", "", "us", "eu", "global")}
	for m := range usage.Meter(usage.NumMeters) {
		if rng.IntN(4) == 0 && (m < 8 || rng.IntN(4) == 0) {
			c.Usage.Set(m, rng.Int64N(400_000))
		}
	}
	return c
}

// Whatever is damaged is refused, and never anything else.
func TestBookDamaged(t *testing.T) {
	data, err := storedBooks(t)["euro"].MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		if _, err := UnmarshalBook(data[:i]); !errors.Is(err, ErrDamagedBook) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if _, err := UnmarshalBook(bad); !errors.Is(err, ErrDamagedBook) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	if _, err := UnmarshalBook(append(bytes.Clone(data), 0)); !errors.Is(err, ErrDamagedBook) {
		t.Errorf("a byte more: %v", err)
	}
	if _, err := UnmarshalBook(make([]byte, maxBook+1)); !errors.Is(err, ErrDamagedBook) {
		t.Errorf("too long: %v", err)
	}
}

// A book of a later format, or with a meter that only a later version has, is
// told apart from a damaged one.
func TestBookNewer(t *testing.T) {
	data, err := storedBooks(t)["euro"].MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	newer := bytes.Clone(data)
	newer[len(bookMagic)]++
	if _, err := UnmarshalBook(resum(newer)); !errors.Is(err, ErrNewerBook) {
		t.Errorf("later format: %v", err)
	}
	if _, err := UnmarshalBook(resum(bytes.Replace(data, []byte("input"), []byte("smell"), 1))); !errors.Is(err, ErrNewerBook) {
		t.Errorf("later meter: %v", err)
	}
	old := bytes.Clone(data)
	old[len(bookMagic)] = 0
	if _, err := UnmarshalBook(resum(old)); !errors.Is(err, ErrDamagedBook) {
		t.Errorf("format 0: %v", err)
	}
}

// A few bytes that would make each of many models list each of many modifiers
// are refused before they do, and never written.
func TestBookTooWide(t *testing.T) {
	b := &Book{currency: "USD", t: tables{sheets: []sheetInfo{{name: "s"}}, entries: make([]entry, 1<<13), mods: make([]modifier, 1<<12)}}
	for i := range b.t.mods {
		b.t.mods[i].den = 1
	}
	if _, err := b.MarshalBinary(); !errors.Is(err, ErrInvalidSheet) {
		t.Errorf("written: %v", err)
	}
	data, _ := b.encode()
	if _, err := UnmarshalBook(data); !errors.Is(err, ErrDamagedBook) || !strings.Contains(err.Error(), "too many") {
		t.Errorf("read: %v", err)
	}
}

// resum gives changed bytes the checksum they need to be read at all.
func resum(data []byte) []byte {
	body := data[:len(data)-checksumLen]
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:checksumLen]...)
}

// Bytes with a right checksum and anything inside give a book that can be
// used and is written as it was read, or an error.
func FuzzUnmarshalBook(f *testing.F) {
	for name, b := range storedBooks(f) {
		data, err := b.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		if name != "builtin" && name != "overlay" && name != "as known" {
			f.Add(data)
		}
	}
	small, err := NewBook(loadSheets(f)[0]) // every kind of row there is
	if err != nil {
		f.Fatal(err)
	}
	data, err := small.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < checksumLen {
			return
		}
		data = resum(data)
		b, err := UnmarshalBook(data)
		if err != nil {
			if !errors.Is(err, ErrDamagedBook) && !errors.Is(err, ErrNewerBook) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		again, err := b.MarshalBinary()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("written again, the bytes differ (%v)", err)
		}
		rng := rand.New(rand.NewPCG(1, uint64(len(data))))
		for range 20 {
			if len(b.t.keys) == 0 {
				break
			}
			c := anyCall(rng, b)
			cost, _ := b.Price(c)
			_ = cost.Explain()
			_, _ = b.Bounds(c, allUnknown)
			_, _ = b.Infer(c)
		}
		for range b.Models() {
		}
		_ = b.AsKnown(date(2026, 1, 1))
		if _, err := b.With(Sheet{Name: "x", Currency: b.currency, Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("1")}}}}); err != nil && !errors.Is(err, ErrInvalidSheet) {
			t.Fatal(err)
		}
	})
}

// The dates by which a host can tell that its prices are old.
func TestBookAsOf(t *testing.T) {
	b := storedBooks(t)["overlay"]
	if got, want := b.LastChecked("internal"), date(2026, 7, 1); !got.Equal(want) {
		t.Errorf("internal was checked %v, want %v", got, want)
	}
	if got := b.LastChecked("nobody"); !got.IsZero() {
		t.Errorf("a provider without prices was checked %v", got)
	}
	if got := new(Book).AsOf(); !got.IsZero() {
		t.Errorf("an empty book is of %v", got)
	}
	for _, p := range Builtin().t.providers {
		if at := Builtin().LastChecked(p); at.Before(date(2026, 9, 1)) || at.After(Builtin().AsOf()) {
			t.Errorf("%s was checked %v, the newest sheet %v", p, at, Builtin().AsOf())
		}
	}
	own, err := NewBook(Sheet{Name: "s", AsOf: date(2026, 7, 1), Models: []Model{
		{Provider: "p", ID: "m", Checked: date(2026, 7, 9), Rates: Rates{Input: PerMillion("1")}},
		{Provider: "q", ID: "m", Checked: date(2026, 6, 9), Rates: Rates{Input: PerMillion("1")}}}})
	if err != nil {
		t.Fatal(err)
	}
	if p, q := own.LastChecked("p"), own.LastChecked("q"); !p.Equal(date(2026, 7, 9)) || !q.Equal(date(2026, 6, 9)) {
		t.Errorf("rows with dates of their own: %v, %v", p, q)
	}
}
