package sdk

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
	"google.golang.org/genai"
)

var geminiModels = []string{"gemini-3.8-flash", "gemini-3-pro-preview", "gemini-2.5-flash", "gemini-2.0-flash-001"}

var modalities = []string{"TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT"}

// byModality lists the counts of the kinds of content. Zeros may be missing,
// as may be the name of a kind, which then means text.
func (g *gen) byModality(counts []int64) []any {
	list := []any{}
	for i, n := range counts {
		if n == 0 && g.chance(70) {
			continue
		}
		mode := any(modalities[i])
		if i == 0 && g.chance(10) {
			mode = one[any](g, absent{}, "MODALITY_UNSPECIFIED")
		}
		list = append(list, doc{{"modality", mode}, {"tokenCount", n}})
	}
	g.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// geminiUsage makes usageMetadata. Cached tokens are part of the prompt, tool
// use and thoughts come on top. output is what the shape calls the answer:
// candidates or response.
func (g *gen) geminiUsage(output string) doc {
	g.max = math.MaxInt32 / 5 // the SDK's counts have 32 bits
	prompt, answer, tool, thoughts := g.count(), g.count(), g.count(), g.count()
	if g.chance(50) {
		tool = 0
	}
	if g.chance(30) {
		thoughts = 0
	}
	in, out := g.split(prompt, len(modalities)), g.split(answer, 4)
	cached := make([]int64, len(in))
	var read int64
	if g.chance(60) {
		for i := range in {
			cached[i] = g.part(in[i])
			read += cached[i]
		}
	}
	zero := func(n int64) any { // a zero is often left out
		if n == 0 && g.chance(60) {
			return one[any](g, absent{}, nil)
		}
		return n
	}
	u := doc{
		{"promptTokenCount", prompt}, {"cachedContentTokenCount", zero(read)}, {output + "TokenCount", zero(answer)},
		{"thoughtsTokenCount", zero(thoughts)}, {"toolUsePromptTokenCount", zero(tool)},
		{"totalTokenCount", g.maybe(prompt + answer + tool + thoughts)},
	}
	if g.chance(80) {
		u = append(u, member{"promptTokensDetails", g.byModality(in)})
		if read > 0 && g.chance(80) {
			u = append(u, member{"cacheTokensDetails", g.byModality(cached)})
		}
	}
	if answer > 0 && g.chance(60) {
		u = append(u, member{output + "TokensDetails", g.byModality(out)})
	}
	if tool > 0 && g.chance(60) {
		u = append(u, member{"toolUsePromptTokensDetails", g.byModality(g.split(tool, len(modalities)))})
	}
	return u
}

// kinds sums a list by kind of content; documents bill as images.
func kinds(list []*genai.ModalityTokenCount) (audio, image, video int64) {
	for _, m := range list {
		switch n := int64(m.TokenCount); m.Modality {
		case genai.MediaModalityAudio:
			audio += n
		case genai.MediaModalityImage, genai.MediaModalityDocument:
			image += n
		case genai.MediaModalityVideo:
			video += n
		}
	}
	return audio, image, video
}

// geminiWant maps the SDK's struct. Live's has the same members but for the
// answer's, which the caller moves.
func geminiWant(u *genai.GenerateContentResponseUsageMetadata) (w usage.Usage, open bool) {
	audio, image, video := kinds(u.PromptTokensDetails)
	cachedAudio, cachedImage, cachedVideo := kinds(u.CacheTokensDetails)
	toolAudio, toolImage, toolVideo := kinds(u.ToolUsePromptTokensDetails)
	outAudio, outImage, _ := kinds(u.CandidatesTokensDetails)
	text := int64(u.PromptTokenCount) - audio - image - video
	cachedText := int64(u.CachedContentTokenCount) - cachedAudio - cachedImage - cachedVideo
	toolText := int64(u.ToolUsePromptTokenCount) - toolAudio - toolImage - toolVideo
	return usage.Usage{
		Input: text - cachedText + toolText, CacheRead: cachedText,
		AudioInput: audio - cachedAudio + toolAudio, AudioCacheRead: cachedAudio,
		ImageInput: image - cachedImage + toolImage, ImageCacheRead: cachedImage,
		VideoInput: video - cachedVideo + toolVideo, VideoCacheRead: cachedVideo,
		Output:      int64(u.CandidatesTokenCount) - outAudio - outImage,
		AudioOutput: outAudio, ImageOutput: outImage,
		Reasoning: int64(u.ThoughtsTokenCount),
	}, cachedText > text
}

// trafficTier is Vertex's word for a service tier in the words of usage.
func trafficTier(t genai.TrafficType) string {
	switch t {
	case genai.TrafficTypeOnDemand:
		return "standard"
	case genai.TrafficTypeProvisionedThroughput:
		return "provisioned"
	}
	return strings.ToLower(strings.TrimPrefix(string(t), "ON_DEMAND_"))
}

func (g *gen) trafficType() any {
	return one[any](g, absent{}, nil, "ON_DEMAND", "ON_DEMAND_PRIORITY", "ON_DEMAND_FLEX", "ON_DEMAND_OFFPEAK", "PROVISIONED_THROUGHPUT")
}

// candidates makes answers, some grounded in searches.
func (g *gen) candidates(finish any) []any {
	list := make([]any, 1)
	for i := range list {
		c := doc{
			{"index", int64(i)}, {"finishReason", finish},
			{"content", doc{{"role", "model"}, {"parts", []any{doc{{"text", g.text()}}}}}},
		}
		if g.chance(20) {
			queries := make([]any, g.IntN(4))
			for j := range queries {
				queries[j] = g.text()
			}
			c = append(c, member{"groundingMetadata", doc{{"webSearchQueries", queries}, {"groundingChunks", []any{}}}})
		}
		list[i] = c
	}
	return list
}

func geminiResponse(r *genai.GenerateContentResponse) want {
	w := want{shape: usage.Gemini, id: r.ResponseID, model: r.ModelVersion, none: r.UsageMetadata == nil}
	if w.none {
		return w
	}
	w.tier = trafficTier(r.UsageMetadata.TrafficType)
	w.usage, w.open = geminiWant(r.UsageMetadata)
	for _, c := range r.Candidates {
		if c.GroundingMetadata != nil {
			w.usage.WebSearches += int64(len(c.GroundingMetadata.WebSearchQueries))
		}
	}
	if strings.HasPrefix(r.ModelVersion, "gemini-2") { // billed by the grounded answer, not by the query
		w.usage.WebSearches = min(w.usage.WebSearches, 1)
	}
	return w
}

func TestGemini(t *testing.T) {
	forEach(t, 51, func(t *testing.T, g *gen, _ int) {
		var u any = append(g.geminiUsage("candidates"), member{"trafficType", g.trafficType()})
		if g.chance(2) {
			u = one[any](g, nil, absent{})
		}
		body := g.json(doc{
			{"candidates", g.candidates("STOP")}, {"usageMetadata", u},
			{"modelVersion", g.model(geminiModels...)}, {"responseId", g.maybe(g.label(""))},
			{"createTime", "2026-11-22T05:00:00.123456Z"},
		})
		var r genai.GenerateContentResponse
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		got, err := usage.FromJSON(one(g, usage.Auto, usage.Google, usage.Vertex), body)
		check(t, body, got, err, geminiResponse(&r))
	})
}

// TestGeminiLive reads a message of a Live session.
func TestGeminiLive(t *testing.T) {
	forEach(t, 52, func(t *testing.T, g *gen, _ int) {
		u := append(g.geminiUsage("response"), member{"serviceTier", g.maybe(one(g, "standard", "flex", "priority"))})
		if !u.sets("responseTokenCount") && !u.sets("responseTokensDetails") {
			return // nothing tells it from generateContent
		}
		body := g.json(doc{{"serverContent", doc{{"turnComplete", true}}}, {"usageMetadata", u}})
		var m genai.LiveServerMessage
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		live := m.UsageMetadata
		w := want{shape: usage.GeminiLive, tier: string(live.ServiceTier)}
		w.usage, w.open = geminiWant(&genai.GenerateContentResponseUsageMetadata{
			PromptTokenCount: live.PromptTokenCount, CachedContentTokenCount: live.CachedContentTokenCount,
			CandidatesTokenCount: live.ResponseTokenCount, ThoughtsTokenCount: live.ThoughtsTokenCount,
			ToolUsePromptTokenCount: live.ToolUsePromptTokenCount,
			PromptTokensDetails:     live.PromptTokensDetails, CacheTokensDetails: live.CacheTokensDetails,
			CandidatesTokensDetails: live.ResponseTokensDetails, ToolUsePromptTokensDetails: live.ToolUsePromptTokensDetails,
		})
		got, err := usage.FromJSON(one(g, usage.Auto, usage.Google, usage.Vertex), body)
		check(t, body, got, err, w)
	})
}

// sets reports whether a member has a value.
func (d doc) sets(key string) bool {
	for _, m := range d {
		if m.key == key {
			return m.val != nil && m.val != any(absent{})
		}
	}
	return false
}

// canned is an http.RoundTripper that answers with one body.
type canned struct{ body []byte }

// RoundTrip implements http.RoundTripper.
func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := reply("text/event-stream", bytes.NewReader(c.body))
	resp.Request = r
	return resp, nil
}

