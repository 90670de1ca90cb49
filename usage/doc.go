// Package usage says what a call to a language model consumed, and reads it
// from the raw replies of every provider.
//
// A [Usage] is a set of disjoint meters: no token is in two of them, so they
// can be summed and priced one by one. [FromJSON] reads a body, [Stream] a
// streamed reply while it passes. Both return a [Response], with the model and
// the tier that were served.
//
//	r, err := usage.FromJSON(usage.Auto, body)
//
//	s := usage.NewStream(usage.Auto)
//	io.Copy(client, io.TeeReader(resp.Body, s))
//	r, err := s.Result()
//
// The package imports only the standard library, does no I/O, knows no clock
// and starts no goroutine.
//
// # Which counts are part of which
//
// The providers agree on names more than on meaning. "Part of" means that the
// whole holds it already, so it is subtracted from the whole's meter; "beside"
// means that it does not.
//
//	shape                input count              cached          written         reasoning                  other content
//	AnthropicMessages    input_tokens             beside          beside          thinking_tokens: part of   –
//	OpenAIChat           prompt_tokens            part of         part of         part of, or beside [a]     audio, image, video: part of
//	OpenAIResponses      input_tokens             part of         part of         part of [a]                audio, image: part of
//	OpenAIRealtime       input_tokens             part of, by content  –          –                          audio, image: part of
//	OpenAIImages         input_tokens             part of         –               –                          image: part of
//	OpenAITranscription  input_tokens or seconds  –               –               –                          audio: part of
//	Gemini, Vertex, Live promptTokenCount         part of, by content  –          thoughts: beside           every modality: part of
//	GeminiInteractions   total_input_tokens       part of, by content  –          thoughts: beside           every modality: part of
//	BedrockConverse      inputTokens              beside          beside          –                          –
//	BedrockInvoke        inputTokenCount          beside          beside          –                          –
//	CohereChat           billed_units             part of         –               –                          –
//	Ollama               prompt_eval_count        –               –               –                          –
//	OpenTelemetry        input_tokens             part of         part of         part of                    audio, image: part of
//
// [a] OpenAI counts reasoning in completion_tokens; xAI and Gemini's endpoint
// for OpenAI clients do not. total_tokens proves which: if it exceeds prompt
// and completion by the reasoning, that is beside them; if by something that
// no other count explains, the rest is hidden reasoning, and a note says so.
//
// Further: Gemini's tool-use prompt is beside promptTokenCount, and documents
// bill as images. Where the cached tokens are not divided by content, they are
// text first, then images, video and audio. Perplexity's citation tokens are
// beside prompt_tokens and cost what input costs.
//
// # Cache writes
//
// Writes are metered by how long they are kept. Where a body does not say, in
// whole or in part, the rest is of the shortest lifetime that the maker of the
// model sells: 5 minutes for Anthropic (and for models called claude on any
// provider), 30 minutes for OpenAI. If a body gives only the parts, their sum
// is the whole.
//
// # Replies that are several calls
//
// Anthropic's usage.iterations and OpenAI's tool_usage.image_gen and svg_usage
// list calls on models of their own within one reply. They become
// [Response.Parts], to be priced one by one; Usage is their sum. In a reply
// that fell back to another model, the model that served is that of the
// fallback_message iteration, whatever the beginning of a stream says, and an
// attempt that was refused before it produced anything is not billed and is
// left out.
//
// # Numbers
//
// A count is a whole number from 0 to 10^12, in any spelling of JSON that is
// exact: 12, 12.0, 1e3, 1.5e1 and -0, and the same in a string ("12"), for
// protocols that write 64-bit integers so. One rule for each of the others:
//
//	negative                   error, ErrRange
//	above 10^12                error, ErrRange
//	12.5, true, "NaN", [], {}  error
//	NaN, 012, +1, .5           not JSON: error with its offset
//	null, or absent            0
//	the same key twice         the last wins
//	keys in another case       are other keys
//	a part above its whole     error, ErrInconsistent
//	parts short of the whole   the rest is plain text, of the default lifetime
//	a total not the sum        the parts count, with a note
//	a total above 10^12        a total may be up to 10^15: it is no meter
//	escapes in keys or words   mean what they spell
//
// An error is a [*FieldError] that names the place, such as
// usage.prompt_tokens_details.cached_tokens. Values that no meter needs are
// checked to be JSON, and nothing else.
//
// # Notes
//
// [Response.Notes] tells of oddities that did not stop the reading. Each begins
// with a word that does not change: total_mismatch, reasoning_from_total,
// modality_inferred, iterations_mismatch, promoted_input, fallback_credit,
// rounded, unmetered.
//
// # Which shape
//
// With [Auto], the keys decide. input_tokens and output_tokens alone are what
// several shapes share: then the type, object, id or model beside them must
// tell, or the provider that the caller names; else [ErrAmbiguousShape]. A
// framework's counts, such as those of LangChain or the AI SDK, resemble a
// provider's but overlap otherwise: they are [ErrUnknownShape].
package usage
