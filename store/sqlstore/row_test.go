package sqlstore

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

func TestArgsMatchColumns(t *testing.T) {
	if n := len(args(nil, &store.Entry{Event: store.Event{}})); n != len(columns) {
		t.Errorf("%d values for %d columns", n, len(columns))
	}
	steps, err := MigrationSQL(SQLite, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range columns {
		if !strings.Contains(steps[0].SQL, "\n    "+c+" ") {
			t.Errorf("the table has no column %s", c)
		}
	}
}

func TestUsageRoundTrip(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	for round := range 2000 {
		var u usage.Usage
		for range r.IntN(6) {
			u.Set(usage.Meter(r.IntN(usage.NumMeters)), r.Int64())
		}
		text := encodeUsage(&u)
		var viaJSON map[usage.Meter]int64
		if err := json.Unmarshal([]byte(text), &viaJSON); err != nil {
			t.Fatalf("seed %d round %d: %s: %v", seed, round, text, err)
		}
		for m, n := range u.All() {
			if viaJSON[m] != n {
				t.Fatalf("seed %d round %d: %s says %d %s, want %d", seed, round, text, viaJSON[m], m, n)
			}
		}
		if got, err := decodeUsage(text); err != nil || got != u {
			t.Fatalf("seed %d round %d: %s reads as %+v, %v", seed, round, text, got, err)
		}
	}
}

// FuzzDecodeUsage: the quick way reads what encoding/json reads, or leaves it
// to it.
func FuzzDecodeUsage(f *testing.F) {
	for _, s := range []string{`{}`, `{"input":1}`, `{"input":1,"output":2}`, `{ "input": 1 }`, `{"input":1.5}`, `{"input":1e3}`, `{"bogus":1}`, `{"input":}`, ``, `null`, `{"input":-9223372036854775808,"images":9223372036854775807}`, `{"input":1,}`, `{"input":007}`, `{"input":+7}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := decodeUsage(s)
		if err != nil {
			return
		}
		if again, err := decodeUsage(encodeUsage(&got)); err != nil || again != got {
			t.Fatalf("%q reads as %+v, which comes back as %+v, %v", s, got, again, err)
		}
		var counts map[usage.Meter]int64
		if json.Unmarshal([]byte(s), &counts) != nil {
			return // the quick way takes 007 and +7 too
		}
		for m := range usage.Meter(usage.NumMeters) {
			if got.Get(m) != counts[m] {
				t.Fatalf("%q has %d %s, want %d", s, got.Get(m), m, counts[m])
			}
		}
	})
}

func TestLabelsRoundTrip(t *testing.T) {
	for _, l := range []store.Labels{nil, {{Key: "a", Value: ""}}, {{Key: "\"", Value: "\\"}, {Key: "é", Value: "\u2028<"}}, {{Key: "B", Value: "1"}, {Key: "a", Value: "2"}}} {
		got, err := decodeLabels(encodeLabels(l))
		if err != nil || !reflect.DeepEqual(got, l) {
			t.Errorf("%v comes back as %v, %v", l, got, err)
		}
	}
	if _, err := decodeLabels("{"); err == nil {
		t.Error("broken labels were read")
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
