package pricing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// ParseSheet reads a sheet in this package's JSON form, as found in the
// sheets folder of its source and described by sheet.schema.json there. It is
// strict: an unknown or repeated field, a number where a decimal text is
// wanted, or anything after the sheet is an error that matches
// [ErrInvalidSheet]. The sheet is validated as [Sheet.Validate] does.
//
// Rates of token meters are decimal texts per million tokens, such as "5".
// Others name their unit: "10/k", "0.03/each", "0.08/hour"; see
// [Rate.MarshalText]. Times are RFC 3339, or a date for its midnight in UTC.
func ParseSheet(data []byte) (Sheet, error) {
	fail := func(err error) (Sheet, error) {
		return Sheet{}, fmt.Errorf("%w: %w", ErrInvalidSheet, err)
	}
	if err := noDuplicates(data); err != nil {
		return fail(err)
	}
	var j jsonSheet
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return fail(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fail(fmt.Errorf("there is more after the sheet"))
	}
	s, err := j.sheet()
	if err != nil {
		return Sheet{}, err
	}
	return s, s.Validate()
}

// MarshalJSON writes the sheet in the form that [ParseSheet] reads, the same
// bytes for the same content.
func (s Sheet) MarshalJSON() ([]byte, error) { return encodeSheet(&s), nil }

// UnmarshalJSON is [ParseSheet].
func (s *Sheet) UnmarshalJSON(data []byte) error {
	v, err := ParseSheet(data)
	if err == nil {
		*s = v
	}
	return err
}

type jsonSheet struct {
	Name      string         `json:"name"`
	Source    string         `json:"source,omitempty"`
	AsOf      jsonTime       `json:"as_of,omitzero"`
	Currency  string         `json:"currency,omitempty"`
	Provider  string         `json:"provider,omitempty"` // of models and modifiers that name none
	Exchange  []jsonExchange `json:"exchange,omitempty"`
	Resale    bool           `json:"resale,omitempty"`
	Models    []jsonModel    `json:"models,omitempty"`
	Modifiers []jsonModifier `json:"modifiers,omitempty"`

	Allowances []jsonAllowance `json:"allowances,omitempty"`
}

type jsonExchange struct {
	From jsonTime    `json:"from,omitzero"`
	Rate jsonDecimal `json:"rate"`
}

type jsonModel struct {
	Provider  string                      `json:"provider,omitempty"`
	ID        string                      `json:"id"`
	Aliases   []string                    `json:"aliases,omitempty"`
	From      jsonTime                    `json:"from,omitzero"`
	Until     jsonTime                    `json:"until,omitzero"`
	State     string                      `json:"state,omitempty"`
	Source    string                      `json:"source,omitempty"`
	Checked   jsonTime                    `json:"checked,omitzero"`
	Note      string                      `json:"note,omitempty"`
	Announced jsonTime                    `json:"announced,omitzero"`
	Withdrawn jsonTime                    `json:"withdrawn,omitzero"`
	Rates     jsonRates                   `json:"rates"`
	Steps     []jsonStep                  `json:"steps,omitempty"`
	Variants  []jsonVariant               `json:"variants,omitempty"`
	BilledAs  map[usage.Meter]usage.Meter `json:"billed_as,omitempty"`
}

type jsonStep struct {
	Above     int64     `json:"above"`
	Inclusive bool      `json:"inclusive,omitempty"`
	Rates     jsonRates `json:"rates"`
}

type jsonVariant struct {
	Name     string     `json:"name"`
	Modes    []string   `json:"modes"`
	Rates    jsonRates  `json:"rates"`
	Steps    []jsonStep `json:"steps,omitempty"`
	Excludes []string   `json:"excludes,omitempty"`
}

