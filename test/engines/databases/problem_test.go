//go:build engines

package databases

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	my "github.com/tarn-lake/tarn/internal/ingest/connector/mysql"
	pg "github.com/tarn-lake/tarn/internal/ingest/connector/postgres"
)

func TestProblemsSayWhatToDoAndShowNoPassword(t *testing.T) {
	p, m := startPostgres(t), startMariaDB(t)
	p.sql(t, "postgres", "CREATE SCHEMA shop", "CREATE TABLE shop.invoices (id int)", "CREATE TABLE orders (id int, doc jsonb)",
		"CREATE ROLE guest LOGIN", `CREATE TABLE twice (a int, "A" int)`, "CREATE TABLE odd (_tarn_file text)")
	m.sql(t, "shop", "CREATE TABLE orders (id int, price float)", "CREATE TABLE secret (id int)",
		"CREATE USER guest@'%' IDENTIFIED BY 'hunter22'", "GRANT SELECT ON shop.orders TO guest@'%'")
	guest := fmt.Sprintf("mysql://guest:hunter22@127.0.0.1:%d/shop", m.Port)
	refused := freePort(t)
	for _, c := range []struct {
		name   string
		source connector.Source
		pairs  []any
		cursor string
		want   []string
	}{
		{"a table with a name that is near", pg.Source{}, []any{"connection", p.URL("postgres"), "table", "oders"}, "", []string{"unknown-table", "did you mean orders?"}},
		{"a table of another schema", pg.Source{}, []any{"connection", p.URL("postgres"), "table", "invoices"}, "", []string{"unknown-table", "shop.invoices"}},
		{"a table that may not be read", pg.Source{}, []any{"connection", strings.Replace(p.URL("postgres"), "tarn@", "guest@", 1), "table", "orders"}, "", []string{"no-permission", "GRANT SELECT"}},
		{"a user that is not there", pg.Source{}, []any{"connection", strings.Replace(p.URL("postgres"), "tarn@", "nobody:hunter22@", 1), "table", "orders"}, "", []string{"no-connection", "nobody"}},
		{"a database that is not there", pg.Source{}, []any{"connection", p.URL("absent"), "table", "orders"}, "", []string{"no-connection", "database's name"}},
		{"nobody listens", pg.Source{}, []any{"connection", fmt.Sprintf("postgres://u:hunter22@127.0.0.1:%d/d", refused)}, "", []string{"no-connection", "refused"}},
		{"no address", pg.Source{}, []any{"connection", "postgres://u:hunter22@h:port/d"}, "", []string{"bad-connection", "postgres://user"}},
		{"no connection", pg.Source{}, nil, "", []string{"missing-option", "connection"}},
		{"a query that writes", pg.Source{}, []any{"connection", p.URL("postgres"), "query", "DELETE FROM orders RETURNING id"}, "", []string{"source-failed", "syntax error"}},
		{"two columns of one name", pg.Source{}, []any{"connection", p.URL("postgres"), "table", "twice"}, "", []string{"duplicate-column"}},
		{"a reserved column", pg.Source{}, []any{"connection", p.URL("postgres"), "table", "odd"}, "", []string{"reserved-column"}},
		{"an unknown cursor", pg.Source{}, []any{"connection", p.URL("postgres"), "table", "orders"}, "idd", []string{"unknown-column", `did you mean "id"?`}},
		{"a cursor without an order", pg.Source{}, []any{"connection", p.URL("postgres"), "table", "orders"}, "doc", []string{"bad-cursor"}},
		{"a lag that is none", pg.Source{}, []any{"connection", p.URL("postgres"), "table", "orders", "cursor_lag", "soon"}, "id", []string{"cursor_lag", "whole number"}},
		{"a table with a name that is near, in MariaDB", my.Source{}, []any{"connection", m.URL("shop"), "table", "oders"}, "", []string{"unknown-table", "did you mean orders?"}},
		{"a table that may not be seen, in MariaDB", my.Source{}, []any{"connection", guest, "table", "secret"}, "", []string{"unknown-table", "rights"}},
		{"a wrong password, in MariaDB", my.Source{}, []any{"connection", strings.Replace(guest, "hunter22", "hunter23", 1), "table", "orders"}, "", []string{"no-connection", "secret"}},
		{"another database, in MariaDB", my.Source{}, []any{"connection", m.URL("absent"), "table", "orders"}, "", []string{"no-connection", "rights"}},
		{"nobody listens, for MariaDB", my.Source{}, []any{"connection", fmt.Sprintf("mysql://u:hunter22@127.0.0.1:%d/d", refused)}, "", []string{"no-connection", "refused"}},
		{"an unknown TLS mode", my.Source{}, []any{"connection", m.URL("shop") + "?ssl-mode=maybe"}, "", []string{"bad-connection", "verify_identity"}},
		{"a cursor that is not exact", my.Source{}, []any{"connection", m.URL("shop"), "table", "orders"}, "price", []string{"bad-cursor"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reading, err := c.source.Open(t.Context(), connector.SourceRequest{Table: "orders", Threads: 2, Cursor: c.cursor, Request: connector.Request{Options: options(c.pairs...)}})
			if err == nil {
				reading.Close()
				t.Fatal("no problem")
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is not in:\n%v", part, err)
				}
			}
			for _, password := range []string{"hunter2", "pass/w", "w@rd", "pass%2Fw"} {
				if strings.Contains(err.Error(), password) {
					t.Errorf("shows a password: %v", err)
				}
			}
		})
	}
}

func TestWhoMayNotLockReadsAlone(t *testing.T) {
	m := startMariaDB(t)
	m.sql(t, "shop", "CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders SELECT seq FROM seq_1_to_1000",
		"CREATE USER guest@'%' IDENTIFIED BY 'hunter22'", "GRANT SELECT ON shop.orders TO guest@'%'")
	for user, parts := range map[string]int{"guest:hunter22": 1, "reader:pass/w@rd": 16} {
		l := load(t, my.Source{}, connector.SourceRequest{Table: "orders", Request: connector.Request{
			Options: options("connection", fmt.Sprintf("mysql://%s@127.0.0.1:%d/shop", user, m.Port)),
		}})
		if len(l.parts) != parts || len(l.Rows) != 1000 {
			t.Errorf("%s: %d parts, %d rows", user, len(l.parts), len(l.Rows))
		}
	}
}
