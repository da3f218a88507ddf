package excel_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/excel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const relationKind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

// workbook makes a workbook of the rows of its second sheet; the first is
// hidden. What other programs make of workbooks is tried in test/engines.
func workbook(t testing.TB, rows string, replaced ...string) []byte {
	t.Helper()
	parts := []string{
		"_rels/.rels", `<Relationships><Relationship Id="r1" Type="` + relationKind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<x:workbook xmlns:x="m" xmlns:r="o"><x:sheets><x:sheet name="Old" r:id="r1" state="hidden"/><x:sheet name="Data" r:id="r2"/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="` + relationKind + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="` + relationKind + `worksheet" Target="/xl/worksheets/sheet2.xml"/>` +
			`<Relationship Id="r3" Type="` + relationKind + `sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r4" Type="` + relationKind + `styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml", `<sst><si><t>name</t></si><si><r><t>a </t></r><r><t xml:space="preserve">b</t></r><rPh><t>spoken</t></rPh></si><si><t>x_x000A_y&amp;z</t></si></sst>`,
		"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[Red]yyyy\-mm\-dd hh:mm;@"/><numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="&quot;day&quot;0.00"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c t="inlineStr"><is><t>hidden</t></is></c></row><row><c><v>1</v></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml", `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	}
	for i := 0; i < len(replaced); i += 2 {
		for k := 0; k < len(parts); k += 2 {
			if parts[k] == replaced[i] {
				parts[k+1] = replaced[i+1]
			}
		}
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		if parts[i+1] == "" {
			continue
		}
		f, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const header = `<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="str"><v>at</v></c></row>`

// events are rows with an error where that is a 7.
func events(t testing.TB, errs ...int) []byte {
	t.Helper()
	var b strings.Builder
	b.WriteString(header)
	for i, n := range errs {
		value, kind := "45351.5", "n"
		if n == 7 {
			value, kind = "#DIV/0!", "e"
		}
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="s"><v>1</v></c><c r="C%d" s="2" t="%s"><f>A1/0</f><v>%s</v></c></row>`, i+2, i+2, i, i+2, i+2, kind, value)
	}
	return workbook(t, b.String())
}

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: excel.Format{},
		Files: &connectortest.Files{
			Mixed: events(t, 0, 7, 0, 0, 7, 7, 0), Good: 4, Bad: 3,
			Many: events(t, make([]int, 4000)...), Empty: events(t),
		},
	})
}

func load(t *testing.T, file []byte, options ...string) (*connector.Layout, *connectortest.Collected, error) {
	t.Helper()
	req := connector.Request{Options: map[string]connector.Option{}}
	for i := 0; i < len(options); i += 2 {
		req.Options[options[i]] = connector.Option{Value: options[i+1]}
	}
	layout, _, got, err := connectortest.Collect(t.Context(), excel.Format{}, []connector.Input{connectortest.File("a.xlsx", file)}, req)
	return layout, got, err
}

// shown are columns, lines and rows as text.
func shown(t *testing.T, file []byte, options ...string) string {
	t.Helper()
	layout, got, err := load(t, file, options...)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range layout.Columns {
		lines = append(lines, c.Name+" "+c.Type.String())
	}
	lines = []string{strings.Join(lines, ", ")}
	for i, row := range got.Rows {
		lines = append(lines, fmt.Sprintf("%d: %s", got.Lines[i], strings.Join(row, "|")))
	}
	for _, r := range got.Rejects {
		lines = append(lines, fmt.Sprintf("%d! %s %s", r.Line, r.Violations[0].Column, r.Violations[0].Reason))
	}
	return strings.Join(lines, "\n")
}

func TestCellsAreWhatTheyAre(t *testing.T) {
	for name, c := range map[string]struct{ cells, want string }{
		"whole numbers":       {`<c><v>5</v></c>;<c><v>1E3</v></c>`, "long: 5 1000"},
		"numbers":             {`<c><v>5</v></c>;<c><v>0.1</v></c>`, "double: 5 0.1"},
		"booleans":            {`<c t="b"><v>1</v></c>;<c t="b"><v>0</v></c>`, "boolean: true false"},
		"texts":               {`<c t="s"><v>1</v></c>;<c t="s"><v>2</v></c>`, "string: a b x\ny&z"},
		"dates":               {`<c s="1"><v>45351</v></c>;<c s="1"><v>1</v></c>;<c s="1"><v>59</v></c>;<c s="1"><v>61</v></c>`, "date: 2024-02-29 1900-01-01 1900-02-28 1900-03-01"},
		"times of a day":      {`<c s="3"><v>0.5</v></c>;<c s="3"><v>0.99998842592592593</v></c>`, "time: 12:00:00.000000 23:59:59.000000"},
		"moments":             {`<c s="2"><v>45351.520833333336</v></c>;<c s="2"><v>45351</v></c>`, "timestamp: 2024-02-29T12:30:00 2024-02-29T00:00:00"},
		"dates with times":    {`<c s="1"><v>45351</v></c>;<c s="1"><v>45351.25</v></c>`, "timestamp: 2024-02-29T00:00:00 2024-02-29T06:00:00"},
		"lengths of time":     {`<c s="4"><v>1.5</v></c>`, "double: 1.5"},
		"numbers with a word": {`<c s="5"><v>1.5</v></c>`, "double: 1.5"},
		"numbers and texts":   {`<c><v>5</v></c>;<c t="s"><v>1</v></c>;<c s="1"><v>45351</v></c>`, "string: 5 a b 2024-02-29"},
		"ISO dates":           {`<c t="d"><v>2024-02-29T12:30:00</v></c>`, "timestamp: 2024-02-29T12:30:00"},
	} {
		var rows strings.Builder
		rows.WriteString(`<row><c t="str"><v>v</v></c></row>`)
		for _, cell := range strings.Split(c.cells, ";<c") {
			rows.WriteString("<row><c" + strings.TrimPrefix(cell, "<c") + "</row>")
		}
		layout, got, err := load(t, workbook(t, rows.String()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		values := []string{layout.Columns[0].Type.String() + ":"}
		for _, row := range got.Rows {
			values = append(values, row[0])
		}
		if diff := cmp.Diff(c.want, strings.Join(values, " ")); diff != "" {
			t.Errorf("%s: %s %+v", name, diff, got.Rejects)
		}
	}
}

func TestRowsAndHeader(t *testing.T) {
	rows := `<row r="2"/><row r="3"><c r="B3" t="str"><v> Name </v></c><c r="C3"><v>2024</v></c></row>` +
		`<row r="4"><c r="B4" t="s"><v>1</v></c><c r="E4"><v>1</v></c></row><row r="5"><c r="B5" s="1"/></row>` +
		`<row r="9"><c r="C9" t="e"><v>#N/A</v></c></row><row r="10"><c r="C10"><f>SUM(A1)</f></c></row><row r="11"><c r="C11"><v>7</v></c></row>`
	for _, c := range []struct {
		options []string
		want    string
	}{
		{nil, "Name string, 2024 long, column5 long\n4: a b|NULL|1\n11: NULL|7|NULL\n9! 2024 #N/A: that is no value\n10! 2024 a formula without a stored value: that is no value"},
		{[]string{"header_row", "0", "range", "B4:C4"}, "column2 string\n4: a b"},
		{[]string{"range", "C3:C11"}, "2024 long\n11: 7\n9! 2024 #N/A: that is no value\n10! 2024 a formula without a stored value: that is no value"},
		{[]string{"header_row", "4"}, "a b string, column3 long, 1 string\n11: NULL|7|NULL\n9! column3 #N/A: that is no value\n10! column3 a formula without a stored value: that is no value"},
		{[]string{"sheet", "old"}, "hidden long\n2: 1"},
	} {
		if diff := cmp.Diff(c.want, shown(t, workbook(t, rows), c.options...)); diff != "" {
			t.Errorf("%v: %s", c.options, diff)
		}
	}
}

func TestDaysFrom1904(t *testing.T) {
	book := `<workbook><workbookPr date1904="1"/><sheets><sheet name="Data" id="r2"/></sheets></workbook>`
	got := shown(t, workbook(t, `<row><c t="str"><v>v</v></c></row><row><c s="1"><v>43889</v></c></row>`, "xl/workbook.xml", book))
	if got != "v date\n2: 2024-02-29" {
		t.Error(got)
	}
}

func TestProblems(t *testing.T) {
	whole := events(t, 0)
	bomb := `<sst>` + strings.Repeat(`<si><t>`+strings.Repeat(" ", 1<<20)+`</t></si>`, 130) + `</sst>`
	for name, c := range map[string]struct {
		file    []byte
		options []string
		want    string
	}{
		"no workbook":          {[]byte("a,b\n1,2\n"), nil, "damaged"},
		"an old workbook":      {[]byte("\xD0\xCF\x11\xE0 and so on"), nil, "unfit-file"},
		"cut off":              {whole[:len(whole)-30], nil, "truncated"},
		"no such sheet":        {whole, []string{"sheet", "Dat"}, "no-sheet"},
		"no such range":        {whole, []string{"range", "B3"}, "bad-option"},
		"a part that lacks":    {workbook(t, header, "xl/sharedStrings.xml", ""), nil, "damaged"},
		"a part that ends":     {workbook(t, header, "xl/styles.xml", "<styleSheet><cellXfs"), nil, "damaged"},
		"entities":             {workbook(t, header, "xl/sharedStrings.xml", `<!DOCTYPE s [<!ENTITY a "b">]><sst><si><t>&a;</t></si></sst>`), nil, "damaged"},
		"two columns named so": {workbook(t, `<row><c t="str"><v>a</v></c><c t="str"><v>A</v></c></row>`), nil, "duplicate-column"},
		"rows in disorder":     {workbook(t, header+`<row r="1"><c><v>1</v></c></row>`), nil, "damaged"},
		"a zip bomb":           {workbook(t, header, "xl/sharedStrings.xml", bomb), nil, "expands-too-much"},
		"a text of 10 MB":      {workbook(t, header, "xl/sharedStrings.xml", `<sst><si><t>`+strings.Repeat("x", 10<<20)+`</t></si></sst>`), nil, "expands-too-much"},
	} {
		_, _, err := load(t, c.file, c.options...)
		var problem *diag.Problem
		if !errors.As(err, &problem) || problem.Code != c.want || problem.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
