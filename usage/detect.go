package usage

import "bytes"

// place is where the usage of a body was found: the object that holds it and
// the usage object itself, which may be the same.
type place struct {
	shape Shape
	outer object // has id, model and tier beside the usage
	usage object
	batch bool // the body is a line of a batch result
}

// find looks for the usage in the body and names its shape. The usage is a
// member of the root, or of one wrapper in it, or the root itself.
func (d *decoder) find(root *object, at *place) {
	at.outer = *root
	for range 4 {
		if at.outer.any(kCustomID) && at.outer.any(kResult, kResponse) {
			at.batch = true
		}
		if d.holder(at) || d.err != nil {
			return
		}
		var inner object
		if !d.unwrap(&at.outer, &inner) {
			break
		}
		at.outer = inner
	}
	if d.err != nil {
		return
	}
	// The root may be the usage object itself.
	at.outer, at.usage = *root, *root
	if at.shape = d.bare(&at.usage, &at.outer); at.shape == UnknownShape && d.err == nil {
		d.err = ErrUnknownShape
	}
}

// wrappers are the members that may hold the response, in the order in which
// they are tried.
var wrappers = [...]key{kResponse, kMessage, kResult, kBody, kMetadata, kDelta, kInteraction}

// unwrap enters the first wrapper that is an object.
func (d *decoder) unwrap(o, inner *object) bool {
	for _, k := range wrappers {
		if d.isObject(o, k) {
			return d.enter(o, k, inner)
		}
	}
	return false
}

// holder looks for usage as a member of at.outer.
func (d *decoder) holder(at *place) bool {
	o := &at.outer
	switch {
	case d.isObject(o, kUsage):
		if !d.enter(o, kUsage, &at.usage) {
			return true
		}
		at.shape = d.usageShape(&at.usage, o)
		return d.settle(at)
	case d.isObject(o, kSVGUsage):
		at.shape = OpenAIImages // with no other usage
		return true
	case d.isObject(o, kUsageMetadata):
		if !d.enter(o, kUsageMetadata, &at.usage) {
			return true
		}
		at.shape = geminiShape(&at.usage)
		return d.settle(at)
	case d.isObject(o, kGroq):
		var groq object
		if !d.enter(o, kGroq, &groq) || !d.enter(&groq, kUsage, &at.usage) {
			return false
		}
		at.shape = d.usageShape(&at.usage, o)
		return d.settle(at)
	case d.isObject(o, kInvocationMetrics):
		at.shape = BedrockInvoke
		return d.enter(o, kInvocationMetrics, &at.usage)
	case d.isObject(o, kUsageInfo):
		at.shape = MistralOCR
		return d.enter(o, kUsageInfo, &at.usage)
	case d.isObject(o, kMeta):
		if !d.enter(o, kMeta, &at.usage) || !at.usage.any(kBilledUnits, kTokens) {
			return false
		}
		at.shape = CohereChat
		return true
	case o.has(kAttributes):
		return d.attributes(at)
	}
	return false
}

// settle turns an unknown shape of an object that is called usage into an
// error.
func (d *decoder) settle(at *place) bool {
	if at.shape == UnknownShape && d.err == nil {
		d.err = ErrUnknownShape
	}
	return true
}

// usageShape names the shape of a usage object u inside o.
func (d *decoder) usageShape(u, o *object) Shape {
	chat := u.any(kPromptTokens, kCompletionTokens)
	plain := u.any(kInputTokens, kOutputTokens)
	switch {
	case chat && plain:
		if s := d.declared(o); s != UnknownShape {
			return s
		}
		d.err = ErrAmbiguousShape
		return UnknownShape
	case chat:
		if !u.any(kCompletionTokens) && d.is(o, kObject, "list") {
			return OpenAIEmbeddings
		}
		return OpenAIChat
	case plain:
		return d.plainShape(u, o)
	case u.any(kInputTokensCamel, kOutputTokensCamel):
		if u.any(kFramework) {
			return UnknownShape // a framework's own counts, whose subsets are not Bedrock's
		}
		return BedrockConverse
	case u.any(kTotalInputTokens, kTotalOutputTokens):
		return GeminiInteractions
	case geminiShape(u) != UnknownShape:
		return geminiShape(u)
	case u.any(kBilledUnits, kTokens):
		return CohereChat
	case u.any(kSeconds):
		return OpenAITranscription
	case u.any(kTotalTokens) && d.is(o, kObject, "list"):
		return OpenAIEmbeddings
	case u.any(kCacheReadInputTokens, kCacheCreationInputTokens):
		return AnthropicMessages
	case d.provider == Anthropic && d.isObject(u, kCacheCreation):
		var parts object
		if d.enter(u, kCacheCreation, &parts) && parts.any(kEphemeral5m, kEphemeral1h) {
			return AnthropicMessages
		}
	}
	return UnknownShape
}

