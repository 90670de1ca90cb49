package store

import "fmt"

// Overtaken returns an error that matches [ErrStaleActivation] if one of the
// entries was priced by an activation that a later one hides at the entry's
// time. Stores call it in Put, with the activations that are recorded at that
// moment, before they keep anything: so an engine that has not heard of a new
// price book learns of it before its prices do harm.
func Overtaken(activations []Activation, entries []Entry) error {
	if len(activations) == 0 {
		return nil
	}
	last := activations[len(activations)-1].Seq
	for i := range entries {
		e := &entries[i]
		if e.Activation >= last {
			continue
		}
		for k := len(activations) - 1; k >= 0 && activations[k].Seq > e.Activation; k-- {
			if a := &activations[k]; a.Covers(e.At) {
				return fmt.Errorf("%w: %s/%s was priced by activation %d, but number %d (book %s) prices its time",
					ErrStaleActivation, e.Source, e.ID, e.Activation, a.Seq, a.Book)
			}
		}
	}
	return nil
}
