package tiers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// everything is a document with every key there is.
const everything = `{
  "$schema": "rules.schema.json",
  "ladder": {
    "name": "belt", "window": {"period": "rolling", "days": 28, "zone": "Europe/Berlin"}, "min_trust": 1, "humans": true,
    "sticky": true, "min_dwell": "48h",
    "rungs": [
      {"name": "white", "enter": {"metric": "tokens", "at_least": 1000}, "color": "#fff", "icon": "<svg/>"},
      {"name": "black", "enter": {"all": [{"metric": "tokens", "at_least": 5000}, {"metric": "active_days", "more_than": 3}]},
       "keep": {"metric": "tokens", "at_least": 4000}}
    ]
  },
  "rules": [
    {"id": "a", "version": 3, "kind": "one_time", "category": "c", "hidden": true, "window": {"period": "week", "zone": "UTC"},
     "scope": "team", "min_trust": 2, "humans": true, "revocation": "grace 72h", "prereqs": ["b"],
     "gate": {"any": [
       {"not": {"metric": "cost", "less_than": "12.5"}},
       {"k_of": {"k": 1, "of": [{"distinct": {"at_least": 3, "each": "10%", "of": "providers", "by": "tokens"}}, {"distinct": {"at_least": 2}}]}},
       {"ratio": {"of": "cache_reads", "per": "prompt", "at_least": "62.5%", "min": 100}},
       {"ratio": {"of": "cache_saving", "per": "cost", "at_most": "3/2", "min": "0.5"}},
       {"rank": {"board": "tokens-30d", "at_most": 3, "min_population": 10}},
       {"top": {"board": "tokens-30d", "share": "5%", "min_population": 20}},
       {"streak": {"days": 3, "grace": 1, "weekdays": true, "current": true}},
       {"comeback": {"away": 2, "back": 1}},
       {"session": {"at_least": "8h", "idle": "15m"}},
       {"hours": {"from": 22, "to": 6, "at_most": "1%", "min": 5}},
       {"trend": {"of": "cost", "per": "calls", "fall": "20%", "min": 5}},
       {"date": {"of": "first_event", "from": "2026-01-01", "until": "2026-04-07"}},
       {"metric": "counter:changes_merged", "at_most": -1}
     ]},
     "text": {"title": "A", "description": "d", "unlocked": "u", "icon": "<svg/>"},
     "texts": {"de": {"title": "Ä"}}},
    {"id": "b", "version": 1, "kind": "leveled", "revocation": "live", "text": {"title": "B"},
     "levels": [{"name": "one", "gate": {"metric": "web_searches", "at_least": 1}}, {"gate": {"metric": "web_searches", "at_least": 2}}]},
    {"id": "c", "version": 1, "kind": "repeatable", "window": {"period": "season", "first": "2026-01-01", "last": "2026-03-31"},
     "gate": {"metric": "calls", "at_least": 1}, "text": {"title": "C"}}
  ]
}`

func TestParseFile(t *testing.T) {
	f, err := ParseFile([]byte(everything), time.LoadLocation)
	if err != nil {
		t.Fatal(err)
	}
	if f.Ladder == nil || f.Ladder.MinDwell != 48*time.Hour || f.Ladder.Window.Zone.String() != "Europe/Berlin" || len(f.Ladder.Rungs) != 2 {
		t.Errorf("ladder: %+v", f.Ladder)
	}
	if len(f.Rules) != 3 || f.Rules[0].Revocation != Grace(72*time.Hour) || f.Rules[0].Texts["de"].Title != "Ä" {
		t.Errorf("rules: %+v", f.Rules)
	}
	if got := f.Rules[0].Gate.(Any)[1].(KOf).Of[0]; got != (Distinct{AtLeast: 3, Each: Percent(10), Provider: true, ByTokens: true}) {
		t.Errorf("%+v", got)
	}
	roundTrip(t, f)
	// One name is one zone, however often it is named.
	f, err = ParseFile([]byte(`{"rules":[
	  {"id":"a","version":1,"kind":"one_time","text":{"title":"A"},"window":{"period":"day","zone":"Asia/Tokyo"},"gate":{"metric":"calls","at_least":1}},
	  {"id":"b","version":1,"kind":"one_time","text":{"title":"B"},"window":{"period":"day","zone":"Asia/Tokyo"},"gate":{"metric":"calls","at_least":1}}]}`), time.LoadLocation)
	if err != nil || f.Rules[0].Window != f.Rules[1].Window {
		t.Errorf("two zones of one name: %v", err)
	}
}

