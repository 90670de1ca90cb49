package dashboard

import (
	"context"
	"fmt"
	"slices"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// cost answers what it all cost, and under which assumptions.
func (l *look) cost(ctx context.Context, board string) (*costView, error) {
	t := l.ed.table(board)
	if t == nil {
		return nil, nil
	}
	w := &l.ed.fold.whole[t.span]
	b := l.blurWhole(w)
	month := &l.ed.fold.whole[l.ed.fold.month]
	v := &costView{
		Edition: l.editionView(), Window: l.windowName(t.Window), Windows: l.windowChoices(t, nil, nil),
		List: b.money(w.low, w.high, w.unpriced), Events: b.events(w.events), Unpriced: b.events(w.unpriced),
		Tokens: b.total(w.tokens), People: l.people(w.people),
		Month: l.blurWhole(month).money(month.low, month.high, month.unpriced), MonthName: l.lang.month(l.ed.at),
		Models: []shareView{}, Books: []bookView{}, Sheets: []sheetView{},
	}
	if l.h.opts.Contracted != nil {
		a := b.money(w.contracted.low, w.contracted.high, w.contracted.unpriced)
		v.Contracted = &a
	}
	for _, g := range l.h.visible(l.ed, byModel, t.span, l.class) {
		s := l.share(g, t)
		s.Share = permilleMoney(s.Cost.Value, v.List.Value)
		v.Models = append(v.Models, s)
	}
	slices.SortStableFunc(v.Models, func(a, b shareView) int { return b.Cost.Value.Cmp(a.Cost.Value) })
	v.Meters = l.meters(&w.meters, func(m usage.Meter) bool { return l.class.exact || w.shown[m] }, b, w.tokens)
	if !l.class.exact {
		v.Hidden = l.ed.groups[t.span][byModel].hidden > 0
		for m := range w.meters {
			v.Hidden = v.Hidden || w.meters[m].quantity > 0 && !w.shown[m]
		}
	}
	return v, l.books(ctx, v)
}

// books names the price books that the ledger is priced by, latest first, and
// the sheets of the one that prices today.
func (l *look) books(ctx context.Context, v *costView) error {
	all, err := l.h.eng.Store().Activations(ctx)
	if err != nil {
		return fmt.Errorf("dashboard: reading the ledger: %w", err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		a := all[i]
		v.Books = append(v.Books, bookView{a.From, a.Until, a.Book, display(a.Note)})
	}
	if book := l.h.eng.Book(l.ed.at); book != nil {
		for s := range book.Sheets() {
			v.Sheets = append(v.Sheets, sheetView{s.Name, s.Source, s.AsOf})
		}
	}
	return nil
}

// currency is that of the ledger.
func (h *Handler) currency() string {
	if book := h.eng.Book(h.eng.Now()); book != nil {
		return book.Currency()
	}
	return pricing.Builtin().Currency()
}
