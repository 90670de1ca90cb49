package usage

// converse reads Amazon Bedrock's Converse, whose counts are disjoint:
// inputTokens leaves out what was read from or written to a cache.
func (d *decoder) converse(at *place, r *Response) {
	o, u := &at.outer, &at.usage
	if r.Provider == Auto && (o.any(kStopReasonCamel, kMetrics) || u.any(kCacheDetails)) {
		r.Provider = Bedrock // frameworks imitate the counts, not what is around them
	}
	d.labels(r, at, kID, kModel)
	var t object
	switch {
	case d.isObject(o, kServiceTier):
		if d.enter(o, kServiceTier, &t) {
			r.Tier = d.tier(&t, kType)
		}
	default:
		r.Tier = d.tier(o, kServiceTier)
	}
	r.Usage.Input = d.count(u, kInputTokensCamel)
	r.Usage.CacheRead = d.first(u, kCacheReadCamel, kCacheReadTokenCount)
	r.Usage.Output = d.count(u, kOutputTokensCamel)
	d.converseWrites(u, r)
	if total := d.total(u, kTotalTokensCamel); u.has(kTotalTokensCamel) && d.err == nil && total != r.Usage.Tokens() {
		d.note(noteTotal)
	}
}

// converseWrites reads the cache writes. cacheDetails divides them by
// lifetime; the rest is of the default of 5 minutes.
func (d *decoder) converseWrites(u *object, r *Response) {
	k := pick(u, kCacheWriteCamel, kCacheWriteTokenCount).k
	whole := d.count(u, k)
	var known int64
	var e object
	for it := d.elements(u, kCacheDetails); d.next(&it, &e); {
		n := d.count(&e, kInputTokensCamel)
		known += n
		switch string(d.raw(&e, kTTL)) {
		case "1h":
			r.Usage.CacheWrite1h += n
		case "30m":
			r.Usage.CacheWrite30m += n
		case "12h":
			r.Usage.CacheWrite12h += n
		default:
			r.Usage.CacheWrite5m += n
		}
	}
	if !u.has(k) {
		whole = known
	}
	if known > whole {
		d.refuse(u, kCacheDetails, "the parts by lifetime exceed the tokens written", ErrInconsistent)
		return
	}
	r.Usage.CacheWrite5m += whole - known
}

// invoke reads what InvokeModel says in forms of its own: the invocation
// metrics at the end of a stream, and the bodies of Titan and Llama models.
func (d *decoder) invoke(at *place, r *Response) {
	o, u := &at.outer, &at.usage
	if r.Provider == Auto {
		r.Provider = Bedrock
	}
	d.labels(r, at, kID, kModel)
	r.Usage.Input = d.first(u, kInputTokenCount, kInputTextTokenCount, kPromptTokenCount)
	r.Usage.CacheRead = d.count(u, kCacheReadTokenCount)
	r.Usage.CacheWrite5m = d.count(u, kCacheWriteTokenCount)
	r.Usage.Output = d.first(u, kOutputTokenCount, kGenerationTokenCount)
	if u.has(kInputTextTokenCount) {
		var e object
		for it := d.elements(o, kResults); d.next(&it, &e); {
			r.Usage.Output += d.count(&e, kTokenCount)
		}
	}
}