// geminiStream makes the chunks of an answer. Counts grow from chunk to chunk;
// Vertex says in the first ones no more than its traffic type.
func (g *gen) geminiStream() []event {
	g.compact = true // the SDK wants an event on one line
	id, model, traffic := g.label(""), g.model(geminiModels...), g.trafficType()
	chunk := func(finish, u any) event {
		return event{data: g.json(doc{{"candidates", g.candidates(finish)}, {"usageMetadata", u}, {"modelVersion", model}, {"responseId", id}})}
	}
	var all []event
	for range g.IntN(4) {
		all = append(all, chunk(absent{}, one[any](g, absent{}, nil, doc{{"trafficType", traffic}}, doc{{"promptTokenCount", int64(3)}, {"totalTokenCount", int64(3)}})))
	}
	return append(all, chunk("STOP", append(g.geminiUsage("candidates"), member{"trafficType", traffic})))
}

// TestGeminiStream runs the SDK's client against canned streams, and reads the
// same chunks also as the JSON array that the API sends when it is not asked
// for server-sent events.
func TestGeminiStream(t *testing.T) {
	transport := &canned{}
	client, err := genai.NewClient(t.Context(), &genai.ClientConfig{
		APIKey: "none", Backend: genai.BackendVertexAI, HTTPClient: &http.Client{Transport: transport},
	})
	if err != nil {
		t.Fatal(err)
	}
	forEach(t, 53, func(t *testing.T, g *gen, _ int) {
		events := g.geminiStream()
		var frames, array [][]byte
		end := []byte(one(g, "\n\n", "\r\n\r\n"))
		for i, e := range events {
			frames = append(frames, []byte("data: "), e.data, end)
			array = append(array, []byte(one(g, ",", ",\r\n")), e.data)
			if i == 0 {
				array[0] = []byte("[")
			}
		}
		array = append(array, []byte("\n]"))
		transport.body = bytes.Join(frames, nil)
		var last *genai.GenerateContentResponse
		for r, err := range client.Models.GenerateContentStream(t.Context(), "gemini-3.8-flash", genai.Text("hello"), nil) {
			if err != nil {
				t.Fatalf("SDK: %v\n%s", err, transport.body)
			}
			last = r
		}
		w := geminiResponse(last)
		for _, f := range [][][]byte{frames, array} {
			got, err := stream(g, one(g, usage.Auto, usage.Google, usage.Vertex), f)
			check(t, bytes.Join(f, nil), got, err, w)
			if got.Partial {
				t.Errorf("partial, but the stream is whole\n%s", bytes.Join(f, nil))
			}
		}
	})
}
