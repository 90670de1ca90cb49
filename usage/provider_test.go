package usage

import "testing"

func TestCanonicalProvider(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"anthropic", Anthropic, true},
		{" OpenAI ", OpenAI, true},
		{"aws.bedrock", Bedrock, true},
		{"AWS.Bedrock", Bedrock, true},
		{"gcp.gemini", Google, true},
		{"gcp.vertex_ai", Vertex, true},
		{"vertex_ai", Vertex, true},
		{"azure.ai.openai", Azure, true},
		{"az.ai.inference", Azure, true},
		{"x_ai", XAI, true},
		{"mistral_ai", Mistral, true},
		{"ibm.watsonx.ai", WatsonX, true},
		{"zai", Zhipu, true},
		{"", Auto, true},
		{"MyClaw", "MyClaw", false},
	} {
		got, ok := CanonicalProvider(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("CanonicalProvider(%q) = %q, %v; want %q, %v", c.in, got, ok, c.want, c.ok)
		}
		if again, _ := CanonicalProvider(got); again != got {
			t.Errorf("CanonicalProvider(%q) = %q: not a fixed point", got, again)
		}
	}
}
