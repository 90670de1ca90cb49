package sqlstore

import (
	"encoding/binary"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// An image is a whole entry in one blob: what counted once, in the table past.
// It is a varint of the time, a cost as appendAmount writes it, the texts that
// have columns, and a body.

func imageTexts(e *store.Entry) [8]*string {
	return [...]*string{&e.Source, &e.ID, &e.Subject, &e.Provider, &e.Model, &e.Session, &e.Workflow, &e.Team}
}

func appendImage(b []byte, e *store.Entry) []byte {
	b = append(b, bodyVersion)
	b = binary.AppendVarint(b, e.At.UnixNano())
	b = appendAmount(b, e.Cost)
	for _, t := range imageTexts(e) {
		b = appendText(b, *t)
	}
	return appendBody(b, e)
}

func readImage(b []byte, e *store.Entry) error {
	r := reader{b: b}
	r.bad = r.byte() != bodyVersion
	e.At = time.Unix(0, r.varint()).UTC()
	e.Cost = r.amount()
	for _, t := range imageTexts(e) {
		*t = r.text()
	}
	r.body(e)
	return r.end()
}
