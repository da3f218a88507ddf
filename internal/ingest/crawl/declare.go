package crawl

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// plainText is what YAML takes for a text without quotes.
var plainText = regexp.MustCompile(`^[A-Za-z_./][A-Za-z0-9_./@+-]*$`)

// words mean something else than themselves in YAML.
var words = map[string]bool{"true": true, "false": true, "null": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true}

// quote writes a text as YAML.
func quote(text string) string {
	if plainText.MatchString(text) && !words[strings.ToLower(text)] {
		return text
	}
	quoted, err := json.Marshal(text)
	if err != nil { // no text fails
		return `""`
	}
	return string(quoted)
}

// Declare writes an ingest file that declares the tables, with confidence and
// evidence for people to judge them by.
func (p *Proposal) Declare(source string, paths []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Proposed by tarn crawl %s. Look it over: what is declared here is loaded.\n", strings.Join(paths, " "))
	fmt.Fprintf(&b, "source: %s\ntables:\n", quote(source))
	for _, t := range p.Tables {
		b.WriteString(t.Declare())
	}
	for _, u := range p.Unknown {
		fmt.Fprintf(&b, "  # left out: %s (%s): %s\n", u.Name, count(int64(u.Files), "file"), u.Why)
	}
	return b.String()
}

// Declare writes the table's entry of an ingest file.
func (t Table) Declare() string {
	var b strings.Builder
	if t.From != "" {
		return t.declareSource()
	}
	fmt.Fprintf(&b, "  # %s; confidence %s (%.0f%%)\n", count(int64(t.Files), "file"), t.Sureness(), 100*t.Confidence)
	for _, e := range t.Evidence {
		fmt.Fprintf(&b, "  # - %s\n", e)
	}
	fmt.Fprintf(&b, "  # - columns: %s\n", columnList(t.Columns))
	fmt.Fprintf(&b, "  %s:\n    from: file\n", quote(t.Name))
	if len(t.Paths) == 1 {
		fmt.Fprintf(&b, "    path: %s\n", quote(t.Paths[0]))
	} else {
		b.WriteString("    path:\n")
		for _, p := range t.Paths {
			fmt.Fprintf(&b, "      - %s\n", quote(p))
		}
	}
	fmt.Fprintf(&b, "    format: %s\n", t.Format)
	return b.String()
}

// declareSource writes the entry of a table that a source has.
func (t Table) declareSource() string {
	var b strings.Builder
	for _, e := range t.Evidence {
		fmt.Fprintf(&b, "  # %s\n", e)
	}
	fmt.Fprintf(&b, "  %s:\n    from: %s\n", quote(t.Name), t.From)
	for _, s := range t.Settings {
		fmt.Fprintf(&b, "    %s: %s\n", s.Name, quote(s.Value))
	}
	if len(t.PrimaryKey) > 0 {
		quoted := make([]string, len(t.PrimaryKey))
		for i, k := range t.PrimaryKey {
			quoted[i] = quote(k)
		}
		fmt.Fprintf(&b, "    primary_key: [%s]\n", strings.Join(quoted, ", "))
	}
	if t.Cursor != "" {
		fmt.Fprintf(&b, "    cursor: %s\n", quote(t.Cursor))
	}
	fmt.Fprintf(&b, "    mode: %s\n", t.Mode)
	return b.String()
}

// Sureness is the confidence as a word.
func (t Table) Sureness() string {
	switch {
	case t.Confidence >= 0.98:
		return "high"
	case t.Confidence >= 0.8:
		return "medium"
	default:
		return "low"
	}
}

func columnList(columns []connector.Column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c.Name + " " + c.Type.String()
	}
	return strings.Join(parts, ", ")
}

func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
