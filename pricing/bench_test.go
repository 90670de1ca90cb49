package pricing

import (
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// opusCall has four meters, a date with history, and modifiers to settle.
func opusCall() Call {
	return Call{Provider: "anthropic", Model: "claude-opus-4-6", At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Region: "us", Tier: "batch",
		Usage: usage.Usage{Input: 1200, CacheRead: 250_000, CacheWrite5m: 3100, Output: 900}}
}

func plainOpusCall() Call {
	c := opusCall()
	c.Region, c.Tier = "", ""
	return c
}

func BenchmarkPrice(b *testing.B) {
	book := Builtin()
	for _, bb := range []struct {
		name string
		call Call
	}{{"date+step+batch+us", opusCall()}, {"date+step", plainOpusCall()}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			var sink Money
			for b.Loop() {
				cost, err := book.Price(bb.call)
				if err != nil {
					b.Fatal(err)
				}
				sink = cost.Total
			}
			_ = sink
		})
	}
}

func BenchmarkPriceInto(b *testing.B) {
	book := Builtin()
	for _, bb := range []struct {
		name string
		call Call
	}{{"date+step+batch+us", opusCall()}, {"date+step", plainOpusCall()}} {
		h, err := book.Resolve(bb.call.Provider, bb.call.Model)
		if err != nil {
			b.Fatal(err)
		}
		var cost Cost
		b.Run(bb.name+"/name", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := book.PriceInto(&cost, &bb.call); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bb.name+"/handle", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := h.PriceInto(&cost, &bb.call); err != nil {
					b.Fatal(err)
				}
			}
		})
		h, err = book.ResolveCall(&bb.call)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bb.name+"/terms", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := h.PriceInto(&cost, &bb.call); err != nil {
					b.Fatal(err)
				}
			}
		})
		if _, ok := h.Total(&bb.call); !ok {
			continue
		}
		b.Run(bb.name+"/total", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if total, ok := h.Total(&bb.call); !ok || total != cost.Total {
					b.Fatal(total)
				}
			}
		})
	}
}

func BenchmarkResolveGrammar(b *testing.B) {
	b.ReportAllocs()
	book := Builtin()
	for b.Loop() {
		if _, err := book.Resolve("", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-8-v1:0"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	b.ReportAllocs()
	cost, err := Builtin().Price(opusCall())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for range cost.Lines() {
		}
	}
}
