package xmlfile_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/text/encoding/unicode"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/xmlfile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	good = "<item id=\"1\">\n<name>lamp, white</name><price cur=\"EUR\">2.55</price></item>\n"
	bad  = "<item id=\"2\"><name>AT&T</name></item>\n"
)

func TestContract(t *testing.T) {
	items := func(parts ...string) []byte {
		return []byte("<?xml version=\"1.0\"?>\n<items>\n" + strings.Join(parts, "") + "</items>")
	}
	connectortest.Run(t, connectortest.Case{Format: xmlfile.New(), Files: &connectortest.Files{
		Mixed: items(good, bad, good, bad, good), Good: 3, Bad: 2,
		Many: items(strings.Repeat(good, 4000)), Empty: []byte("<?xml version=\"1.0\"?>\n<items/>\n"),
	}})
}

func named(record string) connector.Request {
	return connector.Request{Options: map[string]connector.Option{"record": {Value: record}}}
}

// Rejected records are read again by themselves, as the table has them: links
// are kept, inner records left out.
func TestRecordsAreReadAgain(t *testing.T) {
	format := xmlfile.New().(connector.Replayer)
	content := "<rs><r a='1'>x</r><r><r>&bad;</r><b>y</b></r></rs>"
	in := connectortest.File("a", []byte(content))
	layout, _, _, err := connectortest.Collect(t.Context(), format, []connector.Input{in}, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	known, err := format.Context(layout, "a")
	if err != nil {
		t.Fatal(err)
	}
	raws := []string{"<r>&amp;</r>", "<r><r>inner</r><b>z</b></r>", "<r>&bad;</r>", "<r>1</r><r>2</r>", "<r><b>", "<x/>"}
	replayed := connector.Replayed{Name: "a", Context: known, Records: func(yield func(connector.RawRecord, error) bool) {
		for i, raw := range raws {
			if !yield(connector.RawRecord{Number: int64(i + 1), Raw: []byte(raw), Links: "7 2 3"}, nil) {
				return
			}
		}
	}}
	layout, err = format.InferRecords(t.Context(), []connector.Replayed{replayed}, connector.Request{Existing: layout.Columns})
	if err != nil {
		t.Fatal(err)
	}
	var got connectortest.Collected
	if _, err := format.ReadRecords(t.Context(), replayed, layout, got.Sink()); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"NULL", "&", "NULL", "7", "2", "3"}, {"NULL", "NULL", "z", "7", "2", "3"}}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
	var reasons []string
	for _, r := range got.Rejects {
		reasons = append(reasons, fmt.Sprint(r.Line, " ", r.Raw, " ", r.Violations[0].Reason))
	}
	if diff := cmp.Diff([]string{
		"3 <r>&bad;</r> the entity &bad; is not known: only the predefined ones (&lt; &gt; &amp; &quot; &apos;) and numbers are",
		"4 <r>1</r><r>2</r> these bytes hold more than one record, where one is expected",
		"5 <r><b> the XML ends too early, inside of <b>: it was cut off",
		"6 <x/> there is no element <r>, the name of the records",
	}, reasons); diff != "" {
		t.Error(diff)
	}
}

// The catalogue has 922 controls, of which 256 stand by themselves and the
// others are enhancements inside of these.
func TestCatalogue(t *testing.T) {
	content, err := os.ReadFile("testdata/NIST_SP-800-53_rev4_catalog.xml.zst")
	if err != nil {
		t.Fatal(err)
	}
	in := connectortest.File("catalogue", content)
	layout, counts, got, err := connectortest.Collect(t.Context(), xmlfile.New(), []connector.Input{in}, named("control"))
	if err != nil {
		t.Fatal(err)
	}
	if c := counts[0]; c.Records != 922 || c.Written != 922 || c.Lines != 56388 {
		t.Errorf("%+v", c)
	}
	id, parent, number := layout.Index("_id"), layout.Index("_tarn_parent_record"), layout.Index("_tarn_record")
	ids := map[string]string{}
	for i, row := range got.Rows {
		ids[row[number]] = row[id]
		if row[number] != fmt.Sprint(i+1) {
			t.Fatalf("record %d has the number %s", i+1, row[number])
		}
	}
	linked := 0
	for _, row := range got.Rows {
		if row[parent] == "NULL" {
			continue
		}
		linked++
		if outer := ids[row[parent]]; !strings.HasPrefix(row[id], outer+".") {
			t.Errorf("%s is linked to %s", row[id], outer)
		}
	}
	if linked != 922-256 {
		t.Errorf("%d records are linked to another", linked)
	}
	if !slices.IsSorted(got.Lines) {
		t.Error("lines do not rise")
	}
}

func TestEncodings(t *testing.T) {
	content := "<rs><r>café €</r><r>&</r></rs>\n"
	_, _, want, err := connectortest.Collect(t.Context(), xmlfile.New(), []connector.Input{connectortest.File("a", []byte(content))}, named("r"))
	if err != nil {
		t.Fatal(err)
	}
	for _, marked := range []unicode.BOMPolicy{unicode.IgnoreBOM, unicode.UseBOM} {
		for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
			stored, err := unicode.UTF16(order, marked).NewEncoder().String(`<?xml version="1.0" encoding="UTF-16"?>` + content)
			if err != nil {
				t.Fatal(err)
			}
			_, _, got, err := connectortest.Collect(t.Context(), xmlfile.New(), []connector.Input{connectortest.File("a", []byte(stored))}, named("r"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.Rows, got.Rows); diff != "" {
				t.Error(diff)
			}
			if len(got.Rejects) != 1 || !strings.Contains(stored, got.Rejects[0].Raw) {
				t.Errorf("%q is not how it was stored", got.Rejects[0].Raw)
			}
		}
	}
}

