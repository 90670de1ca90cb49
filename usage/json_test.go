package usage

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestUsageJSON(t *testing.T) {
	var all Usage
	for m := range Meter(NumMeters) {
		all.Set(m, int64(m)+1)
	}
	for _, u := range []Usage{{}, {Input: 3, Output: 7, CacheWrite1h: MaxCount}, all} {
		b, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		var got Usage
		if err := json.Unmarshal(b, &got); err != nil || got != u {
			t.Errorf("%s reads as %+v (%v)", b, got, err)
		}
	}
	if b, _ := json.Marshal(Usage{Output: 2, Input: 1}); string(b) != `{"input":1,"output":2}` {
		t.Errorf("got %s", b)
	}
	before := Usage{Input: 9}
	for text, want := range map[string]error{
		`{"inputs":1}`: ErrUnknownMeter, `{"input":-1}`: ErrRange, `{"input":1.5}`: ErrRange, `{"input":"1"}`: ErrRange,
		`{"input":1e3}`: ErrRange, `{"input":1000000000001}`: ErrRange, `{"input":1,"input":2}`: ErrRepeatedMeter,
		`[]`: ErrMalformed, `{"input":null}`: ErrRange, `{"Input":1}`: ErrUnknownMeter, `{"input":{}}`: ErrRange,
	} {
		u := before
		if err := json.Unmarshal([]byte(text), &u); !errors.Is(err, want) || u != before {
			t.Errorf("%s: %v and %+v, want %v", text, err, u, want)
		}
	}
}
