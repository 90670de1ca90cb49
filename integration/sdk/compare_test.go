package sdk

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
)

// want is what an SDK's struct says of a reply.
type want struct {
	shape         usage.Shape
	id, model     string
	tier          string
	speed, region string
	usage         usage.Usage
	none          bool // the reply has no usage

	// open says that the body leaves open which kind of content was cached, so
	// that only the sums are settled.
	open bool
}

// check compares what usage made of a body with what the SDK said.
func check(t *testing.T, body []byte, got usage.Response, err error, w want) {
	t.Helper()
	if w.none {
		if !errors.Is(err, usage.ErrUnknownShape) {
			t.Errorf("no usage in the SDK's struct, but usage says %+v, %v\n%s", got, err, body)
		}
		return
	}
	if err != nil {
		t.Errorf("usage: %v\nSDK: %+v\n%s", err, w, body)
		return
	}
	have := want{
		shape: got.Shape, id: got.ID, model: got.Model, tier: got.Tier, speed: got.Speed, region: got.Region,
		usage: got.Usage, open: w.open,
	}
	if w.open {
		have.usage, w.usage = fold(have.usage), fold(w.usage)
	}
	if have == w {
		return
	}
	t.Errorf("usage and SDK differ\nusage %+v\nSDK   %+v\n%s", have, w, body)
	for m := range usage.NumMeters {
		m := usage.Meter(m)
		if a, b := have.usage.Get(m), w.usage.Get(m); a != b {
			t.Errorf("  %s: usage %d, SDK %d", m, a, b)
		}
	}
}

// fold sums the prompt over the kinds of content.
func fold(u usage.Usage) usage.Usage {
	read := u.CacheReads()
	u.Input = u.Prompt() - read - u.CacheWrites()
	u.CacheRead = read
	u.AudioInput, u.ImageInput, u.VideoInput = 0, 0, 0
	u.AudioCacheRead, u.ImageCacheRead, u.VideoCacheRead = 0, 0, 0
	return u
}

// stream writes the frames to a usage.Stream in pieces of any size.
func stream(g *gen, provider string, frames [][]byte) (usage.Response, error) {
	s := usage.NewStream(provider)
	for _, f := range frames {
		for len(f) > 0 {
			n := 1 + g.IntN(len(f))
			if _, err := s.Write(f[:n]); err != nil {
				return usage.Response{}, err
			}
			f = f[n:]
		}
	}
	return s.Result()
}

// reply is an HTTP response with the body, as an SDK takes it.
func reply(contentType string, body io.Reader) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK,
		Status:     "200 OK",
		Header:     http.Header{"Content-Type": {contentType}},
		Body:       io.NopCloser(body),
	}
}

// openAITier is OpenAI's word for a service tier in the words of usage: auto
// says nothing, fast is the later name of priority.
func openAITier(s string) string {
	switch s {
	case "auto":
		return ""
	case "default":
		return "standard"
	case "fast":
		return "priority"
	}
	return s
}
