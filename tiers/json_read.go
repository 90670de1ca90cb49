package tiers

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// File is what a document of rules holds.
type File struct {
	Ladder *Ladder // nil: none
	Rules  []Rule
}

// ParseFile reads a document of rules, as described by [Schema]. It is strict:
// a key that is unknown or there twice, a wrong type, a number that is not
// whole are errors, as is everything [NewSet] and [Ladder.Validate] refuse.
// Errors are [*RuleError] that name rule and field.
//
// zones finds time zones by name; pass [time.LoadLocation]. With nil, only UTC
// is known: this package reads no files.
func ParseFile(data []byte, zones func(name string) (*time.Location, error)) (File, error) {
	d := &document{rule: "document", zones: zones, loaded: map[string]*time.Location{}}
	root, err := parseNode(data)
	if err != nil {
		d.fail("", "%v", err)
		return File{}, d.err
	}
	var f File
	d.object(root, "", map[string]field{
		"$schema": d.text(new(string)), // for editors
		"ladder": func(n node, path string) {
			f.Ladder = new(Ladder)
			d.ladder(n, path, f.Ladder)
		},
		"rules": func(n node, path string) {
			d.list(n, path, func(n node, path string) {
				f.Rules = append(f.Rules, d.oneRule(n, path))
				d.rule = "document"
			})
		},
	})
	if d.err != nil {
		return File{}, d.err
	}
	if _, err := NewSet(f.Rules...); err != nil {
		return File{}, err
	}
	if f.Ladder != nil {
		if err := f.Ladder.Validate(); err != nil {
			return File{}, err
		}
	}
	return f, nil
}

func (d *document) oneRule(n node, path string) Rule {
	var r Rule
	if id, ok := n.get("id"); ok && id.kind == '"' && id.text != "" {
		d.rule, path = id.text, ""
	}
	d.object(n, path, map[string]field{
		"id":         d.text(&r.ID),
		"version":    whole(d, &r.Version),
		"kind":       named(d, &r.Kind, kindNames[:]),
		"category":   d.text(&r.Category),
		"gate":       func(n node, path string) { r.Gate = d.gate(n, path) },
		"levels":     func(n node, path string) { d.list(n, path, d.level(&r.Levels)) },
		"prereqs":    func(n node, path string) { d.list(n, path, d.texts(&r.Prereqs)) },
		"hidden":     d.bool(&r.Hidden),
		"window":     func(n node, path string) { r.Window = d.window(n, path) },
		"scope":      named(d, &r.Scope, scopeNames[:]),
		"min_trust":  whole(d, &r.MinTrust),
		"humans":     d.bool(&r.Humans),
		"revocation": parsed(d, &r.Revocation, `"keep", "live" or "grace 168h"`, parseRevocation),
		"text":       func(n node, path string) { r.Text = d.words(n, path) },
		"texts":      func(n node, path string) { r.Texts = d.translations(n, path) },
	}, "id", "version", "kind", "text")
	return r
}

func (d *document) texts(to *[]string) field {
	return func(n node, path string) {
		var s string
		d.text(&s)(n, path)
		*to = append(*to, s)
	}
}

func (d *document) level(to *[]Level) field {
	return func(n node, path string) {
		var l Level
		d.object(n, path, map[string]field{
			"name": d.text(&l.Name),
			"gate": func(n node, path string) { l.Gate = d.gate(n, path) },
		}, "gate")
		*to = append(*to, l)
	}
}

func (d *document) words(n node, path string) (t Text) {
	d.object(n, path, map[string]field{
		"title":       d.text(&t.Title),
		"description": d.text(&t.Description),
		"unlocked":    d.text(&t.Unlocked),
		"icon":        d.text(&t.Icon),
	}, "title")
	return t
}

func (d *document) translations(n node, path string) map[string]Text {
	if n.kind != '{' {
		d.fail(path, "is %s, want an object", n.what())
		return nil
	}
	out := make(map[string]Text, len(n.keys))
	for i, language := range n.keys {
		out[language] = d.words(n.members[i], join2(path, language))
	}
	return out
}

