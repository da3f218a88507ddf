package xmlfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// The oracle is encoding/xml: the scanner finds the same tags, attributes and
// texts.

// scanned returns what the scanner finds, as lines of text, and the first
// violation or error.
func scanned(source io.Reader) ([]string, error) {
	s := scanner{window: connector.NewWindow(source), limit: 1 << 20, hold: true, line: 1, names: newNames("", true), input: "x"}
	defer s.window.Close()
	var found []string
	var bad error
	for {
		err := s.next()
		if errors.Is(err, io.EOF) {
			return found, bad
		} else if err != nil {
			return nil, err
		}
		if len(s.violations) > 0 && bad == nil {
			bad = errors.New(s.violations[0].Reason)
		}
		name := ""
		if s.kind != text {
			name = s.names.list[s.name].full
		}
		switch s.kind {
		case startTag:
			line := "<" + name
			for _, a := range s.attributes {
				line += fmt.Sprintf(" %s=%q", s.names.list[a.name].full, spaced(string(s.bytes(a.value))))
			}
			if found = append(found, line); s.empty {
				found = append(found, "</"+name)
			}
		case endTag:
			found = append(found, "</"+name)
		case text:
			if len(s.open) > 0 {
				found = appendText(found, string(s.bytes(s.value)))
			}
		}
	}
}

// spaced is an attribute's value with spaces for line ends and tabs.
func spaced(value string) string {
	return strings.NewReplacer("\n", " ", "\t", " ", "\r", " ").Replace(value)
}

func appendText(found []string, text string) []string {
	if text == "" {
		return found
	}
	if n := len(found); n > 0 && strings.HasPrefix(found[n-1], "=") {
		found[n-1] += text
		return found
	}
	return append(found, "="+text)
}

// expected returns what encoding/xml finds.
func expected(content []byte) ([]string, error) {
	strict := xml.NewDecoder(bytes.NewReader(content))
	for {
		if _, err := strict.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	raw := xml.NewDecoder(bytes.NewReader(content))
	var found []string
	depth := 0
	for {
		token, err := raw.RawToken()
		if errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			line := "<" + joined(t.Name)
			for _, a := range t.Attr {
				line += fmt.Sprintf(" %s=%q", joined(a.Name), spaced(a.Value))
			}
			found = append(found, line)
			depth++
		case xml.EndElement:
			found = append(found, "</"+joined(t.Name))
			depth--
		case xml.CharData:
			if depth > 0 { // elsewhere are only spaces
				found = appendText(found, string(t))
			}
		}
	}
}

