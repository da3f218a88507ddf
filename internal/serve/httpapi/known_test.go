//go:build duckdb_arrow

package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
	"github.com/tarn-lake/tarn/internal/serve/reply"
)

// newKnownServer serves who is known, too.
func newKnownServer(t *testing.T) *server {
	t.Helper()
	db := metadbtest.Open(t, t.TempDir(), "state.db")
	notes, err := reply.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t}
	s.know(db)
	known := s.known
	return newServer(t, func(o *httpapi.Options) {
		o.Directory, o.DirectoryNotes = known, notes
		o.Guard = guardOf(known)
	})
}

func TestOwnersMakeOthersKnown(t *testing.T) {
	s := newKnownServer(t)
	s.want(`POST /api/v1/principals {"kind":"group","name":"analysts","roles":["reader"]}`, 201, `"kind":"group"`)
	s.want(`POST /api/v1/principals {"kind":"user","name":"maria","groups":["analysts"],"password":"correct horse battery"}`, 201,
		`"name":"maria"`, `"groups":["analysts"]`, `!battery`)
	s.as("maria").want(sql("SELECT count(*) AS n FROM orders"), 200, `"data":[[40]]`)
	s.want(`POST /api/v1/principals {"kind":"user","name":"maria","password":"correct horse battery"}`, 409, `"code":"name-taken"`)
	s.want(`POST /api/v1/principals {"kind":"user","name":"weak","password":"short"}`, 422, `"code":"weak-password"`)
	s.want(`POST /api/v1/principals {"kind":"service","name":"etl","password":"correct horse battery"}`, 422, `"code":"no-password"`)
	s.want(`POST /api/v1/principals {"kind":"user","name":"x","roles":["nothing"],"password":"correct horse battery"}`, 422, `"code":"unknown-role"`)

	s.want(`DELETE /api/v1/principals/analysts/members/maria`, 200, `!maria`)
	s.as("maria").want(sql("SELECT count(*) AS n FROM orders"), 422, `"code":"unknown-table"`)
	s.want(`PUT /api/v1/principals/maria/roles/reader`, 200, `"roles":["reader"]`)
	s.as("maria").want(sql("SELECT count(*) AS n FROM orders"), 200)
	s.want(`PUT /api/v1/principals/analysts/members/maria`, 200, `"members":["maria"]`)
	s.want(`DELETE /api/v1/principals/maria/roles/reader`, 200, `!"roles":["reader"]`)
	s.want(`PUT /api/v1/principals/maria/disabled`, 200, `"disabled_at"`)
	s.as("maria").want(sql("SELECT 1"), 401)
	s.want(`DELETE /api/v1/principals/maria/disabled`, 200, `!"disabled_at"`)
	s.as("maria").want(sql("SELECT 1"), 200)
	s.want(`PUT /api/v1/principals/maria/password {"password":"another good password"}`, 204)
	s.as("maria").want(sql("SELECT 1"), 401)
	s.want(`GET /api/v1/principals/maria`, 200, `"kind":"user"`)
	s.want(`DELETE /api/v1/principals/maria`, 204)
	s.want(`GET /api/v1/principals/maria`, 404)
	s.want(`DELETE /api/v1/principals/maria`, 404)
}

func TestNobodyElseMakesOthersKnown(t *testing.T) {
	s := newKnownServer(t)
	for _, request := range []string{
		`POST /api/v1/principals {"kind":"user","name":"eve","roles":["owner"],"password":"correct horse battery"}`,
		`PUT /api/v1/principals/anna/roles/owner`, `DELETE /api/v1/principals/otto`, `PUT /api/v1/principals/otto/password {"password":"correct horse battery 2"}`,
		`PUT /api/v1/principals/otto/disabled`, `DELETE /api/v1/principals/otto/disabled`, `PUT /api/v1/principals/x/members/anna`,
		`GET /api/v1/principals/otto`, `POST /api/v1/tokens {"principal":"otto"}`, `DELETE /api/v1/tokens/t1`,
	} {
		s.as("anna").want(request, 403, `"code":"denied"`)
		s.as("").want(request, 401)
		s.as("anna").with("Idempotency-Key", "k").want(request, 403)
	}
	s.want(`GET /api/v1/principals/otto`, 200, `!disabled`)
	s.want(`GET /api/v1/principals/eve`, 404)
}

func TestTokensAreMadeAndEnded(t *testing.T) {
	s := newKnownServer(t)
	type made struct{ ID, Token string }
	token := told[made](t, s.want(`POST /api/v1/tokens {"principal":"anna","name":"laptop","scopes":["read"]}`, 201, `"expires_at"`, `"scopes":["read"]`))
	anna := s.with("Authorization", "Bearer "+token.Token)
	anna.want(sql("SELECT count(*) AS n FROM orders"), 200)
	s.want(`GET /api/v1/tokens`, 200, token.ID, "!"+token.Token)
	s.want(`DELETE /api/v1/tokens/`+token.ID, 204)
	anna.want(sql("SELECT 1"), 401)
	s.want(`DELETE /api/v1/tokens/t0`, 404, `"code":"unknown-token"`)
	s.want(`POST /api/v1/tokens {"principal":"anna","never_expires":true}`, 201, `!expires_at`)
	s.want(`POST /api/v1/tokens {"principal":"anna","expires_at":"2001-01-01T00:00:00Z"}`, 422)
	s.want(`POST /api/v1/tokens {"principal":"nobody"}`, 404, `"code":"unknown-user"`)
	s.want(`POST /api/v1/tokens {"principal":"anna","scopes":["all"]}`, 422, `"code":"unknown-scope"`)
}

func TestWhoIsKnownChangesOnceForARequest(t *testing.T) {
	s := newKnownServer(t)
	once := s.with("Idempotency-Key", "maria")
	add := `POST /api/v1/principals {"kind":"user","name":"maria","password":"correct horse battery"}`
	for range 2 {
		once.want(add, 201, `"name":"maria"`)
	}
	once.want(strings.Replace(add, "maria", "marie", 1), 422, `"code":"bad-key"`)
	give := `POST /api/v1/tokens {"principal":"maria"}`
	once = s.with("Idempotency-Key", "token")
	once.want(give, 201, `"token":"`)
	once.want(give, http.StatusConflict, `"code":"token-shown"`, `!"token":"`)
	type tokens struct{ Items []struct{ ID string } }
	if list := told[tokens](t, s.want(`GET /api/v1/tokens?principal=maria`, 200)); len(list.Items) != 1 {
		t.Errorf("there are %d tokens", len(list.Items))
	}
}
