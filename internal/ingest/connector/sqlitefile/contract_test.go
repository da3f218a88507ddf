package sqlitefile_test

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/sqlitefile"
)

func TestContract(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE sales (id INTEGER PRIMARY KEY, day DATE, amount REAL, note TEXT)`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
			INSERT INTO sales SELECT i, date('2024-01-01', '+' || i || ' days'), i / 4.0, 'n' || i FROM n`,
		`UPDATE sales SET amount = 'a lot' WHERE id % 1000 = 7`)
	connectortest.RunSource(t, connectortest.SourceCase{
		Source: sqlitefile.Source{}, Options: map[string]connector.Option{"path": {Value: d.path}}, Table: "sales",
		Records: 5000, Rejected: 5, Cursor: "id", PrimaryKey: []string{"id"}, Keys: true,
		Grow: func(t *testing.T) {
			d.exec(t, `INSERT INTO sales VALUES (5001, '2040-01-01', 1, 'new'), (5002, '2040-01-02', 2, 'new')`)
		},
		New: 2,
	})
}
