package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/tarn-lake/tarn/test/engines/dbserver"
)

// databaseRows is how many rows the table of the databases has.
const databaseRows = 2_000_000

// columnsOfOrders are the columns of the table, of the numbers g.
const columnsOfOrders = `g AS id, %s AS placed_at, concat('C', g * 7919 %% 500000) AS customer,
  %s AS country, g %% 100 AS quantity, CAST(g * 31 %% 1000000 / 100.0 AS decimal(18,2)) AS price, 'leave at the door' AS note`

// postgres loads a table of PostgreSQL.
func postgres() benchCase {
	var server *dbserver.Postgres
	return benchCase{
		name:  "postgres",
		about: "a table of PostgreSQL with 2 million rows into a committed Iceberg table",
		aim:   "1.43 or less of psql's time (0.7 of its rows/s); less than dlt's",
		prepare: func(ctx context.Context, l *lab) (err error) {
			if err := peers(ctx, l); err != nil {
				return err
			}
			if server, err = dbserver.StartPostgres(ctx, "shared_buffers=512MB"); err != nil {
				return err
			}
			l.atEnd(server.Stop)
			columns := fmt.Sprintf(columnsOfOrders, "timestamptz '2025-01-01' + g * interval '1.5 seconds'", "(ARRAY['United Kingdom','France','Germany','Norway'])[1 + g % 4]")
			_, err = server.SQL(ctx, "postgres", fmt.Sprintf("CREATE TABLE orders AS SELECT %s FROM generate_series(1::bigint, %d) g", columns, databaseRows), "VACUUM ANALYZE orders")
			return err
		},
		amount: func(*lab) float64 { return databaseRows },
		unit:   "rows/s",
		sides: []side{
			loadTable("postgres", func() string { return server.URL("postgres") }),
			{name: `psql \copy to a file`, command: func(_ *lab, dir string) command {
				return command{args: server.Psql("postgres", "-c", `\copy orders TO '`+filepath.Join(dir, "orders.tsv")+`'`)}
			}},
			{name: "dlt to Parquet", command: func(l *lab, dir string) command {
				address := fmt.Sprintf("postgresql+psycopg2://tarn@127.0.0.1:%d/postgres", server.Port)
				return command{args: l.script("peer/load_table.py", address, "orders", dir)}
			}},
		},
	}
}

// mysql loads a table of MariaDB.
func mysql() benchCase {
	var server *dbserver.MariaDB
	return benchCase{
		name:  "mysql",
		about: "a table of MariaDB with 2 million rows into a committed Iceberg table",
		aim:   "less than dlt's",
		prepare: func(ctx context.Context, l *lab) (err error) {
			if err := peers(ctx, l); err != nil {
				return err
			}
			if server, err = dbserver.StartMariaDB(ctx); err != nil {
				return err
			}
			l.atEnd(server.Stop)
			columns := fmt.Sprintf(columnsOfOrders, "CAST('2025-01-01' AS datetime(6)) + INTERVAL g SECOND", "ELT(1 + g % 4, 'United Kingdom', 'France', 'Germany', 'Norway')")
			_, err = server.SQL(ctx, "shop", fmt.Sprintf("CREATE TABLE orders (PRIMARY KEY (id)) AS SELECT %s FROM (SELECT seq AS g FROM seq_1_to_%d) s", columns, databaseRows))
			return err
		},
		amount: func(*lab) float64 { return databaseRows },
		unit:   "rows/s",
		sides: []side{
			loadTable("mysql", func() string { return server.URL("shop") }),
			{name: "dlt to Parquet", command: func(l *lab, dir string) command {
				address := fmt.Sprintf("mysql+pymysql://reader:pass%%2Fw%%40rd@127.0.0.1:%d/shop", server.Port)
				return command{args: l.script("peer/load_table.py", address, "orders", dir)}
			}},
		},
	}
}

// loadTable is Tarn's side: a project of one table.
func loadTable(from string, address func() string) side {
	return side{
		name: "tarn ingest",
		reset: func(_ *lab, dir string) error {
			if err := writeProjectFile(dir, "dbt_project.yml", "name: load\nversion: '1.0'\n"); err != nil {
				return err
			}
			return writeProjectFile(dir, "ingest/raw.yml", "source: raw\ntables:\n  orders:\n    from: "+from+"\n    connection: ${env:BENCH_DATABASE}\n    mode: replace\n")
		},
		command: func(l *lab, dir string) command {
			return command{args: []string{l.tarn, "ingest", "--project-dir", dir}, env: []string{"BENCH_DATABASE=" + address()}}
		},
		check: expect("SELECT count(*) FROM raw.orders", fmt.Sprint(databaseRows)),
	}
}
