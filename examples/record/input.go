package main

import (
	"strings"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// item is one line of input: an event, or why it is none.
type item struct {
	line  int
	event tokenomics.Event
	noAt  bool // a void that leaves its time to the version it voids
	bad   *pipe.Error
}

// Codes of the errors that this program finds in a line.
const (
	codeUnknownMeter = "unknown_meter"
	codeBadCount     = "bad_count"
	codeBadValue     = "bad_value"
)

// read turns a line into an event. The form is that of [store.Line]; it is taken
// apart here, as every fault of a line has a code of its own, and some of what a
// ledger always says may be left out.
func read(line pipe.Line) item {
	it := item{line: line.N, bad: line.Err}
	if it.bad != nil {
		return it
	}
	e := &it.event
	var actor, trust string
	var counts []byte // the usage, not yet read
	var flags []string
	var reported string
	var hasReported bool
	var hasAt, hasSubject, hasModel bool
	it.bad = pipe.Decode(line.Text,
		pipe.String("source", &e.Source).Required(),
		pipe.String("id", &e.ID).Required(),
		pipe.Int64("revision", &e.Revision),
		pipe.Bool("void", &e.Void),
		pipe.String("subject", &e.Subject).Seen(&hasSubject),
		pipe.Time("at", &e.At).Seen(&hasAt),
		pipe.String("provider", &e.Provider),
		pipe.String("model", &e.Model).Seen(&hasModel),
		pipe.Raw("usage", &counts), // of a void it may be anything
		pipe.String("tier", &e.Tier),
		pipe.String("speed", &e.Speed),
		pipe.String("region", &e.Region),
		pipe.String("account", &e.Account),
		pipe.String("session", &e.Session),
		pipe.String("workflow", &e.Workflow),
		pipe.String("team", &e.Team),
		pipe.Each("labels", func(key, path string, value []byte) *pipe.Error {
			if isNull(value) {
				return nil
			}
			l := store.Label{Key: strings.Clone(key)}
			err := pipe.Value(path, value, pipe.String(key, &l.Value))
			e.Labels = append(e.Labels, l)
			return err
		}),
		pipe.String("actor", &actor),
		pipe.String("trust", &trust),
		pipe.Strings("flags", &flags),
		pipe.String("reported_cost", &reported).Seen(&hasReported),
	)
	if it.bad != nil {
		return it
	}
	e.At = e.At.UTC()
	if name, ok := usage.CanonicalProvider(e.Provider); ok {
		e.Provider = name
	}
	store.SortLabels(e.Labels)
	if err := e.Actor.UnmarshalText([]byte(actor)); err != nil {
		it.bad = pipe.Errorf(codeBadValue, "actor: %q, want human or automation", actor)
	}
	if err := e.Trust.UnmarshalText([]byte(trust)); err != nil {
		it.bad = pipe.Errorf(codeBadValue, "trust: %q, want self_reported, client_log, gateway or vendor", trust)
	}
	if bad := qualify(e, flags, reported, hasReported); bad != nil && it.bad == nil {
		it.bad = bad
	}
	if _, _, observed := e.Observed(); e.Void && !observed {
		it.noAt = !hasAt // and its usage is ignored, whatever it says
		return it
	}
	for _, need := range []struct {
		there bool
		name  string
	}{{hasSubject, "subject"}, {hasAt, "at"}, {hasModel || e.Void, "model"}, {counts != nil, "usage"}} {
		if !need.there && it.bad == nil {
			it.bad = pipe.Errorf(pipe.CodeMissingKey, "%s is missing", need.name)
		}
	}
	if it.bad == nil {
		it.bad = pipe.Value("usage", counts, pipe.Each("usage", func(key, path string, value []byte) *pipe.Error {
			return meter(&e.Usage, key, path, value)
		}))
	}
	return it
}

func qualify(e *tokenomics.Event, flags []string, reported string, hasReported bool) *pipe.Error {
	var err error
	if e.Flags, err = store.ParseFlags(flags); err != nil {
		return pipe.Errorf(codeBadValue, "flags: %q, want partial, estimated or backfilled", flags)
	}
	if hasReported {
		cost, err := pricing.ParseMoney(reported)
		if err != nil {
			return pipe.Errorf(codeBadValue, "reported_cost: %q, want an amount such as \"0.25\"", reported)
		}
		e.ReportedCost = &cost
	}
	return nil
}

// isNull reports the text of a value that is null, which is to say absent.
func isNull(value []byte) bool { return string(value) == "null" }

func meter(u *tokenomics.Usage, key, path string, value []byte) *pipe.Error {
	m, err := usage.ParseMeter(key)
	if err != nil {
		return pipe.Errorf(codeUnknownMeter, "%s: there is no such meter", path)
	}
	var n int64
	if bad := pipe.Value(path, value, pipe.Int64(key, &n)); bad != nil {
		return bad
	}
	if n < 0 || n > usage.MaxCount {
		return pipe.Errorf(codeBadCount, "%s: %d, want 0 to %d", path, n, int64(usage.MaxCount))
	}
	u.Set(m, n)
	return nil
}
