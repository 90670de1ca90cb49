package pricing

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
)

const tinySheet = `{"name": "tiny", "provider": "v", "as_of": "2026-10-01", "currency": "USD",
 "models": [{"id": "m", "aliases": ["m1"], "from": "2026-01-01", "until": "2026-06-01T12:00:00Z", "state": "scheduled",
  "rates": {"input": "5", "web_searches": "10/k", "container_ms": "0.08/hour", "compute_ms": "1/7"},
  "steps": [{"above": 100, "inclusive": true, "rates": {"input": "6"}}],
  "variants": [{"name": "swift", "modes": ["fast"], "rates": {"input": "9"}, "excludes": ["off"]}],
  "billed_as": {"image_input": "input"}}],
 "modifiers": [{"name": "off", "by": "2/3", "regions": ["*"], "not_regions": ["global"], "accounts": ["a"], "modes": ["batch"],
  "windows": [{"days": ["mon", "sun"], "start": "01:00", "end": "24:00"}], "meters": ["input", "web_searches"], "no_steps": true}]}`

func TestParseSheet(t *testing.T) {
	s, err := ParseSheet([]byte(tinySheet))
	if err != nil {
		t.Fatal(err)
	}
	m, f := s.Models[0], s.Modifiers[0]
	if m.Provider != "v" || m.Rates.Input != PerMillion("5") || m.Rates.WebSearches != PerThousand("10") || m.Rates.ContainerMs != PerHour("0.08") ||
		m.Rates.ComputeMs != Per("1", 7) || m.State != Scheduled || !m.Until.Equal(at("2026-06-01T12:00:00Z")) || !m.Steps[0].Inclusive ||
		m.BilledAs[usage.ImageInput] != usage.Input || f.By != Times("2/3") || f.Windows[0].End.Hours() != 24 || f.Provider != "v" {
		t.Errorf("read as %+v", s)
	}
}

// What is written is read back as the same content.
func TestSheetsRoundTrip(t *testing.T) {
	files, err := filepath.Glob("sheets/*.json")
	if err != nil {
		t.Fatal(err)
	}
	texts := [][]byte{[]byte(tinySheet), must(json.Marshal(oddSheet()))}
	for _, f := range files {
		if strings.HasSuffix(f, ".schema.json") {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, data)
	}
	for _, text := range texts {
		s, err := ParseSheet(text)
		if err != nil {
			t.Fatal(err)
		}
		first := must(json.Marshal(s))
		var back Sheet
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if second := must(json.Marshal(back)); !bytes.Equal(first, second) {
			t.Errorf("%s: written twice as\n%s\n%s", s.Name, first, second)
		}
	}
}

func must[T any](b T, err error) T {
	if err != nil {
		panic(err)
	}
	return b
}

