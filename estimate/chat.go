package estimate

// Message is one message of a chat, as it is sent.
type Message struct {
	Role, Name, Content string
}

// Tool is one function offered to the model.
type Tool struct {
	Name, Description string
	Properties        []Property
}

// Property is one parameter of a tool.
type Property struct {
	Name, Type, Description string
	Enum                    []string
}

// overhead is what a provider adds around text, in tokens. OpenAI publishes
// its numbers in its cookbook; Anthropic's are measured with its endpoint.
type overhead struct {
	message, name, reply       int64 // a message, its name if it has one, and the start of the reply
	tool, tools                int64 // a function, and the end of all of them
	properties, property, enum int64 // a list of properties, each of them, and an enum
	value                      int64 // each value of an enum
	toolSystem                 int64 // a system prompt that tools bring with them
	slackMessage, slackTool    int64 // what a message and a tool may differ by
	toolMargin                 int   // further margin of the tools' own tokens, in tenths of a percent
}

// The overheads by family; see docs/estimate.md.
var (
	overheadOpenAI = overhead{message: 3, name: 1, reply: 3, tool: 7, tools: 12, properties: 3, property: 3, enum: -3, value: 3,
		slackMessage: 1, slackTool: 4, toolMargin: 100}
	overheadOldOpenAI = overhead{message: 3, name: 1, reply: 3, tool: 10, tools: 12, properties: 3, property: 3, enum: -3, value: 3,
		slackMessage: 1, slackTool: 4, toolMargin: 100}
	overheadOther = overhead{message: 4, reply: 3, tool: 12, properties: 4, property: 6, value: 3, toolSystem: 300,
		slackMessage: 3, slackTool: 20, toolMargin: 300}
)

// overheadOf returns the overheads of a family.
func overheadOf(family string) overhead {
	switch family {
	case famO200k.name, famHarmony.name, famNewOpenAI.name:
		return overheadOpenAI
	case famCl100k.name, famP50k.name, famR50k.name:
		return overheadOldOpenAI
	}
	return overheadOther
}

// Chat counts a whole request: messages and tools, with what the provider adds
// around them. It is always an estimate: providers do not promise what they
// add. Without tools an OpenAI chat is within a token a message.
func Chat(c Counter, messages []Message, tools []Tool) Count {
	o := overheadOf(c.Basis().Family)
	total := Count{Basis: c.Basis()}
	total.Kind = Estimate
	total.Why += "; the overhead of a chat is not promised by any provider"
	add := func(text string) {
		n := c.Count(text)
		total.N, total.Low, total.High = addSat(total.N, n.N), addSat(total.Low, n.Low), addSat(total.High, n.High)
	}
	fixed, slack := o.reply, int64(0)
	for _, m := range messages {
		fixed += o.message
		slack += o.slackMessage
		add(m.Role)
		add(m.Content)
		if m.Name != "" {
			fixed += o.name
			add(m.Name)
		}
	}
	text := total.N
	for _, t := range tools {
		fixed += o.tool
		slack += o.slackTool
		add(toolLine(t))
		if len(t.Properties) > 0 {
			fixed += o.properties
		}
		for _, p := range t.Properties {
			fixed += o.property
			add(p.Name + ":" + p.Type + ":" + withoutStop(p.Description))
			if len(p.Enum) > 0 {
				fixed += o.enum
			}
			for _, v := range p.Enum {
				fixed += o.value
				add(v)
			}
		}
	}
	if len(tools) > 0 {
		fixed += o.tools + o.toolSystem
		ofTools := total.N - text + o.toolSystem
		slack += ceilShare(ofTools, o.toolMargin, 1000) + o.toolSystem/2
	}
	total.N = addSat(total.N, fixed)
	total.Low = max(0, addSat(total.Low, fixed)-slack)
	total.High = addSat(total.High, fixed+slack)
	return total
}

// toolLine is the text a tool is announced with.
func toolLine(t Tool) string { return t.Name + ":" + withoutStop(t.Description) }

// withoutStop drops the full stop at the end.
func withoutStop(s string) string {
	if n := len(s); n > 0 && s[n-1] == '.' {
		return s[:n-1]
	}
	return s
}
