package tokens

import (
	"os"
	"path/filepath"
	"testing"
)

// corpus returns the benchmark's texts: the files of the folder that
// TOKENS_CORPUS names, by file name; none where it is not set.
func corpus(tb testing.TB) map[string]string {
	texts := map[string]string{}
	folder := os.Getenv("TOKENS_CORPUS")
	if folder == "" {
		return texts
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		texts[filepath.Base(f)] = string(data)
	}
	return texts
}

func BenchmarkCount(b *testing.B) {
	texts := corpus(b)
	if len(texts) == 0 {
		b.Skip("TOKENS_CORPUS names no folder of texts")
	}
	for _, p := range pairs() {
		for name, text := range texts {
			b.Run(p.name+"/"+name, func(b *testing.B) {
				p.ours.Count(text)
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					p.ours.Count(text)
				}
			})
		}
	}
}
