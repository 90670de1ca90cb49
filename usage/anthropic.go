package usage

import (
	"bytes"
	"cmp"
)

// anthropicFields is what Anthropic's usage says, kept member by member
// because a stream says it piece by piece: a later event overwrites what it
// repeats and leaves the rest.
type anthropicFields struct {
	id, model           string
	input, output       opt
	cacheRead           opt
	cacheWrite          opt // the whole; split into the next two as far as the body says
	write5m, write1h    opt
	thinking            opt // a subset of output
	searches, fetches   opt
	executions          opt
	tier, speed, region string
	cost                string
	bedrock, vertex     bool // the id says who served it
	batch               bool
	iterations          []iteration
	fellBack            bool // one of them is of a model that took over
	promoted, redeemed  bool // noted once
}

// opt is a count that may be absent.
type opt struct {
	n  int64
	ok bool
}

// iteration is one entry of usage.iterations.
type iteration struct {
	kind, model string
	usage       Usage
	open        int64 // cache writes of no stated lifetime
}

// set overwrites v if the member is present.
func (v *opt) set(d *decoder, o *object, k key) {
	if o.has(k) {
		*v = opt{d.count(o, k), true}
	}
}

// read takes over what one body or event says.
func (f *anthropicFields) read(d *decoder, at *place) {
	u := &at.usage
	if at.outer.any(kID, kModel) {
		var r Response
		d.labels(&r, at, kID, kModel)
		if r.ID != "" {
			f.id = r.ID
			id := []byte(r.ID)
			f.bedrock = bytes.HasPrefix(id, []byte("msg_bdrk_"))
			f.vertex = bytes.HasPrefix(id, []byte("msg_vrtx_"))
		}
		if r.Model != "" {
			f.model = r.Model
		}
	}
	f.batch = f.batch || at.batch
	f.readIterations(d, u)
	if f.fellBack && u.has(kInputTokens) { // the prompt so far was that of a model that declined
		f.input, f.cacheRead, f.cacheWrite, f.write5m, f.write1h = opt{}, opt{}, opt{}, opt{}, opt{}
	}
	f.readInput(d, u)
	f.output.set(d, u, kOutputTokens)
	var o object
	if d.enter(u, kCacheCreation, &o) {
		f.write5m.set(d, &o, kEphemeral5m)
		f.write1h.set(d, &o, kEphemeral1h)
	}
	if d.enter(u, kOutputTokensDetails, &o) {
		f.thinking.set(d, &o, kThinkingTokens)
	}
	if d.enter(u, kServerToolUse, &o) {
		f.searches.set(d, &o, kWebSearchRequests)
		f.fetches.set(d, &o, kWebFetchRequests)
		f.executions.set(d, &o, kCodeExecutionRequests)
	}
	if u.has(kServiceTier) {
		f.tier = d.tier(u, kServiceTier)
	}
	if u.has(kSpeed) {
		f.speed = d.word(u, kSpeed)
	}
	if u.has(kInferenceGeo) {
		f.region = d.word(u, kInferenceGeo)
	}
	if u.any(kCost, kCostTicks) { // of gateways that speak Anthropic's tongue
		var r Response
		d.chatCost(u, &r)
		f.cost = r.ReportedCost
	}
	f.readCredit(d, u)
	f.check(d, u)
}

// readCredit notes a redeemed fallback credit: Anthropic then bills the reply
// as if the whole conversation had been on this model, which usage cannot say.
func (f *anthropicFields) readCredit(d *decoder, u *object) {
	var credit, status object
	if f.redeemed || !d.isObject(u, kFallbackCredit) || !d.enter(u, kFallbackCredit, &credit) || !d.isObject(&credit, kStatus) {
		return
	}
	if d.enter(&credit, kStatus, &status) && d.is(&status, kType, "redeemed") {
		f.redeemed = true
		d.note("fallback_credit: redeemed; the bill moves tokens of earlier replies to this model")
	}
}

// setPrompt overwrites a cumulative count of the prompt. It cannot fall, but
// some proxies repeat the field as zero.
func (f *anthropicFields) setPrompt(v *opt, d *decoder, u *object, k key) {
	before := *v
	if v.set(d, u, k); before.n > 0 && v.n == 0 {
		*v = before
	}
}

