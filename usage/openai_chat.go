package usage

import "bytes"

// openAIChat reads Chat Completions' usage, the embeddings' and those of the
// many that imitate them.
func (d *decoder) openAIChat(at *place, r *Response) {
	o, u := &at.outer, &at.usage
	d.labels(r, at, kID, kModel)
	r.Tier = d.tier(o, kServiceTier)
	if at.batch {
		r.Tier = "batch"
	}
	perplexity := u.any(kCitationTokens, kNumSearchQueries, kSearchContextSize)
	if r.Provider == Auto {
		r.Provider = d.chatProvider(o, u, perplexity)
	}
	d.chatPrompt(u, r)
	d.chatReply(u, r, perplexity)
	d.chatTools(u, r)
	d.chatCost(u, r)
}

// chatProvider names a provider that alone writes such a body.
func (d *decoder) chatProvider(o, u *object, perplexity bool) string {
	switch {
	case o.any(kGroq):
		return Groq
	case u.any(kCostTicks, kNumSourcesUsed, kServerSideTools):
		return XAI
	case u.any(kIsByok), bytes.HasPrefix(d.raw(o, kID), []byte("gen-")) && o.any(kProvider):
		return OpenRouter
	case perplexity:
		return Perplexity
	case o.any(kPromptFilterResults):
		return Azure
	}
	return Auto
}

func (d *decoder) chatPrompt(u *object, r *Response) {
	p := prompt{whole: d.count(u, kPromptTokens)}
	if r.Shape == OpenAIEmbeddings && !u.has(kPromptTokens) {
		p.whole = d.count(u, kTotalTokens) // some say no more than that
	}
	var det object
	d.enter(u, kPromptTokensDetails, &det)
	p.audio, p.image, p.video = d.count(&det, kAudioTokens), d.count(&det, kImageTokens), d.count(&det, kVideoTokens)
	cached := pick(&det, kCachedTokens)
	if !det.has(kCachedTokens) {
		cached = pick(u, kPromptCacheHitTokens, kCachedTokens, kCachedPromptTextTokens, kCacheReadInputTokens)
	}
	p.cached = d.count(cached.o, cached.k)
	lasting := d.lifetimes(&det, u, r.Model)
	p.written = lasting.whole
	d.spread(&p, &r.Usage, pick(&det, kAudioTokens, kImageTokens, kVideoTokens), cached, lasting.at)
	if miss := d.count(u, kPromptCacheMissTokens); d.err == nil && miss+p.cached > p.whole {
		d.refuse(u, kPromptCacheMissTokens, "cache hits and misses exceed the prompt they are part of", ErrInconsistent)
	}
	lasting.into(&r.Usage)
	if u.has(kCitationTokens) { // read as part of the prompt, but not counted there
		r.Usage.Input += d.count(u, kCitationTokens)
	}
	if u.has(kPromptAudioSeconds) && (d.data[u.vals[kPromptAudioSeconds].from] != '{') {
		r.Usage.AudioInputMs = d.millis(u, kPromptAudioSeconds)
	}
}

// chatReply settles what the shape leaves open, whether completion_tokens
// hold the reasoning. OpenAI's do, xAI's and Gemini's do not, and
// total_tokens proves which.
func (d *decoder) chatReply(u *object, r *Response, perplexity bool) {
	var det object
	d.enter(u, kCompletionTokensDetails, &det)
	c := reply{
		whole:     d.count(u, kCompletionTokens),
		reasoning: d.first(&det, kReasoningTokens),
		audio:     d.count(&det, kAudioTokens),
		image:     d.count(&det, kImageTokens),
	}
	if !det.has(kReasoningTokens) {
		c.reasoning = d.count(u, kReasoningTokens)
	}
	onTop := perplexity || (r.Provider == XAI && !u.has(kTotalTokens))
	if u.has(kTotalTokens) && u.has(kPromptTokens) && !perplexity {
		gap := d.total(u, kTotalTokens) - d.count(u, kPromptTokens) - c.whole
		switch {
		case gap == 0:
		case gap > 0 && gap == c.reasoning:
			onTop = true
		case gap > 0 && c.reasoning == 0:
			c.reasoning, onTop = gap, true
			d.note("reasoning_from_total: total_tokens exceed prompt and completion; the rest is taken for hidden reasoning")
		default:
			d.note(noteTotal)
		}
	}
	if !c.into(&r.Usage, onTop) {
		d.refuse(u, kCompletionTokens, "reasoning, audio or image tokens exceed the completion they are part of", ErrInconsistent)
	}
}