type jsonModifier struct {
	Name       string        `json:"name"`
	Provider   string        `json:"provider,omitempty"`
	Models     []string      `json:"models,omitempty"`
	Source     string        `json:"source,omitempty"`
	Note       string        `json:"note,omitempty"`
	From       jsonTime      `json:"from,omitzero"`
	Until      jsonTime      `json:"until,omitzero"`
	Modes      []string      `json:"modes,omitempty"`
	Regions    []string      `json:"regions,omitempty"`
	NotRegions []string      `json:"not_regions,omitempty"`
	Accounts   []string      `json:"accounts,omitempty"`
	Windows    []jsonWindow  `json:"windows,omitempty"`
	Meters     []usage.Meter `json:"meters,omitempty"`
	By         jsonDecimal   `json:"by"`
	Excludes   []string      `json:"excludes,omitempty"`
	NoSteps    bool          `json:"no_steps,omitempty"`
}

type jsonAllowance struct {
	Name     string      `json:"name"`
	Provider string      `json:"provider,omitempty"`
	Source   string      `json:"source,omitempty"`
	Note     string      `json:"note,omitempty"`
	From     jsonTime    `json:"from,omitzero"`
	Until    jsonTime    `json:"until,omitzero"`
	Accounts []string    `json:"accounts,omitempty"`
	Meter    usage.Meter `json:"meter"`
	Quantity int64       `json:"quantity"`
}

type jsonWindow struct {
	Days  []string `json:"days,omitempty"`
	Start string   `json:"start"`
	End   string   `json:"end"`
}

// jsonDecimal is a decimal that must be written as a JSON string.
type jsonDecimal string

// jsonRates keeps the texts of rates by meter.
type jsonRates map[usage.Meter]jsonDecimal

// jsonTime is a time written as a date if it is a midnight.
type jsonTime struct{ time.Time }

// MarshalText implements [encoding.TextMarshaler].
func (t jsonTime) MarshalText() ([]byte, error) { return []byte(shortTime(t.Time)), nil }

// MarshalJSON keeps time.Time's own from being used.
func (t jsonTime) MarshalJSON() ([]byte, error) { return json.Marshal(shortTime(t.Time)) }

// UnmarshalJSON reads a date or an RFC 3339 time.
func (t *jsonTime) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("time %s is not a text", b)
	}
	for _, layout := range [...]string{time.DateOnly, time.RFC3339Nano} {
		if v, err := time.Parse(layout, s); err == nil {
			t.Time = v.UTC()
			return nil
		}
	}
	return fmt.Errorf("time %q is neither a date nor RFC 3339", s)
}

func (j *jsonSheet) sheet() (Sheet, error) {
	f := &faults{sheet: j.Name}
	s := Sheet{Name: j.Name, Source: j.Source, AsOf: j.AsOf.Time, Currency: j.Currency, Resale: j.Resale}
	for _, x := range j.Exchange {
		s.Exchange = append(s.Exchange, Exchange{x.From.Time, Times(string(x.Rate))})
	}
	for i := range j.Models {
		m := &j.Models[i]
		if m.Provider == "" {
			m.Provider = j.Provider
		}
		f.model = modelName(m.Provider, m.ID)
		state := State(max(slices.Index(stateNames[:], m.State), 0))
		if m.State != "" && state.String() != m.State {
			f.add("state", "is %q, want in_force, scheduled or cancelled", m.State)
		}
		out := Model{Provider: m.Provider, ID: m.ID, Aliases: m.Aliases, From: m.From.Time, Until: m.Until.Time,
			State: state, Source: m.Source, Checked: m.Checked.Time, Note: m.Note,
			Announced: m.Announced.Time, Withdrawn: m.Withdrawn.Time,
			Rates: f.rates("rates", m.Rates), Steps: f.steps("steps", m.Steps), BilledAs: m.BilledAs}
		for k, v := range m.Variants {
			at := fmt.Sprintf("variants[%d].", k)
			out.Variants = append(out.Variants, Variant{Name: v.Name, Modes: v.Modes, Excludes: v.Excludes,
				Rates: f.rates(at+"rates", v.Rates), Steps: f.steps(at+"steps", v.Steps)})
		}
		s.Models = append(s.Models, out)
	}
	for i := range j.Modifiers {
		m := &j.Modifiers[i]
		if m.Provider == "" {
			m.Provider = j.Provider
		}
		f.model = fmt.Sprintf("modifier %q of %q", m.Name, m.Provider)
		out := Modifier{Name: m.Name, Provider: m.Provider, Models: m.Models, Source: m.Source, Note: m.Note,
			From: m.From.Time, Until: m.Until.Time, Modes: m.Modes, Regions: m.Regions, NotRegions: m.NotRegions,
			Accounts: m.Accounts, Meters: m.Meters, By: Times(string(m.By)), Excludes: m.Excludes, NoSteps: m.NoSteps}
		for k, w := range m.Windows {
			out.Windows = append(out.Windows, f.window(fmt.Sprintf("windows[%d]", k), w))
		}
		s.Modifiers = append(s.Modifiers, out)
	}
	for i := range j.Allowances {
		a := &j.Allowances[i]
		if a.Provider == "" {
			a.Provider = j.Provider
		}
		s.Allowances = append(s.Allowances, Allowance{Name: a.Name, Provider: a.Provider, Source: a.Source, Note: a.Note,
			From: a.From.Time, Until: a.Until.Time, Accounts: a.Accounts, Meter: a.Meter, Quantity: a.Quantity})
	}
	if len(f.errs) > 0 {
		return Sheet{}, f.errs[0]
	}
	return s, nil
}