func (d *document) window(n node, path string) (w Window) {
	zone := ""
	d.object(n, path, map[string]field{
		"period": named(d, &w.Period, periodNames[:]),
		"days":   whole(d, &w.Days),
		"first":  parsed(d, &w.First, "a date such as 2026-04-07", ParseDay),
		"last":   parsed(d, &w.Last, "a date such as 2026-04-07", ParseDay),
		"zone":   d.text(&zone),
	}, "period")
	if zone == "" || zone == "UTC" {
		return w
	}
	if zone == "Local" {
		d.fail(join2(path, "zone"), "is the machine's local zone, want a named one")
		return w
	}
	if d.zones == nil {
		d.fail(join2(path, "zone"), "is %q, but only UTC is known: pass time.LoadLocation to read others", zone)
		return w
	}
	z := d.loaded[zone]
	if z == nil {
		var err error
		if z, err = d.zones(zone); err != nil || z == nil {
			d.fail(join2(path, "zone"), "is %q, which is not known: %v", zone, err)
			return w
		}
		d.loaded[zone] = z // zones compare by pointer: one name, one pointer
	}
	return w.In(z)
}

func parseRevocation(s string) (Revocation, error) {
	switch s {
	case "keep":
		return Keep(), nil
	case "live":
		return Live(), nil
	}
	text, ok := strings.CutPrefix(s, "grace ")
	after, err := time.ParseDuration(text)
	if !ok || err != nil {
		return Revocation{}, fmt.Errorf("%w: %q", ErrInvalid, s)
	}
	return Grace(after), nil
}

func (d *document) ladder(n node, path string, l *Ladder) {
	d.rule = "ladder"
	d.object(n, "", map[string]field{
		"name":      d.text(&l.Name),
		"window":    func(n node, path string) { l.Window = d.window(n, path) },
		"min_trust": whole(d, &l.MinTrust),
		"humans":    d.bool(&l.Humans),
		"sticky":    d.bool(&l.Sticky),
		"min_dwell": parsed(d, &l.MinDwell, "a duration such as 168h", time.ParseDuration),
		"rungs": func(n node, path string) {
			d.list(n, path, func(n node, path string) {
				var r Rung
				d.object(n, path, map[string]field{
					"name":  d.text(&r.Name),
					"enter": func(n node, path string) { r.Enter = d.gate(n, path) },
					"keep":  func(n node, path string) { r.Keep = d.gate(n, path) },
					"color": d.text(&r.Color),
					"icon":  d.text(&r.Icon),
				}, "name", "enter")
				l.Rungs = append(l.Rungs, r)
			})
		},
	}, "rungs")
	d.rule = "document"
}

// gate reads an object with the name of one gate as its key, or a threshold.
func (d *document) gate(n node, path string) Gate {
	if n.kind != '{' || len(n.keys) == 0 {
		d.fail(path, "is %s, want an object with a gate", n.what())
		return nil
	}
	if _, ok := n.get("metric"); ok {
		return d.threshold(n, path)
	}
	key, x := n.keys[0], n.members[0]
	if d.gates == nil {
		d.gates = d.gateReaders()
	}
	read, ok := d.gates[key]
	if !ok {
		d.fail(join2(path, key), "is no gate")
		return nil
	}
	if len(n.keys) > 1 {
		d.fail(path, "has the keys %q and %q, want one gate", key, n.keys[1])
		return nil
	}
	return read(x, join2(path, key))
}

