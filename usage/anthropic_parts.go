package usage

// parts divides a reply by usage.iterations. The top level of Anthropic's
// usage sums the iterations of the model that served; iterations of another
// kind (an advisor, a compaction) are billed on top of it, each on its own
// model. In a reply that fell back to another model each attempt is billed on
// the model that ran it, unless it produced nothing, and the top level repeats
// the attempt that served.
func (f *anthropicFields) parts(d *decoder, r *Response) {
	top := r.Usage
	fellBack := false
	for _, it := range f.iterations {
		fellBack = fellBack || it.kind == "fallback_message"
	}
	var main Usage // the iterations that the top level should sum
	parts := make([]Part, 0, len(f.iterations))
	served := make([]int, 0, len(f.iterations)) // indexes of parts on the model that served
	for i, it := range f.iterations {
		if fellBack && it.usage.Output == 0 && onTop(it.kind) {
			continue // an attempt that produced nothing is not billed
		}
		if it.model == "" && it.kind != "advisor_message" {
			it.model = r.Model
		}
		if onTop(it.kind) && (!fellBack || it.model == r.Model) {
			main = sum(main, it.usage)
			served = append(served, len(parts))
			if !it.split {
				served[len(served)-1] = -1 - len(parts)
			}
		}
		_ = i
		parts = append(parts, Part{Kind: it.kind, Model: it.model, Usage: it.usage})
	}
	if !sameTotals(main, top) {
		d.note("iterations_mismatch: the iterations of the serving model do not add up to the top level, which was kept")
		parts = withTop(parts, r)
		served = nil
	} else {
		share(parts, served, top)
	}
	if len(parts) == 1 && parts[0].Model == r.Model {
		return
	}
	var all Usage
	for _, p := range parts {
		all = sum(all, p.Usage)
	}
	r.Usage, r.Parts = all, parts
}

// onTop reports whether an iteration of this kind is part of the top level.
func onTop(kind string) bool { return kind != "advisor_message" && kind != "compaction" }

// sum adds counts that are each at most [MaxCount], so that it cannot
// overflow.
func sum(a, b Usage) Usage {
	c, _ := a.Add(b)
	return c
}

// sameTotals compares what both levels of the usage say: the prompt's counts
// without regard to the lifetime of writes, and the output.
func sameTotals(a, b Usage) bool {
	return a.Input == b.Input && a.CacheRead == b.CacheRead && a.CacheWrites() == b.CacheWrites() && a.Generated() == b.Generated()
}

// withTop replaces the parts of the serving model by the top level.
func withTop(parts []Part, r *Response) []Part {
	out := []Part{{Kind: "message", Model: r.Model, Usage: r.Usage}}
	for _, p := range parts {
		if p.Model != r.Model || !onTop(p.Kind) {
			out = append(out, p)
		}
	}
	return out
}

// share hands out to the parts of the serving model what only the top level
// says: thinking tokens, the lifetimes of cache writes, server tools. Totals
// are exact; which part gets what of the first two is a convention (in order,
// the long lifetime first), and without effect where rates are flat.
func share(parts []Part, served []int, top Usage) {
	thinking, hour := top.Reasoning, top.CacheWrite1h
	for _, i := range served {
		if i >= 0 {
			hour -= parts[i].Usage.CacheWrite1h
		}
	}
	for n, i := range served {
		unsplit := i < 0
		if unsplit {
			i = -1 - i
		}
		u := &parts[i].Usage
		t := min(thinking, u.Output)
		u.Output, u.Reasoning, thinking = u.Output-t, u.Reasoning+t, thinking-t
		if unsplit && hour > 0 {
			h := min(hour, u.CacheWrite5m)
			u.CacheWrite5m, u.CacheWrite1h, hour = u.CacheWrite5m-h, u.CacheWrite1h+h, hour-h
		}
		if n == 0 {
			u.WebSearches, u.WebFetches, u.CodeExecutions = top.WebSearches, top.WebFetches, top.CodeExecutions
		}
	}
}