func (f *faults) rates(field string, j jsonRates) Rates {
	var out Rates
	for m, text := range j {
		var r Rate
		switch {
		case strings.Contains(string(text), "/"):
			if err := r.UnmarshalText([]byte(text)); err != nil {
				f.add(field+"."+m.String(), "%v", err)
			}
		case m.IsToken():
			r = PerMillion(string(text))
		default:
			f.add(field+"."+m.String(), "%q names no unit, want one such as %q", text, string(text)+"/k")
		}
		out.Set(m, r)
	}
	return out
}

func (f *faults) steps(field string, j []jsonStep) []Step {
	var out []Step
	for i, s := range j {
		out = append(out, Step{Above: s.Above, Inclusive: s.Inclusive, Rates: f.rates(fmt.Sprintf("%s[%d].rates", field, i), s.Rates)})
	}
	return out
}

var dayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (f *faults) window(field string, j jsonWindow) Window {
	var w Window
	for _, d := range j.Days {
		i := slices.Index(dayNames[:], d)
		if i < 0 {
			f.add(field+".days", "has %q, want sun, mon, tue, wed, thu, fri or sat", d)
		}
		w.Days = append(w.Days, time.Weekday(i))
	}
	for _, x := range [...]struct {
		name, text string
		to         *time.Duration
	}{{"start", j.Start, &w.Start}, {"end", j.End, &w.End}} {
		var err error
		if *x.to, err = parseClock(x.text); err != nil {
			f.add(field+"."+x.name, "%v", err)
		}
	}
	return w
}

// parseClock reads "15:04", "15:04:05" or "24:00".
func parseClock(s string) (time.Duration, error) {
	if s == "24:00" {
		return 24 * time.Hour, nil
	}
	for _, layout := range [...]string{"15:04", time.TimeOnly} {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return t.Sub(t.Truncate(24 * time.Hour)), nil
		}
	}
	return 0, fmt.Errorf("%q is no time of day, want one such as 01:00", s)
}

func formatClock(d time.Duration) string {
	if d == 24*time.Hour {
		return "24:00"
	}
	t := time.Unix(0, 0).UTC().Add(d)
	if t.Second() == 0 {
		return t.Format("15:04")
	}
	return t.Format(time.TimeOnly)
}