func (d *document) gateReaders() map[string]func(n node, path string) Gate {
	return map[string]func(n node, path string) Gate{
		"all": func(n node, path string) Gate { return All(d.gateList(n, path)) },
		"any": func(n node, path string) Gate { return Any(d.gateList(n, path)) },
		"not": func(n node, path string) Gate { return Not{d.gate(n, path)} },
		"k_of": func(n node, path string) Gate {
			var g KOf
			d.object(n, path, map[string]field{
				"k":  whole(d, &g.K),
				"of": func(n node, path string) { g.Of = d.gateList(n, path) },
			}, "k", "of")
			return g
		},
		"ratio":    d.ratio,
		"distinct": d.distinct,
		"rank": func(n node, path string) Gate {
			var g RankAtMost
			d.object(n, path, map[string]field{
				"board": d.text(&g.Board), "at_most": whole(d, &g.Rank), "min_population": whole(d, &g.MinPopulation),
			}, "board", "at_most")
			return g
		},
		"top": func(n node, path string) Gate {
			var g TopShare
			d.object(n, path, map[string]field{
				"board": d.text(&g.Board), "share": d.share(&g.Share), "min_population": whole(d, &g.MinPopulation),
			}, "board", "share", "min_population")
			return g
		},
		"streak": func(n node, path string) Gate {
			var g Streak
			d.object(n, path, map[string]field{
				"days": whole(d, &g.Days), "grace": whole(d, &g.Grace), "weekdays": d.bool(&g.Weekdays), "current": d.bool(&g.Current),
			}, "days")
			return g
		},
		"comeback": func(n node, path string) Gate {
			var g Comeback
			d.object(n, path, map[string]field{"away": whole(d, &g.Away), "back": whole(d, &g.Back)}, "away", "back")
			return g
		},
		"session": func(n node, path string) Gate {
			var g Session
			d.object(n, path, map[string]field{
				"at_least": parsed(d, &g.AtLeast, "a duration such as 8h", time.ParseDuration),
				"idle":     parsed(d, &g.Idle, "a duration such as 15m", time.ParseDuration),
			}, "at_least")
			return g
		},
		"hours": func(n node, path string) Gate {
			var g HoursShare
			d.object(n, path, map[string]field{
				"from": whole(d, &g.From), "to": whole(d, &g.To), "min": whole(d, &g.Min),
				"at_least": d.share(&g.AtLeast), "at_most": d.share(&g.AtMost),
			}, "from", "to", "min")
			return g
		},
		"trend": func(n node, path string) Gate {
			var g Trend
			d.object(n, path, map[string]field{
				"of": d.metric(&g.Of), "per": d.metric(&g.Per), "fall": d.share(&g.Fall), "min": whole(d, &g.Min),
			}, "of", "per", "fall", "min")
			return g
		},
		"date": func(n node, path string) Gate {
			var g Date
			d.object(n, path, map[string]field{
				"of":    named(d, &g.Of, dateOfNames[:]),
				"from":  parsed(d, &g.From, "a date such as 2026-04-07", ParseDay),
				"until": parsed(d, &g.Until, "a date such as 2026-04-07", ParseDay),
			}, "of")
			return g
		},
	}
}

func (d *document) gateList(n node, path string) (out []Gate) {
	d.list(n, path, func(n node, path string) { out = append(out, d.gate(n, path)) })
	return out
}

func (d *document) metric(to *Metric) field {
	return func(n node, path string) { d.text((*string)(to))(n, path) }
}

func (d *document) share(to *Fraction) field {
	return parsed(d, to, "a share such as 60% or 3/8", ParseFraction)
}

// opKeys are the keys of a threshold, by [Op].
var opKeys = [...]string{GE: "at_least", GT: "more_than", LE: "at_most", LT: "less_than"}

func (d *document) threshold(n node, path string) Gate {
	var g Threshold
	bounds := 0
	fields := map[string]field{"metric": d.metric(&g.Metric)}
	for op, key := range opKeys {
		fields[key] = func(n node, path string) {
			bounds++
			g.Op = Op(op)
			d.value(&g.Want)(n, path)
		}
	}
	d.object(n, path, fields, "metric")
	if bounds != 1 {
		d.fail(path, "has %d bounds, want one of %s", bounds, strings.Join(opKeys[:], ", "))
	}
	return g
}

// value reads a count as a number and an amount as a text.
func (d *document) value(to *Value) field {
	return func(n node, path string) {
		if n.kind == '"' {
			m, err := pricing.ParseMoney(n.text)
			if err != nil {
				d.fail(path, "is %s, want a decimal for an amount", n.what())
			}
			*to = Amount(m)
			return
		}
		v, err := strconv.ParseInt(n.text, 10, 64)
		if n.kind != '0' || err != nil || v == math.MinInt64 {
			d.fail(path, "is %s, want a whole number, or an amount as text", n.what())
		}
		*to = Count(v)
	}
}

func (d *document) ratio(n node, path string) Gate {
	var g Ratio
	d.object(n, path, map[string]field{
		"of": d.metric(&g.Of), "per": d.metric(&g.Per), "min": d.value(&g.Min),
		"at_least": d.share(&g.AtLeast), "at_most": d.share(&g.AtMost),
	}, "of", "per", "min")
	return g
}

func (d *document) distinct(n node, path string) Gate {
	g := Distinct{Each: Fraction{0, 1}}
	var of, by uint8
	d.object(n, path, map[string]field{
		"at_least": whole(d, &g.AtLeast), "each": d.share(&g.Each),
		"of": named(d, &of, []string{"models", "providers"}),
		"by": named(d, &by, []string{"cost", "tokens"}),
	}, "at_least")
	g.Provider, g.ByTokens = of == 1, by == 1
	return g
}
