package dashboard

// about says what the pages show, what they keep, and who the viewer is to
// them.
func (l *look) about(v Viewer) *aboutView {
	p := &l.h.opts.Privacy
	a := &aboutView{
		Edition: l.editionView(), Naming: [...]string{"named", "pseudonyms", "opt_in"}[p.Naming], Period: p.Period,
		Digits: p.Digits, Least: max(p.Least, 0), MinGroup: p.MinGroup, Rows: l.h.opts.Rows, Every: l.h.opts.Every.String(),
		Logged: l.h.opts.AccessLog != nil, SeesNames: l.class.names, SeesExact: l.class.exact,
	}
	if p.Exact {
		a.Digits, a.Least = 0, 0
	}
	if v.Subject != "" {
		a.You = display(v.Subject)
	}
	return a
}
