package pricing

import (
	"strings"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Match says how a model's name led to a row. The zero value is no match.
type Match uint8

// The ways a name can match, from none to the least certain. [Book.Price] uses
// only the first four; [Book.Infer] the others too.
const (
	NoMatch       Match = iota
	MatchExact          // the provider's own id
	MatchAlias          // another name the sheet lists
	MatchGrammar        // the id inside a form whose parts are known: an ARN, a prefix, a version suffix
	MatchSnapshot       // a dated snapshot of a listed model, priced as the model
	MatchFamily         // Infer: a model of the same family
	MatchGuess          // Infer: the nearest name
)

var matchNames = [...]string{"none", "exact", "alias", "grammar", "snapshot", "family", "guess"}

// String returns "none", "exact", "alias", "grammar", "snapshot", "family" or
// "guess".
func (m Match) String() string {
	if int(m) < len(matchNames) {
		return matchNames[m]
	}
	return "unknown"
}

// MarshalText implements [encoding.TextMarshaler].
func (m Match) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// lookup is where a name leads: an entry, how, and the geography the name
// itself carries.
type lookup struct {
	entry uint32
	match Match
	geo   string
}

// maxName is the longest model name the grammar reads, in bytes.
const maxName = 512

// resolve finds a model by its exact name, an alias, or the grammar. The
// error is nil, or says in which way the name was not found.
func (t *tables) resolve(provider, model string) (lookup, lookupFault) {
	if k := t.find(provider, model); k != nil {
		if k.ambiguous {
			return lookup{}, ambiguousName
		}
		l := lookup{entry: k.entry, match: k.match}
		if t.entries[k.entry].provider == usage.Bedrock {
			l.geo = inRegion
		}
		return l, found
	}
	return t.parse(provider, model)
}

// lookupFault is why a name leads nowhere.
type lookupFault uint8

const (
	found lookupFault = iota
	unknownName
	ambiguousName
)

// parse reads a name by the grammar of cloud and gateway ids. It understands,
// from the outside in:
//
//	arn:aws:bedrock:…/ID            the last part of a Bedrock ARN
//	projects/…/models/ID, models/ID, publishers/P/models/ID
//	PROVIDER/ID                     a provider's name, such as anthropic/ or bedrock/
//	us.anthropic.ID                 Bedrock: geography and vendor
//	ID[1m]                          Claude Code's mark of the long context
//	ID@20250514, ID@default         Vertex
//	ID-v1:0                         Bedrock's version
//	ID-20250514, ID-2025-05-14, ID-latest
//	claude-opus-4.8                 dots for dashes
//
// Letters may be of either case. It never cuts a name anywhere else: a name is
// a model plus parts that are understood, or it is not known.
func (t *tables) parse(provider, model string) (lookup, lookupFault) {
	if len(model) > maxName {
		return lookup{}, unknownName
	}
	var buf [maxName]byte
	id := lower(buf[:0], strings.TrimSpace(model))
	p := parser{t: t, provider: t.providerName(provider)}
	if hasPrefix(id, "arn:") {
		if p.provider == "" && contains(id, ":bedrock:") {
			p.provider = usage.Bedrock
		}
		id = id[lastIndex(id, '/')+1:]
	}
	return p.find(trimSuffix(id, "[1m]"))
}

// providerName returns the short name of a provider the book may know.
func (t *tables) providerName(name string) string {
	if short, ok := usage.CanonicalProvider(name); ok {
		return short
	}
	return name
}

type parser struct {
	t        *tables
	provider string
	geo      string
	resale   bool // only a provider that resells may have the model
	fault    lookupFault
}

// find tries the id as it stands, then less each prefix that is understood.
func (p *parser) find(id []byte) (lookup, lookupFault) {
	for range 4 { // bedrock/us-east-1/anthropic.claude-… is as deep as it gets
		if l, ok := p.findCore(id); ok {
			return l, found
		}
		cutAt := index(id, '/')
		if cutAt < 0 {
			break
		}
		head, rest := id[:cutAt], id[cutAt+1:]
		switch name := providerOf(head); {
		case string(head) == "models", string(head) == "publishers", string(head) == "projects", string(head) == "locations":
			if i := lastModels(id); i >= 0 {
				rest = id[i:]
			}
			if p.provider == "" && string(head) != "models" {
				p.provider = usage.Vertex
			}
		case p.provider == "" && name != "":
			p.provider = name
		case name != "":
			// A vendor's name before its model: fine where p.provider sells it.
			p.resale = p.resale || name != p.provider
		case isCloudRegion(head):
			if p.geo == "" {
				p.geo = inRegion
			}
		default:
			return lookup{}, p.miss()
		}
		id = rest
	}
	return lookup{}, p.miss()
}

func (p *parser) miss() lookupFault {
	if p.fault != found {
		return p.fault
	}
	return unknownName
}

// findCore looks for an id without prefixes of paths: itself, then less its
// version, then less its date; then the same with dots as dashes.
func (p *parser) findCore(id []byte) (lookup, bool) {
	provider, geo, core := p.bedrock(id)
	core = trimFineTune(core)
	var buf [maxName]byte
	for _, dashes := range [...]bool{false, true} {
		c := core
		if dashes {
			var changed bool
			if c, changed = dotsToDashes(buf[:0], core); !changed {
				break
			}
		}
		if l, ok := p.try(provider, c, MatchGrammar, geo); ok {
			return l, true
		}
		if v := trimVersion(c); len(v) < len(c) {
			if l, ok := p.try(provider, v, MatchGrammar, geo); ok {
				return l, true
			}
			c = v
		}
		if s := trimSnapshot(c); len(s) < len(c) {
			if l, ok := p.try(provider, s, MatchSnapshot, geo); ok {
				return l, true
			}
		}
	}
	return lookup{}, false
}

func (p *parser) try(provider string, id []byte, m Match, geo string) (lookup, bool) {
	k := p.t.findBytes(provider, id)
	if k == nil || p.resale && !p.t.entries[k.entry].resale {
		return lookup{}, false
	}
	if k.ambiguous {
		p.fault = ambiguousName
		return lookup{}, false
	}
	return lookup{entry: k.entry, match: m, geo: geo}, true
}

// geographies are the prefixes of Bedrock's inference profiles.
var geographies = [...]string{"global", "us", "eu", "au", "jp", "apac", "ca", "sa", "in", "us-gov"}

// inRegion is the geography of a Bedrock id that names none: the caller's own
// region, which Bedrock prices as it prices a geography.
const inRegion = "regional"

// bedrockVendors are the vendors in Bedrock's ids.
var bedrockVendors = [...]string{"anthropic", "amazon", "meta", "mistral", "cohere", "ai21", "deepseek", "openai",
	"qwen", "stability", "writer", "twelvelabs", "google", "minimax", "moonshot", "moonshotai", "nvidia", "zai", "luma"}

// bedrock reads [geography.]vendor.model. Ids of other providers come back as
// they are.
func (p *parser) bedrock(id []byte) (provider, geo string, core []byte) {
	if p.provider != usage.Bedrock && p.provider != "" {
		return p.provider, p.geo, id
	}
	core, geo = id, p.geo
	for _, g := range geographies {
		if len(core) > len(g) && core[len(g)] == '.' && string(core[:len(g)]) == g {
			core, geo = core[len(g)+1:], g
			break
		}
	}
	if geo == "" {
		geo = inRegion
	}
	if p.provider == usage.Bedrock {
		return p.provider, geo, core
	}
	for _, v := range bedrockVendors {
		if len(core) > len(v) && core[len(v)] == '.' && string(core[:len(v)]) == v {
			return usage.Bedrock, geo, core
		}
	}
	return p.provider, p.geo, id
}

// providerOf returns the short name of a provider named by a path's part; ""
// if it is none.
func providerOf(b []byte) string {
	for _, n := range pathProviders {
		if string(b) == n.name {
			return n.provider
		}
	}
	return ""
}

// pathProviders are the spellings of providers before a slash, as gateways
// and price lists write them.
var pathProviders = [...]struct{ name, provider string }{
	{"anthropic", usage.Anthropic}, {"openai", usage.OpenAI}, {"google", usage.Google}, {"gemini", usage.Google},
	{"vertex", usage.Vertex}, {"vertex_ai", usage.Vertex}, {"google-vertex", usage.Vertex},
	{"google-vertex-anthropic", usage.Vertex}, {"vertex_ai_beta", usage.Vertex},
	{"bedrock", usage.Bedrock}, {"bedrock_converse", usage.Bedrock}, {"amazon-bedrock", usage.Bedrock}, {"converse", usage.Bedrock},
	{"azure", usage.Azure}, {"azure_ai", usage.Azure}, {"xai", usage.XAI}, {"x-ai", usage.XAI},
	{"deepseek", usage.DeepSeek}, {"deepseek-ai", usage.DeepSeek}, {"mistral", usage.Mistral}, {"mistralai", usage.Mistral},
	{"cohere", usage.Cohere}, {"groq", usage.Groq}, {"openrouter", usage.OpenRouter},
	{"together_ai", usage.Together}, {"together", usage.Together}, {"fireworks_ai", usage.Fireworks},
	{"moonshot", usage.Moonshot}, {"moonshotai", usage.Moonshot}, {"zhipu", usage.Zhipu}, {"zai", usage.Zhipu},
	{"z-ai", usage.Zhipu}, {"alibaba", usage.Alibaba}, {"dashscope", usage.Alibaba}, {"qwen", usage.Alibaba},
	{"perplexity", usage.Perplexity}, {"minimax", usage.MiniMax}, {"cerebras", usage.Cerebras},
	{"cloudflare", usage.Cloudflare}, {"voyage", usage.Voyage}, {"watsonx", usage.WatsonX},
}
