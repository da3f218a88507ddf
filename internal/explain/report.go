package explain

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"time"
)

//go:embed page
var pageFiles embed.FS

// WriteReport writes r as one HTML file that needs nothing else to be read. It
// writes all of the page or, where it returns an error before w does, none.
func WriteReport(w io.Writer, r Report) error {
	p, err := loadPage()
	if err != nil {
		return fmt.Errorf("load the page: %w", err)
	}
	var b bytes.Buffer
	view := newView(r)
	view.Assets = p.assets
	if err := p.templates.ExecuteTemplate(&b, "page.html", view); err != nil {
		return fmt.Errorf("fill the page: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// page is the parsed page. The templates escape everything that they are given,
// except these assets, which are ours.
type page struct {
	templates *template.Template
	assets    assets
}

type assets struct {
	Style       template.CSS
	FirstScript template.JS // before the page is drawn: the chosen theme
	Script      template.JS
	Policy      string // what the browser may run: these three and nothing else
}

var loadPage = sync.OnceValues(func() (page, error) {
	t, err := template.New("page").Funcs(pageFuncs).ParseFS(pageFiles, "page/*.html")
	if err != nil {
		return page{}, err
	}
	style, err := readPage("base.css", "parts.css", "graph.css", "chart.css", "print.css")
	if err != nil {
		return page{}, err
	}
	first, err := readPage("theme.js")
	if err != nil {
		return page{}, err
	}
	script, err := readPage("page.js", "graph.js", "chart.js")
	if err != nil {
		return page{}, err
	}
	return page{t, assets{
		Style: template.CSS(style), FirstScript: template.JS(first), Script: template.JS(script),
		Policy: fmt.Sprintf("default-src 'none'; style-src %s; script-src %s %s; img-src data:; base-uri 'none'; form-action 'none'",
			sourceHash(style), sourceHash(first), sourceHash(script)),
	}}, nil
})

func readPage(names ...string) (string, error) {
	var b strings.Builder
	for _, name := range names {
		text, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	return b.String(), nil
}

// sourceHash is how a content security policy names an inline part.
func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

var pageFuncs = template.FuncMap{
	"count":    formatCount,
	"rows":     formatRows,
	"bytes":    formatBytes,
	"duration": formatDuration,
	"time":     formatTime,
	"figure":   formatFigure,
	"px":       pixels,
	"mark":     State.mark,
	"plural":   plural,
	"machine":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"add":      func(a, b float64) float64 { return a + b },
	"sub":      func(a, b float64) float64 { return a - b },
}
