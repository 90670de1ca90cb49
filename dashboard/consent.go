package dashboard

import (
	"context"
	"fmt"
	"net/http"
)

// serveConsent writes down whether the viewer wants to be named. It is the one
// change there is: a POST from a page of ours, never from another's.
func (h *Handler) serveConsent(w http.ResponseWriter, r *http.Request, v Viewer, lang *language, a *Access) {
	if r.Method != http.MethodPost {
		a.Status = notAllowed(w, r, "POST")
		return
	}
	if err := h.crossing.Check(r); err != nil {
		a.Status = http.StatusForbidden
		plain(w, r, a.Status, lang.text("error.cross"))
		return
	}
	if h.opts.Privacy.Naming != OptIn || v.Subject == "" {
		a.Status = http.StatusNotFound
		plain(w, r, a.Status, lang.text("error.404"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	named := r.PostFormValue("named")
	if named != "yes" && named != "no" {
		a.Status = http.StatusBadRequest
		plain(w, r, a.Status, lang.text("error.400"))
		return
	}
	a.Subject = v.Subject
	if err := h.consent(r, v.Subject, named == "yes"); err != nil {
		h.fail(w, r, lang, a, err)
		return
	}
	if err := h.rename(r.Context()); err != nil { // who says no is not shown a moment longer
		h.fail(w, r, lang, a, err)
		return
	}
	a.Status = http.StatusSeeOther
	w.Header().Set("Location", "me")
	w.WriteHeader(a.Status)
}

// consent tells the host; its panics are errors.
func (h *Handler) consent(r *http.Request, subject string, named bool) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("dashboard: Consent panicked: %v", p)
		}
	}()
	return h.opts.Privacy.Consent.Consent(r.Context(), subject, named)
}

// rename asks anew who wants to be named, and shows the edition of now with
// these names. It makes no new edition: a viewer who says yes and no in turn must
// not get to see figures between two of them.
func (h *Handler) rename(ctx context.Context) error {
	h.making.Lock()
	defer h.making.Unlock()
	ed := h.current.Load()
	if ed == nil {
		return nil // the first will ask
	}
	fresh := *ed
	fresh.cache, fresh.places = newRenderCache(), &ownPlaces{}
	if err := h.askConsent(ctx, &fresh); err != nil {
		h.current.CompareAndSwap(ed, nil) // nobody is shown by an old yes
		return err
	}
	h.publishTiers(&fresh)
	h.current.CompareAndSwap(ed, &fresh)
	return nil
}
