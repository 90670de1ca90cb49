package usage

import (
	"fmt"
	"strings"
)

// Shape names a raw form of usage that this package reads.
type Shape uint8

// The shapes. See the package comment for which of their counts are subsets
// of which.
const (
	UnknownShape        Shape = iota
	AnthropicMessages         // Anthropic Messages, also on Bedrock InvokeModel and Vertex
	OpenAIChat                // OpenAI Chat Completions and everything that imitates it
	OpenAIResponses           // OpenAI Responses
	OpenAIEmbeddings          // an embeddings reply in OpenAI's form
	OpenAIImages              // OpenAI image generation and edits
	OpenAITranscription       // OpenAI speech to text, by token or by second
	OpenAIRealtime            // OpenAI Realtime
	Gemini                    // Gemini and Vertex generateContent
	GeminiLive                // Gemini Live
	GeminiInteractions        // Gemini Interactions
	BedrockConverse           // Amazon Bedrock Converse
	BedrockInvoke             // invocation metrics and native bodies of Bedrock InvokeModel
	CohereChat                // Cohere chat, embed, rerank and classify
	MistralOCR                // Mistral document processing
	Ollama                    // Ollama chat, generate and embed, of self-hosted models
	OpenTelemetry             // GenAI attributes of OpenTelemetry
	numShapes           = int(iota)
)

var shapeNames = [numShapes]string{
	"unknown", "anthropic_messages", "openai_chat", "openai_responses", "openai_embeddings", "openai_images",
	"openai_transcription", "openai_realtime", "gemini", "gemini_live", "gemini_interactions",
	"bedrock_converse", "bedrock_invoke", "cohere", "mistral_ocr", "ollama", "opentelemetry",
}

// String returns the shape's name, such as "anthropic_messages".
func (s Shape) String() string {
	if int(s) < numShapes {
		return shapeNames[s]
	}
	return fmt.Sprintf("shape(%d)", uint8(s))
}

// Family returns the provider whose own form the shape is, such as
// [Anthropic] for [AnthropicMessages]. Other providers serve the same shape,
// and half the field imitates [OpenAIChat], so it is a hint for whom to ask
// first, not a proof of who answered. It is empty for [UnknownShape],
// [Ollama] and [OpenTelemetry].
func (s Shape) Family() string {
	switch s {
	case AnthropicMessages:
		return Anthropic
	case OpenAIChat, OpenAIEmbeddings, OpenAIResponses, OpenAIImages, OpenAITranscription, OpenAIRealtime:
		return OpenAI
	case Gemini, GeminiLive, GeminiInteractions:
		return Google
	case BedrockConverse, BedrockInvoke:
		return Bedrock
	case CohereChat:
		return Cohere
	case MistralOCR:
		return Mistral
	}
	return ""
}

// Response is what a raw body or stream says of one call.
type Response struct {
	Shape    Shape
	Provider string // short name, if the caller gave one or the body itself proves it; else empty
	ID       string // the provider's id of the reply; empty if the body has none
	Model    string // the model that served, as the body names it; empty if it names none

	// Usage is all that the reply consumed, the Parts included. It passes
	// [Usage.Validate].
	Usage Usage

	Tier   string // service tier served: "standard", "batch", "flex", "priority", …; empty if not said
	Speed  string // "standard" or "fast"; empty if not said
	Region string // inference geography, such as "us"; empty if not said or not bound

	// Parts is set if the reply is billed as several calls, each on its own
	// model and with a prompt of its own. Their usages add up to Usage.
	Parts []Part

	ReportedCost string // what the provider says it charges for the reply, as a plain decimal in USD; empty if not said
	Partial      bool   // the reply was cut short: the counts are a lower bound
	Notes        []string
}

// Part is a share of a reply that is billed as a call of its own.
type Part struct {
	Kind  string // as the body names it: "message", "advisor_message", "compaction", …
	Model string // empty if the body does not say
	Usage Usage
}

// maxBody is the size of the largest body: offsets are kept in 32 bits.
const maxBody = 1<<31 - 1

// FromJSON reads the usage of one call from a raw response body, from the
// object that holds its usage, or from the usage object itself if that alone
// tells its shape. It recognizes the shape by its keys. The provider, [Auto]
// or a name or alias that [CanonicalProvider] knows, only settles what the
// keys leave open, and fills [Response.Provider].
//
// Errors: [ErrUnknownShape] if there is no usage of a known shape,
// [ErrAmbiguousShape] if it could be of two shapes, and a [*FieldError] that
// names the place if the body is not JSON or a count cannot be true. FromJSON
// keeps no reference to body, and is safe for concurrent use.
func FromJSON(provider string, body []byte) (Response, error) {
	var r Response
	if len(body) > maxBody {
		return r, &FieldError{Offset: -1, Reason: "body larger than 2 GiB"}
	}
	provider, _ = CanonicalProvider(provider)
	d := decoder{scanner: scanner{data: body}, provider: provider}
	var root object
	if !d.document(&root) {
		return r, d.err
	}
	var at place
	d.find(&root, &at)
	if d.err == nil {
		d.decode(&at, &r)
	}
	if d.err != nil {
		return Response{}, d.err
	}
	r.Notes = d.notes
	return r, nil
}

