package dashboard

import (
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics"
)

// pastDay is the first board as it stood at the close of a day.
type pastDay struct {
	day  string
	view *tokenomics.View
}

// maxPast bounds how many days of ranks are shown.
const maxPast = 60

// publishPast reads the first board day by day, oldest first, as far as it can
// look back, without the edition's own day.
func (h *Handler) publishPast(ed *edition) error {
	if len(ed.tables) == 0 {
		return nil
	}
	t := ed.tables[0]
	step := t.Window.Step
	if step <= 0 {
		step = 24 * time.Hour
	}
	back := min(int(time.Duration(t.History)*step/(24*time.Hour)), maxPast)
	for d := back; d > 0; d-- {
		at := ed.at.AddDate(0, 0, -d)
		v, err := h.eng.AsOf(t.Name, at)
		if err != nil {
			return fmt.Errorf("dashboard: %w", err)
		}
		t.index(v)
		ed.past = append(ed.past, pastDay{at.Format(time.DateOnly), v})
	}
	return nil
}
