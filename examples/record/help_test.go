package main

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/store"
)

// -h names every key that a line may have and an answer has, every status and
// every flag.
func TestHelp(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"-h"}, strings.NewReader(""), &out, &errs); code != pipe.ExitOK || errs.Len() > 0 {
		t.Fatalf("exit %d, %s", code, errs.String())
	}
	var want []string
	for _, shape := range []reflect.Type{reflect.TypeFor[store.Line](), reflect.TypeFor[receipt]()} {
		for i := range shape.NumField() {
			key, _, _ := strings.Cut(shape.Field(i).Tag.Get("json"), ",")
			want = append(want, `"`+key+`"`)
		}
	}
	for s := tokenomics.Accepted; s <= tokenomics.Refused; s++ {
		want = append(want, s.String())
	}
	for _, text := range append(want, `"standing"`, `"total"`, codeUnknownMeter, codeBadCount, codeBadValue, "Exit status", "-max-late", "-store") {
		if !strings.Contains(out.String(), text) {
			t.Errorf("-h says nothing of %s", text)
		}
	}
	for line := range strings.Lines(help) {
		if len(line) > 100 {
			t.Errorf("too wide: %s", line)
		}
	}
}
