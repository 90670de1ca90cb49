package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table is the comparison: a line for each work, our figure first, then every
// peer's with how many times ours it is.
type table struct {
	figures figures
	peers   []string
	w       *tabwriter.Writer
}

func newTable(out io.Writer, f figures, peers []string) *table {
	t := &table{f, peers, tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	head := []string{"work", "reach", "cpu", "wall"}
	for _, p := range peers {
		head = append(head, p, "×")
	}
	t.line(head...)
	return t
}

func (t *table) line(cells ...string) { fmt.Fprintln(t.w, strings.Join(cells, "\t")) }

// times writes the line of a work. Peers are compared by processor time.
func (t *table) times(work, reach string) {
	s := t.figures[[2]string{work, ours}]
	if s == (sample{}) {
		return
	}
	cells := []string{work, reach, nanos(s.cpu), nanos(s.wall)}
	for _, p := range t.peers {
		if peer := t.figures[[2]string{work, p}]; peer != (sample{}) {
			cells = append(cells, nanos(peer.cpu), ratio(peer.cpu/s.cpu))
		} else {
			cells = append(cells, "", "")
		}
	}
	t.line(cells...)
}

// plain writes the line of a figure that is no time, smaller is better.
func (t *table) plain(work, reach, format string, value float64, peers map[string]float64) {
	cells := []string{work, reach, fmt.Sprintf(format, value), ""}
	for _, p := range t.peers {
		if v := peers[p]; v != 0 {
			cells = append(cells, fmt.Sprintf(format, v), ratio(v/value))
		} else {
			cells = append(cells, "", "")
		}
	}
	t.line(cells...)
}

func ratio(r float64) string { return fmt.Sprintf("%.3g", r) }
