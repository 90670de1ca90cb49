package pricing

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
)

// The published schema has the fields that ParseSheet reads, no fewer and no
// more.
func TestSchemaHasEveryField(t *testing.T) {
	data, err := os.ReadFile("sheets/sheet.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Properties map[string]any
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	for name, typ := range map[string]reflect.Type{"model": reflect.TypeFor[jsonModel](), "step": reflect.TypeFor[jsonStep](),
		"variant": reflect.TypeFor[jsonVariant](), "modifier": reflect.TypeFor[jsonModifier](), "window": reflect.TypeFor[jsonWindow](), "allowance": reflect.TypeFor[jsonAllowance](), "exchange": reflect.TypeFor[jsonExchange](), "": reflect.TypeFor[jsonSheet]()} {
		properties := schema.Defs[name].Properties
		if name == "" {
			properties = schema.Properties
		}
		var want []string
		for i := range typ.NumField() {
			field, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			want = append(want, field)
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(properties)); !slices.Equal(got, want) {
			t.Errorf("%q has %v, ParseSheet reads %v", name, got, want)
		}
	}
	var meters []string
	for m := range usage.Meter(usage.NumMeters) {
		meters = append(meters, m.String())
	}
	slices.Sort(meters)
	if got := slices.Sorted(maps.Keys(schema.Defs["rates"].Properties)); !slices.Equal(got, meters) {
		t.Errorf("rates have %v, want %v", got, meters)
	}
}
