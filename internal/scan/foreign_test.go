//go:build duckdb_arrow

package scan_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
)

func TestFilesWithoutFieldIDsAreReadByTheNamesThatTheTableMaps(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT 1 AS id, 'own' AS name, {'a': 1, 'b': [{'x': 2}]} AS s, MAP {'k': {'v': 3}} AS m")
	f := l.Foreign(t, "t")
	path := f.Write(t, "SELECT 'added' AS name, 2 AS id, {'b': [{'x': 20}], 'a': 10} AS s, MAP {'k': {'v': 30}} AS m", "")
	f.Change(t, func(tx *table.Transaction) error { return tx.AddFiles(t.Context(), []string{path}, nil, false) })
	f.Change(t, func(tx *table.Transaction) error {
		return tx.UpdateSchema(true, true).RenameColumn([]string{"name"}, "label").RenameColumn([]string{"s", "a"}, "z").
			AddColumn([]string{"more"}, iceberg.PrimitiveTypes.Int64, "", false, nil).Commit()
	})
	want(t, rows(t, l, "t", lake.At{}), `1 | own | {"b":[{"x":2}],"z":1} | [{"key":"k","value":{"v":3}}] | (null); `+
		`2 | added | {"b":[{"x":20}],"z":10} | [{"key":"k","value":{"v":30}}] | (null)`)
	// Rows of theirs can be deleted, too.
	f = l.Foreign(t, "t")
	f.Change(t, delta(f.DeleteFile(t, f.DeletePositions(t, path+"#0"), 1, nil)))
	want(t, strings.SplitN(rows(t, l, "t", lake.At{}), " | ", 2)[0], "1")
}

func TestFilesWithoutFieldIDsThatNothingMapsAreAProblem(t *testing.T) {
	for name, change := range map[string]func(*table.Transaction) error{
		"does not map the names in it": func(tx *table.Transaction) error {
			return tx.SetProperties(iceberg.Properties{table.DefaultNameMappingKey: `[{"field-id": 1, "names": ["other"]}]`})
		},
		"is not set": func(tx *table.Transaction) error { return tx.RemoveProperties([]string{table.DefaultNameMappingKey}) },
	} {
		t.Run(name, func(t *testing.T) {
			l := scantest.New(t)
			l.Append(t, "t", "SELECT 1 AS id")
			f := l.Foreign(t, "t")
			path := f.Write(t, "SELECT 2 AS id", "")
			f.Change(t, func(tx *table.Transaction) error { return tx.AddFiles(t.Context(), []string{path}, nil, false) })
			f.Change(t, change)
			_, err := scan.Plan(t.Context(), l.Table(t, "t"), lake.At{}, nil)
			var p *diag.Problem
			if !errors.As(err, &p) || p.Code != "name-mapping" || !strings.Contains(p.Message, path) || !strings.Contains(p.Message, "main.t") || !strings.Contains(p.Message, name) {
				t.Error(err)
			}
		})
	}
}

// TestColumnsThatOnlyThePartitionHas: Hive does not write the columns by which
// a table is partitioned.
func TestColumnsThatOnlyThePartitionHas(t *testing.T) {
	for name, test := range map[string]struct {
		literal string
		value   any
		want    string
	}{
		"text":    {"'x'", "it's", "1 | it's"},
		"date":    {"DATE '2026-01-01'", iceberg.Date(19000), "1 | 2022-01-08"},
		"number":  {"7::BIGINT", int64(-5), "1 | -5"},
		"null":    {"'x'", nil, "1 | (null)"},
		"boolean": {"true", false, "1 | false"},
	} {
		t.Run(name, func(t *testing.T) {
			l := scantest.New(t)
			l.Append(t, "t", "SELECT 2 AS id, "+test.literal+" AS p", "p")
			f := l.Foreign(t, "t")
			path := f.Write(t, "SELECT 1 AS id", "{id: 1}")
			b, err := iceberg.NewDataFileBuilder(f.Spec(), iceberg.EntryContentData, path, iceberg.ParquetFile, map[int]any{1000: test.value}, nil, nil, 1, 100)
			if err != nil {
				t.Fatal(err)
			}
			f.Change(t, func(tx *table.Transaction) error {
				return tx.AddDataFiles(t.Context(), []iceberg.DataFile{b.ValueCounts(map[int]int64{1: 1}).Build()}, nil)
			})
			got, _, _ := strings.Cut(rows(t, l, "t", lake.At{}), "; ")
			want(t, got, test.want)
		})
	}
}

