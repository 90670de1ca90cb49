package tiers

import (
	"embed"
	"strings"
)

//go:embed icons/*.svg
var icons embed.FS

// icon returns one of the shipped drawings by the name of its file; empty if
// there is none.
func icon(name string) string {
	b, err := icons.ReadFile("icons/" + strings.ToLower(name) + ".svg")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
