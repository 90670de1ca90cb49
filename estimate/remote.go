package estimate

import "context"

// RemoteCounter counts with a vendor's own endpoint, such as Anthropic's
// count_tokens or OpenAI's input_tokens. A host that wants the vendor's word
// implements it; nothing in this package ever calls one by itself, or touches
// the network.
type RemoteCounter interface {
	CountRemote(ctx context.Context, model string, messages []Message, tools []Tool) (int64, error)
}

// Remote asks the vendor and falls back to [Chat]. The answer is an Estimate
// of one part in a hundred, since vendors call their own counts that; err says
// why the vendor's is missing, and the count is good all the same.
func Remote(ctx context.Context, r RemoteCounter, model string, c Counter, messages []Message, tools []Tool) (Count, error) {
	n, err := r.CountRemote(ctx, model, messages, tools)
	if err != nil || n < 0 {
		return Chat(c, messages, tools), err
	}
	b := Basis{Kind: Estimate, Family: c.Basis().Family, Encoding: "vendor", Below: 10, Above: 10, Why: "counted by the vendor's endpoint"}
	return b.around(n), nil
}
