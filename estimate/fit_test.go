package estimate

import (
	"context"
	"errors"
	"testing"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

func TestFitMakesAssumptionsThatHold(t *testing.T) {
	sample := func(yield func(string, pricing.Call) bool) {
		for i := range int64(20) {
			group := string(rune('a' + i%10))
			big := pricing.Call{Provider: "anthropic", Model: "big", Usage: usage.Usage{Input: 10 + i, CacheRead: 900 - 7*i, Output: 33}}
			small := pricing.Call{Provider: "anthropic", Model: "small", Usage: usage.Usage{Input: 5 * i, CacheWrite5m: 3}}
			if !yield(group, big) || !yield(group, small) {
				return
			}
		}
	}
	a, err := Fit(sample, "a made-up sample")
	if err != nil {
		t.Fatal(err)
	}
	a.At = april
	if err := a.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(a.Meters) != 4 || len(a.Models) != 2 || a.Models[0].Model != "big" || a.Meters[1].Share.Low >= a.Meters[1].Share.High {
		t.Errorf("%+v", a)
	}
	// What the sample cost is what is inferred from its total.
	book := testBook(t)
	var tokens int64
	for _, c := range sample {
		tokens += c.Usage.Tokens()
	}
	s, err := Spend(book, tokens, a)
	if err != nil || s.Low.Cmp(s.Likely) > 0 || s.Likely.Cmp(s.High) > 0 {
		t.Errorf("%v, %v", s.Range, err)
	}
	if _, err := Fit(func(func(string, pricing.Call) bool) {}, ""); !errors.Is(err, ErrAssumption) {
		t.Error(err)
	}
	if _, err := Fit(func(yield func(string, pricing.Call) bool) {
		yield("x", pricing.Call{Usage: usage.Usage{Input: -1}})
	}, ""); !errors.Is(err, ErrAssumption) || !errors.Is(err, usage.ErrRange) {
		t.Error(err)
	}
}

type vendor struct {
	n   int64
	err error
}

func (v vendor) CountRemote(context.Context, string, []Message, []Tool) (int64, error) {
	return v.n, v.err
}

func TestRemoteFallsBack(t *testing.T) {
	c, messages := For("claude-opus-4-7"), []Message{{Role: "user", Content: "Hello"}}
	got, err := Remote(context.Background(), vendor{n: 403}, "claude-opus-4-7", c, messages, nil)
	if err != nil || got.N != 403 || got.Encoding != "vendor" {
		t.Errorf("%+v, %v", got, err)
	}
	down := errors.New("down")
	got, err = Remote(context.Background(), vendor{err: down}, "claude-opus-4-7", c, messages, nil)
	if !errors.Is(err, down) || got != Chat(c, messages, nil) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, odd := range []RemoteCounter{vendor{n: -1}, nil} { // a nil one panics
		if got, err = Remote(context.Background(), odd, "claude-opus-4-7", c, messages, nil); err == nil || got != Chat(c, messages, nil) {
			t.Errorf("%v: %+v, %v", odd, got, err)
		}
	}
}
