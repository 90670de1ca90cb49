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

// The families. Ratios to o200k_base were measured on 100 KB files of each
// class; see docs/estimate.md for the sources and what they disagree on.
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
		factor: factors{1100, 1130, 1020, 1250, 1330, 1210}, below: 100, above: 100,
		why: "Claude 2's vocabulary of 65,000 tokens, measured beside o200k_base"}
	famClaude = family{name: "claude-3",
		factor: factors{1100, 1130, 1020, 1250, 1330, 1210}, below: 100, above: 100,
		why: "Claude 3 to 4.6: no public tokenizer; o200k_base times a factor a kind of text, ±10 % on ordinary text"}
	famClaudeNew = family{name: "claude-4.7",
		factor: factors{1460, 1400, 1340, 1250, 1330, 1330}, below: 150, above: 150,
		why: "Claude Opus 4.7 and later: no public tokenizer; two studies put it 1.00 to 1.47 times above its predecessor by kind of text and disagree by ±12 %"}
	famGemini = family{name: "gemini",
		factor: factors{1070, 1140, 1210, 900, 1050, 930}, below: 150, above: 150,
		why: "the Gemma vocabulary of Gemini, o200k_base times its measured ratio"}
	famLlama3 = family{name: "llama-3", factor: factors{1020, 1010, 1000, 1250, 1280, 1180}, below: 200, above: 200,
		why: "a tiktoken-style vocabulary of 128,000 near cl100k_base; load its file to be exact"}
	famOpen = family{name: "open-weights", factor: factors{1050, 1050, 1100, 1000, 1200, 1100}, below: 250, above: 250,
		why: "an open model with a vocabulary of its own; load its file to be exact"}
	famUnknown = family{name: "unknown", factor: factors{1100, 1100, 1100, 1100, 1100, 1100}, below: 300, above: 300,
		why: "the name says nothing of the model's vocabulary"}
)
