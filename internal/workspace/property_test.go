//go:build duckdb_arrow

package workspace

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// statements are made of random numbers: {n} is one below 40, {m} one from 1 to
// 5, {t} and {u} are the two tables, in either order.
var statements = []string{
	"INSERT INTO {t} (id, g, name) SELECT range, range % {m}, 'k' || range FROM range({n}, {n} + {m} * 3)",
	"INSERT INTO {t} (g, id) VALUES ({n}, {n}), (NULL, {n})",
	"INSERT INTO {t} BY NAME SELECT id + {n} AS id, name FROM {u} WHERE id % {m} = 0",
	"INSERT INTO {t} (id, g, name) SELECT id, g, name FROM {t} WHERE id < {m}",
	"DELETE FROM {t} WHERE id % {m} = 1",
	"DELETE FROM {t} WHERE g IS NULL OR name LIKE '%{m}'",
	"DELETE FROM {t} AS x USING {u} AS y WHERE x.id = y.id AND y.g < {m}",
	"DELETE FROM {t} WHERE id > (SELECT avg(id) FROM {u})",
	"UPDATE {t} SET g = g + {n}, name = name || 'u' WHERE id BETWEEN {n} AND {n} + 10",
	"UPDATE {t} SET name = s.n FROM (SELECT id, max(name) AS n FROM {u} GROUP BY id) AS s WHERE s.id = {t}.id",
	"UPDATE {t} SET g = (SELECT count(*) FROM {u} WHERE {u}.id = {t}.id)",
	"UPDATE {t} SET g = NULL",
	"MERGE INTO {t} USING (SELECT id, max(g) AS g, max(name) AS name FROM {u} GROUP BY id) AS s ON {t}.id = s.id WHEN MATCHED AND s.g < {m} THEN DELETE WHEN MATCHED THEN UPDATE SET g = s.g, name = {t}.name || s.name WHEN NOT MATCHED THEN INSERT (id, g, name) VALUES (s.id, s.g, s.name)",
	"MERGE INTO {t} AS x USING (SELECT DISTINCT id FROM {u} WHERE id > {n}) AS s USING (id) WHEN NOT MATCHED BY SOURCE AND x.g > {m} THEN UPDATE SET g = -1 WHEN NOT MATCHED BY SOURCE AND x.id < {m} THEN DELETE WHEN NOT MATCHED AND s.id % 2 = 0 THEN INSERT (id) VALUES (id)",
	"CREATE OR REPLACE TABLE {t} AS SELECT id, g, name FROM {u} WHERE id IS NOT NULL",
	"TRUNCATE {t}",
	"DROP VIEW IF EXISTS seen; ALTER TABLE {t} RENAME TO aside; ALTER TABLE {u} RENAME TO {t}; ALTER TABLE aside RENAME TO {u}",
	"ALTER TABLE {t} ADD COLUMN IF NOT EXISTS extra INTEGER; UPDATE {t} SET extra = id * {m} WHERE id % 2 = 0",
	"ALTER TABLE {t} DROP COLUMN IF EXISTS extra",
	"DROP VIEW IF EXISTS seen; CREATE TABLE aside AS SELECT id, g, name FROM {t} WHERE id <> {n}; DROP TABLE {t}; ALTER TABLE aside RENAME TO {t}",
	"CREATE OR REPLACE VIEW seen AS SELECT id, g FROM {t} UNION ALL SELECT g, id FROM {u}",
}

func randomScript(r *rand.Rand) string {
	list := []string{"CREATE TABLE a AS SELECT range::INTEGER AS id, range::INTEGER % 7 AS g, 'n' || range AS name FROM range(30)",
		"CREATE TABLE b AS SELECT range::INTEGER * 2 AS id, range::INTEGER AS g, 'm' || range AS name FROM range(20)"}
	for range 14 {
		s := statements[r.IntN(len(statements))]
		tables := []string{"a", "b"}
		if r.IntN(2) == 0 {
			tables = []string{"b", "a"}
		}
		s = strings.NewReplacer("{t}", tables[0], "{u}", tables[1]).Replace(s)
		for strings.Contains(s, "{") {
			s = strings.Replace(s, "{n}", fmt.Sprint(r.IntN(40)), 1)
			s = strings.Replace(s, "{m}", fmt.Sprint(1+r.IntN(5)), 1)
		}
		list = append(list, s)
	}
	return strings.Join(list, ";\n")
}

func TestRandomScriptsMakeWhatTheEngineMakes(t *testing.T) {
	for seed := range uint64(5) {
		script := randomScript(rand.New(rand.NewPCG(seed, 5)))
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			compareScript(t, script)
			if t.Failed() {
				t.Log(script)
			}
		})
	}
}
