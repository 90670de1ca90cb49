package estimate

import (
	"context"
	"fmt"
)

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
	n, err := ask(ctx, r, model, messages, tools)
	if err != nil {
		return Chat(c, messages, tools), err
	}
	b := Basis{Kind: Estimate, Family: c.Basis().Family, Encoding: "vendor", Below: 10, Above: 10, Why: "counted by the vendor's endpoint"}
	return b.around(n), nil
}

// ask calls the host's counter. What cannot be an answer, a panic too, is an
// error.
func ask(ctx context.Context, r RemoteCounter, model string, messages []Message, tools []Tool) (n int64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("estimate: the RemoteCounter panicked: %v", p)
		}
	}()
	if n, err = r.CountRemote(ctx, model, messages, tools); err == nil && n < 0 {
		err = fmt.Errorf("estimate: the RemoteCounter gave %d tokens", n)
	}
	return n, err
}
