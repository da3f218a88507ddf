package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// relation is what is read.
type relation struct {
	// name is its name for people.
	name string
	// from is what stands behind FROM.
	from string
	// heaps are the tables whose pages hold it; none where it cannot be read by
	// pages.
	heaps []heap
	// rows is about how many there are, -1 if unknown.
	rows int64
}

// heap is a table with pages.
type heap struct {
	from          string
	blocks, bytes int64
}

// literal quotes a text; no session has standard_conforming_strings off, as
// backslashes make it an escape string.
func literal(s string) string {
	if strings.ContainsRune(s, '\\') {
		return " E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(s) + "'"
	}
	return ident.Literal(s)
}

// findRelation looks for what the settings name.
func (v *server) findRelation(ctx context.Context, s *settings) (*relation, error) {
	if s.Query != "" {
		query := strings.TrimRight(strings.TrimSpace(s.Query), "; \n\t")
		return &relation{name: "the query", from: "(" + query + "\n) AS q", rows: -1}, nil
	}
	schema, name, err := splitName(s.Table)
	if err != nil {
		return nil, diag.New("bad-option", diag.Place{}, "option \"table\": %v", err)
	}
	rows, err := v.query(ctx, `SELECT n.nspname, c.relname, c.relkind, c.oid, c.reltuples::bigint, row_security_active(c.oid), c.relhassubclass
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r','p','v','m','f') AND lower(c.relname) = lower($2)
  AND CASE WHEN $1 = '' THEN pg_catalog.pg_table_is_visible(c.oid) ELSE lower(n.nspname) = lower($1) END
ORDER BY (c.relname = $2 AND $1 IN ('', n.nspname)) DESC, (c.relname = lower($2)) DESC, n.nspname`, schema, name)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, v.unknownTable(ctx, s.Table)
	}
	found := rows[0]
	exact := found[1] == name && (schema == "" || found[0] == schema)
	if len(rows) > 1 && !exact && rows[1][1] != name {
		return nil, diag.New("ambiguous-table", diag.Place{}, "%s.%s and %s.%s differ from %s by case only", found[0], found[1], rows[1][0], rows[1][1], s.Table).
			WithHint("write the name as it is in the database")
	}
	r := &relation{name: found[0] + "." + found[1], from: ident.Quote(found[0]) + "." + ident.Quote(found[1])}
	if r.rows, err = strconv.ParseInt(found[4], 10, 64); err != nil {
		r.rows = -1
	}
	if v.version < 140000 || found[5] == "t" { // older ones read everything to find a page
		return r, nil
	}
	switch kind := found[2]; {
	case (kind == "r" || kind == "m") && found[6] != "t":
		r.heaps, err = v.heaps(ctx, "SELECT $1::oid::regclass AS leaf", found[3])
	case kind == "p":
		r.heaps, err = v.heaps(ctx, "SELECT relid AS leaf FROM pg_catalog.pg_partition_tree($1::oid) WHERE isleaf", found[3])
	}
	return r, err
}

// heaps returns the tables of a list and their pages, or none where one of them
// has none or may not be read by itself.
func (v *server) heaps(ctx context.Context, list, oid string) ([]heap, error) {
	rows, err := v.query(ctx, `SELECT n.nspname, c.relname, pg_catalog.pg_relation_size(c.oid), current_setting('block_size')::int,
  c.relkind IN ('r','m') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
FROM (`+list+`) l JOIN pg_catalog.pg_class c ON c.oid = l.leaf JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY c.oid`, oid)
	if err != nil {
		return nil, err
	}
	var heaps []heap
	for _, row := range rows {
		if row[4] != "t" {
			return nil, nil
		}
		var size, block int64
		if _, err := fmt.Sscan(row[2]+" "+row[3], &size, &block); err != nil {
			return nil, fmt.Errorf("size of %s.%s: %w", row[0], row[1], err)
		}
		heaps = append(heaps, heap{from: "ONLY " + ident.Quote(row[0]) + "." + ident.Quote(row[1]), blocks: size / max(1, block), bytes: size})
	}
	return heaps, nil
}

// unknownTable says which tables have names that are near.
func (v *server) unknownTable(ctx context.Context, name string) error {
	p := diag.New("unknown-table", diag.Place{}, "the database %s has no table %s that the user %s can see", v.config.Database, name, v.config.User)
	rows, err := v.query(ctx, `SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r','p','v','m','f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY 1 LIMIT 10000`)
	if err != nil {
		return err
	}
	var known []string
	for _, row := range rows {
		known = append(known, row[0])
		if _, bare, ok := strings.Cut(row[0], "."); ok && !strings.Contains(name, ".") {
			if ident.Fold(bare) == ident.Fold(name) {
				return p.WithHint("there is %s: name it with its schema", row[0])
			}
			known = append(known, bare)
		}
	}
	if near := ident.Near(name, known); len(near) > 0 {
		return p.WithHint("did you mean %s?", near[0])
	}
	if len(known) == 0 {
		return p.WithHint("the user sees no table there; look at the database's name and at the user's rights")
	}
	return p.WithHint("look at the schema (schema.table) and at the user's rights")
}

// splitName reads schema.table, either of them perhaps in double quotes.
func splitName(text string) (schema, name string, err error) {
	var parts []string
	for rest := text; ; rest = rest[1:] {
		var part string
		var ok bool
		if part, rest, _, ok = ident.Cut(rest); !ok || part == "" || strings.ContainsRune(part, 0) {
			return "", "", fmt.Errorf("%q is not a table's name", text)
		}
		parts = append(parts, part)
		if rest == "" {
			break
		}
	}
	switch len(parts) {
	case 1:
		return "", parts[0], nil
	case 2:
		return parts[0], parts[1], nil
	default:
		return "", "", fmt.Errorf("%s has more than a schema and a table", text)
	}
}
