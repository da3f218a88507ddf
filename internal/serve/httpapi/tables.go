package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tarn-lake/tarn/internal/ident"
)

const tablesPath = Root + "v1/tables"

// Table is a table or view, as lists have it.
type Table struct {
	Namespace string     `json:"namespace"`
	Name      string     `json:"table_name"`
	Kind      string     `json:"kind" doc:"table or view."`
	State     string     `json:"state" doc:"published: readers see it; held: there is only a state that failed its tests."`
	Published *time.Time `json:"published_at,omitempty" doc:"When readers began to see this state."`
	HeldRun   string     `json:"held_run,omitempty" doc:"The run whose state of it is held beside what readers see."`
	HeldWhy   string     `json:"held_because,omitempty"`
	HeldAt    *time.Time `json:"held_at,omitempty"`
}

// TableDetails is all that there is to say of one.
type TableDetails struct {
	Table
	Description string        `json:"description,omitempty"`
	Rows        *int64        `json:"rows,omitempty"`
	Files       *int64        `json:"files,omitempty"`
	Bytes       *int64        `json:"bytes,omitempty"`
	Snapshots   *int64        `json:"snapshots,omitempty" doc:"How many states can be read."`
	Snapshot    string        `json:"snapshot_id,omitempty" doc:"The current one."`
	Partition   []string      `json:"partitioned_by,omitempty"`
	Format      *int64        `json:"format_version,omitempty"`
	UUID        string        `json:"table_uuid,omitempty"`
	Location    string        `json:"metadata_location,omitempty"`
	Error       string        `json:"error,omitempty" doc:"Why it cannot be read."`
	Columns     []TableColumn `json:"columns"`
	Refs        []Ref         `json:"refs,omitempty" doc:"Branches and tags."`
}

// TableColumn is a column of a table.
type TableColumn struct {
	Name        string `json:"column_name"`
	Field       int64  `json:"field_id"`
	Type        string `json:"type" doc:"Iceberg's type."`
	SQLType     string `json:"sql_type" doc:"The type in statements."`
	Required    bool   `json:"required"`
	Description string `json:"description,omitempty"`
}

// Ref is a branch or tag.
type Ref struct {
	Name     string `json:"ref"`
	Kind     string `json:"kind"`
	Snapshot string `json:"snapshot_id"`
}

// Snapshot is a state of a table's rows.
type Snapshot struct {
	ID        string     `json:"snapshot_id"`
	Parent    string     `json:"parent_id,omitempty"`
	Committed *time.Time `json:"committed_at,omitempty"`
	Operation string     `json:"operation"`
	Current   bool       `json:"is_current"`
	Run       string     `json:"run_id,omitempty" doc:"The run that made it; none where another program did."`
	Added     *int64     `json:"added_rows,omitempty"`
	Deleted   *int64     `json:"deleted_rows,omitempty"`
	Total     *int64     `json:"total_rows,omitempty"`
	Files     *int64     `json:"total_files,omitempty"`
	Bytes     *int64     `json:"total_bytes,omitempty"`
}

func (s *Server) describeTables(api huma.API) {
	get := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: tablesPath + path, Summary: summary, Tags: []string{"tables"}}
	}
	const named = "/{namespace}/{table}"
	add(s, api, get("listTables", "", "List tables and views"), s.listTables)
	add(s, api, get("getTable", named, "A table with its columns, branches and tags"), s.getTable)
	add(s, api, get("listSnapshots", named+"/snapshots", "The states of a table that can be read, newest first"), s.listSnapshots)
	add(s, api, get("sampleTable", named+"/sample", "Some rows of a table"), s.sampleTable)
}

type tablesRequest struct {
	Cursor    string `query:"cursor" maxLength:"2048" doc:"Where the page begins."`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many the page has at most; 100 unless told."`
	Namespace string `query:"namespace" doc:"Those of this namespace alone."`
	Held      bool   `query:"held" doc:"Those alone of which a state is held, with the reason."`
}

func (s *Server) listTables(ctx context.Context, in *tablesRequest) (*listed[Table], error) {
	l := listing{
		columns: "namespace, table_name, kind, state, published_at, held_run, held_because, held_at", from: system("tables"),
		keys: []string{"namespace", "table_name"}, where: []string{"state <> 'dropped'"},
	}.equal("namespace", in.Namespace)
	if in.Held {
		l.where = append(l.where, "held_run IS NOT NULL")
	}
	return list[Table](ctx, s, l, listRequest{in.Cursor, in.Limit})
}

