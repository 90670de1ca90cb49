package estimate

import "strings"

// maxModelName is the longest name looked at; a longer one names no model.
const maxModelName = 256

// resolve finds the family of a model name: as a table of exact names and
// prefixes over the bare name, after hosts' prefixes and separators are gone.
// It knows no default but "unknown".
func resolve(model string) family {
	name := bareName(model)
	for _, r := range prefixes {
		if rest, ok := strings.CutPrefix(name, r.prefix); ok && (r.open || rest == "" || !isAlphanumeric(rest[0])) {
			return r.family
		}
	}
	if strings.HasPrefix(name, "claude-") {
		return claudeFamily(name)
	}
	return famUnknown
}

// prefixes is read in order: the longer name of two with a common beginning
// stands first. An entry that is not open must end at a separator, so that
// "o1" is not the beginning of "o10".
var prefixes = []struct {
	prefix string
	open   bool
	family family
}{
	{"gpt-oss", false, famHarmony},
	{"gpt-4o", false, famO200k},
	{"gpt-4.1", false, famO200k},
	{"gpt-4.5", false, famO200k},
	{"gpt-5", false, famO200k}, // gpt-5.1 and later minors included
	{"chatgpt-4o", false, famO200k},
	{"codex-mini", false, famO200k},
	{"o1", false, famO200k},
	{"o3", false, famO200k},
	{"o4", false, famO200k},
	{"gpt-4", false, famCl100k},
	{"gpt-3.5", false, famCl100k},
	{"gpt-35", false, famCl100k},
	{"text-embedding-ada-002", false, famCl100k},
	{"text-embedding-3", false, famCl100k},
	{"davinci-002", false, famCl100k},
	{"babbage-002", false, famCl100k},
	{"gpt-3", false, famR50k},
	{"gpt2", false, famR50k},
	{"gpt-2", false, famR50k},
	{"text-davinci-001", false, famR50k},
	{"text-davinci", false, famP50k}, // 002, 003 and edit-001
	{"code-davinci", false, famP50k},
	{"code-cushman", false, famP50k},
	{"davinci", false, famR50k},
	{"text-curie", false, famR50k},
	{"curie", false, famR50k},
	{"text-babbage", false, famR50k},
	{"babbage", false, famR50k},
	{"text-ada", false, famR50k},
	{"gpt-", true, famNewOpenAI},
	{"claude-instant", false, famClaude2},
	{"claude-1", false, famClaude2},
	{"claude-2", false, famClaude2},
	{"claude-v", true, famClaude2},
	{"gemini", false, famGemini},
	{"gemma", true, famGemini},
	{"llama-3", false, famLlama3},
	{"llama3", true, famLlama3},
	{"llama-4", false, famOpen},
	{"llama4", true, famOpen},
	{"meta-llama-3", false, famLlama3},
	{"llama", true, famOpen},
	{"qwen", true, famQwen},
	{"qwq", false, famQwen},
	{"deepseek", true, famDeepSeek},
	{"mistral-7b", false, famMistral7B},
	{"open-mistral-7b", false, famMistral7B},
	{"open-mixtral", false, famMistral7B},
	{"mixtral", true, famMistral7B},
	{"mistral", true, famOpen},
	{"ministral", true, famOpen},
	{"magistral", true, famOpen},
	{"codestral", true, famOpen},
	{"devstral", true, famOpen},
	{"command", false, famOpen},
	{"grok", true, famOpen},
	{"glm", true, famOpen},
	{"kimi", true, famOpen},
	{"minimax", true, famOpen},
	{"phi", true, famOpen},
}

// claudeFamily tells the two tokenizer generations of Claude apart: the newer
// one came with Opus 4.7, Sonnet 5 and the Fable and Mythos 5 models. A name
// without a number is the newest.
func claudeFamily(name string) family {
	major, minor, found := claudeVersion(name)
	switch {
	case !found:
		return famClaudeNew
	case major > 4:
		return famClaudeNew
	case major == 4 && minor >= 7:
		return famClaudeNew
	}
	return famClaude
}

// claudeVersion reads "claude-3-5-sonnet-20241022", "claude-opus-4-6",
// "claude-opus-4.7" and "claude-sonnet-5". Numbers of three digits and more
// are dates.
func claudeVersion(name string) (major, minor int, found bool) {
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(part) > 2 {
			if found {
				return major, minor, true
			}
			continue
		}
		n := 0
		for _, c := range part {
			n = n*10 + int(c-'0')
		}
		if found {
			return major, n, true
		}
		major, found = n, true
	}
	return major, 0, found
}

// bareName strips what hosts put around a model's name: "openai/gpt-5",
// "us.anthropic.claude-opus-4-6-v1:0", "models/gemini-3-pro",
// "ft:gpt-4o:acme", "publishers/google/models/gemini-3-pro@001".
func bareName(model string) string {
	if len(model) > maxModelName {
		return ""
	}
	name := strings.ToLower(strings.TrimSpace(model))
	for _, p := range []string{"ft:", "azure:", "openai:", "anthropic:"} {
		name = strings.TrimPrefix(name, p)
	}
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	for _, p := range []string{"us.", "eu.", "apac.", "jp.", "au.", "global."} {
		name = strings.TrimPrefix(name, p)
	}
	for _, p := range []string{"anthropic.", "openai.", "google.", "meta.", "mistral.", "deepseek.", "qwen.", "cohere."} {
		name = strings.TrimPrefix(name, p)
	}
	return name
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z'
}