// geminiShape tells generateContent's metadata from Live's, which counts a
// response where the other counts candidates.
func geminiShape(u *object) Shape {
	switch {
	case u.any(kResponseTokenCount, kResponseDetails):
		return GeminiLive
	case u.any(kPromptTokenCount, kCandidatesTokenCount, kThoughtsTokenCount, kCachedContentTokenCount):
		return Gemini
	}
	return UnknownShape
}

// declared reads the shape from what the body calls itself.
func (d *decoder) declared(o *object) Shape {
	switch {
	case d.is(o, kType, "message"), d.is(o, kType, "message_delta"):
		return AnthropicMessages
	case bytes.HasPrefix(d.raw(o, kObject), []byte("chat.completion")), d.is(o, kObject, "text_completion"):
		return OpenAIChat
	case d.is(o, kObject, "realtime.response"):
		return OpenAIRealtime
	case d.is(o, kObject, "response"):
		return OpenAIResponses
	case d.isObject(o, kSVGUsage):
		return OpenAIImages
	}
	return UnknownShape
}

// plainShape tells the shapes apart that say input_tokens and output_tokens:
// Anthropic's, which leave cached tokens out of input_tokens, and OpenAI's,
// which leave them in.
func (d *decoder) plainShape(u, o *object) Shape {
	if s := d.declared(o); s != UnknownShape {
		if s == AnthropicMessages && u.any(kInputTokensDetails, kInputTokenDetails) && !u.any(kCacheReadInputTokens, kCacheCreationInputTokens) {
			d.err = ErrAmbiguousShape // calls itself the one and counts as the other
			return UnknownShape
		}
		return s
	}
	anthropic := u.any(kCacheCreationInputTokens, kCacheReadInputTokens, kCacheCreation, kServerToolUse,
		kInferenceGeo, kIterations, kServiceTier, kSpeed)
	openai := u.any(kInputTokensDetails, kInputTokenDetails, kOutputTokenDetails, kTotalTokens)
	if u.any(kOutputTokensDetails) {
		var details object
		if d.enter(u, kOutputTokensDetails, &details) {
			anthropic = anthropic || details.any(kThinkingTokens)
			openai = openai || details.any(kReasoningTokens, kTextTokens, kImageTokens)
		}
	}
	switch {
	case anthropic && openai:
		d.err = ErrAmbiguousShape
		return UnknownShape
	case anthropic:
		return AnthropicMessages
	case openai:
		return d.openAIShape(u, o)
	}
	return d.eitherShape(o)
}

// openAIShape tells OpenAI's shapes with input_tokens apart.
func (d *decoder) openAIShape(u, o *object) Shape {
	switch {
	case d.is(u, kType, "tokens"), d.is(u, kType, "duration"):
		return OpenAITranscription
	case u.any(kInputTokenDetails, kOutputTokenDetails):
		return OpenAIRealtime
	case u.any(kInputTokensDetails):
		var details object
		if d.enter(u, kInputTokensDetails, &details) && details.any(kImageTokens) && (o.any(kData) || !details.any(kCachedTokens)) {
			return OpenAIImages
		}
	}
	return OpenAIResponses
}

// eitherShape settles input_tokens and output_tokens alone, which mean the
// same in several shapes, by what stands beside them or by the provider. A
// provider that is not known to have a shape of its own gets one of them.
func (d *decoder) eitherShape(o *object) Shape {
	id, model := d.raw(o, kID), d.raw(o, kModel)
	switch {
	case bytes.HasPrefix(id, []byte("msg_")), o.any(kStopReason), bytes.Contains(model, []byte("claude")):
		return AnthropicMessages
	case bytes.HasPrefix(id, []byte("resp_")), bytes.HasPrefix(model, []byte("gpt-")):
		return OpenAIResponses
	}
	switch d.provider {
	case Anthropic, Bedrock, Vertex, MiniMax:
		return AnthropicMessages
	case Cohere:
		return CohereChat
	case Auto:
		d.err = ErrAmbiguousShape
		return UnknownShape
	}
	return OpenAIResponses
}

// bare names the shape of a body that has its counts at the top.
func (d *decoder) bare(u, o *object) Shape {
	switch {
	case u.any(kOTelInput, kOTelOutput, kOTelPrompt, kOTelCompletion):
		return OpenTelemetry
	case u.any(kInputTokenCount, kOutputTokenCount, kInputTextTokenCount, kGenerationTokenCount):
		return BedrockInvoke
	case u.any(kPagesProcessed):
		return MistralOCR
	case u.any(kPromptEvalCount, kEvalCount):
		return Ollama
	case u.any(kTokens) && !u.any(kBilledUnits) && !d.isObject(u, kTokens):
		return UnknownShape
	}
	return d.usageShape(u, o)
}
