package sqlstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// randomEntry draws an entry of which any field may be set, also to an extreme.
func randomEntry(r *rand.Rand) store.Entry {
	text := func() string {
		return []string{"", "a", "ünï", `q"\{},`, strings.Repeat("x", store.MaxText)}[r.IntN(5)]
	}
	number := func() int64 { return []int64{0, 1, r.Int64N(1000), r.Int64(), math.MaxInt64}[r.IntN(5)] }
	money := func() pricing.Money { return pricing.FromColumns(number(), r.Int64N(1_000_000)) }
	e := store.Entry{
		Event: store.Event{Source: text(), ID: text(), Revision: number(), Void: r.IntN(2) == 0, Subject: text(),
			Call:    pricing.Call{Provider: text(), Model: text(), Account: text(), At: time.Unix(0, r.Int64()).UTC(), Tier: text(), Speed: text(), Region: text()},
			Session: text(), Workflow: text(), Team: text(), Actor: store.Actor(r.IntN(3)), Trust: store.Trust(r.IntN(4)), Flags: store.Flags(r.IntN(8))},
		Cost: money(), Status: pricing.Status(r.IntN(3)), Activation: number(),
	}
	for range r.IntN(6) {
		e.Usage.Set(usage.Meter(r.IntN(usage.NumMeters)), number())
	}
	for i := range r.IntN(3) {
		e.Labels = append(e.Labels, store.Label{Key: fmt.Sprint(i, text()), Value: text()})
	}
	if e.High = e.Cost; r.IntN(2) == 0 {
		e.High = money()
	}
	if r.IntN(2) == 0 {
		m := money()
		e.ReportedCost = &m
	}
	return e
}

func TestBodyRoundTrip(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	for round := range 3000 {
		e := randomEntry(r)
		var image store.Entry
		if err := readImage(appendImage(nil, &e), &image); err != nil || !reflect.DeepEqual(image, e) {
			t.Fatalf("seed %d round %d: %+v comes back as %+v, %v", seed, round, e, image, err)
		}
		got := store.Entry{Cost: e.Cost}
		body := appendBody(nil, &e)
		if err := readBody(body, &got); err != nil {
			t.Fatalf("seed %d round %d: %v", seed, round, err)
		}
		if again := appendBody(nil, &got); string(again) != string(body) {
			t.Fatalf("seed %d round %d: the body %x comes back as %x", seed, round, body, again)
		}
		for n := range body { // a body that is cut short is no other body
			if err := readBody(body[:n], &store.Entry{}); !errors.Is(err, store.ErrCorrupt) {
				t.Fatalf("seed %d round %d: %d of %d bytes: %v", seed, round, n, len(body), err)
			}
		}
	}
}

// TestBodyJSON reads a body as migrations write it.
func TestBodyJSON(t *testing.T) {
	const text = `{"revision":7,"void":1,"actor":1,"trust":2,"flags":3,"account":"acct","tier":"batch","speed":"fast","region":"us",
		"labels":{"b":"2","a":"1"},"usage":{"input":5,"images":9007199254740993},"reported_micro":-2,"reported_pico":3,
		"high_micro":9223372036854775807,"high_pico":999999,"status":1,"activation":4}`
	var got store.Entry
	if err := readBody([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	reported := pricing.FromColumns(-2, 3)
	want := store.Entry{Event: store.Event{Revision: 7, Void: true, Actor: 1, Trust: 2, Flags: 3, Labels: store.Labels{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}},
		Call: pricing.Call{Account: "acct", Tier: "batch", Speed: "fast", Region: "us"}, ReportedCost: &reported},
		High: pricing.FromColumns(math.MaxInt64, 999999), Status: 1, Activation: 4}
	want.Usage.Input, want.Usage.Images = 5, 9007199254740993
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	var none store.Entry
	if err := readBody([]byte(`{"reported_micro":null,"reported_pico":null,"labels":{},"usage":{}}`), &none); err != nil || none.ReportedCost != nil || none.Labels != nil {
		t.Errorf("nothing reads as %+v, %v", none, err)
	}
	if err := readBody([]byte("{"), &none); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("half an object: %v", err)
	}
}

// FuzzReadBody: whatever a body is, it is read or an error, and what was read is
// written and read again as the same.
func FuzzReadBody(f *testing.F) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 8 {
		e := randomEntry(r)
		f.Add(appendBody(nil, &e))
	}
	f.Add([]byte(`{"usage":{"input":1e3}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var e, again store.Entry
		if readBody(b, &e) != nil {
			return
		}
		if len(b) > 0 && b[0] == '{' && !json.Valid(b) {
			t.Fatalf("%q was read", b)
		}
		if err := readBody(appendBody(nil, &e), &again); err == nil && !reflect.DeepEqual(canonical(again), canonical(e)) {
			t.Fatalf("%x reads as %+v, which comes back as %+v", b, e, again)
		}
	})
}

func canonical(e store.Entry) store.Entry {
	if len(e.Labels) == 0 {
		e.Labels = nil
	}
	e.Trust, e.Actor, e.Status = e.Trust&3, e.Actor&3, e.Status&3 // as JSON may say anything
	return e
}

func TestRollupRoundTrip(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, seed))
	for round := range 200 {
		want := rollup{}
		for range 1 + r.IntN(40) {
			e := randomEntry(r)
			e.Void, e.Usage = false, usage.Usage{Input: r.Int64N(1e12), Output: r.Int64N(2)}
			if err := want.add(&e, false); err != nil {
				t.Fatal(err)
			}
		}
		data := want.encode()
		got, err := decodeRollup(data)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d round %d: %d sums come back as %d, %v", seed, round, len(want), len(got), err)
		}
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		if _, err := decodeRollup(data); !errors.Is(err, store.ErrCorrupt) {
			t.Fatalf("seed %d round %d: a damaged rollup was read: %v", seed, round, err)
		}
	}
}

func TestArray(t *testing.T) {
	var a array
	if got := new(array).end(); got != "{}" {
		t.Error(got)
	}
	for _, v := range []any{int64(-5), `a"b\c,{}`, "", []byte{0, 255}} {
		a.add(v)
	}
	if got, want := a.end(), `{-5,"a\"b\\c,{}","","\\x00ff"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestArgsMatchColumns(t *testing.T) {
	e := store.Entry{}
	values := make([]any, len(columns))
	fill(values, 1, &e, nil)
	if len(values) != len(columns) {
		t.Errorf("%d values for %d columns", len(values), len(columns))
	}
	for i, v := range values {
		want := map[string]any{"BIGINT": int64(0), "TEXT": "", "BYTEA": []byte{}}[columns[i].kind]
		if reflect.TypeOf(v) != reflect.TypeOf(want) {
			t.Errorf("column %s is %s and gets a %T", columns[i].name, columns[i].kind, v)
		}
	}
}

func TestClampNano(t *testing.T) {
	for at, want := range map[time.Time]int64{
		time.Unix(0, 5):                             5,
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC):    math.MinInt64,
		time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC): math.MaxInt64,
		time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC): 0,
	} {
		if got := clampNano(at); got != want {
			t.Errorf("%s: %d, want %d", at, got, want)
		}
	}
}
