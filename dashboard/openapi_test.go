package dashboard

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// apiAnswers are the JSON answers by path.
var apiAnswers = []struct {
	path, summary string
	answer        any
	params        []string
}{
	{"api/board", "A board, and the viewer's own place on it.", boardView{}, []string{"board", "in", "team", "model", "workflow", "q", "lang"}},
	{"api/me", "The viewer's own page.", personView{}, []string{"lang"}},
	{"api/person", "Somebody who is listed by name.", personView{}, []string{"id", "lang"}},
	{"api/teams", "Teams that are large enough to be shown.", groupsView{}, []string{"board", "lang"}},
	{"api/models", "Models that enough people use.", groupsView{}, []string{"board", "lang"}},
	{"api/workflows", "Workflows that enough people take part in.", groupsView{}, []string{"board", "lang"}},
	{"api/team", "One team.", groupView{}, []string{"name", "board", "lang"}},
	{"api/model", "One model.", groupView{}, []string{"name", "board", "lang"}},
	{"api/workflow", "One workflow.", groupView{}, []string{"name", "board", "lang"}},
	{"api/titles", "Tiers and titles, what they take, who holds them.", titlesView{}, []string{"lang"}},
	{"api/cost", "What it all cost, under which assumptions.", costView{}, []string{"board", "lang"}},
	{"api/about", "What the pages show and keep.", aboutView{}, []string{"lang"}},
}

// otherAnswers are those that are not JSON.
var otherAnswers = []struct {
	path, kind, summary string
	params              []string
}{
	{"board.csv", "text/csv", "A board's list as a file.", []string{"board", "in", "team", "model", "workflow", "q", "lang"}},
	{"badge.svg", "image/svg+xml", "What everybody together used, to two digits.", []string{"lang"}},
	{"card.svg", "image/svg+xml", "What the viewer has earned, without name and figures.", []string{"lang"}},
	{"openapi.json", "application/vnd.oai.openapi+json;version=3.1", "This document.", nil},
	{"events", "text/event-stream", "Tells of new editions, where the host offers it.", nil},
}

var paramDocs = map[string]string{
	"board": "A board's name. Default: the first.", "in": "Narrows the list: team:NAME, model:NAME or workflow:NAME.",
	"team": "Narrows the list to a team.", "model": "Narrows the list to a model.", "workflow": "Narrows the list to a workflow.",
	"q": "Only rows whose shown name holds this.", "lang": "A BCP 47 tag. Default: by Accept-Language.",
	"id": "The id of a person, from a row.", "name": "The name of the team, model or workflow.",
}

type object = map[string]any

// document builds the OpenAPI document from the types that answers are made of.
func document() []byte {
	schemas := object{}
	paths := object{}
	params := func(names []string) []any {
		out := []any{}
		for _, n := range names {
			out = append(out, object{"name": n, "in": "query", "required": n == "id" || n == "name", "description": paramDocs[n], "schema": object{"type": "string"}})
		}
		return out
	}
	answers := func(kind string, schema object) object {
		return object{
			"200": object{"description": "The answer.", "content": object{kind: object{"schema": schema}}},
			"401": object{"description": "Nobody is signed in."}, "403": object{"description": "The viewer may not see it."},
			"404": object{"description": "There is none, or it may not be shown."},
		}
	}
	for _, a := range apiAnswers {
		paths["/"+a.path] = object{"get": object{"summary": a.summary, "parameters": params(a.params), "responses": answers("application/json", schemaOf(reflect.TypeOf(a.answer), schemas))}}
	}
	for _, a := range otherAnswers {
		paths["/"+a.path] = object{"get": object{"summary": a.summary, "parameters": params(a.params), "responses": answers(a.kind, object{"type": "string"})}}
	}
	paths["/consent"] = object{"post": object{
		"summary": "Says whether others see the viewer's name, where naming is by opt-in.",
		"requestBody": object{"required": true, "content": object{"application/x-www-form-urlencoded": object{"schema": object{
			"type": "object", "required": []string{"named"}, "properties": object{"named": object{"type": "string", "enum": []string{"yes", "no"}}}}}}},
		"responses": object{"303": object{"description": "Written; the viewer's page shows it."}, "400": object{"description": "Neither yes nor no."},
			"403": object{"description": "It came from another site."}, "404": object{"description": "Naming is not by opt-in, or the viewer has no row."}},
	}}
	doc := object{
		"openapi": "3.1.0",
		"info": object{"title": "tokenomics dashboard", "version": "1",
			"description": "What the pages of the dashboard show, as JSON, to the same viewer and with the same limits. Paths are relative to where the dashboard is mounted; who asks is the host's affair. Times are RFC 3339 in UTC, amounts decimals in texts."},
		"servers":    []any{object{"url": "./"}},
		"paths":      paths,
		"components": object{"schemas": schemas},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(doc); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// schemaOf returns a type's schema; structs are put among schemas.
func schemaOf(t reflect.Type, schemas object) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[pricing.Money]():
		return object{"type": "string", "pattern": `^-?[0-9]+(\.[0-9]+)?$`}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), schemas)
	case reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem(), schemas)}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Struct:
		name := strings.TrimSuffix(t.Name(), "View")
		ref := object{"$ref": "#/components/schemas/" + name}
		if schemas[name] != nil {
			return ref
		}
		props, required := object{}, []string{}
		schemas[name] = object{"type": "object", "properties": props, "additionalProperties": false}
		for _, f := range reflect.VisibleFields(t) {
			tag, ok := f.Tag.Lookup("json")
			if !ok {
				continue
			}
			field, opts, _ := strings.Cut(tag, ",")
			s := schemaOf(f.Type, schemas)
			if doc := f.Tag.Get("doc"); doc != "" {
				s["description"] = doc
			}
			props[field] = s
			if !strings.Contains(opts, "omit") {
				required = append(required, field)
			}
		}
		schemas[name].(object)["required"] = required
		return ref
	}
	panic("no schema for " + t.String())
}

