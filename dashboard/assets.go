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
type assetNames struct{ CSS, JS, Icon, Rosette string }

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
	names.Rosette = add("rosette", ".svg", "image/svg+xml", []byte(rosette()))
	names.Icon = add("icon", ".svg", "image/svg+xml", []byte(favicon))
	css, err := assetFiles.ReadFile("assets/almanac.css")
	if err != nil {
		return names, nil, err
	}
	names.CSS = add("almanac", ".css", "text/css; charset=utf-8", []byte(strings.ReplaceAll(string(css), "rosette.svg", strings.TrimPrefix(names.Rosette, "assets/"))))
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

// rosette draws the engraved ornament of the head: three hypotrochoids, as on
// a share certificate.
func rosette() string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-110 -110 220 220" fill="none" stroke="#8c7a52" stroke-width=".5">`)
	for _, s := range []struct{ big, small, pen, scale float64 }{{17, 5, 11, 4.4}, {23, 7, 5, 4.6}, {11, 3, 7, 4.2}} {
		b.WriteString(`<path d="M`)
		turns := s.small // closes after so many, the two being coprime
		const points = 720
		for i := range points {
			a := float64(i) / points * 2 * math.Pi * turns
			x := (s.big-s.small)*math.Cos(a) + s.pen*math.Cos((s.big-s.small)/s.small*a)
			y := (s.big-s.small)*math.Sin(a) - s.pen*math.Sin((s.big-s.small)/s.small*a)
			if i > 0 {
				b.WriteByte('L')
			}
			fmt.Fprintf(&b, "%.0f %.0f", x*s.scale, y*s.scale)
		}
		b.WriteString(`z"/>`)
	}
	b.WriteString(`</svg>`)
	return b.String()
}