// readInput reads the prompt's counts. Some proxies of Bedrock repeat
// input_tokens in a later event with the cached tokens added in; as those have
// counts of their own, the first figure stays.
func (f *anthropicFields) readInput(d *decoder, u *object) {
	before := f.input
	f.setPrompt(&f.input, d, u, kInputTokens)
	f.setPrompt(&f.cacheRead, d, u, kCacheReadInputTokens)
	f.setPrompt(&f.cacheWrite, d, u, kCacheCreationInputTokens)
	cached := f.cacheRead.n + f.cacheWrite.n
	if before.ok && cached > 0 && f.input.n == before.n+cached {
		f.input = before
		if !f.promoted {
			f.promoted = true
			d.note("promoted_input: a later input_tokens repeated the cached tokens; the first was kept")
		}
	}
}

// readMetrics takes over the invocation metrics with which Bedrock ends a
// stream, where the events before did not say.
func (f *anthropicFields) readMetrics(d *decoder, u *object) {
	for _, x := range [...]struct {
		v *opt
		k key
	}{
		{&f.input, kInputTokenCount}, {&f.output, kOutputTokenCount},
		{&f.cacheRead, kCacheReadTokenCount}, {&f.cacheWrite, kCacheWriteTokenCount},
	} {
		if x.v.n == 0 {
			x.v.set(d, u, x.k)
		}
	}
	f.bedrock = true
}

// check refuses subsets that exceed their whole.
func (f *anthropicFields) check(d *decoder, u *object) {
	if f.cacheWrite.ok && f.write5m.n+f.write1h.n > f.cacheWrite.n {
		d.refuse(u, kCacheCreation, "the parts by lifetime exceed cache_creation_input_tokens", ErrInconsistent)
	}
	if f.thinking.n > f.output.n {
		d.refuse(u, kOutputTokensDetails, "thinking_tokens exceed output_tokens", ErrInconsistent)
	}
}

// readIterations takes over the list of one body or event. If a model took
// over, the list names it; message_start names the one that declined.
func (f *anthropicFields) readIterations(d *decoder, u *object) {
	if !u.has(kIterations) {
		return
	}
	f.iterations, f.fellBack = nil, false
	var e, split object
	for it := d.elements(u, kIterations); d.next(&it, &e); {
		var one anthropicFields
		one.readInput(d, &e)
		one.output.set(d, &e, kOutputTokens)
		if d.enter(&e, kCacheCreation, &split) {
			one.write5m.set(d, &split, kEphemeral5m)
			one.write1h.set(d, &split, kEphemeral1h)
		}
		one.check(d, &e)
		it := iteration{
			kind:  d.string(&e, kType),
			model: d.string(&e, kModel),
			usage: one.usage(),
			open:  one.open(),
		}
		f.iterations = append(f.iterations, it)
		if it.kind == "fallback_message" {
			f.fellBack = true
			f.model = cmp.Or(it.model, f.model)
		}
	}
}

// open is how many cache writes are of no stated lifetime.
func (f *anthropicFields) open() int64 {
	return max(f.cacheWrite.n-f.write5m.n-f.write1h.n, 0)
}

// usage turns the fields into disjoint meters. Cache writes of no stated
// lifetime are the default of 5 minutes.
func (f *anthropicFields) usage() Usage {
	return Usage{
		Input:          f.input.n,
		CacheRead:      f.cacheRead.n,
		CacheWrite5m:   f.write5m.n + f.open(),
		CacheWrite1h:   f.write1h.n,
		Output:         f.output.n - f.thinking.n,
		Reasoning:      f.thinking.n,
		WebSearches:    f.searches.n,
		WebFetches:     f.fetches.n,
		CodeExecutions: f.executions.n,
	}
}

// response fills r from the fields.
func (f *anthropicFields) response(d *decoder, r *Response) {
	if d.err != nil {
		return
	}
	r.Shape, r.ID, r.Model = AnthropicMessages, f.id, f.model
	r.Tier, r.Speed, r.Region, r.ReportedCost = f.tier, f.speed, f.region, f.cost
	if f.batch && (r.Tier == "" || r.Tier == "standard") {
		r.Tier = "batch"
	}
	if r.Provider == Auto {
		switch {
		case f.bedrock:
			r.Provider = Bedrock
		case f.vertex:
			r.Provider = Vertex
		}
	}
	r.Usage = f.usage()
	if len(f.iterations) > 0 {
		f.parts(d, r)
	}
}