const noteTotal = "total_mismatch: the reported total is not the sum of its parts; the parts were kept"

func (d *decoder) chatTools(u *object, r *Response) {
	var t object
	if d.isObject(u, kServerToolUse) && d.enter(u, kServerToolUse, &t) {
		r.Usage.WebSearches += d.count(&t, kWebSearchRequests)
	}
	d.xaiTools(u, r)
	r.Usage.WebSearches += d.count(u, kNumSearchQueries)
	if d.count(u, kNumSourcesUsed) > 0 {
		d.note("unmetered: usage.num_sources_used")
	}
}

// xaiTools reads the calls of xAI's server-side tools.
func (d *decoder) xaiTools(u *object, r *Response) {
	var t object
	if !d.isObject(u, kServerSideTools) || !d.enter(u, kServerSideTools, &t) {
		return
	}
	r.Usage.WebSearches += d.count(&t, kWebSearchCalls) + d.count(&t, kXSearchCalls)
	r.Usage.CodeExecutions += d.count(&t, kCodeInterpreterCalls)
	r.Usage.FileSearches += d.count(&t, kFileSearchCalls) + d.count(&t, kDocumentSearchCalls)
}

// chatCost keeps what a provider says it charges: OpenRouter's number,
// Perplexity's object, xAI's ticks of 1e-10 USD.
func (d *decoder) chatCost(u *object, r *Response) {
	switch {
	case u.has(kCostTicks):
		r.ReportedCost = d.cost(u, kCostTicks, -10)
	case d.isObject(u, kCost):
		var c object
		if d.enter(u, kCost, &c) {
			r.ReportedCost = d.cost(&c, kTotalCost, 0)
		}
	default:
		r.ReportedCost = d.cost(u, kCost, 0)
	}
}

// lifetimes are the tokens written to caches, by how long they are kept.
type lifetimes struct {
	whole         int64
	m5, m30, h1   int64
	h12           int64
	rest          int64 // of no stated lifetime
	restIsMinutes int   // the lifetime to assume for rest: 5 or 30
	at            member
}

// lifetimes reads the cache writes of a Chat or Responses body. The whole is
// cache_write_tokens; its parts by lifetime may be missing.
func (d *decoder) lifetimes(det, u *object, model string) (l lifetimes) {
	l.at = pick(det, kCacheWriteTokens, kCacheCreationInputTokens)
	if !l.at.o.has(l.at.k) && u.has(kCacheCreationInputTokens) {
		l.at = member{u, kCacheCreationInputTokens}
	}
	l.whole = d.count(l.at.o, l.at.k)
	var parts object
	if d.enter(det, kCacheWriteTokensDetails, &parts) {
		l.m30, l.h12 = d.count(&parts, kTTL30m), d.count(&parts, kTTL12h)
	}
	for _, o := range [...]*object{det, u} {
		if d.isObject(o, kCacheCreation) && d.enter(o, kCacheCreation, &parts) {
			l.m5, l.h1 = d.count(&parts, kEphemeral5m), d.count(&parts, kEphemeral1h)
			break
		}
	}
	known := l.m5 + l.m30 + l.h1 + l.h12
	if !l.at.o.has(l.at.k) {
		l.whole = known
	}
	if known > l.whole {
		d.refuse(l.at.o, l.at.k, "the parts by lifetime exceed the tokens written", ErrInconsistent)
		return l
	}
	l.rest = l.whole - known
	l.restIsMinutes = 30
	if l.at.k == kCacheCreationInputTokens || isClaude(model) {
		l.restIsMinutes = 5
	}
	return l
}

// into books the writes; those of no stated lifetime are taken for the
// shortest the maker of the model sells.
func (l *lifetimes) into(u *Usage) {
	u.CacheWrite5m, u.CacheWrite30m, u.CacheWrite1h, u.CacheWrite12h = l.m5, l.m30, l.h1, l.h12
	if l.restIsMinutes == 5 {
		u.CacheWrite5m += l.rest
	} else {
		u.CacheWrite30m += l.rest
	}
}

// isClaude reports whether a model is one of Anthropic's, whoever serves it.
func isClaude(model string) bool {
	for i := 0; i+6 <= len(model); i++ {
		if model[i]|0x20 == 'c' && (model[i:i+6] == "claude" || model[i:i+6] == "Claude") {
			return true
		}
	}
	return false
}
