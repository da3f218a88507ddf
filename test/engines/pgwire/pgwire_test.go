//go:build engines

package pgwire

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

const token = "0123456789abcdef"

// serving is a small project that is built and served.
func serving(t *testing.T) (address string) {
	t.Helper()
	project := t.TempDir()
	for name, text := range map[string]string{
		"dbt_project.yml": "name: clients\n",
		"models/orders.sql": "{{ config(schema='shop', materialized='table') }}\nselect i::bigint as id, i::decimal(9,2) as amount, " +
			"case when i = 2 then 'it''s' else 'x' end as note, date '2020-01-01' + i::int as day from range(1, 4) t(i)\n",
		"models/kinds.sql": "{{ config(schema='shop', materialized='table') }}\nselect true as b, 1::tinyint as t, 2::smallint as s, 3::int as i, 4::bigint as l, 1.5::float as f, 2.5::double as d, 1.25::decimal(12,3) as n, " +
			"'x é' as v, date '2020-02-29' as dt, time '10:11:12.5' as tm, timestamp '2020-02-29 10:11:12.5' as ts, timestamptz '2020-02-29 10:11:12+00' as tz, 'c0ffee00-0000-4000-8000-000000000001'::uuid as u, " +
			"'\\x00\\xff'::blob as by, [1, null, 3] as li, ['a', null, 'b,\"c'] as lt, {'a': 1, 'b': 'x'} as st\n",
		"models/sales.sql": "{{ config(schema='shop', materialized='table', contract={'enforced': true}) }}\nselect 7::bigint as sale, 2::bigint as order_id\n",
		"models/schema.yml": `models:
  - name: orders
    description: what was bought
    config: {persist_docs: {relation: true, columns: true}, contract: {enforced: true}}
    columns:
      - {name: id, data_type: bigint, description: the number of the order, constraints: [{type: primary_key}]}
      - {name: amount, data_type: "decimal(9,2)"}
      - {name: note, data_type: text}
      - {name: day, data_type: date}
    constraints: [{type: unique, name: once_a_day, columns: [day, id]}]
  - name: sales
    columns: [{name: sale, data_type: bigint}, {name: order_id, data_type: bigint}]
    constraints: [{type: foreign_key, name: of_order, columns: [order_id], to: ref('orders'), to_columns: [id]}]
`,
		"models/big.sql": "{{ config(schema='shop', materialized='view') }}\nselect * from {{ ref('orders') }} where amount > 2\n",
	} {
		path := filepath.Join(project, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lab.Run(t, lab.Tarn(t), "build", "--project-dir", project)
	port := lab.FreePort(t)
	address = fmt.Sprintf("127.0.0.1:%d", port)
	server := exec.CommandContext(t.Context(), lab.Tarn(t), "serve", "--project-dir", project, "--listen", "127.0.0.1:0", "--postgres", address)
	server.Env = append(os.Environ(), "TARN_SERVE_TOKEN="+token)
	lab.Serve(t, port, server)
	return address
}

func TestPsqlsBackslashCommandsWork(t *testing.T) {
	address := serving(t)
	t.Setenv("PGPASSWORD", token)
	for command, want := range map[string]string{
		`\dt`: "main_shop | orders | table | me", `\dv`: "main_shop | big | view | me", `\d main_shop.orders`: "amount | numeric(9,2)", `\d+ main_shop.orders`: "the number of the order",
		`\dn`: "main_shop", `\l`: "clients", `\d`: "orders", `\df`: "", `\di`: "", `\ds`: "", `\dm`: "", `\du`: "", `\dT`: "", `\dx`: "", `\db`: "", `\dp`: "", `\dn+`: "", `\dt+`: "what was bought",
		`\l+`: "", `\dC`: "", `\do`: "", `\dA`: "", `\dc`: "", `\dD`: "", `\ddp`: "", `\dE`: "", `\des`: "", `\det`: "", `\deu`: "", `\dew`: "", `\dF`: "", `\dFd`: "", `\dFp`: "",
		`\dFt`: "", `\dg`: "", `\dl`: "", `\dL`: "", `\dO`: "", `\dP`: "", `\drds`: "", `\dRp`: "", `\dRs`: "", `\dS`: "", `\dX`: "", `\dy`: "", `\z`: "", `\da`: "", `\dconfig`: "", `\dTS`: "bigint", `\dAc`: "", `\dAf`: "", `\dAo`: "", `\dAp`: "", `\dd`: "", `\dfS`: "", `\lo_list`: "", `\du+`: "me",
		`\d main_shop.big`: "numeric(9,2)", `\d main_shop.orders `: `Indexes: "orders_pkey" PRIMARY KEY, btree (id) "once_a_day" UNIQUE CONSTRAINT, btree (day, id) Referenced by: TABLE "main_shop.sales" CONSTRAINT "of_order" FOREIGN KEY (order_id) REFERENCES main_shop.orders(id)`,
		`\d main_shop.sales`: `Foreign-key constraints: "of_order" FOREIGN KEY (order_id) REFERENCES main_shop.orders(id)`, `\di main_shop.*`: "main_shop | once_a_day | index | me | orders",
		`\d+ main_shop.big`: "what a view says is not shown",
		`\dt main_shop.o*`:  "orders", `\conninfo`: "clients",
	} {
		cmd := exec.CommandContext(t.Context(), "psql", "-X", "-v", "ON_ERROR_STOP=1", "-d", "postgres://me@"+address+"/clients", "-c", command)
		out, err := cmd.CombinedOutput()
		if text := strings.Join(strings.Fields(string(out)), " "); err != nil || !strings.Contains(text, want) || strings.Contains(text, "ERROR") {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
}

func TestPythonsClientsAgree(t *testing.T) {
	address := serving(t)
	python := lab.Python(t, "psycopg[binary]==3.2.*\npsycopg2-binary==2.9.*\nasyncpg==0.30.*\nSQLAlchemy==2.0.*\n")
	t.Log(lab.Run(t, python, "clients.py", address, "clients", "me", token))
}

func TestPgjdbcAgrees(t *testing.T) {
	address := serving(t)
	t.Log(lab.Run(t, lab.Java(t, 17), "-cp", lab.Maven(t, "org.postgresql:postgresql:42.7.7"), "Clients.java", address, "clients", "me", token))
}
