package claudecode

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
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
			events = r.appendEvents(events, id, bill)
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

// appendEvents appends a bill as one event, or, if it was billed as several
// calls, as one each: the first under the bill's own id, so that it replaces
// what an earlier state of the log said, the n-th under "<id>#<n>".
func (r *reader) appendEvents(events []store.Event, id string, bill *reply) []store.Event {
	s := &bill.best
	r.note(s)
	if bill.unkeyed {
		r.Count(ingest.Unkeyed)
	}
	if !bill.finished {
		r.Count(ingest.Unfinished)
	}
	if len(s.split) == 0 {
		return append(events, r.event(id, s.model, s.usage, bill))
	}
	for i, part := range s.split {
		partID := id
		if i > 0 {
			partID = run.FitID(id + "#" + strconv.Itoa(i+1))
			r.Count(ingest.ReplyParts)
		}
		events = append(events, r.event(partID, part.Model, part.Usage, bill))
	}
	return events
}

func (r *reader) event(id, model string, u usage.Usage, bill *reply) store.Event {
	s := &bill.best
	e := store.Event{
		Source: source, ID: id, Revision: u.Generated(),
		Subject: r.Options.Subject, Team: r.Options.Team,
		Call: pricing.Call{
			Provider: r.provider(bill.id, model), Model: cmp.Or(model, ingest.UnknownModel),
			At: time.Unix(0, bill.from.at).UTC(), Usage: u,
			Tier: s.tier, Speed: s.speed, Region: s.region,
		},
		Session: bill.from.session, Workflow: bill.from.workflow, Trust: r.Options.Trust,
	}
	if bill.from.branch != "" {
		e.Labels = store.Labels{{Key: "branch", Value: bill.from.branch}}
	}
	return e
}

// provider returns who served a model. Bedrock and Vertex show in the id. The
// tool can be pointed at any endpoint: a name that is not as Anthropic itself
// writes it is left to the price book to place.
func (r *reader) provider(id, model string) string {
	name := strings.ToLower(model)
	switch {
	case strings.HasPrefix(id, "msg_bdrk_"):
		return usage.Bedrock
	case strings.HasPrefix(id, "msg_vrtx_"):
		return usage.Vertex
	case strings.HasPrefix(name, "claude") && !strings.Contains(name, "@"):
		return usage.Anthropic
	case !strings.Contains(name, "claude"):
		r.Count(ingest.ForeignModels)
	}
	return ""
}