// TestOpenAPIIsOfTheTypes: the document says what the code answers, field by
// field. Run with -update to write it.
func TestOpenAPIIsOfTheTypes(t *testing.T) {
	if *update {
		if err := os.WriteFile("openapi.json", document(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(document(), openapi) {
		t.Error("openapi.json is not that of the types: go test ./dashboard -run OpenAPI -update")
	}
}

// TestOpenAPIIsServed: every path is served and answers by its schema, with no
// field it does not know; and every field of the document is seen somewhere.
func TestOpenAPIIsServed(t *testing.T) {
	var doc struct {
		Paths      map[string]map[string]any
		Components struct{ Schemas map[string]object }
	}
	if err := json.Unmarshal(openapi, &doc); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.company()
	w.use("large-11", "large", "no-such-model", "build", 5_000_000, time.Hour)
	w.set(w.clock().Add(26 * time.Hour))
	w.use("large-05", "large", "claude-opus-5-5", "build", 90_000_000, 0)
	w.aggregate("large-03", "large", "gemini-3.1-pro-preview", 5_000_000_000)
	for day := range 6 {
		w.use("large-05", "large", "claude-opus-5-5", "build", 30_000_000, time.Duration(day+2)*24*time.Hour)
	}
	w.use("near-a", "middle", "gemini-3.8-flash", "triage", 1_249_999, 0)
	w.use("near-b", "middle", "gemini-3.8-flash", "triage", 1_240_000, 0)
	w.use("large-09", "large", "no-such-model", "build", 1_000, 0)
	w.use("odd", "middle", "no-such-model", "triage", 2_000_000, 0)
	if _, err := w.eng.Reprice(t.Context(), pricing.Builtin(), w.clock().Add(-48*time.Hour), w.clock().Add(-47*time.Hour), "again"); err != nil {
		t.Fatal(err)
	}
	key := bytes.Repeat([]byte("k"), 32)
	consent := &MemoryConsent{yes: map[string]bool{}}
	consent.yes["large-05"] = true
	seen := map[string]bool{}
	check := checker{t, doc.Components.Schemas, seen}
	paths := map[string]bool{}
	for _, h := range []*Handler{
		w.handler(Options{Authorize: as(Viewer{Subject: "large-03"}), Contracted: pricing.Builtin(), Live: true}),
		w.handler(Options{Authorize: as(Viewer{Subject: "large-03"}), Privacy: Privacy{Naming: Pseudonyms, Key: key}, Rows: 20}),
		w.handler(Options{Authorize: as(Viewer{Subject: "large-05"}), Privacy: Privacy{Naming: OptIn, Consent: consent}}),
		w.handler(Options{Authorize: as(Viewer{Subject: "small-00", Exact: true, Names: true}), AccessLog: func(Access) {}}),
		w.handler(Options{Authorize: as(Viewer{Subject: "nobody"})}),
		w.handler(Options{Authorize: as(Viewer{Subject: "near-b"})}),
		w.handler(Options{Authorize: as(Viewer{Subject: "odd"})}),
	} {
		for _, a := range apiAnswers {
			query := []string{""}
			switch {
			case slices.Contains(a.params, "name"):
				query = []string{"?name=large", "?name=claude-opus-5-5", "?name=build", "?name=gpt-6-sol"}
			case slices.Contains(a.params, "id"):
				query = []string{"?id=" + keyed(h.secret, "link", "large-05"), "?id=" + keyed(h.secret, "link", "large-03")}
			case slices.Contains(a.params, "q"):
				query = []string{"", "?board=cost-30d", "?board=output-7d", "?board=fresh-30d", "?team=large", "?in=model:claude-opus-5-5", "?q=large-0", "?q=nobody-has-this"}
			}
			for _, q := range query {
				code, body, head := get(t, h, "/"+a.path+q)
				if code == 404 {
					continue
				}
				if code != 200 || head.Get("Content-Type") != "application/json" {
					t.Fatalf("%s%s: %d %s", a.path, q, code, body)
				}
				paths["/"+a.path] = true
				var v any
				d := json.NewDecoder(strings.NewReader(body))
				d.UseNumber()
				if err := d.Decode(&v); err != nil {
					t.Fatal(err)
				}
				check.value(a.path+q, object{"$ref": "#/components/schemas/" + strings.TrimSuffix(reflect.TypeOf(a.answer).Name(), "View")}, v)
			}
		}
		for _, a := range otherAnswers {
			method := "GET"
			if a.path == "events" {
				method = "HEAD" // a stream does not end
			}
			if code, _, head := do(t, h, method, "/"+a.path, ""); code == 200 {
				paths["/"+a.path] = strings.HasPrefix(head.Get("Content-Type"), a.kind)
			}
		}
		if code, _, head := do(t, h, "POST", "/consent", "named=yes", "Sec-Fetch-Site", "same-origin"); code == 303 && head.Get("Location") == "me" {
			paths["/consent"] = true
		}
	}
	for p := range doc.Paths {
		if !paths[p] {
			t.Errorf("%s is described and not served", p)
		}
	}
	for p := range paths {
		if doc.Paths[p] == nil {
			t.Errorf("%s is served and not described", p)
		}
	}
	for name, s := range doc.Components.Schemas {
		for field := range s["properties"].(map[string]any) {
			if !seen[name+"."+field] {
				t.Errorf("%s.%s was in no answer", name, field)
			}
		}
	}
}

// checker compares values with schemas.
type checker struct {
	t       *testing.T
	schemas map[string]object
	seen    map[string]bool
}

func (c *checker) value(at string, s object, v any) {
	if ref, ok := s["$ref"].(string); ok {
		name := ref[strings.LastIndexByte(ref, '/')+1:]
		c.object(at, name, c.schemas[name], v)
		return
	}
	ok := false
	switch s["type"] {
	case "string":
		_, ok = v.(string)
	case "integer":
		var n json.Number
		if n, ok = v.(json.Number); ok {
			_, err := n.Int64()
			ok = err == nil
		}
	case "boolean":
		_, ok = v.(bool)
	case "array":
		var items []any
		if items, ok = v.([]any); ok {
			for i, x := range items {
				c.value(fmt.Sprintf("%s[%d]", at, i), s["items"].(map[string]any), x)
			}
		}
	}
	if !ok {
		c.t.Errorf("%s is %v, want %v", at, v, s["type"])
	}
}

func (c *checker) object(at, name string, s object, v any) {
	fields, ok := v.(map[string]any)
	if !ok {
		c.t.Errorf("%s is no object: %v", at, v)
		return
	}
	props := s["properties"].(map[string]any)
	for f, x := range fields {
		p, ok := props[f].(map[string]any)
		if !ok {
			c.t.Errorf("%s.%s is not described", at, f)
			continue
		}
		c.seen[name+"."+f] = true
		c.value(at+"."+f, p, x)
	}
	for _, r := range s["required"].([]any) {
		if _, ok := fields[r.(string)]; !ok {
			c.t.Errorf("%s has no %s", at, r)
		}
	}
}