// document scans a body that is one object and nothing else.
func (d *decoder) document(root *object) bool {
	i := 0
	if len(d.data) >= 3 && string(d.data[:3]) == "\xef\xbb\xbf" {
		i = 3
	}
	i = d.space(i)
	if i == len(d.data) {
		d.err = &FieldError{Offset: int64(i), Reason: "empty body"}
		return false
	}
	if d.data[i] != '{' {
		if d.skip(i) < 0 {
			d.malformed()
		} else {
			d.err = ErrUnknownShape
		}
		return false
	}
	if i = d.scanObject(i, root); i < 0 {
		d.malformed()
		return false
	}
	if i = d.space(i); i != len(d.data) {
		d.err = &FieldError{Offset: int64(i), Reason: "more after the end of the object"}
		return false
	}
	return true
}

// decode fills r from the usage that was found.
func (d *decoder) decode(at *place, r *Response) {
	r.Shape = at.shape
	r.Provider = d.provider
	switch at.shape {
	case AnthropicMessages:
		var f anthropicFields
		f.read(d, at)
		f.response(d, r)
	case OpenAIChat, OpenAIEmbeddings:
		d.openAIChat(at, r)
	case OpenAIResponses, OpenAIImages, OpenAITranscription, OpenAIRealtime:
		d.openAIResponses(at, r)
	case Gemini, GeminiLive:
		d.gemini(at, r)
	case GeminiInteractions:
		d.interactions(at, r)
	case BedrockConverse:
		d.converse(at, r)
	case BedrockInvoke:
		d.invoke(at, r)
	case CohereChat:
		d.cohere(at, r)
	case MistralOCR:
		d.labels(r, at, kID, kModel)
		r.Usage.Pages = d.count(&at.usage, kPagesProcessed)
	case Ollama:
		d.labels(r, at, kID, kModel)
		r.Usage.Input = d.count(&at.usage, kPromptEvalCount)
		r.Usage.Output = d.count(&at.usage, kEvalCount)
	case OpenTelemetry:
		d.telemetry(at, r)
	}
	d.validate(&r.Usage, at.usage.path)
}

// validate refuses counts that are within bounds one by one but not in all.
func (d *decoder) validate(u *Usage, p path) {
	if d.err != nil {
		return
	}
	if err := u.Validate(); err != nil {
		d.err = &FieldError{Path: d.name(p), Offset: -1, Reason: strings.TrimPrefix(err.Error(), "usage: "), Kind: ErrRange}
	}
}

// labels fills the id and the model.
func (d *decoder) labels(r *Response, at *place, id, model key) {
	i, m := d.keep(&at.outer, id), d.keep(&at.outer, model)
	s := string(d.text.bytes())
	r.ID, r.Model = s[i.from:i.to], s[m.from:m.to]
}

// CanonicalTier returns the name of a service tier in the words of
// [Response.Tier], whichever provider's word it is: "default" is "standard",
// "ON_DEMAND_FLEX" is "flex", "fast" (OpenAI's later name) is "priority",
// "auto" says nothing and is empty. A word it does not know is returned as it
// came.
func CanonicalTier(name string) string {
	if t, ok := tier([]byte(name)); ok {
		return t
	}
	return name
}

func tier(name []byte) (string, bool) {
	switch string(name) {
	case "", "auto", "unspecified", "UNSPECIFIED", "TRAFFIC_TYPE_UNSPECIFIED", "SERVICE_TIER_UNSPECIFIED":
		return "", true
	case "standard", "STANDARD", "standard_only", "default", "on_demand", "ON_DEMAND":
		return "standard", true
	case "batch":
		return "batch", true
	case "flex", "FLEX", "ON_DEMAND_FLEX":
		return "flex", true
	case "priority", "PRIORITY", "fast", "ON_DEMAND_PRIORITY":
		return "priority", true
	case "ultrafast":
		return "ultrafast", true
	case "scale":
		return "scale", true
	case "reserved":
		return "reserved", true
	case "ON_DEMAND_OFFPEAK":
		return "offpeak", true
	case "PROVISIONED_THROUGHPUT":
		return "provisioned", true
	}
	return "", false
}

// tier reads a member that names a service tier; no string names none.
func (d *decoder) tier(o *object, k key) string {
	raw := d.raw(o, k)
	if t, ok := tier(raw); ok {
		return t
	}
	return d.string(o, k)
}

// word reads a short string member, without allocating for the usual ones.
func (d *decoder) word(o *object, k key) string {
	switch string(d.raw(o, k)) {
	case "", "not_available":
		return ""
	case "standard":
		return "standard"
	case "fast":
		return "fast"
	case "us":
		return "us"
	case "eu":
		return "eu"
	case "global":
		return "global"
	}
	return d.string(o, k)
}
