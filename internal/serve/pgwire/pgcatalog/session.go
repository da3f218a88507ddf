package pgcatalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Session is what others may know of a session.
type Session struct {
	PID                      uint32
	User, Application, Query string
	Active                   bool   // the statement runs
	Host                     string // where the client is
	Port                     int    // -1 is none
	Begun, Asked             time.Time
}

// sessions are those that the user may know of, as rows of SQL.
func (d Catalog) sessions() string {
	var list []string
	for _, s := range d.Sessions() {
		list = append(list, s.row())
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// row is the session as SQL.
func (s Session) row() string {
	state := "idle"
	if s.Active {
		state = "active"
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return "NULL"
		}
		return ident.Literal(t.UTC().Format("2006-01-02 15:04:05.000000+00"))
	}
	return "(" + strings.Join([]string{fmt.Sprint(s.PID), ident.Literal(s.User), ident.Literal(s.Application), ident.Literal(state), ident.Literal(s.Query),
		ident.Literal(s.Host), fmt.Sprint(s.Port), moment(s.Begun), moment(s.Asked)}, ", ") + ")"
}
