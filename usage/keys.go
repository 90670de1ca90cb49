package usage

// key is a member name that some shape gives a meaning to. Names that mean the
// same in two spellings share a key.
type key uint8

const (
	noKey key = iota

	// containers and what surrounds the usage
	kUsage
	kUsageMetadata
	kUsageInfo
	kMessage
	kResponse
	kResult
	kBody
	kMetadata
	kDelta
	kInteraction
	kMeta
	kGroq
	kAttributes
	kInvocationMetrics
	kType
	kObject
	kID
	kResponseID
	kModel
	kModelVersion
	kStopReason
	kFinishReason
	kCustomID
	kProvider
	kOutput
	kTools
	kAction
	kCandidates
	kChoices
	kServiceTier
	kData
	kPromptFilterResults
	kPromptCacheOptions
	kTTL
	kToolUsage
	kImageGen
	kSVGUsage
	kWebSearch
	kNumRequests
	kGroundingMetadata
	kWebSearchQueries
	kSpeed

	// Anthropic and OpenAI Responses
	kInputTokens
	kOutputTokens
	kTotalTokens
	kCacheCreationInputTokens
	kCacheReadInputTokens
	kCacheCreation
	kEphemeral5m
	kEphemeral1h
	kServerToolUse
	kWebSearchRequests
	kWebFetchRequests
	kCodeExecutionRequests
	kInferenceGeo
	kIterations
	kThinkingTokens
	kFallbackCredit
	kStatus
	kInputTokensDetails
	kOutputTokensDetails
	kInputTokenDetails
	kOutputTokenDetails
	kCachedTokensDetails
	kCachedTextTokens
	kCachedImageTokens
	kCacheWriteTokensDetails
	kTTL30m
	kTTL12h
	kSeconds

	// OpenAI Chat and its family
	kPromptTokens
	kCompletionTokens
	kPromptTokensDetails
	kCompletionTokensDetails
	kCachedTokens
	kCacheWriteTokens
	kReasoningTokens
	kAudioTokens
	kImageTokens
	kTextTokens
	kVideoTokens
	kPromptCacheHitTokens
	kPromptCacheMissTokens
	kCachedPromptTextTokens
	kPromptAudioSeconds
	kCitationTokens
	kNumSearchQueries
	kSearchContextSize
	kCost
	kTotalCost
	kCostTicks
	kIsByok
	kNumSourcesUsed
	kServerSideTools
	kWebSearchCalls
	kXSearchCalls
	kCodeInterpreterCalls
	kFileSearchCalls
	kDocumentSearchCalls
	kPagesProcessed

	// Gemini, Vertex and Live
	kPromptTokenCount
	kCandidatesTokenCount
	kResponseTokenCount
	kCachedContentTokenCount
	kThoughtsTokenCount
	kToolUsePromptTokenCount
	kTotalTokenCount
	kPromptDetails
	kCacheDetailsByModality
	kCandidatesDetails
	kResponseDetails
	kToolUseDetails
	kModality
	kTokenCount
	kTokens
	kTrafficType
	kTotalInputTokens
	kTotalCachedTokens
	kTotalOutputTokens
	kTotalThoughtTokens
	kTotalToolUseTokens
	kInputByModality
	kCachedByModality
	kOutputByModality
	kToolUseByModality
	kGroundingToolCount
	kCount

	// Bedrock
	kInputTokensCamel
	kMetrics
	kStopReasonCamel
	kOutputTokensCamel
	kTotalTokensCamel
	kCacheReadCamel
	kCacheWriteCamel
	kFramework
	kCacheDetails
	kInputTokenCount
	kOutputTokenCount
	kCacheReadTokenCount
	kCacheWriteTokenCount
	kInputTextTokenCount
	kResults
	kGenerationTokenCount

	// Ollama
	kPromptEvalCount
	kEvalCount

	// Cohere
	kBilledUnits
	kSearchUnits
	kImages
	kClassifications

	// OpenTelemetry attributes
	kOTelInput
	kOTelOutput
	kOTelPrompt
	kOTelCompletion
	kOTelCacheRead
	kOTelCacheCreation
	kOTelCacheWrite
	kOTelReasoning
	kOTelAudioInput
	kOTelAudioOutput
	kOTelImageInput
	kOTelImageOutput
	kOTelAudioCacheRead
	kOTelImageCacheRead
	kOTelResponseModel
	kOTelRequestModel
	kOTelResponseID
	kOTelProvider
	kOTelSystem
	kOTelTier
	kOTelKey
	kOTelValue
	kOTelInt
	kOTelDouble
	kOTelString

	numKeys = int(iota)
)