// encodeSheet writes the one JSON form of a sheet's content.
func encodeSheet(s *Sheet) []byte {
	j := jsonSheet{Name: s.Name, Source: s.Source, AsOf: jsonTime{s.AsOf}, Currency: s.Currency, Resale: s.Resale}
	for _, x := range s.Exchange {
		j.Exchange = append(j.Exchange, jsonExchange{jsonTime{x.From}, jsonDecimal(x.Rate.String())})
	}
	for i := range s.Models {
		m := &s.Models[i]
		out := jsonModel{Provider: m.Provider, ID: m.ID, Aliases: m.Aliases, From: jsonTime{m.From}, Until: jsonTime{m.Until},
			Source: m.Source, Checked: jsonTime{m.Checked}, Note: m.Note,
			Announced: jsonTime{m.Announced}, Withdrawn: jsonTime{m.Withdrawn},
			Rates: encodeRates(&m.Rates), Steps: encodeSteps(m.Steps), BilledAs: m.BilledAs}
		if m.State != InForce {
			out.State = m.State.String()
		}
		for k := range m.Variants {
			v := &m.Variants[k]
			out.Variants = append(out.Variants, jsonVariant{Name: v.Name, Modes: v.Modes, Excludes: v.Excludes,
				Rates: encodeRates(&v.Rates), Steps: encodeSteps(v.Steps)})
		}
		j.Models = append(j.Models, out)
	}
	for i := range s.Modifiers {
		m := &s.Modifiers[i]
		out := jsonModifier{Name: m.Name, Provider: m.Provider, Models: m.Models, Source: m.Source, Note: m.Note,
			From: jsonTime{m.From}, Until: jsonTime{m.Until}, Modes: m.Modes, Regions: m.Regions, NotRegions: m.NotRegions,
			Accounts: m.Accounts, Meters: m.Meters, By: jsonDecimal(m.By.String()), Excludes: m.Excludes, NoSteps: m.NoSteps}
		for _, w := range m.Windows {
			x := jsonWindow{Start: formatClock(w.Start), End: formatClock(w.End)}
			for _, d := range w.Days {
				x.Days = append(x.Days, dayNames[d])
			}
			out.Windows = append(out.Windows, x)
		}
		j.Modifiers = append(j.Modifiers, out)
	}
	for i := range s.Allowances {
		a := &s.Allowances[i]
		j.Allowances = append(j.Allowances, jsonAllowance{Name: a.Name, Provider: a.Provider, Source: a.Source, Note: a.Note,
			From: jsonTime{a.From}, Until: jsonTime{a.Until}, Accounts: a.Accounts, Meter: a.Meter, Quantity: a.Quantity})
	}
	b, err := json.Marshal(j)
	if err != nil { // only meters that do not exist, which no valid sheet has
		return []byte(err.Error())
	}
	return b
}

func encodeRates(r *Rates) jsonRates {
	out := jsonRates{}
	for m, rate := range r.All() {
		text, err := rate.MarshalText()
		if err != nil {
			text = []byte("?" + rate.bad)
		}
		if m.IsToken() {
			text = bytes.TrimSuffix(text, []byte("/M"))
		}
		out[m] = jsonDecimal(text)
	}
	return out
}

func encodeSteps(steps []Step) []jsonStep {
	var out []jsonStep
	for i := range steps {
		s := &steps[i]
		out = append(out, jsonStep{Above: s.Above, Inclusive: s.Inclusive, Rates: encodeRates(&s.Rates)})
	}
	return out
}

// maxDepth bounds the nesting of a sheet's JSON, which has 5 levels.
const maxDepth = 16

// noDuplicates reports what encoding/json lets pass: a field that an object
// has twice, or in another case.
func noDuplicates(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var walk func(path string, depth int) error
	walk = func(path string, depth int) error {
		if depth > maxDepth {
			return fmt.Errorf("%s: nested too deeply", path)
		}
		tok, err := d.Token()
		if err != nil {
			return err
		}
		switch tok {
		case json.Delim('{'):
			seen := map[string]bool{}
			for d.More() {
				k, err := d.Token()
				if err != nil {
					return err
				}
				name := k.(string)
				if seen[name] {
					return fmt.Errorf("%s.%s: the field is there twice", path, name)
				}
				seen[name] = true
				if name != strings.ToLower(name) {
					return fmt.Errorf("%s.%s: unknown field; all are in lower case", path, name)
				}
				if err := walk(path+"."+name, depth+1); err != nil {
					return err
				}
			}
			_, err = d.Token()
		case json.Delim('['):
			for i := 0; d.More(); i++ {
				if err := walk(fmt.Sprintf("%s[%d]", path, i), depth+1); err != nil {
					return err
				}
			}
			_, err = d.Token()
		}
		return err
	}
	return walk("sheet", 0)
}
