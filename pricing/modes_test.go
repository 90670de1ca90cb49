package pricing

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
)

func TestAModeMayBeATierOrASpeedInAnySpelling(t *testing.T) {
	book, err := NewBook(Sheet{Name: "s",
		Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("8")},
			Variants: []Variant{{Name: "rush", Modes: []string{"rush"}, Rates: Rates{Input: PerMillion("16")}}}}},
		Modifiers: []Modifier{{Name: "half", Modes: []string{"On-Call", "night_shift"}, By: Times("0.5")}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ tier, speed, want string }{
		{"", "", "8"}, {"default", "STANDARD", "8"}, {"on-demand", "", "8"},
		{"on_call", "", "4"}, {"", "ON-CALL", "4"}, {"night-shift", "on_call", "4"}, {"On-Call", "On-Call", "4"},
		{"rush", "", "16"}, {"Rush", "standard", "16"}, {"rush", "rush", "16"}, {"rush", "on_call", "8"}, {"night_shift", "RUSH", "8"},
		{"rus", "", ""}, {"", "rushh", ""}, {"on_call", "warp", ""}, {"défaut", "", ""},
	} {
		cost, err := book.Price(Call{Model: "m", Tier: tt.tier, Speed: tt.speed, Usage: usage.Usage{Input: 1_000_000}})
		if tt.want == "" {
			if !errors.Is(err, ErrUnpriced) || cost.Status != Partial {
				t.Errorf("tier %q, speed %q: %s, %v, want no price", tt.tier, tt.speed, cost.Total, err)
			}
		} else if err != nil || cost.Total != MustMoney(tt.want) {
			t.Errorf("tier %q, speed %q: %s, %v, want %s", tt.tier, tt.speed, cost.Total, err, tt.want)
		}
	}
}

func TestABookHasSixtyThreeModesAtMost(t *testing.T) {
	sheet := Sheet{Name: "s", Models: []Model{{ID: "m", Rates: Rates{Input: PerMillion("1")}}}}
	for i := range maxModes {
		mode := fmt.Sprintf("mode-%d", i)
		sheet.Modifiers = append(sheet.Modifiers, Modifier{Name: mode, Modes: []string{mode, strings.ToUpper(mode)}, By: Times(fmt.Sprint(i + 2))})
	}
	book, err := NewBook(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxModes {
		cost, err := book.Price(Call{Model: "m", Tier: fmt.Sprintf("MODE_%d", i), Usage: usage.Usage{Input: 1_000_000}})
		if want := MustMoney(fmt.Sprint(i + 2)); err != nil || cost.Total != want {
			t.Errorf("mode %d: %s, %v, want %s", i, cost.Total, err, want)
		}
	}
	_, err = book.With(Sheet{Name: "more", Modifiers: []Modifier{{Name: "one", Modes: []string{"one too many"}, By: Times("2")}}})
	if !errors.Is(err, ErrInvalidSheet) || !strings.Contains(err.Error(), `sheet "more"`) {
		t.Errorf("error %v, want ErrInvalidSheet for the sheet of the 64th mode", err)
	}
}
