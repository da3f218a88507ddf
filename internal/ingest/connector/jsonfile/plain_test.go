package jsonfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// parsed is what a parser makes of a line.
type parsed struct {
	Nodes      []record.Node
	Violations []connector.Violation
}

func parseLines(lines []string, omit []string) []parsed {
	names := record.NewNames()
	q := newParser(names, omit)
	var rec record.Record
	var all []parsed
	for _, line := range lines {
		text := append([]byte(line), make([]byte, connector.Padding)...)
		rec.Reset(1)
		q.line(&rec, text, 0, len(line), connector.UTF8)
		one := parsed{Violations: rec.Violations}
		if len(rec.Violations) == 0 {
			for _, n := range rec.Nodes {
				n.Text = append([]byte(nil), n.Text...)
				one.Nodes = append(one.Nodes, n)
			}
		}
		all = append(all, one)
	}
	return all
}

// Fields that are read the fast way, because they come as expected, are what
// they are when each is read by itself, as with omit, in whole lines and in
// damaged ones.
func TestPlainFieldsAreReadAsOthers(t *testing.T) {
	templates := []string{
		`{"id":1,"name":"Anna","paid":true,"price":-1.5e3,"note":null,"done":false}`,
		`{"id":22,"name":"Müller \"A\"","customer":{"id":"C1","tags":["x",{"id":2}]},"price":0}`,
		`{"id":3,"customer":{"id":4,"name":""},"name":"b","id":5}`,
		`{"id":7,"customer":{"id":"C2","address":{"zip":"1","tags":[]}},"list":[{"a":1,"b":{"c":2}},{"a":3}],"tags":[]}`,
		`{"a":{"a":{"a":{"a":{}}},"b":1},"b":[[],{"x":{"y":"z"}}]}`,
		`{ "id" : 6 , "name" :"c","price": 1 }`,
	}
	rapid.Check(t, func(rt *rapid.T) {
		var lines []string
		for range rapid.IntRange(1, 12).Draw(rt, "lines") {
			line := []byte(rapid.SampledFrom(templates).Draw(rt, "line"))
			for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(rt, "damages") {
				at := rapid.IntRange(0, len(line)-1).Draw(rt, "at")
				switch rapid.IntRange(0, 3).Draw(rt, "kind") {
				case 0:
					line[at] = rapid.SampledFrom([]byte("\"\\{}[],: tfn0-.e\x01\xFF")).Draw(rt, "byte")
				case 1:
					line = append(line[:at], line[at+1:]...)
				case 2:
					line = line[:at+1]
				default:
					line = append(line[:at:at], append([]byte{line[at]}, line[at:]...)...)
				}
				if len(line) == 0 {
					line = []byte("{")
				}
			}
			if strings.TrimSpace(string(line)) != "" {
				lines = append(lines, string(line))
			}
		}
		if diff := cmp.Diff(parseLines(lines, []string{"nothing is called so"}), parseLines(lines, nil)); diff != "" {
			rt.Fatalf("%q: each by itself (-), fast (+):\n%s", lines, diff)
		}
	})
}