// However small the reads and the limit, the outcome is the same.
func TestSizesOfReadsDoNotMatter(t *testing.T) {
	content := []byte("<rs>" + strings.Repeat("<r a='1'><b>&lt;x</b><r>in <i>mixed</i></r></r>\n<r/>", 20) + "</rs>")
	for _, limit := range []int{5, 30, 48, 100, 1 << 20} {
		req := named("r")
		req.Options["max_record"] = connector.Option{Value: limit}
		var outcomes []connectortest.Collected
		for _, size := range []int{1, 7, 1 << 20} {
			in := connectortest.Stream("a", int64(len(content)), func() io.Reader { return &pieces{bytes.NewReader(content), size} })
			_, _, got, err := connectortest.Collect(t.Context(), xmlfile.New(), []connector.Input{in}, req)
			if err != nil {
				got = &connectortest.Collected{Columns: []string{err.Error()}}
			}
			outcomes = append(outcomes, *got)
		}
		if diff := cmp.Diff(outcomes[0], outcomes[1]) + cmp.Diff(outcomes[0], outcomes[2]); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
}

// pieces reads no more than size bytes at once.
type pieces struct {
	io.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), p.size)]) }

func TestDeepNestingIsRefused(t *testing.T) {
	for _, record := range []string{"r", "a"} {
		content := "<rs><r>" + strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000) + "</r></rs>"
		_, _, _, err := connectortest.Collect(t.Context(), xmlfile.New(), []connector.Input{connectortest.File("a", []byte(content))}, named(record))
		if err == nil || !strings.Contains(err.Error(), "bad-xml: elements nest more than 1000 deep") {
			t.Errorf("%s: %v", record, err)
		}
	}
}

// Each record that is too large is read again inside, which must not be made to
// go on without end.
func TestRecordsThatAreTooLargeInsideOfEachOther(t *testing.T) {
	for depth, want := range map[int]string{32: "", 33: "too-large: 33 records that are inside of each other"} {
		content := strings.Repeat("<r>", depth) + strings.Repeat("x", 1000) + strings.Repeat("</r>", depth) + "<r>1</r>"
		req := named("r")
		req.Options["max_record"] = connector.Option{Value: 500}
		_, counts, _, err := connectortest.Collect(t.Context(), xmlfile.New(), []connector.Input{connectortest.File("a", []byte(content))}, req)
		switch {
		case want == "" && (err != nil || counts[0].Rejected != 32 || counts[0].Written != 1):
			t.Errorf("%d deep: %v, %+v", depth, err, counts)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%d deep: %v", depth, err)
		}
	}
}

// A comment, a text and a record that are each larger than all memory may be
// read, and what is behind them.
func TestHugePartsAreNotHeld(t *testing.T) {
	const huge = 80 << 20
	fill := func(c byte) io.Reader { return io.LimitReader(endless(c), huge) }
	open := func() io.Reader {
		return io.MultiReader(
			strings.NewReader("<rs><r>1</r><!-- "), fill('-'+1), strings.NewReader(" --><other>"), fill('x'), strings.NewReader("</other><r>"),
			fill('y'), strings.NewReader("<r>2</r></r><![CDATA["), fill(']'), strings.NewReader("]]><r>3</r></rs>"),
		)
	}
	in := connectortest.Stream("a", -1, open)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, counts, got, err := connectortest.Collect(t.Context(), xmlfile.New(), []connector.Input{in}, named("r"))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if c := counts[0]; c.Records != 4 || c.Rejected != 1 || len(got.Rejects[0].Raw) != connector.KeptOfLong {
		t.Errorf("%+v", c)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 100<<20 {
		t.Errorf("%d bytes were allocated", allocated)
	}
}

type endless byte

func (c endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

// FuzzXML reads arbitrary bytes: nothing panics, and records add up.
func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		"<rs><r a='1'>x<b/></r><r><r/></r></rs>", "<r>&lt;<r>\xff</r></r>", "<!DOCTYPE r [<!ELEMENT r ANY>]><r/>", good + bad, "<r><![CDATA[x]]></r>\n<r/>",
	} {
		f.Add([]byte(seed), 100)
	}
	f.Fuzz(func(t *testing.T, content []byte, limit int) {
		req := named("r")
		req.Options["compression"] = connector.Option{Value: "none"}
		req.Options["max_record"] = connector.Option{Value: 1 + max(limit, 0)%1000}
		_, counts, got, err := connectortest.Collect(context.Background(), xmlfile.New(), []connector.Input{connectortest.File("f", content)}, req)
		if err != nil {
			return
		}
		if c := counts[0]; c.Records != c.Written+c.Rejected || int(c.Written) != len(got.Rows) || int(c.Rejected) != len(got.Rejects) || !slices.IsSorted(got.Lines) {
			t.Fatalf("%+v, %d rows, %d rejects, lines %v", c, len(got.Rows), len(got.Rejects), got.Lines)
		}
	})
}
