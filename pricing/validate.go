package pricing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// faults collects what is wrong with a sheet.
type faults struct {
	sheet string
	model string
	errs  []error
}

func (f *faults) add(field, reason string, args ...any) {
	f.errs = append(f.errs, &SheetError{Sheet: f.sheet, Model: f.model, Field: field, Reason: fmt.Sprintf(reason, args...)})
}

// Validate reports every fault of the sheet that can be seen without other
// sheets, as errors that match [ErrInvalidSheet] and name the sheet, the model
// and the field.
func (s *Sheet) Validate() error {
	f := &faults{sheet: s.Name}
	if s.Name == "" {
		f.add("name", "is empty")
	}
	if s.Currency != "" && !isCurrency(s.Currency) {
		f.add("currency", "is %q, want an ISO 4217 code such as \"USD\"", s.Currency)
	}
	f.checkExchange(s)
	names := map[[2]string]string{}
	for i := range s.Models {
		m := &s.Models[i]
		f.model = modelName(m.Provider, m.ID)
		if m.ID == "" {
			f.model = fmt.Sprintf("models[%d]", i)
		}
		f.checkModel(m)
		for n, name := range append([]string{m.ID}, m.Aliases...) {
			at := [2]string{m.Provider, name}
			if id, taken := names[at]; taken && (id != m.ID) {
				f.add([]string{"id", "aliases"}[min(n, 1)], "%q is also a name of %q", name, id)
			}
			names[at] = m.ID
		}
	}
	f.checkOverlaps(s.Models)
	seen := map[[2]string]bool{}
	for i := range s.Modifiers {
		m := &s.Modifiers[i]
		f.model = fmt.Sprintf("modifier %q of %q", m.Name, m.Provider)
		if m.Name == "" {
			f.model = fmt.Sprintf("modifiers[%d]", i)
		}
		f.checkModifier(m)
		if at := [2]string{m.Provider, m.Name}; seen[at] {
			f.add("name", "is used twice for this provider")
		} else {
			seen[at] = true
		}
	}
	f.checkAllowances(s.Allowances)
	return errors.Join(f.errs...)
}

