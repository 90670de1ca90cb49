package usage

import (
	"bytes"
	"strings"
)

// modes are token counts by kind of content. Documents bill as images.
type modes struct{ text, audio, image, video int64 }

func (m *modes) total() int64 { return m.text + m.audio + m.image + m.video }

// modes reads a list of {modality, tokenCount}.
func (d *decoder) modes(o *object, k key) (m modes) {
	var e object
	for it := d.elements(o, k); d.next(&it, &e); {
		n := d.first(&e, kTokenCount, kTokens)
		switch mode := d.raw(&e, kModality); {
		case bytes.EqualFold(mode, []byte("audio")):
			m.audio += n
		case bytes.EqualFold(mode, []byte("image")), bytes.EqualFold(mode, []byte("document")):
			m.image += n
		case bytes.EqualFold(mode, []byte("video")):
			m.video += n
		default:
			m.text += n
		}
	}
	return m
}

// gemini reads usageMetadata of generateContent and of Live.
func (d *decoder) gemini(at *place, r *Response) {
	o, u := &at.outer, &at.usage
	id, model := kResponseID, kModelVersion
	if !o.has(id) {
		id = kID
	}
	if !o.has(model) {
		model = kModel
	}
	d.labels(r, at, id, model)
	d.geminiTier(at, r)
	g := geminiCounts{
		prompt: opt{d.count(u, kPromptTokenCount), u.has(kPromptTokenCount)},
		cached: opt{d.count(u, kCachedContentTokenCount), u.has(kCachedContentTokenCount)},
		output: opt{d.first(u, kCandidatesTokenCount, kResponseTokenCount), u.any(kCandidatesTokenCount, kResponseTokenCount)},
		tool:   opt{d.count(u, kToolUsePromptTokenCount), u.has(kToolUsePromptTokenCount)},
		think:  opt{d.count(u, kThoughtsTokenCount), u.has(kThoughtsTokenCount)},
		total:  opt{d.total(u, kTotalTokenCount), u.has(kTotalTokenCount)},

		promptKey: kPromptTokenCount, cachedKey: kCachedContentTokenCount, outputKey: kCandidatesTokenCount, toolKey: kToolUsePromptTokenCount,
	}
	if u.has(kResponseTokenCount) {
		g.outputKey = kResponseTokenCount
	}
	g.promptModes = d.modes(u, pick(u, kPromptDetails, kPromptTokensDetails).k)
	g.cachedModes = d.modes(u, kCacheDetailsByModality)
	g.toolModes = d.modes(u, kToolUseDetails)
	if u.has(kResponseDetails) {
		g.outputModes = d.modes(u, kResponseDetails)
	} else {
		g.outputModes = d.modes(u, kCandidatesDetails)
	}
	d.geminiUsage(u, &g, r)
	d.grounding(o, r)
}

// grounding counts the searches behind an answer. Gemini 3 bills each query,
// earlier models an answer with any.
func (d *decoder) grounding(o *object, r *Response) {
	s := o.vals[kCandidates]
	if !s.ok() || d.data[s.from] != '[' {
		return
	}
	if text := d.data[s.from:s.to]; bytes.IndexByte(text, 'Q') < 0 && !bytes.Contains(text, []byte("_queries")) && !spelledOut(text) {
		return // no need to read the candidates a second time
	}
	var e, g object
	for it := d.elements(o, kCandidates); d.next(&it, &e); {
		if d.isObject(&e, kGroundingMetadata) && d.enter(&e, kGroundingMetadata, &g) {
			r.Usage.WebSearches += d.length(&g, kWebSearchQueries)
		}
	}
	if strings.HasPrefix(r.Model, "gemini-1") || strings.HasPrefix(r.Model, "gemini-2") {
		r.Usage.WebSearches = min(r.Usage.WebSearches, 1)
	}
}

// geminiTier reads what was served, and who can only have served it: Vertex
// alone says trafficType, the Gemini API alone says serviceTier.
func (d *decoder) geminiTier(at *place, r *Response) {
	u := &at.usage
	switch {
	case u.has(kTrafficType):
		r.Tier = d.tier(u, kTrafficType)
		if r.Provider == Auto {
			r.Provider = Vertex
		}
	case u.has(kServiceTier):
		r.Tier = d.tier(u, kServiceTier)
		if r.Provider == Auto {
			r.Provider = Google
		}
	}
}

// geminiCounts is the usage of Gemini in any of its spellings. The whole
// prompt holds the cached tokens; tool use and thoughts come on top.
type geminiCounts struct {
	prompt, cached, output, tool, think, total opt
	promptModes, cachedModes, toolModes        modes
	outputModes                                modes
	promptKey, cachedKey, outputKey, toolKey   key
}

