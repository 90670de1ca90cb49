package usage

import "strings"

// Short provider names, as used in every file, pipe and price sheet of this
// project. They are plain strings: a host may use names of its own beside
// them. Auto leaves the provider to the shape of the body.
const (
	Auto       = ""
	Anthropic  = "anthropic"
	OpenAI     = "openai"
	Google     = "google" // the Gemini API of AI Studio
	Vertex     = "vertex" // Gemini and partner models on Google Cloud
	Bedrock    = "bedrock"
	Azure      = "azure"
	XAI        = "xai"
	DeepSeek   = "deepseek"
	Mistral    = "mistral"
	Cohere     = "cohere"
	Groq       = "groq"
	OpenRouter = "openrouter"
	Together   = "together"
	Fireworks  = "fireworks"
	Moonshot   = "moonshot"
	Zhipu      = "zhipu" // also Z.ai
	Alibaba    = "alibaba"
	Perplexity = "perplexity"
	MiniMax    = "minimax"
	Cerebras   = "cerebras"
	Cloudflare = "cloudflare"
	Voyage     = "voyage"
	WatsonX    = "watsonx"
)

// CanonicalProvider resolves a provider's name or alias to the short name of
// this project. It knows the short names themselves, the values of
// OpenTelemetry's gen_ai.provider.name and of the older gen_ai.system, and the
// spellings of well-known price lists. Case and surrounding space do not matter.
// A name it does not know is returned as it came, with false: it may
// still be a host's own provider. The empty name is [Auto], and known.
func CanonicalProvider(name string) (string, bool) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case Auto:
		return Auto, true
	case Anthropic, "claude":
		return Anthropic, true
	case OpenAI, "open_ai":
		return OpenAI, true
	case Google, "gcp.gemini", "gcp.gen_ai", "gemini", "google_ai", "google-ai-studio", "google.generativelanguage":
		return Google, true
	case Vertex, "gcp.vertex_ai", "vertex_ai", "vertex-ai", "vertexai", "google-vertex", "google_vertex", "google-vertex-anthropic":
		return Vertex, true
	case Bedrock, "aws.bedrock", "aws_bedrock", "aws-bedrock", "amazon-bedrock", "amazon_bedrock", "bedrock_converse", "aws":
		return Bedrock, true
	case Azure, "azure.ai.openai", "azure.ai.inference", "az.ai.openai", "az.ai.inference", "azure_openai", "azure-openai", "azure_ai", "azure-ai":
		return Azure, true
	case XAI, "x_ai", "x-ai", "x.ai":
		return XAI, true
	case DeepSeek, "deep_seek", "deep-seek":
		return DeepSeek, true
	case Mistral, "mistral_ai", "mistralai", "mistral-ai":
		return Mistral, true
	case Cohere, "cohere_chat":
		return Cohere, true
	case Groq:
		return Groq, true
	case OpenRouter, "open_router", "open-router":
		return OpenRouter, true
	case Together, "together_ai", "togetherai", "together-ai":
		return Together, true
	case Fireworks, "fireworks_ai", "fireworks-ai", "fireworksai":
		return Fireworks, true
	case Moonshot, "moonshotai", "moonshot_ai", "moonshot-ai", "kimi":
		return Moonshot, true
	case Zhipu, "zhipuai", "zhipu_ai", "zhipu-ai", "zai", "z.ai", "z-ai", "z_ai", "bigmodel":
		return Zhipu, true
	case Alibaba, "dashscope", "qwen", "alibaba_cloud", "alibaba-cloud":
		return Alibaba, true
	case Perplexity, "perplexity_ai", "perplexity-ai":
		return Perplexity, true
	case MiniMax, "mini_max", "minimaxi":
		return MiniMax, true
	case Cerebras:
		return Cerebras, true
	case Cloudflare, "workers_ai", "workers-ai", "cloudflare-workers-ai":
		return Cloudflare, true
	case Voyage, "voyageai", "voyage_ai", "voyage-ai":
		return Voyage, true
	case WatsonX, "ibm.watsonx.ai", "watsonx.ai", "watsonx_ai", "ibm_watsonx":
		return WatsonX, true
	}
	return name, false
}
