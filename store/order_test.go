package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

var day = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// source deals small choices, from chance or from a fuzzer's bytes.
type source interface{ IntN(n int) int }

type bytesSource struct{ b []byte }

func (s *bytesSource) IntN(n int) int {
	if len(s.b) == 0 {
		return 0
	}
	c := s.b[0]
	s.b = s.b[1:]
	return int(c) % n
}

// draw makes a version of one key from few values, so that versions often
// differ in one field only.
func draw(s source) Event {
	pick := func(texts ...string) string { return texts[s.IntN(len(texts))] }
	e := Event{
		Source: "s", ID: "id", Revision: int64(s.IntN(2)), Void: s.IntN(4) == 0,
		Subject: pick("a", "b", "a\x00"),
		Call: pricing.Call{Provider: pick("", "p"), Model: pick("m", "n"), Account: pick("", "p"), At: day.Add(time.Duration(s.IntN(2))),
			Tier: pick("", "t"), Speed: pick("", "t"), Region: pick("", "t")},
		Session: pick("", "x"), Workflow: pick("", "x"), Team: pick("", "x"),
		Actor: Actor(s.IntN(2)), Trust: Trust(s.IntN(2)), Flags: Flags(s.IntN(2)),
	}
	for range s.IntN(3) {
		e.Usage.Set(usage.Meter(s.IntN(usage.NumMeters)), int64(s.IntN(3)))
	}
	for i := range s.IntN(3) {
		e.Labels = append(e.Labels, Label{Key: fmt.Sprint("k", i), Value: pick("", "v", "w")})
	}
	if s.IntN(3) == 0 {
		m := pricing.FromPico(-int64(s.IntN(2)), uint64(s.IntN(3)))
		e.ReportedCost = &m
	}
	return e
}

// TestCompareIsATotalOrder is what makes the counting version a function of
// the set of versions: law 5.
func TestCompareIsATotalOrder(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	for round := range 20_000 {
		checkOrder(t, fmt.Sprint("seed ", seed, " round ", round), draw(r), draw(r), draw(r))
	}
}

func FuzzCompare(f *testing.F) {
	f.Add([]byte("some bytes to choose by, some of them twice, some of them thrice"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &bytesSource{data}
		checkOrder(t, "", draw(s), draw(s), draw(s))
	})
}

func checkOrder(t *testing.T, where string, a, b, c Event) {
	t.Helper()
	ab, ba, bc, ac := Compare(&a, &b), Compare(&b, &a), Compare(&b, &c), Compare(&a, &c)
	if ab != -ba {
		t.Fatalf("%s: Compare is %d one way and %d the other:\n%+v\n%+v", where, ab, ba, a, b)
	}
	if ab <= 0 && bc <= 0 && ac > 0 || ab >= 0 && bc >= 0 && ac < 0 {
		t.Fatalf("%s: not transitive: %d, %d, %d:\n%+v\n%+v\n%+v", where, ab, bc, ac, a, b, c)
	}
	identical := bytes.Equal(AppendCanonical(nil, &a), AppendCanonical(nil, &b))
	if (ab == 0) != identical {
		t.Fatalf("%s: Compare is %d and canonical bytes are equal: %t:\n%+v\n%+v", where, ab, identical, a, b)
	}
	if same(&a, &b) && !identical {
		t.Fatalf("%s: same takes two versions for one:\n%+v\n%+v", where, a, b)
	}
	if Compare(&a, &a) != 0 {
		t.Fatalf("%s: an event is not equal to itself: %+v", where, a)
	}
	status, counts := Judge(&a, &b)
	if counts != (Compare(&b, &a) >= 0) || (status == Duplicate) != identical {
		t.Fatalf("%s: Judge says %s, counts %t where Compare says %d", where, status, counts, ba)
	}
}

// TestCompareRungs has each rung of the law decide over all that come after.
func TestCompareRungs(t *testing.T) {
	low := Event{Source: "s", ID: "id", Subject: "z", Trust: ClientLog, Revision: 5, Call: pricing.Call{Model: "z", At: day, Usage: usage.Usage{Input: 50, Output: 5}}}
	for _, c := range []struct {
		rung string
		edit func(e *Event)
	}{
		{"trust", func(e *Event) { e.Trust = Gateway; e.Revision = 0; e.Usage = usage.Usage{} }},
		{"revision", func(e *Event) { e.Revision = 6; e.Usage = usage.Usage{} }},
		{"void over use", func(e *Event) { e.Void = true; e.Usage = usage.Usage{} }},
		{"output", func(e *Event) { e.Usage = usage.Usage{Output: 6} }},
		{"reasoning is output", func(e *Event) { e.Usage = usage.Usage{Output: 5, Reasoning: 1} }},
		{"tokens", func(e *Event) { e.Usage.CacheRead = 1; e.Subject = "a" }},
		{"canonical bytes", func(e *Event) { e.Subject = "zz" }},
	} {
		high := low
		c.edit(&high)
		if Compare(&high, &low) <= 0 || Compare(&low, &high) >= 0 {
			t.Errorf("%s does not decide: %d and %d", c.rung, Compare(&high, &low), Compare(&low, &high))
		}
	}
}

