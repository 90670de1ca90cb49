// Package convert reads the price lists that others publish and turns them
// into sheets of package pricing, so that a host can refresh its prices from a
// file it has downloaded:
//
//	result, err := convert.LiteLLM(data, convert.Options{AsOf: downloaded})
//	book, err := pricing.Builtin().With(result.Sheets...)
//
// Nothing is guessed and nothing is lost in silence: every model or field that
// has no counterpart here is listed in [Result.Skipped] with the reason. The
// amounts are taken over exactly as the file writes them. What a list leaves
// out, such as a one-hour cache write, is left out here: usage of it will be
// reported as having no rate.
//
// The package does no I/O. Errors match [ErrFormat].
package convert

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// ErrFormat reports a file that is not what the function reads.
var ErrFormat = errors.New("convert: not the expected price list")

// Options say what the file itself does not. The zero Options is ready to use.
type Options struct {
	Source    string    // where the file came from; empty: the project's name
	AsOf      time.Time // when it was published or downloaded
	Providers []string  // short names of the providers wanted; empty: all
	From      time.Time // the rows apply from this instant on, so that the past keeps its prices; zero: since ever
}

// Result is what was read.
type Result struct {
	Sheets  []pricing.Sheet // one a provider, by name; each has passed Validate
	Skipped []Skip          // in the order of the sheets' models
}

// Skip is something that was not taken over, and why.
type Skip struct {
	Provider, Model string
	Field           string // empty: the whole model
	Reason          string
}

// String is "provider/model field: reason".
func (s Skip) String() string {
	name := strings.TrimPrefix(s.Provider+"/"+s.Model, "/")
	if s.Field != "" {
		name += " " + s.Field
	}
	return name + ": " + s.Reason
}

// resellers sell other vendors' models.
var resellers = map[string]bool{
	usage.Bedrock: true, usage.Vertex: true, usage.Azure: true, usage.Groq: true, usage.OpenRouter: true,
	usage.Together: true, usage.Fireworks: true, usage.Cerebras: true, usage.Cloudflare: true, usage.WatsonX: true,
}

// collector gathers models by provider.
type collector struct {
	name   string
	opts   Options
	models map[string][]pricing.Model
	skips  []Skip
}

func newCollector(name string, opts Options) *collector {
	return &collector{name: name, opts: opts, models: map[string][]pricing.Model{}}
}

func (c *collector) skip(provider, model, field, reason string, args ...any) {
	c.skips = append(c.skips, Skip{provider, model, field, fmt.Sprintf(reason, args...)})
}

// provider returns the short name of a list's provider and whether it is
// wanted.
func (c *collector) provider(name string) (string, bool) {
	short, _ := usage.CanonicalProvider(name)
	return short, len(c.opts.Providers) == 0 || slices.Contains(c.opts.Providers, short)
}

// add takes a model if it can stand in a sheet.
func (c *collector) add(m pricing.Model) {
	if m.From.Before(c.opts.From) {
		if !m.Until.IsZero() && !m.Until.After(c.opts.From) {
			c.skip(m.Provider, m.ID, "until", "ends before the rows are to apply")
			return
		}
		m.From = c.opts.From
	}
	one := pricing.Sheet{Name: c.name, Models: []pricing.Model{m}}
	if err := one.Validate(); err != nil {
		var se *pricing.SheetError
		if errors.As(err, &se) {
			c.skip(m.Provider, m.ID, se.Field, "%s", se.Reason)
		} else {
			c.skip(m.Provider, m.ID, "", "%v", err)
		}
		return
	}
	c.models[m.Provider] = append(c.models[m.Provider], m)
}

// result makes the sheets. Of two rows of a model for one instant the first
// is kept. A name that is an id is nobody's alias, and of several aliases the
// first holds.
func (c *collector) result() Result {
	r := Result{Skipped: c.skips}
	for _, provider := range slices.Sorted(maps.Keys(c.models)) {
		s := pricing.Sheet{Name: strings.TrimSuffix(c.name+"-"+provider, "-"), Source: cmp.Or(c.opts.Source, c.name), AsOf: c.opts.AsOf,
			Currency: "USD", Resale: resellers[provider]}
		owner := map[string]string{}
		for _, m := range c.models[provider] {
			if _, again := owner[m.ID]; again && slices.ContainsFunc(s.Models, func(o pricing.Model) bool { return o.ID == m.ID && overlap(&o, &m) }) {
				r.Skipped = append(r.Skipped, Skip{provider, m.ID, "", "the list has the model twice; its first row is kept"})
				continue
			}
			owner[m.ID] = m.ID
			s.Models = append(s.Models, m)
		}
		for i := range s.Models {
			m := &s.Models[i]
			m.Aliases = slices.DeleteFunc(m.Aliases, func(a string) bool {
				if _, taken := owner[a]; taken {
					return true
				}
				owner[a] = m.ID
				return false
			})
		}
		r.Sheets = append(r.Sheets, s)
	}
	return r
}

// overlap reports whether two rows hold at one instant.
func overlap(a, b *pricing.Model) bool {
	return (a.Until.IsZero() || b.From.Before(a.Until)) && (b.Until.IsZero() || a.From.Before(b.Until))
}

// decode reads JSON with numbers as they are written.
func decode(data []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(to); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return nil
}

// amount returns the text of a JSON number or string; ok is false for
// anything else.
func amount(v any) (text string, ok bool) {
	switch v := v.(type) {
	case json.Number:
		return v.String(), true
	case string:
		return v, true
	}
	return "", false
}

// isZero reports whether a decimal text is zero.
func isZero(text string) bool {
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	return strings.Trim(mantissa, "+-0.") == ""
}
