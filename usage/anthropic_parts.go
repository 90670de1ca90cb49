package usage

// share is one part of a reply while it is being put together.
type share struct {
	Part
	main bool  // on the model that served: the top level sums it
	open int64 // cache writes whose lifetime it does not say
}

// parts divides a reply by usage.iterations. The top level of Anthropic's
// usage sums the iterations of the model that served; iterations of another
// kind (an advisor, a compaction) are billed on top of it, each on its own
// model. In a reply that fell back to another model each attempt is billed on
// the model that ran it, unless it declined before it produced anything, and
// the top level sums those of the model that served.
func (f *anthropicFields) parts(d *decoder, r *Response) {
	top := r.Usage
	shares, main := f.shares(r.Model)
	if sameTotals(main, top) {
		handOut(shares, top)
	} else {
		d.note("iterations_mismatch: the iterations of the serving model do not add up to the top level, which was kept")
		shares = keepTop(shares, r)
	}
	if len(shares) == 1 && shares[0].main {
		r.Usage = shares[0].Usage
		return
	}
	r.Usage, r.Parts = Usage{}, make([]Part, len(shares))
	for i, s := range shares {
		r.Parts[i] = s.Part
		r.Usage = sum(r.Usage, s.Usage)
	}
}

// shares lists the iterations that are billed, and the sum of those that the
// top level holds.
func (f *anthropicFields) shares(model string) (shares []share, main Usage) {
	for _, it := range f.iterations {
		aside := it.kind == "advisor_message" || it.kind == "compaction"
		if f.fellBack && !aside && it.usage.Output == 0 && it.model != model {
			continue // an attempt that declined and produced nothing is not billed
		}
		if it.model == "" && it.kind != "advisor_message" {
			it.model = model
		}
		s := share{Part{it.kind, it.model, it.usage}, !aside && (!f.fellBack || it.model == model), it.open}
		if s.main {
			main = sum(main, s.Usage)
		}
		shares = append(shares, s)
	}
	return shares, main
}

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

// keepTop replaces the shares of the serving model by the top level.
func keepTop(shares []share, r *Response) []share {
	kept := []share{{Part: Part{"message", r.Model, r.Usage}, main: true}}
	for _, s := range shares {
		if !s.main {
			kept = append(kept, s)
		}
	}
	return kept
}

// handOut gives to the shares of the serving model what only the top level
// says: thinking tokens, the lifetimes of cache writes, server tools. Totals
// are exact; which share gets what of the first two is a convention (in order,
// the long lifetime first), and without effect where rates are flat.
func handOut(shares []share, top Usage) {
	thinking, hour := top.Reasoning, top.CacheWrite1h
	for _, s := range shares {
		if s.main {
			hour -= s.Usage.CacheWrite1h
		}
	}
	first := true
	for i := range shares {
		s := &shares[i]
		if !s.main {
			continue
		}
		u := &s.Usage
		t := min(thinking, u.Output)
		u.Output, u.Reasoning, thinking = u.Output-t, u.Reasoning+t, thinking-t
		if h := min(hour, s.open); h > 0 {
			u.CacheWrite5m, u.CacheWrite1h, hour = u.CacheWrite5m-h, u.CacheWrite1h+h, hour-h
		}
		if first {
			u.WebSearches, u.WebFetches, u.CodeExecutions = top.WebSearches, top.WebFetches, top.CodeExecutions
			first = false
		}
	}
}
