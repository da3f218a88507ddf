package csvfile_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/cockroachdb/datadriven"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// TestLoad runs transcripts. Their commands are
//
//	file name=…            adds a file
//	table                  sets the table's columns, each a line "name type"
//	load [option=value…]   loads the files, or its input as file.csv
//
// In file contents \xNN, \t, \r and \\ are escapes, and a line that ends with
// \ has no line end. The arguments declare=(name:type,…), evolve,
// discard_values and sample=bytes belong to the request, all others are options of the format.
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
				inputs, req := files, request(t, d, table)
				if inputs == nil {
					inputs = []connector.Input{connectortest.File("file.csv", content(t, d.Input))}
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
	input = strings.ReplaceAll(input+"\n", "\\\n", "")
	var b strings.Builder
	for rest := input; rest != ""; {
		c := rest[0]
		if c != '\\' {
			b.WriteByte(c)
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
	for _, line := range strings.Split(strings.TrimSpace(input), "\n") {
		name, typeText, _ := strings.Cut(line, " ")
		typ, err := connector.ParseType(typeText)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, connector.Column{Name: name, Type: typ})
	}
	return columns
}

func request(t *testing.T, d *datadriven.TestData, table []connector.Column) connector.Request {
	t.Helper()
	req := connector.Request{Existing: table, Options: map[string]connector.Option{}, Declared: map[string]connector.DeclaredType{}}
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "evolve":
			req.Evolve = true
		case "discard_values":
			req.DiscardValues = true
		case "sample":
			arg.Scan(t, 0, &req.SampleBytes)
		case "declare":
			for _, val := range arg.Vals {
				name, typ, _ := strings.Cut(val, ":")
				req.Declared[name] = connector.DeclaredType{Type: strings.ReplaceAll(typ, "/", ","), Place: diag.Place{File: "ingest/x.yml", Line: 5}}
			}
		default:
			req.Options[arg.Key] = connector.Option{Value: optionValue(arg), Place: diag.Place{File: "ingest/x.yml", Line: 9}}
		}
	}
	return req
}

func optionValue(arg datadriven.CmdArg) any {
	if len(arg.Vals) != 1 {
		return arg.Vals
	}
	switch v := arg.Vals[0]; v {
	case "true", "false":
		return v == "true"
	default:
		return strings.ReplaceAll(v, "_", " ")
	}
}

var escaper = strings.NewReplacer("\n", `\n`, "\r", `\r`)

// transcript tells all that a load gives.
func transcript(t *testing.T, inputs []connector.Input, req connector.Request) string {
	t.Helper()
	layout, counts, got, err := connectortest.Collect(t.Context(), csvfile.Format{}, inputs, req)
	var problems *diag.ProblemsError
	var problem *diag.Problem
	if errors.As(err, &problems) || errors.As(err, &problem) {
		return err.Error() + "\n"
	}
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var columns []string
	for _, c := range layout.Columns {
		columns = append(columns, c.Name+" "+c.Type.String())
	}
	fmt.Fprintln(&b, strings.Join(columns, ", "))
	for i, row := range got.Rows {
		fmt.Fprintf(&b, "%d: %s\n", got.Lines[i], escaper.Replace(strings.Join(row, " | ")))
		if got.Discarded != nil && got.Discarded[i] != array.NullValueStr {
			fmt.Fprintf(&b, "  without %s\n", got.Discarded[i])
		}
	}
	for _, r := range got.Rejects {
		fmt.Fprintf(&b, "%d rejected: %q\n", r.Line, r.Raw)
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