func isCurrency(c string) bool {
	return len(c) == 3 && strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func modelName(provider, id string) string {
	if provider == "" {
		return id
	}
	return provider + "/" + id
}

func (f *faults) checkModel(m *Model) {
	f.checkName("provider", m.Provider, true)
	f.checkName("id", m.ID, false)
	for i, a := range m.Aliases {
		f.checkName(fmt.Sprintf("aliases[%d]", i), a, false)
	}
	f.checkSpan(m.From, m.Until)
	if !m.Withdrawn.IsZero() && m.State != Cancelled {
		f.add("withdrawn", "is set, but the row is not cancelled")
	}
	if m.State > Cancelled {
		f.add("state", "is %d, want InForce, Scheduled or Cancelled", m.State)
	}
	if m.Rates == (Rates{}) {
		f.add("rates", "has no rate at all; a free model has rates of 0")
	}
	f.checkRates("rates", &m.Rates)
	f.checkSteps("steps", m.Steps, &m.Rates)
	for i := range m.Variants {
		v := &m.Variants[i]
		at := fmt.Sprintf("variants[%d]", i)
		if v.Name == "" {
			f.add(at+".name", "is empty")
		}
		f.checkModes(at+".modes", v.Modes)
		if len(v.Modes) == 0 {
			f.add(at+".modes", "is empty: say which served tier or speed has these rates")
		}
		f.checkRates(at+".rates", &v.Rates)
		f.checkSteps(at+".steps", v.Steps, &v.Rates)
	}
	for of, as := range m.BilledAs {
		switch {
		case int(of) >= usage.NumMeters || int(as) >= usage.NumMeters:
			f.add("billed_as", "names a meter that does not exist: %v as %v", of, as)
		case of.Unit() != as.Unit():
			f.add("billed_as", "%v is counted in %s, %v in %s", of, of.Unit(), as, as.Unit())
		case !m.Rates.field(as).IsSet():
			f.add("billed_as", "%v is to be billed as %v, which has no rate", of, as)
		case m.Rates.field(of).IsSet():
			f.add("billed_as", "%v has a rate of its own", of)
		}
	}
}

func (f *faults) checkName(field, s string, mayBeEmpty bool) {
	switch {
	case s == "" && !mayBeEmpty:
		f.add(field, "is empty")
	case len(s) > maxName:
		f.add(field, "is %d bytes long, want at most %d", len(s), maxName)
	case strings.TrimSpace(s) != s:
		f.add(field, "%q has space around it", s)
	}
}

func (f *faults) checkSpan(from, until time.Time) {
	for _, t := range [...]struct {
		field string
		at    time.Time
	}{{"from", from}, {"until", until}} {
		if y := t.at.Year(); !t.at.IsZero() && (y < 1970 || y > 2199) {
			f.add(t.field, "is %s, want a year from 1970 to 2199", t.at.Format(time.RFC3339))
		}
	}
	if !from.IsZero() && !until.IsZero() && !from.Before(until) {
		f.add("until", "is %s, which is not after from", until.Format(time.RFC3339))
	}
}

func (f *faults) checkRates(field string, r *Rates) {
	for m, rate := range r.All() {
		if err := rate.Err(); err != nil {
			f.add(field+"."+m.String(), "%s", rate.bad)
		}
	}
}

func (f *faults) checkSteps(field string, steps []Step, base *Rates) {
	last := int64(-1)
	for i := range steps {
		s := &steps[i]
		at := fmt.Sprintf("%s[%d]", field, i)
		if s.Above <= 0 || s.Above > usage.MaxCount {
			f.add(at+".above", "is %d, want 1 to %d", s.Above, int64(usage.MaxCount))
		}
		if above := s.threshold(); above <= last {
			f.add(at+".above", "is %d, which is not above the step before", s.Above)
		} else {
			last = above
		}
		f.checkRates(at+".rates", &s.Rates)
		for m := range base.All() {
			if m.IsToken() && s.Rates.Get(m) == (Rate{}) && base.Get(m).IsSet() {
				f.add(at+".rates."+m.String(), "is absent, but %v has a rate below the step", m)
			}
		}
	}
}

// threshold returns the prompt size that must be exceeded.
func (s *Step) threshold() int64 {
	if s.Inclusive {
		return s.Above - 1
	}
	return s.Above
}

func (f *faults) checkModes(field string, modes []string) {
	for _, m := range modes {
		if isStandard(m) {
			f.add(field, "%q is the standard mode", m)
		}
	}
}

func (f *faults) checkOverlaps(models []Model) {
	var rows []*Model
	for i := range models {
		if models[i].State != Cancelled {
			rows = append(rows, &models[i])
		}
	}
	slices.SortStableFunc(rows, func(a, b *Model) int {
		af, _ := bounds(a.From, a.Until)
		bf, _ := bounds(b.From, b.Until)
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.ID, b.ID), cmp.Compare(af, bf))
	})
	for i := 1; i < len(rows); i++ {
		a, b := rows[i-1], rows[i]
		_, until := bounds(a.From, a.Until)
		from, _ := bounds(b.From, b.Until)
		if a.Provider == b.Provider && a.ID == b.ID && from < until {
			f.model = modelName(b.Provider, b.ID)
			f.add("from", "is %s, before the end of another row of the model; give that row an until", timeOr(from, "open"))
		}
	}
}

func (f *faults) checkModifier(m *Modifier) {
	f.checkName("name", m.Name, false)
	f.checkName("provider", m.Provider, true)
	f.checkSpan(m.From, m.Until)
	f.checkModes("modes", m.Modes)
	switch {
	case m.By.Err() != nil:
		f.add("by", "%s", m.By.bad)
	case !m.By.IsSet():
		f.add("by", "is absent; a multiple of 1 changes nothing")
	}
	if len(m.NotRegions) > 0 && len(m.Regions) == 0 {
		f.add("not_regions", "are exceptions to regions, which is empty")
	}
	for i, w := range m.Windows {
		at := fmt.Sprintf("windows[%d]", i)
		if w.Start < 0 || w.End > 24*time.Hour || w.Start >= w.End || w.Start%time.Second != 0 || w.End%time.Second != 0 {
			f.add(at, "runs from %v to %v, want whole seconds with 0 ≤ start < end ≤ 24h", w.Start, w.End)
		}
		for _, d := range w.Days {
			if d < time.Sunday || d > time.Saturday {
				f.add(at+".days", "has %d, want a weekday", d)
			}
		}
	}
	for _, x := range m.Meters {
		if int(x) >= usage.NumMeters {
			f.add("meters", "names a meter that does not exist: %v", x)
		}
	}
}
