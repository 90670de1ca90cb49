package estimate

// family is what is known of how the models of one generation cut text.
// Factors are tenths of a percent of the o200k_base count, by class of text;
// margins are tenths of a percent of the estimate, for text counted with a
// real vocabulary.
type family struct {
	name     string
	encoding string // published encoding, "" if there is none
	factor   factors
	below    int
	above    int
	why      string
}

// factors multiply an o200k_base count, in tenths of a percent.
type factors struct{ prose, code, data, cjk, cyrillic, other int }

var even = factors{1000, 1000, 1000, 1000, 1000, 1000}

// The families. evidence_test.go holds the measurements that the factors and
// bounds rest on; docs/estimate.md shows them.
var (
	famO200k = family{name: "openai-o200k", encoding: "o200k_base", factor: even,
		why: "OpenAI's published o200k_base encoding"}
	famHarmony = family{name: "openai-harmony", encoding: "o200k_harmony", factor: even,
		why: "OpenAI's published o200k_harmony encoding, whose text tokens are those of o200k_base"}
	famCl100k = family{name: "openai-cl100k", encoding: "cl100k_base",
		factor: factors{1020, 1010, 1000, 1250, 1280, 1180}, below: 60, above: 60,
		why: "OpenAI's published cl100k_base encoding; without it, o200k_base times its measured ratio"}
	famP50k = family{name: "openai-p50k", encoding: "p50k_base",
		factor: factors{1050, 1350, 1350, 2100, 2600, 1800}, below: 250, above: 250,
		why: "OpenAI's published p50k_base encoding; without it, a rough ratio to o200k_base"}
	famR50k = family{name: "openai-r50k", encoding: "r50k_base",
		factor: factors{1050, 1350, 1350, 2100, 2600, 1800}, below: 250, above: 250,
		why: "OpenAI's published r50k_base encoding, GPT-2's; without it, a rough ratio to o200k_base"}
	famNewOpenAI = family{name: "openai-unpublished", factor: even, below: 150, above: 150,
		why: "an OpenAI model no encoding was published for, taken to be near o200k_base"}
	famClaude2 = family{name: "claude-2",
		factor: factors{1100, 1130, 1020, 1230, 1400, 1230}, below: 200, above: 200,
		why: "Claude 2's vocabulary of 65,000 tokens, measured beside o200k_base"}
	famClaude = family{name: "claude-3",
		factor: factors{1140, 1200, 1080, 1260, 1380, 1210}, below: 130, above: 130,
		why: "Claude 3 to 4.6: no public tokenizer; o200k_base times a factor a kind of text, in bounds that hold every published measurement"}
	famClaudeNew = family{name: "claude-4.7",
		factor: factors{1500, 1520, 1300, 1260, 1380, 1250}, below: 280, above: 180,
		why: "Claude Opus 4.7 and later: no public tokenizer; o200k_base times a factor a kind of text, in bounds that hold every published measurement, biased high for limits"}
	famGemini = family{name: "gemini",
		factor: factors{1070, 1140, 1210, 960, 1050, 970}, below: 150, above: 150,
		why: "the Gemma vocabulary of Gemini, o200k_base times its measured ratio; load its model to be exact"}
	famLlama3 = family{name: "llama-3", factor: factors{1020, 1000, 1000, 1000, 1070, 1060}, below: 120, above: 120,
		why: "Llama 3's vocabulary, o200k_base times its measured ratio; load its file to be exact"}
	famQwen = family{name: "qwen", factor: factors{1050, 1020, 1140, 970, 1110, 1040}, below: 130, above: 130,
		why: "Qwen's vocabulary, o200k_base times its measured ratio; load its file to be exact"}
	famDeepSeek = family{name: "deepseek", factor: factors{1060, 1060, 1080, 980, 1110, 1050}, below: 130, above: 130,
		why: "DeepSeek V3's vocabulary, o200k_base times its measured ratio; load its file to be exact"}
	famMistral7B = family{name: "mistral-7b", factor: factors{1230, 1290, 1300, 1330, 1390, 1320}, below: 150, above: 150,
		why: "Mistral's first vocabulary of 32,000 pieces, o200k_base times its measured ratio; load its model to be exact"}
	famOpen = family{name: "open-weights", factor: factors{1080, 1080, 1100, 1050, 1200, 1150}, below: 300, above: 300,
		why: "an open model with a vocabulary of its own; load its file to be exact"}
	famUnknown = family{name: "unknown", factor: factors{1100, 1100, 1100, 1100, 1100, 1100}, below: 300, above: 300,
		why: "the name says nothing of the model's vocabulary"}
)
