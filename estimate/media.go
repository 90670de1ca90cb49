package estimate

// Detail is how closely a model looks at an image.
type Detail uint8

// The details.
const (
	HighDetail Detail = iota
	LowDetail
)

// Image returns the tokens of an image of the given size in pixels, by the
// model's published formula where there is one. It is always an estimate:
// users report bills that differ from the formulas by a fifth.
func Image(model string, width, height int64, detail Detail) Count {
	f := resolve(model)
	width, height = clampPixels(width), clampPixels(height)
	name := bareName(model)
	b := Basis{Family: f.name, Encoding: "image formula", Below: 200, Above: 200}
	switch f.name {
	case famO200k.name, famCl100k.name, famNewOpenAI.name, famHarmony.name:
		if p, ok := patchModel(name); ok {
			b.Why = "OpenAI: patches of 32 pixels, at most 1,536, times a factor of the model"
			return b.around(openAIPatches(width, height, p))
		}
		t := tileModel(name)
		b.Why = "OpenAI: tiles of 512 pixels after shrinking the short side to 768, and a base"
		if detail == LowDetail {
			return b.around(t.base)
		}
		return b.around(openAITiles(width, height, t))
	case famClaude.name, famClaude2.name:
		b.Why = "Anthropic: squares of 28 pixels, the long side at most 1,568"
		return b.around(claudeImage(width, height, 1568, 1568))
	case famClaudeNew.name:
		b.Why = "Anthropic: squares of 28 pixels, the long side at most 2,576"
		return b.around(claudeImage(width, height, 2576, 4784))
	case famGemini.name:
		b.Why = "Google: 258 a tile of 768 pixels; Gemini 3 goes by the request's media resolution instead"
		b.Below, b.Above = 500, 1000
		if width <= 384 && height <= 384 {
			return b.around(258)
		}
		return b.around(258 * ceilDiv(width, 768) * ceilDiv(height, 768))
	}
	b.Why, b.Below, b.Above = "no published formula: a token for 750 pixels", 700, 2000
	return b.around(ceilDiv(width*height, 750))
}

// PDF returns the tokens of a document: the provider reads each page as image
// and as text, of which textTokens is the count.
func PDF(model string, pages, textTokens int64) Count {
	f := resolve(model)
	pages, textTokens = max(0, min(pages, 1e6)), max(0, min(textTokens, 1e12))
	b := Basis{Family: f.name, Encoding: "page formula", Below: 400, Above: 600}
	if f.name == famGemini.name {
		b.Why = "Google: 258 a page, the text in it not counted apart"
		return b.around(258 * pages)
	}
	b.Why = "Anthropic: 1,500 to 3,000 a page, image and text together; measured 2.0 to 2.3 times the text alone"
	return b.around(pages*1000 + textTokens*6/5)
}

// Audio returns the tokens of sound of the given length, by Google's fixed
// rate of 32 a second, and of OpenAI's about 10 for input; for other models it
// is a wide guess.
func Audio(model string, milliseconds int64) Count {
	f := resolve(model)
	ms := max(0, min(milliseconds, 1e12))
	b := Basis{Family: f.name, Encoding: "audio formula"}
	switch f.name {
	case famGemini.name:
		b.Below, b.Above, b.Why = 20, 20, "Google: 32 tokens a second"
		return b.around(ceilDiv(ms*32, 1000))
	case famO200k.name:
		b.Below, b.Above, b.Why = 300, 300, "OpenAI: about 10 tokens a second of input"
		return b.around(ceilDiv(ms*10, 1000))
	}
	b.Below, b.Above, b.Why = 700, 1500, "no published rate: about 20 tokens a second"
	return b.around(ceilDiv(ms*20, 1000))
}

// Video returns the tokens of video by Google's rate of 263 a second.
func Video(model string, milliseconds int64) Count {
	ms := max(0, min(milliseconds, 1e12))
	b := Basis{Family: resolve(model).name, Encoding: "video formula", Below: 100, Above: 100, Why: "Google: 263 tokens a second"}
	if b.Family != famGemini.name {
		b.Below, b.Above, b.Why = 900, 2000, "no published rate; Google's is 263 tokens a second"
	}
	return b.around(ceilDiv(ms*263, 1000))
}

// tiles is the price of an image at a tile model.
type tiles struct{ base, tile int64 }

func tileModel(name string) tiles {
	switch {
	case hasPrefix(name, "gpt-4o-mini"):
		return tiles{2833, 5667}
	case hasPrefix(name, "o1"), hasPrefix(name, "o3"):
		return tiles{75, 150}
	case hasPrefix(name, "gpt-5"):
		return tiles{70, 140}
	}
	return tiles{85, 170}
}

// patchModel returns the factor of a patch model in hundredths.
func patchModel(name string) (hundredths int64, ok bool) {
	switch {
	case hasPrefix(name, "gpt-4.1-mini"), hasPrefix(name, "gpt-5-mini"):
		return 162, true
	case hasPrefix(name, "gpt-4.1-nano"), hasPrefix(name, "gpt-5-nano"):
		return 246, true
	case hasPrefix(name, "o4-mini"):
		return 172, true
	}
	return 0, false
}

func openAITiles(w, h int64, t tiles) int64 {
	w, h = fit(w, h, 2048)
	if short := min(w, h); short > 768 {
		w, h = ceilDiv(w*768, short), ceilDiv(h*768, short)
	}
	return t.base + t.tile*ceilDiv(w, 512)*ceilDiv(h, 512)
}

func openAIPatches(w, h, hundredths int64) int64 {
	return ceilDiv(min(ceilDiv(w, 32)*ceilDiv(h, 32), 1536)*hundredths, 100)
}

func claudeImage(w, h, side, most int64) int64 {
	w, h = fit(w, h, side)
	return min(ceilDiv(w, 28)*ceilDiv(h, 28), most)
}

// fit shrinks an image so that its long side is at most side.
func fit(w, h, side int64) (int64, int64) {
	if long := max(w, h); long > side {
		return ceilDiv(w*side, long), ceilDiv(h*side, long)
	}
	return w, h
}

// clampPixels keeps a side of an image within what a side can be.
func clampPixels(n int64) int64 { return max(1, min(n, 1_000_000)) }

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }

func hasPrefix(name, prefix string) bool {
	return len(name) >= len(prefix) && name[:len(prefix)] == prefix
}
