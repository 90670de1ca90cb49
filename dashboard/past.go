package dashboard

import (
	"fmt"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics"
)

// pastDay is the first board as it stood at the close of a day.
type pastDay struct {
	day  string
	view *tokenomics.View
}

// history is the first board's past, computed when it is first asked for.
type history struct {
	once sync.Once
	days []pastDay
	err  error
}

// maxPast bounds how many days of ranks are shown.
const maxPast = 60

// past returns the first board day by day, oldest first, as far as it can look
// back, without the edition's own day.
func (ed *edition) past(h *Handler) ([]pastDay, error) {
	t := ed.tables[0]
	ed.history.once.Do(func() {
		step := t.Window.Step
		if step <= 0 {
			step = 24 * time.Hour
		}
		back := min(int(time.Duration(t.History)*step/(24*time.Hour)), maxPast)
		for d := back; d > 0; d-- {
			at := ed.at.AddDate(0, 0, -d)
			v, err := h.eng.AsOf(t.Name, at)
			if err != nil {
				ed.history.err = fmt.Errorf("dashboard: %w", err)
				return
			}
			ed.history.days = append(ed.history.days, pastDay{at.Format(time.DateOnly), v})
		}
	})
	return ed.history.days, ed.history.err
}
