package sqlstore

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// columns of the table of events, in the order of args and of scanRow.
var columns = []string{
	"source", "id", "revision", "void", "subject", "provider", "model", "account", "at_ns", "tier", "speed", "region",
	"session", "workflow", "team", "labels", "actor", "trust", "flags", "usage", "reported_micro", "reported_pico",
	"cost_micro", "cost_pico", "high_micro", "high_pico", "status", "activation",
	"tokens", "fresh", "generated", "calls",
}

const (
	keyColumns     = 2 // the first ones
	derivedColumns = 4 // the last ones, which are written and never read
)

// columnList returns the first n columns of a table, for a SELECT or INSERT.
func columnList(table string, n int) string {
	if table != "" {
		table += "."
	}
	return table + strings.Join(columns[:n], ", "+table)
}

// args appends the values of an entry.
func args(dst []any, e *store.Entry) []any {
	void := 0
	if e.Void {
		void = 1
	}
	var reportedMicro, reportedPico sql.NullInt64
	if e.ReportedCost != nil {
		micro, pico := e.ReportedCost.Columns()
		reportedMicro, reportedPico = sql.NullInt64{Int64: micro, Valid: true}, sql.NullInt64{Int64: pico, Valid: true}
	}
	costMicro, costPico := e.Cost.Columns()
	highMicro, highPico := e.High.Columns()
	return append(dst,
		e.Source, e.ID, e.Revision, void, e.Subject, e.Provider, e.Model, e.Account, e.At.UnixNano(), e.Tier, e.Speed, e.Region,
		e.Session, e.Workflow, e.Team, encodeLabels(e.Labels), int64(e.Actor), int64(e.Trust), int64(e.Flags), encodeUsage(&e.Usage),
		reportedMicro, reportedPico, costMicro, costPico, highMicro, highPico, int64(e.Status), e.Activation,
		e.Usage.Tokens(), e.Usage.Fresh(), e.Usage.Generated(), e.Usage.Calls())
}

// fits reports what no column can hold.
func fits(e *store.Entry) error {
	if !e.Cost.FitsColumns() || !e.High.FitsColumns() || e.ReportedCost != nil && !e.ReportedCost.FitsColumns() {
		return &store.EventError{Key: e.Key(), Field: "cost", Reason: "is beyond ±9.2e12 units, which is more than two columns hold"}
	}
	return nil
}

// scanRow reads a row of the columns without the derived ones.
func scanRow(rows *sql.Rows, e *store.Entry) error {
	var void, at, actor, trust, flags, status int64
	var labels, counts string
	var reportedMicro, reportedPico sql.NullInt64
	var costMicro, costPico, highMicro, highPico int64
	if err := rows.Scan(
		&e.Source, &e.ID, &e.Revision, &void, &e.Subject, &e.Provider, &e.Model, &e.Account, &at, &e.Tier, &e.Speed, &e.Region,
		&e.Session, &e.Workflow, &e.Team, &labels, &actor, &trust, &flags, &counts, &reportedMicro, &reportedPico,
		&costMicro, &costPico, &highMicro, &highPico, &status, &e.Activation); err != nil {
		return err
	}
	e.Void, e.At = void != 0, time.Unix(0, at).UTC()
	e.Actor, e.Trust, e.Flags, e.Status = store.Actor(actor), store.Trust(trust), store.Flags(flags), pricing.Status(status)
	e.Cost, e.High = pricing.FromColumns(costMicro, costPico), pricing.FromColumns(highMicro, highPico)
	if reportedMicro.Valid {
		m := pricing.FromColumns(reportedMicro.Int64, reportedPico.Int64)
		e.ReportedCost = &m
	}
	var err error
	if e.Labels, err = decodeLabels(labels); err == nil {
		e.Usage, err = decodeUsage(counts)
	}
	if err != nil {
		return fmt.Errorf("%w: event %s/%s: %w", store.ErrCorrupt, e.Source, e.ID, err)
	}
	return nil
}

func encodeLabels(l store.Labels) string {
	if len(l) == 0 {
		return ""
	}
	m := make(map[string]string, len(l))
	for _, x := range l {
		m[x.Key] = x.Value
	}
	b, _ := json.Marshal(m) // a map of strings always marshals
	return string(b)
}

func decodeLabels(s string) (store.Labels, error) {
	if s == "" {
		return nil, nil
	}
	var m map[string]string
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	l := make(store.Labels, 0, len(m))
	for k, v := range m {
		l = append(l, store.Label{Key: k, Value: v})
	}
	sort.Slice(l, func(i, j int) bool { return l[i].Key < l[j].Key })
	return l, nil
}

func encodeUsage(u *usage.Usage) string {
	b := make([]byte, 0, 96)
	b = append(b, '{')
	for m, n := range u.All() {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), m.String()...), '"', ':')
		b = strconv.AppendInt(b, n, 10)
	}
	return string(append(b, '}'))
}

// decodeUsage reads what encodeUsage wrote, and any other JSON object of the
// same meaning, as another tool may have written it.
func decodeUsage(s string) (u usage.Usage, err error) {
	if rest, ok := strings.CutPrefix(s, "{"); ok && decodeOwn(&u, rest) {
		return u, nil
	}
	var counts map[usage.Meter]int64
	if err := json.Unmarshal([]byte(s), &counts); err != nil {
		return u, fmt.Errorf("usage: %w", err)
	}
	u = usage.Usage{}
	for m, n := range counts {
		u.Set(m, n)
	}
	return u, nil
}

// decodeOwn reads the very form of encodeUsage without its first brace, and
// reports whether it was that.
func decodeOwn(u *usage.Usage, s string) bool {
	if s == "}" {
		return true
	}
	for more := true; more; {
		var field string
		if field, s, more = strings.Cut(s, ","); !more {
			rest, ok := strings.CutSuffix(field, "}")
			if !ok {
				return false
			}
			field = rest
		}
		name, value, ok := strings.Cut(field, ":")
		if !ok || len(name) < 3 || name[0] != '"' || name[len(name)-1] != '"' {
			return false
		}
		m, err := usage.ParseMeter(name[1 : len(name)-1])
		if err != nil {
			return false
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return false
		}
		u.Set(m, n)
	}
	return true
}
