package usage

// prompt is a prompt as the inclusive shapes count it: a whole, and subsets
// along two axes, what was cached and what kind of content it is.
type prompt struct {
	whole               int64
	cached, written     int64
	audio, image, video int64

	// Cached tokens by kind of content, where the body divides them.
	cachedAudio, cachedImage, cachedVideo int64
}

// fit says whether subsets fit their whole.
type fit uint8

const (
	fits        fit = iota
	fitsSpilled     // only if some of the cached tokens are not text
	overContent     // audio, images and video exceed the whole
	overCached      // cached tokens exceed the whole, or their kind of content
	overWritten     // written and cached tokens together exceed the whole
)

// into spreads the prompt over disjoint meters, the written tokens aside,
// which the caller books by lifetime.
//
// Where the body does not divide the cached tokens by kind of content, they
// are text as far as there is text, then images, video and audio; the same
// goes for written tokens. So no meter turns negative.
func (p *prompt) into(u *Usage) fit {
	text := p.whole - p.audio - p.image - p.video
	cachedText := p.cached - p.cachedAudio - p.cachedImage - p.cachedVideo
	switch {
	case text < 0:
		return overContent
	case p.cached > p.whole || cachedText < 0,
		p.cachedAudio > p.audio || p.cachedImage > p.image || p.cachedVideo > p.video:
		return overCached
	case p.cached+p.written > p.whole:
		return overWritten
	}
	result := fits
	u.AudioCacheRead, u.ImageCacheRead, u.VideoCacheRead = p.cachedAudio, p.cachedImage, p.cachedVideo
	u.AudioInput, u.ImageInput, u.VideoInput = p.audio-p.cachedAudio, p.image-p.cachedImage, p.video-p.cachedVideo
	u.CacheRead = min(cachedText, text)
	text -= u.CacheRead
	move := func(n int64, from, to *int64) int64 {
		m := min(n, *from)
		*from -= m
		if to != nil {
			*to += m
		}
		return n - m
	}
	if rest := cachedText - u.CacheRead; rest > 0 {
		result = fitsSpilled
		rest = move(rest, &u.ImageInput, &u.ImageCacheRead)
		rest = move(rest, &u.VideoInput, &u.VideoCacheRead)
		move(rest, &u.AudioInput, &u.AudioCacheRead)
	}
	if rest := move(p.written, &text, nil); rest > 0 {
		result = fitsSpilled
		rest = move(rest, &u.ImageInput, nil)
		rest = move(rest, &u.VideoInput, nil)
		move(rest, &u.AudioInput, nil)
	}
	u.Input = text
	return result
}

// spread books a prompt. If it cannot be true, it refuses the member that
// says so.
func (d *decoder) spread(p *prompt, u *Usage, content, cached, written member) {
	if d.err != nil {
		return
	}
	switch p.into(u) {
	case fits:
	case fitsSpilled:
		d.note(noteSpilled)
	case overContent:
		d.refuse(content.o, content.k, "the tokens of other content exceed the prompt they are part of", ErrInconsistent)
	case overCached:
		d.refuse(cached.o, cached.k, "cached tokens exceed the prompt they are part of", ErrInconsistent)
	case overWritten:
		d.refuse(written.o, written.k, "written and cached tokens exceed the prompt they are part of", ErrInconsistent)
	}
}

const noteSpilled = "modality_inferred: the cached tokens exceed the text of the prompt and were taken from its other content"

// reply is what a model generated as the OpenAI family counts it.
type reply struct {
	whole, reasoning, audio, image int64
}

// into spreads the reply over disjoint meters. onTop says that reasoning was
// not counted in the whole. It reports false if the subsets exceed the whole.
func (r *reply) into(u *Usage, onTop bool) bool {
	text := r.whole - r.audio - r.image
	if !onTop {
		text -= r.reasoning
	}
	u.Output, u.Reasoning, u.AudioOutput, u.ImageOutput = text, r.reasoning, r.audio, r.image
	return text >= 0
}
