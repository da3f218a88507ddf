package pgwire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/diag"
)

// failure is an error with PostgreSQL's word for it.
type failure struct {
	code, message, detail, hint string
}

func (f *failure) Error() string { return f.message }

// SQLState is for the record.
func (f *failure) SQLState() string { return f.code }

func fail(code, format string, args ...any) *failure {
	return &failure{code: code, message: fmt.Sprintf(format, args...)}
}

func (f *failure) hinted(hint string) *failure {
	f.hint = hint
	return f
}

func (f *failure) detailed(detail string) *failure {
	f.detail = detail
	return f
}

// Why a statement was stopped.
var (
	errCancelled = fail("57014", "canceling statement due to user request")
	errTimeout   = fail("57014", "canceling statement due to statement timeout")
	errStopping  = fail("57P01", "terminating connection due to administrator command")
	errGone      = fail("08006", "the client is gone")
	errAborted   = fail("25P02", "current transaction is aborted, commands ignored until end of transaction block")
)

// states are the SQLSTATEs of problems.
var states = map[string]string{
	"syntax": "42601", "several-statements": "42601", "empty-statement": "42601", "bad-expression": "42601",
	"unknown-table": "42P01", "file-in-from": "42P01", "unknown-function": "42883",
	"function-refused": "42501", "denied": "42501", "no-principal": "42501",
	"statement-refused": "0A000", "unsupported-sql": "0A000", "unsupported-type": "0A000", "foreign-view": "0A000",
	"parameter": "42P02", "conversion": "22P02", "out-of-range": "22003", "no-snapshot": "22023", "bad-time": "22023",
	"out-of-memory": "53200", "statement-too-long": "54000", "view-depth": "54001", "view-cycle": "42P17",
	"unreadable-table": "58030", "io": "58030", "internal": "XX000", "query-failed": "XX000",
	"not-a-table": "42809", "not-a-view": "42809", "conflict": "40001", "exists": "42P07", "unknown-column": "42703",
	"unknown-schema": "3F000", "unknown-catalog": "3D000", "at-clause": "42601", "drop-refused": "2BP01", "temporary": "42P16", "not-recorded": "58000",
	admission.QueueFull: "53400", admission.WaitedTooLong: "53400", admission.TooManyConnections: "53300", admission.Stopping: "57P03", admission.Stopped: errStopping.code,
}

// phrases tell more of what the engine says of names and types.
var phrases = []struct{ text, code string }{
	{"takes no NULL", "23502"}, {"interval out of range", "22015"}, {"invalid date field", "22007"}, {"invalid time", "22007"}, {"to INTERVAL", "22007"},
	{"for type DATE", "22007"}, {"for type TIME", "22007"}, {"for type INTERVAL", "22007"}, {"field value out of range", "22008"}, {"out of range", "22003"},
	{"square root of a negative", "2201F"}, {"cannot take logarithm", "2201E"}, {"LIMIT/OFFSET cannot be negative", "2201W"}, {"Subquery returns", "42601"},
	{"values are given for", "42601"}, {" has a column ", "42701"}, {" twice", "42701"},
	{"a signal to a session is", "0A000"}, {"unrecognized privilege type", "22023"}, {"permission denied to ask", "42501"}, {`relation "`, "42P01"}, {`schema "`, "3F000"}, {`database "`, "3D000"},
	{"Referenced column", "42703"}, {"does not have a column named", "42703"}, {"cannot be referenced before it is defined", "42703"}, {"Referenced table", "42P01"},
	{"Type with name", "42704"}, {"No function matches", "42883"}, {"does not exist", "42883"}, {"Ambiguous", "42702"}, {"ambiguous", "42702"},
	{"must appear in the GROUP BY", "42803"}, {"aggregates cannot be nested", "42803"}, {"aggregate function calls", "42803"},
	{"cannot contain aggregates", "42803"}, {"cannot contain window", "42P20"},
	{"Cannot compare", "42804"}, {"Cannot mix", "42804"}, {"Cannot cast", "42846"}, {"Unimplemented type for cast", "42846"},
	{"Set operations can only apply", "42601"}, {"More than one row returned by a subquery", "21000"},
	{"syntax error", "42601"}, {"duplicate alias", "42712"}, {"Duplicate alias", "42712"},
}

// errorResponse is what the client gets to know of an error in sql.
func errorResponse(ctx context.Context, err error, sql string) *pgproto3.ErrorResponse {
	r := &pgproto3.ErrorResponse{Severity: "ERROR", SeverityUnlocalized: "ERROR"}
	var f *failure
	var p *diag.Problem
	var refusal *admission.Refusal
	switch cause := context.Cause(ctx); {
	case errors.As(cause, &f), errors.As(err, &f):
		r.Code, r.Message, r.Detail, r.Hint = f.code, f.message, f.detail, f.hint
	case errors.As(err, &p):
		r.Code, r.Message, r.Hint, r.Where = stateOf(p), p.Message, p.Hint, strings.Join(p.Calls, "\n")
		r.Position = position(sql, p.Place)
		if errors.As(err, &refusal) {
			r.Detail = refusal.Detail
		}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		r.Code, r.Message = errCancelled.code, errCancelled.message
	default:
		r.Code, r.Message = "XX000", err.Error()
	}
	return r
}

func stateOf(p *diag.Problem) string {
	if p.Code == "syntax" && (strings.HasSuffix(p.Message, "is not supported") || strings.Contains(p.Message, "not kept by the lake")) {
		return "0A000"
	}
	if p.Code == "syntax" && strings.Contains(p.Message, "bytes that are no characters") {
		return "22021"
	}
	if p.Code == "exists" && strings.HasPrefix(p.Message, "the schema ") {
		return "42P06"
	}
	code, known := states[p.Code]
	general := p.Code == "conversion" || p.Code == "out-of-range" || p.Code == "query-failed"
	if known && !general {
		return code
	}
	for _, phrase := range phrases {
		if strings.Contains(p.Message, phrase.text) {
			return phrase.code
		}
	}
	if general {
		return code
	}
	return "42000"
}

// position is the number of the character in sql that a place means, from 1; 0
// is unknown.
func position(sql string, at diag.Place) int32 {
	if at.Line == 0 {
		return 0
	}
	rest, before := sql, 0
	for range at.Line - 1 {
		line, more, found := strings.Cut(rest, "\n")
		if !found {
			return 0
		}
		before += utf8.RuneCountInString(line) + 1
		rest = more
	}
	return int32(min(before+max(at.Column, 1), 1<<30)) //nolint:gosec // bounded
}

// isLost reports whether an error means that nobody is there any more.
func isLost(err error) bool {
	var lost net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &lost)
}
