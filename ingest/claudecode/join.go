package claudecode

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// events joins the replies of each message id and returns the bills that are
// left as events. It empties the reader.
func (r *reader) events() []store.Event {
	all := make([]*reply, 0, len(r.replies))
	for _, known := range r.replies {
		known.settle()
		all = append(all, known)
	}
	r.replies = nil
	slices.SortFunc(all, func(a, b *reply) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.from.at, b.from.at), cmp.Compare(a.request, b.request))
	})
	events := make([]store.Event, 0, len(all))
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].id == all[0].id {
			n++
		}
		for i, bill := range r.bills(all[:n]) {
			id := bill.id
			if i > 0 {
				id = run.FitID(id + "#" + bill.request)
			}
			events = append(events, r.event(id, bill))
		}
		clear(all[:n]) // events take their place in memory
		all = all[n:]
	}
	return events
}

// bills joins replies of one message id, sorted by time, into those that were
// billed, in the same order.
func (r *reader) bills(replies []*reply) []*reply {
	if len(replies) == 1 {
		r.outcomes(replies[0])
		return replies
	}
	var bills, rest []*reply
	for _, known := range replies {
		if known.main() && known.request != "" {
			bills = r.joinOrAppend(bills, known)
		} else {
			rest = append(rest, known)
		}
	}
	if bills == nil { // prefer the main conversation, then the earliest
		i := max(0, slices.IndexFunc(rest, (*reply).main))
		r.outcomes(rest[i])
		bills = []*reply{rest[i]}
		rest = slices.Delete(rest, i, i+1)
	}
	targets := make([]*reply, len(rest)) // all chosen before any join changes what a bill looks like
	for i, replay := range rest {
		targets[i] = bills[max(0, slices.IndexFunc(bills, func(b *reply) bool { return b.best.samePrompt(&replay.best) }))]
	}
	for i, replay := range rest {
		r.join(targets[i], replay)
	}
	return bills
}

// joinOrAppend joins a reply to the bill with an equal prompt, if there is
// one, else it is a bill of its own.
func (r *reader) joinOrAppend(bills []*reply, known *reply) []*reply {
	for _, b := range bills {
		if b.best.samePrompt(&known.best) {
			r.join(b, known)
			return bills
		}
	}
	r.outcomes(known)
	return append(bills, known)
}

// join adds a replay to the bill it repeats and gives its lines their outcome.
func (r *reader) join(bill, replay *reply) {
	bill.merge(&replay.best, &replay.from)
	bill.finished = bill.finished || replay.finished
	r.Add(ingest.SidechainReplays, replay.home.side+replay.otherSide)
	r.Add(ingest.RekeyedCopies, replay.home.main+replay.otherMain)
}

// outcomes gives the lines of a bill their outcome.
func (r *reader) outcomes(bill *reply) {
	r.Count(ingest.Replies)
	own, copies := bill.home.main, bill.otherMain
	if bill.main() {
		r.Add(ingest.SidechainReplays, bill.home.side+bill.otherSide)
	} else { // a subagent's own reply
		own, copies = bill.home.side, bill.otherSide
	}
	r.Add(ingest.SnapshotsJoined, own-1)
	r.Add(ingest.ResumedCopies, copies)
}

// event returns a bill as an event.
func (r *reader) event(id string, bill *reply) store.Event {
	s := &bill.best
	r.note(s)
	if bill.unkeyed {
		r.Count(ingest.Unkeyed)
	}
	if !bill.finished {
		r.Count(ingest.Unfinished)
	}
	e := store.Event{
		Source: source, ID: id, Revision: s.usage.Generated(),
		Subject: r.Options.Subject, Team: r.Options.Team,
		Call: pricing.Call{
			Provider: r.provider(s.model), Model: cmp.Or(s.model, ingest.UnknownModel),
			At: time.Unix(0, bill.from.at).UTC(), Usage: s.usage,
			Tier: s.tier, Speed: s.speed, Region: s.region,
		},
		Session: bill.from.session, Workflow: bill.from.workflow, Trust: r.Options.Trust,
	}
	if bill.from.branch != "" {
		e.Labels = store.Labels{{Key: "branch", Value: bill.from.branch}}
	}
	return e
}

// provider returns who served a model. The tool can be pointed at any
// endpoint: a model that is not of the Claude family is left to the price
// book to place.
func (r *reader) provider(model string) string {
	if strings.Contains(strings.ToLower(model), "claude") {
		return source
	}
	r.Count(ingest.ForeignModels)
	return ""
}
