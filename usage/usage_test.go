package usage

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// vectorOf gives every meter a value of its own.
func vectorOf(f func(m int) int64) (v [NumMeters]int64) {
	for m := range v {
		v[m] = f(m)
	}
	return v
}

// Vector, FromVector, Get, Set, field order and names agree.
func TestMetersAndFieldsAgree(t *testing.T) {
	v := vectorOf(func(m int) int64 { return int64(m + 1) })
	u := FromVector(v)
	if u.Vector() != v {
		t.Fatal("Vector is not the inverse of FromVector")
	}
	fields := reflect.ValueOf(u)
	if fields.NumField() != NumMeters {
		t.Fatalf("%d fields, %d meters", fields.NumField(), NumMeters)
	}
	for m := range NumMeters {
		meter := Meter(m)
		if u.Get(meter) != int64(m+1) || fields.Field(m).Int() != int64(m+1) {
			t.Errorf("%s is not field %d", meter, m)
		}
		var one Usage
		one.Set(meter, 7)
		if one.Get(meter) != 7 || len(collect(one)) != 1 {
			t.Errorf("Set(%s): %v", meter, one)
		}
		one.Output = -1
		if want := uint64(1<<meter | 1<<Output); one.Used() != want {
			t.Errorf("with output and %s: used are %b", meter, one.Used())
		}
		back, err := ParseMeter(meter.String())
		if err != nil || back != meter {
			t.Errorf("ParseMeter(%q) = %v, %v", meter.String(), back, err)
		}
		var text Meter
		b, err := meter.MarshalText()
		if err != nil || text.UnmarshalText(b) != nil || text != meter {
			t.Errorf("%s does not survive its text", meter)
		}
		if meter.Unit() == "" || (meter.Unit() == "tokens") != meter.IsToken() {
			t.Errorf("%s: unit %q", meter, meter.Unit())
		}
	}
}

func collect(u Usage) map[Meter]int64 {
	all := map[Meter]int64{}
	for m, n := range u.All() {
		all[m] = n
	}
	return all
}

func TestMeterThatDoesNotExist(t *testing.T) {
	m := Meter(NumMeters)
	var u Usage
	u.Set(m, 5)
	if u.Get(m) != 0 || u != (Usage{}) {
		t.Errorf("a meter that does not exist holds something: %v", u)
	}
	if _, err := m.MarshalText(); !errors.Is(err, ErrUnknownMeter) {
		t.Errorf("MarshalText: %v", err)
	}
	if err := m.UnmarshalText([]byte("Input")); !errors.Is(err, ErrUnknownMeter) {
		t.Errorf("UnmarshalText: %v", err)
	}
}

// The sums are those of their meters, each meter once.
func TestSums(t *testing.T) {
	u := FromVector(vectorOf(func(m int) int64 { return 1 << m }))
	var tokens int64
	for m, n := range u.All() {
		if m.IsToken() {
			tokens += n
		}
	}
	if u.Tokens() != tokens || u.Prompt()+u.Generated() != tokens || u.Fresh()+u.CacheReads() != tokens {
		t.Errorf("tokens %d, prompt %d + generated %d, fresh %d + cached %d; want %d",
			u.Tokens(), u.Prompt(), u.Generated(), u.Fresh(), u.CacheReads(), tokens)
	}
	if (&Usage{}).Calls() != 1 || (&Usage{Requests: 1}).Calls() != 1 || (&Usage{Requests: 9}).Calls() != 9 {
		t.Error("Calls")
	}
}

func TestValidate(t *testing.T) {
	full := FromVector(vectorOf(func(int) int64 { return MaxCount }))
	if err := full.Validate(); err != nil {
		t.Errorf("all at the maximum: %v", err)
	}
	if full.Tokens() != 16*MaxCount {
		t.Errorf("Tokens = %d", full.Tokens())
	}
	for m := range NumMeters {
		for _, bad := range []int64{-1, MaxCount + 1} {
			var u Usage
			u.Set(Meter(m), bad)
			if err := u.Validate(); !errors.Is(err, ErrRange) {
				t.Errorf("%s = %d: %v", Meter(m), bad, err)
			}
		}
	}
}

func TestAdd(t *testing.T) {
	for m := range NumMeters {
		var top, one, low, minus Usage
		top.Set(Meter(m), math.MaxInt64)
		one.Set(Meter(m), 1)
		low.Set(Meter(m), math.MinInt64)
		minus.Set(Meter(m), -1)
		if got, err := top.Add(one); !errors.Is(err, ErrOverflow) || got != top {
			t.Errorf("%s: above: %v", Meter(m), err)
		}
		if _, err := low.Add(minus); !errors.Is(err, ErrOverflow) {
			t.Errorf("%s: below: %v", Meter(m), err)
		}
		if got, err := top.Add(minus); err != nil || got.Get(Meter(m)) != math.MaxInt64-1 {
			t.Errorf("%s: %v", Meter(m), err)
		}
	}
}

// Of any counts that fit, the meters reconcile with the body's totals.
func TestTotalsReconcile(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	n := func(top int64) int64 { return r.Int64N(top + 1) }
	for range 20000 {
		p := prompt{whole: n(1000)}
		p.audio = n(p.whole)
		p.image = n(p.whole - p.audio)
		p.cached = n(p.whole)
		p.written = n(p.whole - p.cached)
		if r.IntN(2) == 0 { // divided by content, as far as the rest allows
			p.cachedAudio = n(min(p.audio, p.cached))
			p.cachedImage = n(min(p.image, p.cached-p.cachedAudio))
		}
		var u Usage
		if f := p.into(&u); f != fits && f != fitsSpilled {
			t.Fatalf("seed %d: %+v does not fit: %d", seed, p, f)
		}
		u.CacheWrite5m = p.written
		if err := u.Validate(); err != nil {
			t.Fatalf("seed %d: %+v: %v", seed, p, err)
		}
		if u.Prompt() != p.whole || u.CacheReads() != p.cached {
			t.Fatalf("seed %d: %+v: prompt %d, cached %d: %s", seed, p, u.Prompt(), u.CacheReads(), listed(u))
		}
		c := reply{whole: n(1000)}
		c.audio = n(c.whole)
		c.reasoning = n(c.whole - c.audio)
		if !c.into(&u, false) || u.Generated() != c.whole {
			t.Fatalf("seed %d: %+v: %s", seed, c, listed(u))
		}
	}
}
