package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
)

func TestTableAndPlot(t *testing.T) {
	var out, errs bytes.Buffer
	file := filepath.Join(t.TempDir(), "plot.svg")
	if code := run([]string{"-svg", file}, screen.Screen{W: &out}, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	for _, want := range []string{
		"60.0 T × $15/M", "$900,000,000", "281 B × $5/M", "$1,405,000", "$9,000,000,000",
		"70 250 000 000 000 > 60 000 000 000 000", "share of cache_read", "Ten points less cache reads",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table does not show %q", want)
		}
	}
	svg, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = svg.Close() }()
	for d := xml.NewDecoder(svg); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the plot is no XML: %v", err)
		}
	}
}

func TestBadFlagsAndFiles(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int
	}{{[]string{"-nonsense"}, 2}, {[]string{"-svg", filepath.Join(t.TempDir(), "no", "folder.svg")}, 1}} {
		var out, errs bytes.Buffer
		if code := run(c.args, screen.Screen{W: &out}, &errs); code != c.want || errs.Len() == 0 {
			t.Errorf("%v: exit %d, %q; want %d and a message", c.args, code, errs.String(), c.want)
		}
	}
}
