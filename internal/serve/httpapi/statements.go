package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Statement is a statement on record.
type Statement struct {
	ID          string     `json:"query_id"`
	State       string     `json:"state" enum:"queued,running,finished,failed,cancelled,crashed"`
	Principal   string     `json:"principal"`
	Roles       []string   `json:"roles,omitempty"`
	Protocol    string     `json:"protocol"`
	Client      string     `json:"client_address,omitempty"`
	Application string     `json:"application_name,omitempty"`
	About       bool       `json:"about_session,omitempty" doc:"It reads and changes nothing but its session, such as BEGIN."`
	SQL         string     `json:"query"`
	Tables      []string   `json:"tables,omitempty" doc:"What it read."`
	Changed     []string   `json:"changed_tables,omitempty"`
	Policies    []string   `json:"policies,omitempty" doc:"What decided: for who may read the whole record."`
	Rows        *int64     `json:"rows,omitempty"`
	Bytes       *int64     `json:"bytes,omitempty"`
	Queued      *int64     `json:"queued_ms,omitempty"`
	Elapsed     *int64     `json:"elapsed_ms,omitempty"`
	Code        string     `json:"error_code,omitempty"`
	SQLState    string     `json:"sqlstate,omitempty"`
	Message     string     `json:"error_message,omitempty"`
	Submitted   *time.Time `json:"submitted_at,omitempty"`
	Started     *time.Time `json:"started_at,omitempty"`
	Finished    *time.Time `json:"finished_at,omitempty"`
}

const statementColumns = "query_id, state, principal, roles, protocol, client_address, application_name, about_session, query, tables, changed_tables, policies, " +
	"rows, bytes, queued_ms, elapsed_ms, error_code, sqlstate, error_message, submitted_at, started_at, finished_at"

func (s *Server) describeStatements(api huma.API) {
	add(s, api, huma.Operation{
		OperationID: "listStatements", Method: http.MethodGet, Path: Root + "v1/statements", Tags: []string{"statements"},
		Summary: "Statements on record by any protocol, newest first: one's own, or everybody's for who may read the record",
	}, s.listStatements)
}

type statementsRequest struct {
	Cursor    string `query:"cursor" maxLength:"2048" doc:"Where the page begins."`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many the page has at most; 100 unless told."`
	State     string `query:"state" enum:"queued,running,finished,failed,cancelled,crashed" doc:"Those in this state alone."`
	About     string `query:"about_session" enum:"true,false" doc:"Those about their session alone, or all others."`
	Principal string `query:"principal" doc:"Those of one principal alone, such as user:anna."`
}

func (s *Server) listStatements(ctx context.Context, in *statementsRequest) (*listed[Statement], error) {
	return list[Statement](ctx, s, listing{columns: statementColumns, from: system("queries"), keys: []string{"CAST(submitted_at AS VARCHAR)", "query_id"}, down: true}.
		equal("state", in.State).equal("principal", in.Principal).equal("CAST(about_session AS VARCHAR)", in.About), listRequest{in.Cursor, in.Limit})
}
