package usage

import "bytes"

// openAIResponses reads the usage of Responses and of the shapes that say
// input_tokens as it does: images, transcription and Realtime.
func (d *decoder) openAIResponses(at *place, r *Response) {
	o, u := &at.outer, &at.usage
	d.labels(r, at, kID, kModel)
	r.Tier = d.tier(o, kServiceTier)
	if at.batch {
		r.Tier = "batch"
	}
	if r.Provider == Auto {
		switch {
		case u.any(kCostTicks, kServerSideTools):
			r.Provider = XAI
		case u.any(kIsByok):
			r.Provider = OpenRouter
		}
	}
	if u.has(kSeconds) {
		r.Usage.AudioInputMs = d.millis(u, kSeconds)
	}
	d.responsesPrompt(at, r)
	d.responsesReply(at, r)
	d.xaiTools(u, r)
	d.chatCost(u, r)
	switch at.shape {
	case OpenAIResponses:
		d.responsesTools(o, r)
	case OpenAIImages:
		d.svg(o, r)
	}
}

func (d *decoder) responsesPrompt(at *place, r *Response) {
	u := &at.usage
	p := prompt{whole: d.count(u, kInputTokens)}
	var det, cached object
	if !d.enter(u, kInputTokensDetails, &det) {
		d.enter(u, kInputTokenDetails, &det)
	}
	p.cached = d.count(&det, kCachedTokens)
	if !det.has(kCachedTokens) {
		p.cached = d.count(u, kCachedTokens)
	}
	p.audio, p.image = d.count(&det, kAudioTokens), d.count(&det, kImageTokens)
	if d.enter(&det, kCachedTokensDetails, &cached) || d.enter(u, kCachedTokensDetails, &cached) {
		p.cachedAudio, p.cachedImage = d.count(&cached, kAudioTokens), d.first(&cached, kImageTokens, kCachedImageTokens)
		if whole := p.cachedAudio + p.cachedImage + d.first(&cached, kTextTokens, kCachedTextTokens); !det.has(kCachedTokens) && !u.has(kCachedTokens) {
			p.cached = whole
		}
	}
	lasting := d.lifetimes(&det, u, r.Model)
	p.written = lasting.whole
	d.spread(&p, &r.Usage, pick(&det, kAudioTokens, kImageTokens), pick(&det, kCachedTokens, kCachedTokensDetails), lasting.at)
	var opts object
	if lasting.rest > 0 && d.isObject(&at.outer, kPromptCacheOptions) && d.enter(&at.outer, kPromptCacheOptions, &opts) && d.is(&opts, kTTL, "12h") {
		lasting.h12, lasting.rest = lasting.h12+lasting.rest, 0
	}
	lasting.into(&r.Usage)
}

func (d *decoder) responsesReply(at *place, r *Response) {
	u := &at.usage
	var det object
	if !d.enter(u, kOutputTokensDetails, &det) {
		d.enter(u, kOutputTokenDetails, &det)
	}
	c := reply{
		whole:     d.count(u, kOutputTokens),
		reasoning: d.count(&det, kReasoningTokens),
		audio:     d.count(&det, kAudioTokens),
		image:     d.count(&det, kImageTokens),
	}
	if !det.has(kReasoningTokens) {
		c.reasoning = d.count(u, kReasoningTokens)
	}
	if at.shape == OpenAIImages && !det.any(kImageTokens, kTextTokens) {
		c.image = c.whole // an image model's output that is not divided is images
	}
	onTop := false
	if u.has(kTotalTokens) {
		gap := d.total(u, kTotalTokens) - d.count(u, kInputTokens) - c.whole
		switch {
		case gap == 0:
		case gap > 0 && gap == c.reasoning:
			onTop = true
		default:
			d.note(noteTotal)
		}
	}
	if !c.into(&r.Usage, onTop) {
		d.refuse(u, kOutputTokens, "reasoning, audio or image tokens exceed the output they are part of", ErrInconsistent)
	}
}

// responsesTools counts the calls of hosted tools. tool_usage says how many
// searches are billed; without it, the items of the output are counted.
func (d *decoder) responsesTools(o *object, r *Response) {
	var searches, files, code int64
	if s := o.vals[kOutput]; s.ok() && d.data[s.from] == '[' && hasCall(d.data[s.from:s.to]) {
		var e object
		for it := d.elements(o, kOutput); d.next(&it, &e); {
			switch string(d.raw(&e, kType)) {
			case "web_search_call":
				if d.isSearch(&e) {
					searches++
				}
			case "file_search_call":
				files++
			case "code_interpreter_call":
				code++
			}
		}
	}
	var tools, web object
	if d.isObject(o, kToolUsage) && d.enter(o, kToolUsage, &tools) {
		if d.enter(&tools, kWebSearch, &web) && web.has(kNumRequests) {
			searches = d.count(&web, kNumRequests)
		}
	}
	r.Usage.FileSearches += files
	if r.Usage.WebSearches == 0 {
		r.Usage.WebSearches = searches
	}
	if r.Usage.CodeExecutions == 0 {
		r.Usage.CodeExecutions = code
	}
	d.imageTool(o, &tools, r)
}

// imageTool adds the tokens of the image generation tool, which run on an
// image model and are no part of usage, as a part of their own. The model is
// the one the tool was configured with, if the body repeats it.
func (d *decoder) imageTool(o, tools *object, r *Response) {
	var at place
	if !d.isObject(tools, kImageGen) || !d.enter(tools, kImageGen, &at.usage) || d.err != nil {
		return
	}
	at.shape = OpenAIImages
	var image Response
	d.responsesPrompt(&at, &image)
	d.responsesReply(&at, &image)
	part := Part{Kind: "image_generation", Usage: image.Usage}
	var e object
	for it := d.elements(o, kTools); d.next(&it, &e); {
		if d.is(&e, kType, "image_generation") {
			part.Model = d.string(&e, kModel)
		}
	}
	d.addPart(r, part)
}

// svg adds the tokens of the model that wrote an SVG, which are no part of the
// image's usage, as a part of their own.
func (d *decoder) svg(o *object, r *Response) {
	if !d.isObject(o, kSVGUsage) {
		return
	}
	at := place{shape: OpenAIResponses}
	if !d.enter(o, kSVGUsage, &at.usage) {
		return
	}
	var author Response
	d.responsesPrompt(&at, &author)
	d.responsesReply(&at, &author)
	d.addPart(r, Part{Kind: "svg", Model: d.string(&at.usage, kModel), Usage: author.Usage})
}

// addPart adds what a model of its own consumed beside the reply.
func (d *decoder) addPart(r *Response, p Part) {
	if d.err != nil || p.Usage == (Usage{}) {
		return
	}
	if r.Usage != (Usage{}) {
		r.Parts = append(r.Parts, Part{Kind: "response", Model: r.Model, Usage: r.Usage})
	}
	r.Parts = append(r.Parts, p)
	r.Usage = sum(r.Usage, p.Usage)
}

// isSearch reports whether a web_search_call searched: opening a page or
// finding text in it is not billed.
func (d *decoder) isSearch(e *object) bool {
	var a object
	if !d.isObject(e, kAction) || !d.enter(e, kAction, &a) {
		return true
	}
	return !a.has(kType) || d.is(&a, kType, "search")
}

// hasCall reports whether an output may hold a call of a hosted tool, before
// it is read a second time.
func hasCall(output []byte) bool {
	return bytes.Contains(output, []byte(`_call"`)) || spelledOut(output)
}