func TestParseSheetIsStrict(t *testing.T) {
	for name, change := range map[string][2]string{
		"unknown field":         {`"currency"`, `"curency"`},
		"field in upper case":   {`"currency"`, `"Currency"`},
		"field twice":           {`"currency": "USD"`, `"name": "x", "currency": "USD"`},
		"number for a rate":     {`"input": "5"`, `"input": 5`},
		"unknown meter":         {`"input": "5"`, `"inputs": "5"`},
		"no unit":               {`"10/k"`, `"10"`},
		"unknown unit":          {`"10/k"`, `"10/kilo"`},
		"zero units":            {`"10/k"`, `"10/0"`},
		"bad rate":              {`"input": "5"`, `"input": "5$"`},
		"bad time":              {`"2026-01-01"`, `"01.01.2026"`},
		"time without zone":     {`"2026-06-01T12:00:00Z"`, `"2026-06-01T12:00:00"`},
		"number for a time":     {`"2026-01-01"`, `20260101`},
		"unknown state":         {`"scheduled"`, `"maybe"`},
		"unknown day":           {`"mon"`, `"monday"`},
		"bad clock":             {`"01:00"`, `"1:00"`},
		"number for a factor":   {`"2/3"`, `0.5`},
		"fraction of threshold": {`100`, `100.5`},
		"more after the sheet":  {`"no_steps": true}]}`, `"no_steps": true}]} {}`},
		"cut short":             {`"no_steps": true}]}`, `"no_steps": true}]`},
		"invalid content":       {`"above": 100`, `"above": 0`},
	} {
		text := strings.Replace(tinySheet, change[0], change[1], 1)
		if text == tinySheet {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := ParseSheet([]byte(text)); !errors.Is(err, ErrInvalidSheet) {
			t.Errorf("%s: %v", name, err)
		}
	}
	deep := strings.Repeat("[", 100_000)
	if _, err := ParseSheet([]byte(deep)); !errors.Is(err, ErrInvalidSheet) {
		t.Errorf("deep nesting: %v", err)
	}
}

func FuzzParseSheet(f *testing.F) {
	f.Add([]byte(tinySheet))
	f.Add(must(json.Marshal(oddSheet())))
	f.Add([]byte(`{"name":"x","models":[{"id":"a","rates":{"input":"0"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ParseSheet(data)
		if err != nil {
			if !errors.Is(err, ErrInvalidSheet) {
				t.Fatalf("error %v does not match ErrInvalidSheet", err)
			}
			return
		}
		first, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseSheet(first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second := must(json.Marshal(back)); !bytes.Equal(first, second) {
			t.Fatalf("written twice as\n%s\n%s", first, second)
		}
		if _, err := NewBook(s); err != nil && !errors.Is(err, ErrInvalidSheet) {
			t.Fatal(err)
		}
	})
}

func TestRates(t *testing.T) {
	for _, tt := range []struct {
		rate       Rate
		unit, text string
	}{
		{PerMillion("5"), "0.000005", "5/M"}, {PerMillion("0.003625"), "0.000000003625", "0.003625/M"},
		{PerThousand("10"), "0.01", "10000/M"}, {Each("0.03"), "0.03", "30000/M"}, {PerMillion("0"), "0", "0/M"},
		{PerHour("0.08"), "1/45000000", "0.08/hour"}, {PerMinute("0.006"), "0.0000001", "0.1/M"}, {PerSecond("0.3"), "0.0003", "300/M"},
		{PerMillionHours("0.5"), "1/7200000000", "0.0005/hour"}, {Per("1", 3), "1/3", "1200000/hour"},
		{Per("1", 7_000_000), "1/7000000", "0.000001/7"},
		{PerMillion("0.08333333333333334"), "0.00000008333333333333334", "0.08333333333333334/M"},
	} {
		text, err := tt.rate.MarshalText()
		if err != nil || tt.rate.String() != tt.unit || string(text) != tt.text || !tt.rate.IsSet() || tt.rate.Err() != nil {
			t.Errorf("%+v: %s, %s, %v, want %s, %s", tt.rate, tt.rate, text, err, tt.unit, tt.text)
		}
		var back Rate
		if err := back.UnmarshalText(text); err != nil || back != tt.rate {
			t.Errorf("%s comes back as %s, %v", text, back, err)
		}
	}
	if (Rate{}).IsSet() || (Rate{}).String() != "" || (Rate{}).Rat() != nil || (Rate{}).Err() != nil {
		t.Error("the zero Rate is set")
	}
	if PerMillion("0") == (Rate{}) || !PerMillion("0").IsSet() {
		t.Error("free is absent")
	}
	for _, bad := range []Rate{PerMillion(""), PerMillion("x"), PerMillion("-1"), Per("1", -1), Each("99999999"), PerMillion("1e-40")} {
		if bad.IsSet() || !errors.Is(bad.Err(), ErrSyntax) {
			t.Errorf("%+v: %v", bad, bad.Err())
		}
	}
	if PerMillion("5").Cmp(PerThousand("0.005")) != 0 || PerMillion("5").Cmp(PerMillion("6")) != -1 || PerMillion("0").Cmp(Rate{}) != 1 {
		t.Error("order of rates")
	}
	half := Rates{Input: PerMillion("5"), Pages: PerThousand("1")}
	if half = half.Scale(Times("0.5")); half.Input != PerMillion("2.5") || half.Pages != PerThousand("0.5") || half.Output.IsSet() {
		t.Errorf("scaled: %+v", half)
	}
}

func TestMultiples(t *testing.T) {
	for in, want := range map[string]string{"0.5": "0.5", "1.10": "1.1", "2/3": "2/3", "1.5/3": "0.5", "0": "0", "27/110": "27/110"} {
		m := Times(in)
		var back Multiple
		if err := back.UnmarshalText([]byte(in)); err != nil || back != m || m.String() != want || !m.IsSet() {
			t.Errorf("Times(%s) = %s, %v, want %s", in, m, m.Err(), want)
		}
	}
	for _, in := range []string{"", "x", "-1", "1/0", "1/x", "1/2/3", "1e40", "99999999999999999999"} {
		if m := Times(in); m.IsSet() || !errors.Is(m.Err(), ErrSyntax) {
			t.Errorf("Times(%q) = %s, %v", in, m, m.Err())
		}
	}
}
