package store

import (
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Line is an event as JSON: a line of an export of the ledger, and of what
// examples/record reads and dumps. What is zero is left out, but for the trust.
// [LineOf] and [Line.Event] are each other's inverse for every valid event.
type Line struct {
	Source   string            `json:"source"`
	ID       string            `json:"id"`
	Revision int64             `json:"revision,omitempty"`
	Void     bool              `json:"void,omitempty"`
	Subject  string            `json:"subject,omitempty"`
	At       time.Time         `json:"at"`
	Provider string            `json:"provider,omitempty"`
	Model    string            `json:"model,omitempty"`
	Usage    *usage.Usage      `json:"usage,omitempty"` // nil: a void's that is zero
	Tier     string            `json:"tier,omitempty"`
	Speed    string            `json:"speed,omitempty"`
	Region   string            `json:"region,omitempty"`
	Account  string            `json:"account,omitempty"`
	Session  string            `json:"session,omitempty"`
	Workflow string            `json:"workflow,omitempty"`
	Team     string            `json:"team,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Actor    string            `json:"actor,omitempty"`
	Trust    Trust             `json:"trust"`
	Flags    []string          `json:"flags,omitempty"`
	Reported *pricing.Money    `json:"reported_cost,omitempty"`
}

// LineOf returns an event as a line, which shares its usage and reported cost.
func LineOf(e *Event) Line {
	l := Line{
		Source: e.Source, ID: e.ID, Revision: e.Revision, Void: e.Void, Subject: e.Subject, At: e.At,
		Provider: e.Provider, Model: e.Model, Tier: e.Tier, Speed: e.Speed, Region: e.Region, Account: e.Account,
		Session: e.Session, Workflow: e.Workflow, Team: e.Team,
		Actor: e.Actor.String(), Trust: e.Trust, Flags: e.Flags.Names(), Reported: e.ReportedCost,
	}
	if !e.Void || e.Usage != (usage.Usage{}) {
		l.Usage = &e.Usage
	}
	for _, x := range e.Labels {
		if l.Labels == nil {
			l.Labels = make(map[string]string, len(e.Labels))
		}
		l.Labels[x.Key] = x.Value
	}
	return l
}

// Event returns the event of a line, in UTC, its labels sorted. An actor or a flag
// that is none matches [ErrInvalid]; [Validate] judges the rest.
func (l *Line) Event() (Event, error) {
	e := Event{
		Source: l.Source, ID: l.ID, Revision: l.Revision, Void: l.Void, Subject: l.Subject,
		Session: l.Session, Workflow: l.Workflow, Team: l.Team, Trust: l.Trust, ReportedCost: l.Reported,
	}
	e.At, e.Provider, e.Model, e.Account, e.Tier, e.Speed, e.Region = l.At.UTC(), l.Provider, l.Model, l.Account, l.Tier, l.Speed, l.Region
	if l.Usage != nil {
		e.Usage = *l.Usage
	}
	for k, v := range l.Labels {
		e.Labels = append(e.Labels, Label{Key: k, Value: v})
	}
	SortLabels(e.Labels)
	if err := e.Actor.UnmarshalText([]byte(l.Actor)); err != nil {
		return e, err
	}
	var err error
	e.Flags, err = ParseFlags(l.Flags)
	return e, err
}