func (d *decoder) geminiUsage(u *object, g *geminiCounts, r *Response) {
	if d.err != nil {
		return
	}
	if !d.modesFit(u, &g.prompt, &g.promptModes, g.promptKey) || !d.modesFit(u, &g.cached, &g.cachedModes, g.cachedKey) ||
		!d.modesFit(u, &g.tool, &g.toolModes, g.toolKey) || !d.modesFit(u, &g.output, &g.outputModes, g.outputKey) {
		return
	}
	p := prompt{
		whole: g.prompt.n, cached: g.cached.n,
		audio: g.promptModes.audio, image: g.promptModes.image, video: g.promptModes.video,
		cachedAudio: g.cachedModes.audio, cachedImage: g.cachedModes.image, cachedVideo: g.cachedModes.video,
	}
	p.lift(g.prompt.n - g.promptModes.total())
	d.spread(&p, &r.Usage, member{u, g.promptKey}, member{u, g.cachedKey}, member{u, g.cachedKey})
	if d.err != nil {
		return
	}
	r.Usage.Input += g.tool.n - g.toolModes.audio - g.toolModes.image - g.toolModes.video
	r.Usage.AudioInput += g.toolModes.audio
	r.Usage.ImageInput += g.toolModes.image
	r.Usage.VideoInput += g.toolModes.video
	out := reply{whole: g.output.n, reasoning: g.think.n, audio: g.outputModes.audio, image: g.outputModes.image}
	if !out.into(&r.Usage, true) {
		d.refuse(u, g.outputKey, "audio or image tokens exceed the output they are part of", ErrInconsistent)
		return
	}
	d.geminiTotal(g, r)
}

// modesFit refuses parts that exceed their whole; a missing whole is their
// sum.
func (d *decoder) modesFit(u *object, whole *opt, m *modes, k key) bool {
	if !whole.ok {
		whole.n = m.total()
	}
	if m.total() > whole.n {
		d.refuse(u, k, "the parts by modality exceed the whole", ErrInconsistent)
		return false
	}
	return true
}

// lift raises the content that the prompt's list leaves out: n tokens of the
// prompt have no modality, and cached content is part of the prompt.
func (p *prompt) lift(n int64) {
	for _, m := range [...]struct {
		part   *int64
		cached int64
	}{{&p.image, p.cachedImage}, {&p.video, p.cachedVideo}, {&p.audio, p.cachedAudio}} {
		if lack := min(m.cached-*m.part, n); lack > 0 {
			*m.part += lack
			n -= lack
		}
	}
}

// geminiTotal compares the parts with the total. Tokens that no part explains
// are thoughts, if the body does not say how many there were.
func (d *decoder) geminiTotal(g *geminiCounts, r *Response) {
	gap := g.total.n - g.prompt.n - g.output.n - g.tool.n - g.think.n
	switch {
	case !g.total.ok || gap == 0:
	case gap > 0 && !g.think.ok && g.prompt.ok:
		r.Usage.Reasoning += gap
		d.note("reasoning_from_total: the total exceeds its parts; the rest is taken for hidden thoughts")
	default:
		d.note(noteTotal)
	}
}

// interactions reads the usage of Gemini Interactions, which counts as
// generateContent does under other names.
func (d *decoder) interactions(at *place, r *Response) {
	u := &at.usage
	d.labels(r, at, kID, kModel)
	d.geminiTier(at, r)
	g := geminiCounts{
		prompt: opt{d.count(u, kTotalInputTokens), u.has(kTotalInputTokens)},
		cached: opt{d.count(u, kTotalCachedTokens), u.has(kTotalCachedTokens)},
		output: opt{d.count(u, kTotalOutputTokens), u.has(kTotalOutputTokens)},
		tool:   opt{d.count(u, kTotalToolUseTokens), u.has(kTotalToolUseTokens)},
		think:  opt{d.count(u, kTotalThoughtTokens), u.has(kTotalThoughtTokens)},
		total:  opt{d.total(u, kTotalTokens), u.has(kTotalTokens)},

		promptKey: kTotalInputTokens, cachedKey: kTotalCachedTokens, outputKey: kTotalOutputTokens, toolKey: kTotalToolUseTokens,
	}
	g.promptModes = d.modes(u, kInputByModality)
	g.cachedModes = d.modes(u, kCachedByModality)
	g.toolModes = d.modes(u, kToolUseByModality)
	g.outputModes = d.modes(u, kOutputByModality)
	d.geminiUsage(u, &g, r)
	var e object
	for it := d.elements(u, kGroundingToolCount); d.next(&it, &e); {
		r.Usage.WebSearches += d.count(&e, kCount)
	}
}