// TestCompareIsBlindToForm gives one version in different forms.
func TestCompareIsBlindToForm(t *testing.T) {
	a := draw(rand.New(rand.NewPCG(3, 3)))
	a.Labels, a.ReportedCost = nil, new(pricing.Money)
	b := a
	b.At = a.At.In(time.FixedZone("", 3600))
	b.Labels, b.ReportedCost = Labels{}, new(pricing.Money)
	if c := Compare(&a, &b); c != 0 {
		t.Errorf("Compare is %d", c)
	}
}

// readCanonical is the inverse of AppendCanonical. That there is one proves
// that two events never share their bytes.
func readCanonical(b []byte) (e Event, err error) {
	next := func(n int) []byte {
		if n > len(b) {
			err = errors.New("too short")
			n = len(b)
		}
		out := b[:n]
		b = b[n:]
		return out
	}
	uvarint := func() int {
		v, n := binary.Uvarint(b)
		next(max(n, 0))
		return int(v)
	}
	varint := func() int64 {
		v, n := binary.Varint(b)
		next(max(n, 0))
		return v
	}
	text := func() string { return string(next(uvarint())) }
	next(1)
	for _, f := range []*string{&e.Source, &e.ID, &e.Subject, &e.Provider, &e.Model, &e.Account, &e.Tier, &e.Speed, &e.Region, &e.Session, &e.Workflow, &e.Team} {
		*f = text()
	}
	e.Revision = varint()
	bits := next(4)
	e.Void, e.Actor, e.Trust, e.Flags = bits[0] == 1, Actor(bits[1]), Trust(bits[2]), Flags(bits[3])
	e.At = time.Unix(0, varint()).UTC()
	for range uvarint() {
		e.Labels = append(e.Labels, Label{text(), text()})
	}
	for {
		m := next(1)[0]
		if m == 0xff {
			break
		}
		e.Usage.Set(usage.Meter(m), varint())
	}
	if len(b) > 0 {
		m := pricing.FromPico(int64(binary.BigEndian.Uint64(next(8))), binary.BigEndian.Uint64(next(8)))
		e.ReportedCost = &m
	}
	if len(b) > 0 {
		err = errors.New("too long")
	}
	return e, err
}

func TestCanonicalIsInjective(t *testing.T) {
	const seed = 2
	r := rand.New(rand.NewPCG(seed, seed))
	for round := range 5000 {
		checkCanonical(t, fmt.Sprint("seed ", seed, " round ", round), draw(r))
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add("source", "id", "subject", "model", "label", "value", int64(1), int64(2), int64(3), int64(-4), true, []byte("choices"))
	f.Fuzz(func(t *testing.T, src, id, subject, model, label, value string, rev, at, count, cost int64, reported bool, data []byte) {
		e := draw(&bytesSource{data})
		e.Source, e.ID, e.Subject, e.Model, e.Revision, e.At = src, id, subject, model, rev, time.Unix(0, at).UTC()
		e.Labels = append(e.Labels, Label{label, value})
		e.Usage.Output = count
		if reported {
			m := pricing.FromPico(cost>>63, uint64(cost))
			e.ReportedCost = &m
		}
		checkCanonical(t, "", e)
	})
}

func checkCanonical(t *testing.T, where string, e Event) {
	t.Helper()
	got, err := readCanonical(AppendCanonical(nil, &e))
	if err != nil || !reflect.DeepEqual(got, e) {
		t.Fatalf("%s: the canonical bytes of %+v read as %+v, %v", where, e, got, err)
	}
}

// TestEveryFieldIsIdentity changes one field after the other: each must show
// in the canonical bytes, so that a field added later is not forgotten.
func TestEveryFieldIsIdentity(t *testing.T) {
	base := draw(rand.New(rand.NewPCG(4, 4)))
	base.Labels, base.ReportedCost = Labels{{"k", "v"}}, new(pricing.Money)
	var walk func(path string, index []int, typ reflect.Type)
	walk = func(path string, index []int, typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			at := append(slices.Clone(index), i)
			if f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[time.Time]() {
				walk(path+f.Name+".", at, f.Type)
				continue
			}
			e := base
			v := reflect.ValueOf(&e).Elem().FieldByIndex(at)
			switch x := v.Addr().Interface().(type) {
			case *time.Time:
				*x = x.Add(1)
			case *Labels:
				*x = Labels{{"k", "w"}}
			case **pricing.Money:
				*x = nil
			case *string:
				*x += "!"
			case *bool:
				*x = !*x
			default:
				if v.CanInt() {
					v.SetInt(v.Int() + 1)
				} else {
					v.SetUint(v.Uint() + 1)
				}
			}
			if bytes.Equal(AppendCanonical(nil, &e), AppendCanonical(nil, &base)) || Compare(&e, &base) == 0 || same(&e, &base) {
				t.Errorf("%s%s does not tell versions apart", path, f.Name)
			}
		}
	}
	walk("", nil, reflect.TypeFor[Event]())
}

func TestCompareAllocates(t *testing.T) {
	a := draw(rand.New(rand.NewPCG(5, 5)))
	b := a
	b.Subject += "!"
	if n := testing.AllocsPerRun(100, func() { Compare(&a, &b); Compare(&a, &a) }); n > 0 {
		t.Errorf("Compare allocates %.0f times", n)
	}
}

func TestSortLabels(t *testing.T) {
	l := Labels{{"b", "1"}, {"a", "2"}, {"c", "3"}}
	SortLabels(l)
	if want := (Labels{{"a", "2"}, {"b", "1"}, {"c", "3"}}); !slices.Equal(l, want) {
		t.Errorf("got %v, want %v", l, want)
	}
}
