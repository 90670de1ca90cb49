package tiers

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	_ "embed" // the schema
)

//go:embed rules.schema.json
var schema string

// Schema returns the JSON Schema (draft 2020-12) of documents of rules.
func Schema() string { return schema }

// pair and ordered are a JSON object whose keys keep their order; empty values
// are left out by put.
type pair struct {
	key   string
	value any
}

type ordered []pair

func (o *ordered) put(key string, value any) { *o = append(*o, pair{key, value}) }

func put[T comparable](o *ordered, key string, value T) {
	var zero T
	if value != zero {
		o.put(key, value)
	}
}

// write appends a value as JSON.
func write(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case ordered:
		b.WriteByte('{')
		for i, p := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := write(b, p.key); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := write(b, p.value); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := write(b, x); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false) // icons are full of angle brackets
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder ends with a newline
	return nil
}

// JSON returns the document, indented, with keys in a fixed order. A rule with
// a [Func] gate cannot be written: the error is a [*RuleError] that names it.
func (f File) JSON() ([]byte, error) {
	var root ordered
	if f.Ladder != nil {
		l, err := f.Ladder.object()
		if err != nil {
			return nil, err
		}
		root.put("ladder", l)
	}
	rules := []any{}
	for i := range f.Rules {
		r, err := f.Rules[i].object()
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	root.put("rules", rules)
	var b, out bytes.Buffer
	if err := write(&b, root); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func (r *Rule) object() (ordered, error) {
	var o ordered
	o.put("id", r.ID)
	o.put("version", r.Version)
	o.put("kind", r.Kind.String())
	put(&o, "category", r.Category)
	if r.Gate != nil {
		g, err := gateObject(r.ID, r.Gate)
		if err != nil {
			return nil, err
		}
		o.put("gate", g)
	}
	var levels []any
	for i := range r.Levels {
		g, err := gateObject(r.ID, r.Levels[i].Gate)
		if err != nil {
			return nil, err
		}
		var l ordered
		put(&l, "name", r.Levels[i].Name)
		l.put("gate", g)
		levels = append(levels, l)
	}
	if levels != nil {
		o.put("levels", levels)
	}
	if len(r.Prereqs) > 0 {
		o.put("prereqs", r.Prereqs)
	}
	put(&o, "hidden", r.Hidden)
	o.put("window", r.Window.object())
	if r.Scope != OfSubject {
		o.put("scope", r.Scope.String())
	}
	put(&o, "min_trust", r.MinTrust)
	put(&o, "humans", r.Humans)
	if r.Revocation != Keep() {
		o.put("revocation", r.Revocation.String())
	}
	o.put("text", r.Text.object())
	if len(r.Texts) > 0 {
		var texts ordered
		for _, language := range slices.Sorted(maps.Keys(r.Texts)) {
			t := r.Texts[language]
			texts.put(language, t.object())
		}
		o.put("texts", texts)
	}
	return o, nil
}

func (t *Text) object() (o ordered) {
	o.put("title", t.Title)
	put(&o, "description", t.Description)
	put(&o, "unlocked", t.Unlocked)
	put(&o, "icon", t.Icon)
	return o
}

func (w Window) object() (o ordered) {
	o.put("period", w.Period.String())
	put(&o, "days", w.Days)
	if w.Period == CalSeason {
		o.put("first", w.First.String())
		o.put("last", w.Last.String())
	}
	if w.Zone != nil {
		o.put("zone", w.Zone.String())
	}
	return o
}

func (l *Ladder) object() (ordered, error) {
	var o ordered
	put(&o, "name", l.Name)
	o.put("window", l.Window.object())
	put(&o, "min_trust", l.MinTrust)
	put(&o, "humans", l.Humans)
	put(&o, "sticky", l.Sticky)
	if l.MinDwell != 0 {
		o.put("min_dwell", l.MinDwell.String())
	}
	var rungs []any
	for i := range l.Rungs {
		r := &l.Rungs[i]
		var x ordered
		x.put("name", r.Name)
		for _, g := range []struct {
			key  string
			gate Gate
		}{{"enter", r.Enter}, {"keep", r.Keep}} {
			if g.gate == nil {
				continue
			}
			v, err := gateObject(l.RuleID(), g.gate)
			if err != nil {
				return nil, err
			}
			x.put(g.key, v)
		}
		put(&x, "color", r.Color)
		put(&x, "icon", r.Icon)
		rungs = append(rungs, x)
	}
	o.put("rungs", rungs)
	return o, nil
}

// gateObject returns the JSON form of a gate.
func gateObject(rule string, g Gate) (any, error) {
	var o ordered
	switch g := g.(type) {
	case All:
		return gateListObject(rule, "all", g)
	case Any:
		return gateListObject(rule, "any", g)
	case KOf:
		of, err := gateListObject(rule, "of", g.Of)
		return ordered{{"k_of", append(ordered{{"k", g.K}}, of...)}}, err
	case Not:
		x, err := gateObject(rule, g.Gate)
		return ordered{{"not", x}}, err
	case Threshold:
		return ordered{{"metric", string(g.Metric)}, {opKeys[g.Op&3], g.Want}}, nil
	case Ratio:
		o = ordered{{"of", string(g.Of)}, {"per", string(g.Per)}}
		o.putShare(g.AtLeast, g.AtMost)
		o.put("min", g.Min)
		return ordered{{"ratio", o}}, nil
	case Distinct:
		o = ordered{{"at_least", g.AtLeast}}
		if g.Each.Num != 0 {
			o.put("each", g.Each)
		}
		if g.Provider {
			o.put("of", "providers")
		}
		if g.ByTokens {
			o.put("by", "tokens")
		}
		return ordered{{"distinct", o}}, nil
	case RankAtMost:
		o = ordered{{"board", g.Board}, {"at_most", g.Rank}}
		put(&o, "min_population", g.MinPopulation)
		return ordered{{"rank", o}}, nil
	case TopShare:
		return ordered{{"top", ordered{{"board", g.Board}, {"share", g.Share}, {"min_population", g.MinPopulation}}}}, nil
	case Streak:
		o = ordered{{"days", g.Days}}
		put(&o, "grace", g.Grace)
		put(&o, "weekdays", g.Weekdays)
		put(&o, "current", g.Current)
		return ordered{{"streak", o}}, nil
	case Comeback:
		return ordered{{"comeback", ordered{{"away", g.Away}, {"back", g.Back}}}}, nil
	case Session:
		o = ordered{{"at_least", g.AtLeast.String()}}
		if g.Idle != 0 {
			o.put("idle", g.Idle.String())
		}
		return ordered{{"session", o}}, nil
	case HoursShare:
		o = ordered{{"from", g.From}, {"to", g.To}}
		o.putShare(g.AtLeast, g.AtMost)
		o.put("min", g.Min)
		return ordered{{"hours", o}}, nil
	case Trend:
		return ordered{{"trend", ordered{{"of", string(g.Of)}, {"per", string(g.Per)}, {"fall", g.Fall}, {"min", g.Min}}}}, nil
	case Date:
		o = ordered{{"of", g.Of.String()}}
		if g.From != 0 {
			o.put("from", g.From.String())
		}
		if g.Until != 0 {
			o.put("until", g.Until.String())
		}
		return ordered{{"date", o}}, nil
	}
	name := "a gate"
	if f, ok := g.(Func); ok {
		name = "the Go function " + f.Name
	}
	return nil, &RuleError{Rule: rule, Field: "gate", Reason: name + " cannot be written as JSON", Err: ErrInvalid}
}

// putShare writes whichever of two shares is set.
func (o *ordered) putShare(atLeast, atMost Fraction) {
	if atMost.Den != 0 {
		o.put("at_most", atMost)
	} else {
		o.put("at_least", atLeast)
	}
}

func gateListObject(rule, key string, gates []Gate) (ordered, error) {
	list := []any{}
	for _, g := range gates {
		x, err := gateObject(rule, g)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return ordered{{key, list}}, nil
}