// tableNamed names a table.
type tableNamed struct {
	Namespace string `path:"namespace" maxLength:"255"`
	Name      string `path:"table" maxLength:"255"`
	NoneMatch string `header:"If-None-Match"`
}

func (in *tableNamed) where() string {
	return " WHERE namespace = " + ident.Literal(in.Namespace) + " AND table_name = " + ident.Literal(in.Name)
}

func (in *tableNamed) unknown() *Problem {
	return problemf(http.StatusNotFound, "unknown-table", "there is no table %s", ident.Table{Namespace: in.Namespace, Name: in.Name})
}

type tableTold struct {
	Status int
	ETag   string `header:"ETag"`
	Body   TableDetails
}

func (s *Server) getTable(ctx context.Context, in *tableNamed) (*tableTold, error) {
	t, err := one[TableDetails](ctx, s, `SELECT namespace, table_name, kind, state, published_at, held_run, held_because, held_at, description, rows, files, bytes,
		snapshots, CAST(snapshot_id AS VARCHAR) AS snapshot_id, partitioned_by, format_version, table_uuid, metadata_location, error FROM `+system("tables")+in.where()+
		" AND state <> 'dropped'", in.unknown())
	if err != nil {
		return nil, err
	}
	tag := tagOf(t)
	if matches(in.NoneMatch, tag) {
		return &tableTold{Status: http.StatusNotModified, ETag: tag}, nil
	}
	if t.State == "published" {
		t.Columns, err = all[TableColumn](ctx, s, "SELECT column_name, field_id, type, sql_type, required, description FROM "+system("columns")+in.where()+" ORDER BY position")
		if err == nil {
			t.Refs, err = all[Ref](ctx, s, "SELECT ref, kind, CAST(snapshot_id AS VARCHAR) AS snapshot_id FROM "+system("refs")+in.where()+" ORDER BY ref")
		}
	}
	return &tableTold{http.StatusOK, tag, t}, err
}

// tagOf is another one where anything about the table is.
func tagOf(t TableDetails) string {
	text, _ := json.Marshal(t) // of texts and numbers
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// matches reports whether a client has what it would get.
func matches(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == tag || one == "*" {
			return true
		}
	}
	return false
}

type snapshotsRequest struct {
	Namespace string `path:"namespace" maxLength:"255"`
	Name      string `path:"table" maxLength:"255"`
	Cursor    string `query:"cursor" maxLength:"2048" doc:"Where the page begins."`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many the page has at most; 100 unless told."`
}

func (s *Server) listSnapshots(ctx context.Context, in *snapshotsRequest) (*listed[Snapshot], error) {
	t := &tableNamed{Namespace: in.Namespace, Name: in.Name}
	if _, err := one[Table](ctx, s, "SELECT namespace, table_name FROM "+system("tables")+t.where(), t.unknown()); err != nil {
		return nil, err
	}
	return list[Snapshot](ctx, s, listing{
		columns: `CAST(snapshot_id AS VARCHAR) AS snapshot_id, CAST(parent_id AS VARCHAR) AS parent_id, committed_at, operation, is_current, run_id, added_rows, deleted_rows,
			total_rows, total_files, total_bytes`,
		from: system("snapshots"), keys: []string{"CAST(committed_at AS VARCHAR)", "CAST(snapshot_id AS VARCHAR)"}, down: true, where: []string{"error IS NULL"},
	}.equal("namespace", in.Namespace).equal("table_name", in.Name), listRequest{in.Cursor, in.Limit})
}

type sampleRequest struct {
	Namespace string `path:"namespace" maxLength:"255"`
	Name      string `path:"table" maxLength:"255"`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many rows; 20 unless told."`
}

type sampleTold struct{ Body Page }

const sampleUnlessTold = 20

func (s *Server) sampleTable(ctx context.Context, in *sampleRequest) (*sampleTold, error) {
	limit := in.Limit
	if limit == 0 {
		limit = sampleUnlessTold
	}
	c := callOf(ctx)
	st, err := s.statement(ctx, c.asks(), limited("SELECT * FROM "+ident.Quote(in.Namespace)+"."+ident.Quote(in.Name), limit), nil)
	if err != nil {
		return nil, err
	}
	a, err := s.admit(ctx, c.stated(st))
	if err != nil {
		return nil, err
	}
	rows, columns, err := s.query(ctx, a, func() {})
	if err != nil {
		return nil, hidden(err)
	}
	defer rows.Release()
	p, err := pageOf(rows, columnsOf(columns), 0, 0, limit)
	if err != nil {
		return nil, hidden(err)
	}
	return &sampleTold{*p}, nil
}
