package dashboard

import (
	"cmp"
	"slices"
)

// published is the groups of one dimension in one span that may be shown to
// anybody, largest first, and what is left over.
type published struct {
	shown  []*group
	hidden int // how many groups are not shown
	ok     map[string]bool
}

// publishGroups hides groups of fewer than MinGroup people. What is hidden could
// be found by taking what is shown from the whole, so groups are hidden, smallest
// first, until that rest is of MinGroup people too, or nothing is shown. Events
// without the dimension are part of the rest.
func (h *Handler) publishGroups(f *fold, d dimension, span int) *published {
	p := &published{ok: map[string]bool{}}
	least := h.opts.Privacy.MinGroup
	var all []*group
	rest := map[string]bool{}
	for _, g := range f.groups[d] {
		switch {
		case g.spans[span].people == 0: // empty, or all of it is forgotten
		case g.key == "":
			g.peopleIn(span, rest)
		default:
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.spans[span].people, a.spans[span].people), cmp.Compare(a.key, b.key))
	})
	n := len(all)
	for n > 0 && all[n-1].spans[span].people < least {
		n--
	}
	for _, g := range all[n:] {
		g.peopleIn(span, rest)
	}
	for n > 0 && len(rest) > 0 && len(rest) < least {
		n--
		all[n].peopleIn(span, rest)
	}
	p.shown, p.hidden = all[:n:n], len(all)-n
	slices.SortFunc(p.shown, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.spans[span].tokens, a.spans[span].tokens), cmp.Compare(a.key, b.key))
	})
	for _, g := range p.shown {
		p.ok[g.key] = true
	}
	return p
}

// peopleIn adds the members that were seen in a span to a set.
func (g *group) peopleIn(span int, set map[string]bool) {
	for i := range g.members {
		if m := &g.members[i]; m.subject != "" && m.spans[span].events > 0 {
			set[g.members[i].subject] = true
		}
	}
}

// visible returns the groups a class of viewer sees, in order.
func (h *Handler) visible(ed *edition, d dimension, span int, c class) []*group {
	p := ed.groups[span][d]
	if !c.exact {
		return p.shown
	}
	var all []*group
	for _, g := range ed.fold.groups[d] {
		if g.spans[span].people > 0 && g.key != "" {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.spans[span].tokens, a.spans[span].tokens), cmp.Compare(a.key, b.key))
	})
	return all
}

// groupFor returns a group if the class of viewer may see it in the span.
func (h *Handler) groupFor(ed *edition, d dimension, key string, span int, c class) (*group, bool) {
	g := ed.fold.byKey[d][key]
	if g == nil || key == "" || g.spans[span].people == 0 || !c.exact && !ed.groups[span][d].ok[key] {
		return nil, false
	}
	return g, true
}

// ranking lists a group's members by a metric, as a board does: competition
// ranks, ties by the bytes of the subject.
func (g *group) ranking(span int, value func(*sum) int64) []ranked {
	var rows []ranked
	for i := range g.members {
		if s := &g.members[i].spans[span]; s.events > 0 && g.members[i].subject != "" {
			rows = append(rows, ranked{subject: g.members[i].subject, sum: s, score: value(s)})
		}
	}
	slices.SortFunc(rows, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.subject, b.subject))
	})
	for i := range rows {
		rows[i].rank = i + 1
		if i > 0 && rows[i].score == rows[i-1].score {
			rows[i].rank = rows[i-1].rank
		}
	}
	return rows
}

type ranked struct {
	rank    int
	subject string
	sum     *sum
	score   int64
}