// lookup returns the key of a member name, or noKey. The case is exact.
func lookup(name []byte) key {
	switch string(name) {
	case "usage":
		return kUsage
	case "usageMetadata", "usage_metadata":
		return kUsageMetadata
	case "usage_info":
		return kUsageInfo
	case "message":
		return kMessage
	case "response":
		return kResponse
	case "result":
		return kResult
	case "body":
		return kBody
	case "metadata":
		return kMetadata
	case "delta":
		return kDelta
	case "interaction":
		return kInteraction
	case "meta":
		return kMeta
	case "x_groq":
		return kGroq
	case "attributes":
		return kAttributes
	case "amazon-bedrock-invocationMetrics":
		return kInvocationMetrics
	case "type":
		return kType
	case "object":
		return kObject
	case "id":
		return kID
	case "responseId", "response_id":
		return kResponseID
	case "model":
		return kModel
	case "modelVersion", "model_version":
		return kModelVersion
	case "stop_reason":
		return kStopReason
	case "custom_id":
		return kCustomID
	case "provider":
		return kProvider
	case "output":
		return kOutput
	case "tools":
		return kTools
	case "action":
		return kAction
	case "candidates":
		return kCandidates
	case "choices":
		return kChoices
	case "service_tier", "serviceTier":
		return kServiceTier
	case "prompt_filter_results":
		return kPromptFilterResults
	case "prompt_cache_options":
		return kPromptCacheOptions
	case "ttl":
		return kTTL
	case "tool_usage":
		return kToolUsage
	case "image_gen":
		return kImageGen
	case "svg_usage":
		return kSVGUsage
	case "web_search":
		return kWebSearch
	case "num_requests":
		return kNumRequests
	case "groundingMetadata", "grounding_metadata":
		return kGroundingMetadata
	case "webSearchQueries", "web_search_queries":
		return kWebSearchQueries
	case "speed":
		return kSpeed
	case "input_tokens":
		return kInputTokens
	case "output_tokens":
		return kOutputTokens
	case "total_tokens":
		return kTotalTokens
	case "cache_creation_input_tokens":
		return kCacheCreationInputTokens
	case "cache_read_input_tokens":
		return kCacheReadInputTokens
	case "cache_creation":
		return kCacheCreation
	case "ephemeral_5m_input_tokens":
		return kEphemeral5m
	case "ephemeral_1h_input_tokens":
		return kEphemeral1h
	case "server_tool_use":
		return kServerToolUse
	case "web_search_requests":
		return kWebSearchRequests
	case "web_fetch_requests":
		return kWebFetchRequests
	case "code_execution_requests":
		return kCodeExecutionRequests
	case "inference_geo":
		return kInferenceGeo
	case "iterations":
		return kIterations
	case "thinking_tokens":
		return kThinkingTokens
	case "fallback_credit":
		return kFallbackCredit
	case "status":
		return kStatus
	case "input_tokens_details":
		return kInputTokensDetails
	case "output_tokens_details":
		return kOutputTokensDetails
	case "input_token_details":
		return kInputTokenDetails
	case "output_token_details":
		return kOutputTokenDetails
	case "cached_tokens_details":
		return kCachedTokensDetails
	case "cached_text_tokens":
		return kCachedTextTokens
	case "cached_image_tokens":
		return kCachedImageTokens
	case "cache_write_tokens_details":
		return kCacheWriteTokensDetails
	case "ttl_30m_tokens":
		return kTTL30m
	case "ttl_12h_tokens":
		return kTTL12h
	case "seconds":
		return kSeconds
	case "prompt_tokens":
		return kPromptTokens
	case "completion_tokens":
		return kCompletionTokens
	case "prompt_tokens_details", "prompt_token_details":
		return kPromptTokensDetails
	case "completion_tokens_details", "completion_token_details":
		return kCompletionTokensDetails
	case "cached_tokens":
		return kCachedTokens
	case "cache_write_tokens":
		return kCacheWriteTokens
	case "reasoning_tokens":
		return kReasoningTokens
	case "audio_tokens":
		return kAudioTokens
	case "image_tokens":
		return kImageTokens
	case "text_tokens":
		return kTextTokens
	case "video_tokens":
		return kVideoTokens
	case "prompt_cache_hit_tokens":
		return kPromptCacheHitTokens
	case "prompt_cache_miss_tokens":
		return kPromptCacheMissTokens
	case "cached_prompt_text_tokens":
		return kCachedPromptTextTokens
	case "prompt_audio_seconds":
		return kPromptAudioSeconds
	case "citation_tokens":
		return kCitationTokens
	case "num_search_queries":
		return kNumSearchQueries
	case "search_context_size":
		return kSearchContextSize
	case "cost":
		return kCost
	case "total_cost":
		return kTotalCost
	case "cost_in_usd_ticks":
		return kCostTicks
	case "is_byok":
		return kIsByok
	case "num_sources_used":
		return kNumSourcesUsed
	case "server_side_tool_usage_details":
		return kServerSideTools
	case "web_search_calls":
		return kWebSearchCalls
	case "x_search_calls":
		return kXSearchCalls
	case "code_interpreter_calls":
		return kCodeInterpreterCalls
	case "file_search_calls":
		return kFileSearchCalls
	case "document_search_calls":
		return kDocumentSearchCalls
	case "pages_processed":
		return kPagesProcessed
	case "promptTokenCount", "prompt_token_count":
		return kPromptTokenCount
	case "candidatesTokenCount", "candidates_token_count":
		return kCandidatesTokenCount
	case "responseTokenCount", "response_token_count":
		return kResponseTokenCount
	case "cachedContentTokenCount", "cached_content_token_count":
		return kCachedContentTokenCount
	case "thoughtsTokenCount", "thoughts_token_count":
		return kThoughtsTokenCount
	case "toolUsePromptTokenCount", "tool_use_prompt_token_count":
		return kToolUsePromptTokenCount
	case "totalTokenCount", "total_token_count":
		return kTotalTokenCount
	case "promptTokensDetails":
		return kPromptDetails
	case "cacheTokensDetails", "cache_tokens_details":
		return kCacheDetailsByModality
	case "candidatesTokensDetails", "candidates_tokens_details":
		return kCandidatesDetails
	case "responseTokensDetails", "response_tokens_details":
		return kResponseDetails
	case "toolUsePromptTokensDetails", "tool_use_prompt_tokens_details":
		return kToolUseDetails
	case "modality":
		return kModality
	case "tokenCount", "token_count":
		return kTokenCount
	case "tokens":
		return kTokens
	case "trafficType", "traffic_type":
		return kTrafficType
	case "total_input_tokens":
		return kTotalInputTokens
	case "total_cached_tokens":
		return kTotalCachedTokens
	case "total_output_tokens":
		return kTotalOutputTokens
	case "total_thought_tokens":
		return kTotalThoughtTokens
	case "total_tool_use_tokens":
		return kTotalToolUseTokens
	case "input_tokens_by_modality":
		return kInputByModality
	case "cached_tokens_by_modality":
		return kCachedByModality
	case "output_tokens_by_modality":
		return kOutputByModality
	case "tool_use_tokens_by_modality":
		return kToolUseByModality
	case "grounding_tool_count":
		return kGroundingToolCount
	case "count":
		return kCount
	case "inputTokens":
		return kInputTokensCamel
	case "outputTokens":
		return kOutputTokensCamel
	case "totalTokens":
		return kTotalTokensCamel
	case "cacheReadInputTokens":
		return kCacheReadCamel
	case "cacheWriteInputTokens":
		return kCacheWriteCamel
	case "cacheDetails":
		return kCacheDetails
	case "inputTokenCount":
		return kInputTokenCount
	case "outputTokenCount":
		return kOutputTokenCount
	case "cacheReadInputTokenCount":
		return kCacheReadTokenCount
	case "cacheWriteInputTokenCount":
		return kCacheWriteTokenCount
	case "inputTextTokenCount":
		return kInputTextTokenCount
	case "results":
		return kResults
	case "generation_token_count":
		return kGenerationTokenCount
	case "billed_units":
		return kBilledUnits
	case "search_units":
		return kSearchUnits
	case "images":
		return kImages
	case "classifications":
		return kClassifications
	case "gen_ai.usage.input_tokens":
		return kOTelInput
	case "gen_ai.usage.output_tokens":
		return kOTelOutput
	case "gen_ai.usage.prompt_tokens":
		return kOTelPrompt
	case "gen_ai.usage.completion_tokens":
		return kOTelCompletion
	case "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.input_tokens.cached":
		return kOTelCacheRead
	case "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens":
		return kOTelCacheCreation
	case "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.input_tokens.cache_write":
		return kOTelCacheWrite
	case "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.usage.output_tokens.reasoning":
		return kOTelReasoning
	case "gen_ai.usage.audio.input_tokens":
		return kOTelAudioInput
	case "gen_ai.usage.audio.output_tokens":
		return kOTelAudioOutput
	case "gen_ai.usage.image.input_tokens":
		return kOTelImageInput
	case "gen_ai.usage.image.output_tokens":
		return kOTelImageOutput
	case "gen_ai.response.model":
		return kOTelResponseModel
	case "gen_ai.request.model":
		return kOTelRequestModel
	case "gen_ai.response.id":
		return kOTelResponseID
	case "gen_ai.provider.name":
		return kOTelProvider
	case "gen_ai.system":
		return kOTelSystem
	case "openai.response.service_tier", "gen_ai.openai.response.service_tier":
		return kOTelTier
	case "key":
		return kOTelKey
	case "value":
		return kOTelValue
	case "intValue":
		return kOTelInt
	case "doubleValue":
		return kOTelDouble
	case "stringValue":
		return kOTelString
	case "gen_ai.usage.audio.cache_read.input_tokens":
		return kOTelAudioCacheRead
	case "gen_ai.usage.image.cache_read.input_tokens":
		return kOTelImageCacheRead
	case "data":
		return kData
	case "cachedContentTokens", "thoughtsTokens", "cachedInputTokens", "reasoningTokens", "inputTokenDetails", "outputTokenDetails":
		return kFramework
	case "finish_reason", "finishReason":
		return kFinishReason
	case "stopReason":
		return kStopReasonCamel
	case "metrics":
		return kMetrics
	case "prompt_eval_count":
		return kPromptEvalCount
	case "eval_count":
		return kEvalCount
	}
	return noKey
}
