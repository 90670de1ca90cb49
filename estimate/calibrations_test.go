package estimate

import (
	"strings"
	"sync"
	"testing"
)

func TestKindOf(t *testing.T) {
	for text, want := range map[string]Text{
		"": Prose,
		"The quick brown fox jumps over the lazy dog, and nobody minds at all.":                              Prose,
		"func main() {\n\tfor i := 0; i < len(a); i++ {\n\t\tx[i] += f(i) * 2\n\t}\n}\n":                     Code,
		`{"id":1,"name":"a","tags":["x","y"],"n":{"k":2,"v":"w"}}` + strings.Repeat(`,{"a":"b","c":"d"}`, 9): Data,
		"我们在这里写一段中文，看看它算作什么。":                                                                                CJK,
		"Это русский текст, и ничего больше.":                                                                Cyrillic,
		"هذا نص باللغة العربية لا غير":                                                                       OtherText,
	} {
		if got := KindOf(text); got != want {
			t.Errorf("%.30q is of kind %d, want %d", text, got, want)
		}
	}
}

// What is learned of one model and kind says nothing of another, and shows its
// own error.
func TestCalibrationsAreOfModelAndKind(t *testing.T) {
	var c Calibrations
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				c.Observe("anthropic/claude-opus-4-7", Prose, 1000, 900)
			}
		})
	}
	wg.Wait()
	c.Observe("claude-opus-4-7", Prose, -1, 900)
	if got := c.Of("claude-opus-4-7", Prose); got.Seen != 40 || got.Ratio != 900_000 || got.Deviation != 0 {
		t.Errorf("%+v", got)
	}
	n := For("claude-opus-4-7").Count(strings.Repeat("some words of prose ", 100))
	if got := c.Apply("claude-opus-4-7", Prose, n); got.N != n.N*9/10 || got.High-got.Low > 4 {
		t.Errorf("%+v of %+v", got, n)
	}
	if got := c.Apply("claude-opus-4-7", Code, n); got != n {
		t.Errorf("another kind was corrected: %+v", got)
	}
	if got := c.Apply("gpt-6", Prose, n); got != n {
		t.Errorf("another model was corrected: %+v", got)
	}
}