func roundTrip(t *testing.T, f File) {
	t.Helper()
	b, err := f.JSON()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseFile(b, func(name string) (*time.Location, error) {
		z, err := time.LoadLocation(name)
		if f.Ladder != nil && f.Ladder.Window.Zone != nil && f.Ladder.Window.Zone.String() == name {
			z = f.Ladder.Window.Zone // locations compare by pointer
		}
		return z, err
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	b2, err := again.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, b2) {
		t.Errorf("written twice, not the same:\n%s\n%s", b, b2)
	}
	if !reflect.DeepEqual(f, again) {
		t.Errorf("read back as something else:\n%+v\n%+v", f, again)
	}
}

func TestDefaultsRoundTrip(t *testing.T) {
	l := DefaultLadder()
	roundTrip(t, File{Ladder: &l, Rules: DefaultRules()})
}

func TestFuncHasNoJSON(t *testing.T) {
	r := Rule{ID: "mine", Version: 1, Gate: Not{Func{Name: "f", Fn: func(*Facts) bool { return true }}}, Text: Text{Title: "M"}}
	_, err := File{Rules: []Rule{r}}.JSON()
	var re *RuleError
	if !errors.As(err, &re) || re.Rule != "mine" || !strings.Contains(re.Reason, "function f") {
		t.Errorf("%v", err)
	}
}

func TestParseFileRefuses(t *testing.T) {
	rule := func(gate string) string {
		return `{"rules":[{"id":"r","version":1,"kind":"one_time","text":{"title":"R"},"gate":` + gate + `}]}`
	}
	for _, c := range []struct{ doc, rule, field, reason string }{
		{``, "document", "", "unexpected EOF"},
		{`{`, "document", "", "unexpected EOF"},
		{`{} {}`, "document", "", "more after the end"},
		{`[]`, "document", "", "want an object"},
		{`{"rule":[]}`, "document", "rule", "no known key"},
		{`{"rules":[],"rules":[]}`, "document", "", "twice"},
		{`{"rules":[{"version":1,"kind":"one_time","text":{"title":"R"}}]}`, "document", "rules[0].id", "missing"},
		{`{"rules":[{"id":"r","kind":"one_time","text":{"title":"R"}}]}`, "r", "version", "missing"},
		{`{"rules":[{"id":"r","version":1.0,"kind":"one_time","text":{"title":"R"}}]}`, "r", "version", "whole number"},
		{`{"rules":[{"id":"r","version":99999999999999999999,"kind":"one_time","text":{"title":"R"}}]}`, "r", "version", "whole number"},
		{`{"rules":[{"id":"r","version":1,"kind":"once","text":{"title":"R"}}]}`, "r", "kind", "one of one_time"},
		{`{"rules":[{"id":"r","version":1,"kind":"one_time","text":{"title":"R","Title":"S"}}]}`, "r", "text.Title", "no known key"},
		{`{"rules":[{"id":"r","version":1,"kind":"one_time","min_trust":256,"text":{"title":"R"}}]}`, "r", "min_trust", "in range"},
		{`{"rules":[{"id":"r","version":1,"kind":"one_time","hidden":1,"text":{"title":"R"}}]}`, "r", "hidden", "true or false"},
		{`{"rules":[{"id":"r","version":1,"kind":"one_time","revocation":"grace","text":{"title":"R"}}]}`, "r", "revocation", "keep"},
		{`{"rules":[{"id":"r","version":1,"kind":"one_time","window":{"period":"rolling","days":3,"zone":"Mars/Olympus"},"text":{"title":"R"}}]}`, "r", "window.zone", "not known"},
		{`{"rules":[{"id":"r","version":1,"kind":"one_time","window":{"period":"rolling","days":3,"zone":"Local"},"text":{"title":"R"}}]}`, "r", "window.zone", "local"},
		{`{"rules":[{"id":"r","version":1,"kind":"one_time","window":{"period":"rolling"},"text":{"title":"R"},"gate":{"metric":"calls","at_least":1}}]}`, "r", "window.days", "1 to 3660"},
		{rule(`null`), "r", "gate", "want an object with a gate"},
		{rule(`{}`), "r", "gate", "want an object with a gate"},
		{rule(`{"magic":{}}`), "r", "gate.magic", "is no gate"},
		{rule(`{"all":[],"any":[]}`), "r", "gate", "want one gate"},
		{rule(`{"all":{}}`), "r", "gate.all", "want a list"},
		{rule(`{"all":[{"any":[{"metric":"calls"}]}]}`), "r", "gate.all[0].any[0]", "0 bounds"},
		{rule(`{"metric":"calls","at_least":1,"at_most":2}`), "r", "gate", "2 bounds"},
		{rule(`{"metric":"calls","at_least":1e3}`), "r", "gate.at_least", "whole number"},
		{rule(`{"metric":"calls","at_least":"x"}`), "r", "gate.at_least", "decimal"},
		{rule(`{"metric":"calls","at_least":"5"}`), "r", "gate.want", "a count for calls"},
		{rule(`{"metric":"cost","at_least":5}`), "r", "gate.want", "an amount of money for cost"},
		{rule(`{"metric":"karma","at_least":5}`), "r", "gate.metric", "is no metric"},
		{rule(`{"session":{"at_least":"8 hours"}}`), "r", "gate.session.at_least", "a duration"},
		{rule(`{"date":{"of":"today","from":"2026-13-01"}}`), "r", "gate.date.from", "a date"},
		{rule(`{"distinct":{"at_least":2,"each":"ten"}}`), "r", "gate.distinct.each", "a share"},
		{rule(strings.Repeat(`{"not":`, 100) + `1` + strings.Repeat(`}`, 100)), "document", "", "deeper than"},
		{`{"ladder":{"rungs":[]}}`, "ladder", "rungs", "missing"},
		{`{"ladder":{"rungs":[{"name":"a","enter":{"metric":"calls","at_least":2}},{"name":"b","enter":{"metric":"calls","at_least":1}}]}}`, "ladder", "rungs[1].enter", "easier"},
	} {
		_, err := ParseFile([]byte(c.doc), time.LoadLocation)
		var re *RuleError
		if !errors.As(err, &re) || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want a RuleError", c.doc, err)
			continue
		}
		if re.Rule != c.rule || re.Field != c.field || !strings.Contains(re.Reason, c.reason) {
			t.Errorf("%s:\n got %q %q %q\nwant %q %q %q", c.doc, re.Rule, re.Field, re.Reason, c.rule, c.field, c.reason)
		}
	}
	if _, err := ParseFile([]byte(everything), nil); err == nil || !strings.Contains(err.Error(), "pass time.LoadLocation") {
		t.Errorf("a zone without a resolver: %v", err)
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte(`{"rules":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ParseFile(data, nil)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		b, err := file.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseFile(b, nil); err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, b)
		}
		set, err := NewSet(file.Rules...)
		if err != nil {
			t.Fatal(err)
		}
		a := NewAccumulator(set.Needs())
		a.Add(call(noon(1), 5))
		facts, err := set.Gather(nil, a, noon(2))
		if err != nil {
			t.Fatal(err)
		}
		states := make([]State, set.Len())
		set.Eval(facts, states, nil)
		for i := range set.Len() {
			x := set.Explain(i, facts, states)
			_ = x.String()
		}
	})
}

// The published schema accepts what the reader accepts, and what the schema
// refuses the reader refuses too.
func TestSchema(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal([]byte(Schema()), &root); err != nil {
		t.Fatal(err)
	}
	valid := func(doc []byte) error {
		var v any
		if err := json.Unmarshal(doc, &v); err != nil {
			return err
		}
		return conforms(root, root, v, "$")
	}
	l := DefaultLadder()
	defaults, err := File{Ladder: &l, Rules: DefaultRules()}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range [][]byte{[]byte(everything), defaults} {
		if err := valid(doc); err != nil {
			t.Errorf("the schema refuses a good document: %v", err)
		}
	}
	// Damage documents at random: change a key, drop a member, change a type.
	refused := 0
	for seed := range uint64(1500) {
		rng := rand.New(rand.NewPCG(seed, 5))
		var v any
		if err := json.Unmarshal([]byte(everything), &v); err != nil {
			t.Fatal(err)
		}
		damage(rng, v)
		doc, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		_, readErr := ParseFile(doc, time.LoadLocation)
		if err := valid(doc); err != nil {
			refused++
			if readErr == nil {
				t.Fatalf("seed %d: the schema refuses what the reader takes: %v\n%s", seed, err, doc)
			}
		} else if readErr != nil && strings.Contains(readErr.Error(), "no known key") {
			t.Fatalf("seed %d: the schema takes an unknown key: %v", seed, readErr)
		}
	}
	if refused < 300 {
		t.Errorf("only %d documents were damaged enough", refused)
	}
}

// damage changes one random place of a JSON value.
func damage(rng *rand.Rand, v any) {
	for {
		switch x := v.(type) {
		case map[string]any:
			keys := make([]string, 0, len(x))
			for k := range x {
				keys = append(keys, k)
			}
			if len(keys) == 0 {
				x["new"] = 1.0
				return
			}
			// Map order is random; keep the choice reproducible.
			k := keys[0]
			for _, other := range keys {
				if other < k {
					k = other
				}
			}
			for range rng.IntN(len(keys)) {
				next := ""
				for _, other := range keys {
					if other > k && (next == "" || other < next) {
						next = other
					}
				}
				if next != "" {
					k = next
				}
			}
			switch rng.IntN(8) {
			case 0:
				x[k+"x"] = x[k]
				delete(x, k)
				return
			case 1:
				delete(x, k)
				return
			case 2:
				x[k] = pick[any](rng, "text", 7.0, true, []any{}, map[string]any{}, nil)
				return
			}
			v = x[k]
		case []any:
			if len(x) == 0 {
				return
			}
			v = x[rng.IntN(len(x))]
		default:
			return
		}
	}
}

// conforms is as much of JSON Schema as ours uses, regular expressions aside.
func conforms(root, schema map[string]any, v any, path string) error {
	if ref, ok := schema["$ref"].(string); ok {
		defs := root["$defs"].(map[string]any)
		if err := conforms(root, defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), v, path); err != nil {
			return err
		}
	}
	if want, ok := schema["type"].(string); ok {
		n, isNumber := v.(float64)
		_, isString := v.(string)
		_, isBool := v.(bool)
		_, isObject := v.(map[string]any)
		_, isArray := v.([]any)
		if !map[string]bool{"integer": isNumber && n == float64(int64(n)), "string": isString, "boolean": isBool, "object": isObject, "array": isArray}[want] {
			return fmt.Errorf("%s: %v is no %s", path, v, want)
		}
	}
	if enum, ok := schema["enum"].([]any); ok {
		found := false
		for _, e := range enum {
			found = found || e == v
		}
		if !found {
			return fmt.Errorf("%s: %v is none of %v", path, v, enum)
		}
	}
	if n, ok := v.(float64); ok {
		if least, ok := schema["minimum"].(float64); ok && n < least {
			return fmt.Errorf("%s: %v is below %v", path, n, least)
		}
		if most, ok := schema["maximum"].(float64); ok && n > most {
			return fmt.Errorf("%s: %v is above %v", path, n, most)
		}
	}
	if s, ok := v.(string); ok && schema["minLength"] != nil && s == "" {
		return fmt.Errorf("%s: is empty", path)
	}
	if options, ok := schema["oneOf"].([]any); ok {
		fits, errs := 0, []string{}
		for _, o := range options {
			if err := conforms(root, o.(map[string]any), v, path); err == nil {
				fits++
			} else {
				errs = append(errs, err.Error())
			}
		}
		if fits != 1 {
			return fmt.Errorf("%s: fits %d of the options: %s", path, fits, strings.Join(errs, "; "))
		}
	}
	if list, ok := v.([]any); ok {
		if least, ok := schema["minItems"].(float64); ok && len(list) < int(least) {
			return fmt.Errorf("%s: too short", path)
		}
		if items, ok := schema["items"].(map[string]any); ok {
			for i, x := range list {
				if err := conforms(root, items, x, fmt.Sprintf("%s[%d]", path, i)); err != nil {
					return err
				}
			}
		}
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	if required, ok := schema["required"].([]any); ok {
		for _, k := range required {
			if _, ok := object[k.(string)]; !ok {
				return fmt.Errorf("%s: %v is missing", path, k)
			}
		}
	}
	if least, ok := schema["minProperties"].(float64); ok && len(object) < int(least) {
		return fmt.Errorf("%s: too few keys", path)
	}
	if most, ok := schema["maxProperties"].(float64); ok && len(object) > int(most) {
		return fmt.Errorf("%s: too many keys", path)
	}
	properties, _ := schema["properties"].(map[string]any)
	for k, x := range object {
		at := path + "." + k
		if p, ok := properties[k].(map[string]any); ok {
			if err := conforms(root, p, x, at); err != nil {
				return err
			}
		} else if extra, ok := schema["additionalProperties"].(map[string]any); ok {
			if err := conforms(root, extra, x, at); err != nil {
				return err
			}
		} else if schema["additionalProperties"] == false {
			return fmt.Errorf("%s: is not known", at)
		}
	}
	return nil
}