func TestFilesWithoutAFieldHaveItsDefault(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT 1 AS id, {'a': 1} AS s, NULL::TIMESTAMP_NS AS at")
	f := l.Foreign(t, "t")
	f.Metadatum(t, func(meta map[string]any) {
		first := meta["schemas"].([]any)[0].(map[string]any)
		fields := append([]any{}, first["fields"].([]any)...)
		nested := map[string]any{}
		for k, v := range fields[1].(map[string]any) {
			nested[k] = v
		}
		inner := nested["type"].(map[string]any)["fields"].([]any)
		nested["type"] = map[string]any{"type": "struct", "fields": append(append([]any{}, inner...),
			map[string]any{"id": 20, "name": "b", "type": "string", "required": false, "initial-default": "other"})}
		fields[1] = nested
		for id, f := range map[int]map[string]any{
			10: {"name": "n", "type": "long", "initial-default": 42, "write-default": 43},
			11: {"name": "d", "type": "decimal(9, 2)", "initial-default": "-1.50"},
			12: {"name": "u", "type": "uuid", "initial-default": "f79c3e09-677c-4bbd-a479-3f349cb785e7"},
			13: {"name": "b", "type": "binary", "initial-default": "00ff"},
			14: {"name": "day", "type": "date", "initial-default": "2026-02-03"},
			15: {"name": "ts", "type": "timestamptz", "initial-default": "2026-02-03T04:05:06.000007+00:00"},
			16: {"name": "f", "type": "double", "initial-default": 0.1},
		} {
			f["id"], f["required"] = id, false
			fields = append(fields, f)
		}
		meta["schemas"] = append(meta["schemas"].([]any), map[string]any{"type": "struct", "schema-id": 1, "fields": fields})
		meta["current-schema-id"], meta["last-column-id"] = 1, 20
	})
	query := func() string {
		r := plan(t, l.Table(t, "t"), lake.At{})
		return strings.Join(l.Rows(t, "SELECT id, s::VARCHAR, n, d::VARCHAR, u::VARCHAR, b::VARCHAR, day::VARCHAR, ts::VARCHAR, f FROM "+r.SQL+" ORDER BY 1"), "; ")
	}
	const old = `1 | {'a': 1, 'b': other} | 42 | -1.50 | f79c3e09-677c-4bbd-a479-3f349cb785e7 | \x00\xFF | 2026-02-03 | 2026-02-03 04:05:06.000007+00 | 0.1`
	want(t, query(), old)
	// They stay when we add a column.
	l.Append(t, "t", "SELECT 2 AS id, 5::BIGINT AS n, 'x' AS more")
	want(t, query(), old+`; 2 | (null) | 5 | (null) | (null) | (null) | (null) | (null) | (null)`)
}

func TestAFileThatIsCutOffIsAProblemOfItsTableOnly(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "good", "SELECT 1 AS id")
	l.Append(t, "bad", "SELECT 1 AS id, {'a': 1} AS s")
	f := l.Foreign(t, "bad")
	path := f.Write(t, "SELECT 2 AS id, {'a': 2} AS s", "{id: 1, s: {__duckdb_field_id: 2, a: 3}}")
	f.Change(t, func(tx *table.Transaction) error { return tx.AddFiles(t.Context(), []string{path}, nil, false) })
	if err := os.Truncate(path, 20); err != nil {
		t.Fatal(err)
	}
	_, err := scan.Plan(t.Context(), l.Table(t, "bad"), lake.At{}, nil)
	var p *diag.Problem
	if !errors.As(err, &p) || p.Code != "unreadable-table" || !strings.Contains(p.Message, path) || !strings.Contains(p.Message, "main.bad") {
		t.Error(err)
	}
	want(t, rows(t, l, "good", lake.At{}), "1")
}
