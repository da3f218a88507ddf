package xmlfile_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/xmlfile"
)

// TestLoad runs transcripts. Their commands are
//
//	file name=…            adds a file
//	table                  sets the table's columns, each a line "name type"
//	load [option=value…]   loads the files, or its input as file.xml
//
// In file contents \xNN, \t, \r and \\ are escapes, and a line that ends with \
// has no line end. The argument declare=(name:type,…) belongs to the request, all
// others are options of the format.
func TestLoad(t *testing.T) {
	datadriven.Walk(t, "testdata/load", func(t *testing.T, path string) {
		var files []connector.Input
		var table []connector.Column
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "file":
				var name string
				d.ScanArgs(t, "name", &name)
				files = append(files, connectortest.File(name, content(t, d.Input)))
				return ""
			case "table":
				table = parseTable(t, d.Input)
				return ""
			case "load":
				inputs, req := files, request(d)
				req.Existing, req.Evolve = table, true
				if inputs == nil {
					inputs = []connector.Input{connectortest.File("file.xml", content(t, d.Input))}
				}
				files, table = nil, nil
				return transcript(t, inputs, req)
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func content(t *testing.T, input string) []byte {
	t.Helper()
	if input == "" {
		return nil
	}
	var b strings.Builder
	for rest := strings.ReplaceAll(input+"\n", "\\\n", ""); rest != ""; {
		if rest[0] != '\\' {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		value, _, tail, err := strconv.UnquoteChar(rest, 0)
		if err != nil {
			t.Fatalf("%q: %v", rest, err)
		}
		b.WriteByte(byte(value))
		rest = tail
	}
	return []byte(b.String())
}

func parseTable(t *testing.T, input string) []connector.Column {
	t.Helper()
	var columns []connector.Column
	for line := range strings.Lines(input) {
		name, typ, _ := strings.Cut(strings.TrimSpace(line), " ")
		parsed, err := connector.ParseType(typ)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, connector.Column{Name: name, Type: parsed})
	}
	return columns
}

func request(d *datadriven.TestData) connector.Request {
	req := connector.Request{Options: map[string]connector.Option{}, Declared: map[string]connector.DeclaredType{}}
	for _, arg := range d.CmdArgs {
		if arg.Key != "declare" {
			req.Options[arg.Key] = connector.Option{Value: arg.Vals[0], Place: diag.Place{File: "ingest/x.yml", Line: 9}}
			continue
		}
		for _, val := range arg.Vals {
			name, typ, _ := strings.Cut(val, ":")
			req.Declared[name] = connector.DeclaredType{Type: typ}
		}
	}
	return req
}

// transcript tells all that a load gives; columns without any value are left
// out of the rows.
func transcript(t *testing.T, inputs []connector.Input, req connector.Request) string {
	t.Helper()
	layout, counts, got, err := connectortest.Collect(t.Context(), xmlfile.New(), inputs, req)
	var problems *diag.ProblemsError
	var problem *diag.Problem
	if errors.As(err, &problems) || errors.As(err, &problem) {
		return err.Error() + "\n"
	}
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range layout.Columns {
		if !strings.HasPrefix(c.Name, connector.ReservedPrefix) {
			fmt.Fprintf(&b, "%s %s\n", c.Name, c.Type)
		}
	}
	for i, row := range got.Rows {
		fmt.Fprintf(&b, "%d:", got.Lines[i])
		for k, value := range row {
			if value != "NULL" {
				fmt.Fprintf(&b, " %s=%s", strings.TrimPrefix(got.Columns[k], connector.ReservedPrefix), strings.ReplaceAll(value, "\n", `\n`))
			}
		}
		b.WriteString("\n")
	}
	for _, r := range got.Rejects {
		fmt.Fprintf(&b, "%d rejected: %.200q\n", r.Line, r.Raw)
		for _, v := range r.Violations {
			fmt.Fprintf(&b, "  %s: %s\n", strings.TrimSpace(v.Rule+" "+v.Column), v.Reason)
		}
	}
	for i, c := range counts {
		if c.Records != c.Written+c.Rejected {
			t.Errorf("%s: %+v does not add up", inputs[i].Name, c)
		}
	}
	return b.String()
}
