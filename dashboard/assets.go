package dashboard

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"strings"
)

//go:embed assets/almanac.css assets/live.js
var assetFiles embed.FS

// assetNames are the names of the files a page refers to, each with a hash of
// its content, so that they may be kept for ever.
type assetNames struct{ CSS, JS, Icon, Ribbon string }

// asset is a file that is the same for everybody.
type asset struct {
	kind string
	body *piece
}

// loadAssets names and compresses the files.
func loadAssets() (assetNames, map[string]asset, error) {
	var names assetNames
	all := map[string]asset{}
	add := func(stem, ext, kind string, body []byte) string {
		sum := sha256.Sum256(body)
		name := "assets/" + stem + "-" + hex.EncodeToString(sum[:6]) + ext
		all[name] = asset{kind, newPiece(body)}
		return name
	}
	names.Ribbon = add("ribbon", ".svg", "image/svg+xml", []byte(ribbon()))
	names.Icon = add("icon", ".svg", "image/svg+xml", []byte(favicon))
	css, err := assetFiles.ReadFile("assets/almanac.css")
	if err != nil {
		return names, nil, err
	}
	names.CSS = add("almanac", ".css", "text/css; charset=utf-8", []byte(strings.ReplaceAll(string(css), "ribbon.svg", strings.TrimPrefix(names.Ribbon, "assets/"))))
	js, err := assetFiles.ReadFile("assets/live.js")
	if err != nil {
		return names, nil, err
	}
	names.JS = add("live", ".js", "text/javascript; charset=utf-8", js)
	return names, all, nil
}

// serveAsset serves one of the files; they hold nothing of anybody.
func (h *Handler) serveAsset(w http.ResponseWriter, r *http.Request, a asset) {
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	h.write(w, r, http.StatusOK, parts{{shared: a.body}})
}

const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0b6b4b" d="M10 2h12l8 8v12l-8 8H10l-8-8V10z"/><path fill="none" stroke="#f6f0e1" stroke-width="2" d="M12 8h8l4 4v8l-4 4h-8l-4-4v-8z"/></svg>`

// ribbon draws one length of the engraved band under the head: waves that
// cross, as along the edge of a share certificate. Lengths join without a seam.
func ribbon() string {
	const length, middle, points = 96.0, 8.0, 48
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="96" height="16" viewBox="0 0 96 16" fill="none" stroke="#8c7a52" stroke-width=".7">`)
	for _, wave := range []struct{ size, times, phase float64 }{
		{6.6, 2, 0}, {6.6, 2, .5}, {6.6, 2, .25}, {6.6, 2, .75}, {3.2, 4, 0}, {3.2, 4, .5}, {6.6, 1, 0}, {6.6, 1, .5},
	} {
		b.WriteString(`<path d="M`)
		for i := range points + 1 {
			x := float64(i) / points
			y := middle + wave.size*math.Sin(2*math.Pi*(x*wave.times+wave.phase))
			if i > 0 {
				b.WriteByte('L')
			}
			fmt.Fprintf(&b, "%.0f %.1f", x*length, y)
		}
		b.WriteString(`"/>`)
	}
	b.WriteString(`</svg>`)
	return b.String()
}
