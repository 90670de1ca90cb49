package usage

// prompt is a prompt as the inclusive shapes count it: a whole, and subsets
// along two axes, what was cached and what kind of content it is.
type prompt struct {
	whole               int64
	cached, written     int64
	audio, image, video int64

	// Cached tokens by kind of content, where the body divides them.
	cachedAudio, cachedImage, cachedVideo int64
	divided                               bool
}

// into spreads the prompt over disjoint meters and returns the tokens that
// were written to a cache, for the caller to book by lifetime. It reports
// false if the subsets cannot fit the whole.
//
// Where the body does not divide the cached tokens by kind of content, they
// are text as far as there is text, then images, video and audio; the same
// goes for written tokens. So no meter turns negative.
func (p *prompt) into(u *Usage) (spilled, ok bool) {
	text := p.whole - p.audio - p.image - p.video
	if text < 0 || p.cached+p.written > p.whole {
		return false, false
	}
	cachedText := p.cached - p.cachedAudio - p.cachedImage - p.cachedVideo
	if p.divided && (cachedText < 0 || p.cachedAudio > p.audio || p.cachedImage > p.image || p.cachedVideo > p.video) {
		return false, false
	}
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
		spilled = true
		rest = move(rest, &u.ImageInput, &u.ImageCacheRead)
		rest = move(rest, &u.VideoInput, &u.VideoCacheRead)
		move(rest, &u.AudioInput, &u.AudioCacheRead)
	}
	if rest := move(p.written, &text, nil); rest > 0 {
		spilled = true
		rest = move(rest, &u.ImageInput, nil)
		rest = move(rest, &u.VideoInput, nil)
		move(rest, &u.AudioInput, nil)
	}
	u.Input = text
	return spilled, true
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
