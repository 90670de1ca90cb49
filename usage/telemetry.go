package usage

// attributes finds GenAI attributes in a span or log record: an object of
// names and values, or OTLP's list of keys and typed values.
func (d *decoder) attributes(at *place) bool {
	o := &at.outer
	switch d.data[o.vals[kAttributes].from] {
	case '{':
		if !d.enter(o, kAttributes, &at.usage) {
			return true
		}
	case '[':
		d.typedAttributes(o, &at.usage)
	default:
		return false
	}
	if at.usage.any(kOTelInput, kOTelOutput, kOTelPrompt, kOTelCompletion) {
		at.shape = OpenTelemetry
		return true
	}
	return d.err != nil
}

// typedAttributes gathers OTLP's {"key":…,"value":{"intValue":"12"}}.
func (d *decoder) typedAttributes(o, u *object) {
	*u = object{path: o.path.to(o.vals[kAttributes].from, -1)}
	var e, v object
	for it := d.elements(o, kAttributes); d.next(&it, &e); {
		k := lookup(d.raw(&e, kOTelKey))
		if k == noKey || !d.isObject(&e, kOTelValue) || !d.enter(&e, kOTelValue, &v) {
			continue
		}
		for _, t := range [...]key{kOTelInt, kOTelDouble, kOTelString} {
			if v.has(t) {
				u.vals[k] = v.vals[t]
			}
		}
	}
}

// telemetry reads GenAI attributes. Input counts hold the cached tokens and
// output counts the reasoning, as the conventions ask.
func (d *decoder) telemetry(at *place, r *Response) {
	u := &at.usage
	at.outer = *u
	model := kOTelResponseModel
	if !u.has(model) {
		model = kOTelRequestModel
	}
	d.labels(r, at, kOTelResponseID, model)
	r.Tier = d.tier(u, kOTelTier)
	if r.Provider == Auto {
		for _, k := range [...]key{kOTelProvider, kOTelSystem} {
			if u.has(k) {
				r.Provider, _ = CanonicalProvider(string(d.raw(u, k)))
				break
			}
		}
	}
	input, output := kOTelInput, kOTelOutput
	if !u.has(input) {
		input = kOTelPrompt
	}
	if !u.has(output) {
		output = kOTelCompletion
	}
	p := prompt{
		whole:       d.count(u, input),
		cached:      d.count(u, kOTelCacheRead),
		written:     d.first(u, kOTelCacheWrite, kOTelCacheCreation),
		audio:       d.count(u, kOTelAudioInput),
		image:       d.count(u, kOTelImageInput),
		cachedAudio: d.count(u, kOTelAudioCacheRead),
		cachedImage: d.count(u, kOTelImageCacheRead),
	}
	d.spread(&p, &r.Usage, pick(u, kOTelAudioInput, kOTelImageInput), pick(u, kOTelCacheRead, kOTelAudioCacheRead, kOTelImageCacheRead), pick(u, kOTelCacheWrite, kOTelCacheCreation))
	if r.Provider == Anthropic || isClaude(r.Model) {
		r.Usage.CacheWrite5m = p.written
	} else {
		r.Usage.CacheWrite30m = p.written
	}
	c := reply{
		whole:     d.count(u, output),
		reasoning: d.count(u, kOTelReasoning),
		audio:     d.count(u, kOTelAudioOutput),
		image:     d.count(u, kOTelImageOutput),
	}
	if !c.into(&r.Usage, false) {
		d.refuse(u, output, "reasoning, audio or image tokens exceed the output they are part of", ErrInconsistent)
	}
}
