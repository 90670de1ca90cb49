package dashboard

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
)

// serveCSV writes what a board's list shows as a file.
func (h *Handler) serveCSV(l *look, req *request) {
	q, ok := parseBoard(req.q)
	if !ok {
		h.missing(req.w, req.r, l, req.v, req.access)
		return
	}
	v, ok := l.board(q)
	if !ok {
		h.missing(req.w, req.r, l, req.v, req.access)
		return
	}
	body, err := v.file()
	if err != nil {
		h.fail(req.w, req.r, l.lang, req.access, err)
		return
	}
	head := req.w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	head.Set("Content-Disposition", `attachment; filename="`+fileName(v.Board)+`.csv"`)
	h.write(req.w, req.r, http.StatusOK, parts{{shared: quickPiece(body)}})
}

// file writes the rows of a board. Figures of which only a bound is told are
// empty, with the bound in a column of its own.
func (v *boardView) file() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	write := func(cells ...string) { _ = w.Write(cells) } // errors are kept until Flush
	write("rank", "name", "named", "was", "tier", "titles", "tokens", "tokens_below", "cost", "cost_below", "output", "output_below", "score", "score_below", "exact")
	for _, r := range v.Rows {
		var titles []string
		for _, t := range r.Titles {
			titles = append(titles, t.Name)
		}
		tokens, tokensBelow := cell(r.Tokens)
		output, outputBelow := cell(r.Output)
		score, scoreBelow := cell(r.Score)
		cost, costBelow := "", ""
		if r.Cost != nil {
			if cost = r.Cost.Value.String(); r.Cost.Below {
				cost, costBelow = "", cost
			}
		}
		was := ""
		if r.Was > 0 {
			was = strconv.Itoa(r.Was)
		}
		write(strconv.Itoa(r.Rank), harmless(r.Name), strconv.FormatBool(r.Named), was, harmless(r.Tier.Name), harmless(strings.Join(titles, "; ")),
			tokens, tokensBelow, cost, costBelow, output, outputBelow, score, scoreBelow, strconv.FormatBool(r.Tokens != nil && r.Tokens.Exact))
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func cell(f *figure) (value, below string) {
	switch {
	case f == nil:
		return "", ""
	case f.Below:
		return "", strconv.FormatInt(f.Value, 10)
	}
	return strconv.FormatInt(f.Value, 10), ""
}

// harmless makes a text one that no spreadsheet takes for a formula.
func harmless(s string) string {
	if s == "" {
		return s
	}
	switch r := []rune(s)[0]; r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠':
		return "'" + s
	}
	return s
}

// fileName keeps what every file system takes.
func fileName(s string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, s)
	return name[:min(len(name), 60)]
}