func joined(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

var (
	someName  = rapid.StringMatching(`[a-z_][a-z0-9_.-]{0,6}(:[a-z]{1,3})?|[äö][a-z]`)
	someText  = rapid.StringMatching("([ \t\r\n]|[a-zäß€0-9'\"]|&amp;|&lt;|&gt;|&#65;|&#x20AC;|&quot;|\\]|&gt;){0,12}")
	someSpace = rapid.SampledFrom([]string{"", " ", "\n", "\t ", "\r\n"})
)

// element draws an element, well-formed.
func drawElement(t *rapid.T, depth int) string {
	name := someName.Draw(t, "name")
	var b strings.Builder
	b.WriteString("<" + name)
	seen := map[string]bool{}
	for range rapid.IntRange(0, 3).Draw(t, "attributes") {
		attribute := someName.Draw(t, "attribute")
		if !seen[attribute] {
			seen[attribute] = true
			quote := rapid.SampledFrom([]string{`"`, `'`}).Draw(t, "quote")
			value := strings.ReplaceAll(someText.Draw(t, "value"), quote, "")
			b.WriteString(" " + someSpace.Draw(t, "space") + attribute + someSpace.Draw(t, "space") + "=" + someSpace.Draw(t, "space") + quote + value + quote)
		}
	}
	b.WriteString(someSpace.Draw(t, "space"))
	if rapid.Bool().Draw(t, "empty") {
		return b.String() + "/>"
	}
	b.WriteString(">")
	for range rapid.IntRange(0, 4).Draw(t, "parts") {
		switch part := rapid.IntRange(0, 5).Draw(t, "part"); {
		case part == 0:
			b.WriteString("<![CDATA[" + strings.ReplaceAll(someText.Draw(t, "section"), "]", "<") + "]]>")
		case part == 1:
			b.WriteString("<!-- <" + someSpace.Draw(t, "space") + "comment& -->")
		case part == 2:
			b.WriteString("<?do <it> ?>")
		case part < 5 && depth > 0:
			b.WriteString(drawElement(t, depth-1))
		default:
			b.WriteString(strings.ReplaceAll(someText.Draw(t, "text"), "]]>", ""))
		}
	}
	return b.String() + "</" + name + someSpace.Draw(t, "space") + ">"
}

func TestScannerFindsWhatTheOracleFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prolog := rapid.SampledFrom([]string{"", `<?xml version="1.0"?>` + "\n", "<!DOCTYPE a SYSTEM \"a.dtd\" [<!ELEMENT a (b)> <!-- ' -->]>", " <!-- a -->\n"}).Draw(t, "prolog")
		content := []byte(prolog + drawElement(t, 4) + someSpace.Draw(t, "space"))
		want, err := expected(content)
		if err != nil {
			t.Fatalf("the oracle: %v in %q", err, content)
		}
		for _, source := range []io.Reader{bytes.NewReader(content), iotest.OneByteReader(bytes.NewReader(content)), iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(content)))} {
			got, err := scanned(source)
			if err != nil {
				t.Fatalf("%v in %q", err, content)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q: %s", content, diff)
			}
		}
	})
}

// What the scanner takes and the oracle does not, and the other way round.
var (
	laxer = []string{
		"in comment", "unsupported version", "encoding", "invalid XML name", "expected target name", "xml: ", "unexpected EOF in CDATA", "invalid sequence <! ", "Entity",
	}
	stricter = []string{
		"outside of any element", "declares entities", "twice", "where a space or > is expected", "document type", "U+", "closes nothing", "no text in", "is not text", "starts neither", "NUL", "an & that", "too early", "starts no name",
	}
)

func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		`<?xml version="1.0"?><a b="1" c='&lt;'>x<b/><![CDATA[<]]>&#65;</a>`, "<a>\r\n<!-- - --></a>", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`,
		`<a b="<"/>`, `<a><b></a>`, `<a b=1/>`, `<a b/>`, `</a>`, `<a>]]></a>`, "<a>\x00\xff</a>", `<a b="1" b="2"/>`, `<`, `<!`, `<![CDATA[`, `<a/ >`, `<é:ü/>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := scanned(bytes.NewReader(content))
		small, smallErr := scanned(iotest.OneByteReader(bytes.NewReader(content)))
		if (err == nil) != (smallErr == nil) || !cmp.Equal(got, small) {
			t.Fatalf("%q read byte by byte gives %v, %v; else %v, %v", content, small, smallErr, got, err)
		}
		want, wantErr := expected(content)
		switch {
		case err == nil && wantErr == nil:
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q: %s", content, diff)
			}
		case err == nil && !mentions(wantErr, laxer):
			t.Fatalf("%q was taken, but the oracle says: %v", content, wantErr)
		case wantErr == nil && !mentions(err, stricter):
			t.Fatalf("%q is good, but: %v", content, err)
		}
	})
}

func mentions(err error, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(err.Error(), part) {
			return true
		}
	}
	return false
}

// BenchmarkScanner measures the scanner alone.
func BenchmarkScanner(b *testing.B) {
	content := []byte("<items>" + strings.Repeat("<item id=\"17\">\n  <name lang=\"en\">lamp, white &amp; round</name>\n  <price>2.55</price>\n  <empty/>\n</item>\n", 20_000) + "</items>")
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		s := scanner{window: connector.NewWindow(bytes.NewReader(content)), limit: 1 << 20, line: 1, names: newNames("", true)}
		for s.next() == nil {
		}
		s.window.Close()
	}
}
