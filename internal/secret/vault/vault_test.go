package vault

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// server answers as Vault's HTTP API does, by its documentation.
func server(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-Vault-Token") != "t0ken":
			http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
		case r.URL.Path == "/v1/secret/data/shop":
			_, _ = w.Write([]byte(`{"data":{"data":{"user":"anna","password":"s3cret","port":5432},"metadata":{"version":3}}}`))
		case r.URL.Path == "/v1/kv/one":
			_, _ = w.Write([]byte(`{"data":{"token":"abc"}}`))
		case r.URL.Path == "/v1/sys/odd":
			_, _ = w.Write([]byte(`<html>s3cret</html>`))
		default:
			http.Error(w, `{"errors":[]}`, http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestLookup(t *testing.T) {
	address := server(t)
	for _, c := range []struct{ name, token, want, err string }{
		{name: "secret/data/shop#password", want: "s3cret"},
		{name: "secret/data/shop#port", want: "5432"},
		{name: "kv/one", want: "abc"},
		{name: "kv/one#token", want: "abc"},
		{name: "secret/data/shop", err: "the secret has 3 keys (password, port, user): name one, such as #password"},
		{name: "secret/data/shop#pasword", err: `the secret has no key "pasword"; did you mean #password?`},
		{name: "secret/shop#password", err: "there is no such secret in Vault; in a version 2 key-value engine its path has data/ behind the mount, such as secret/data/shop"},
		{name: "secret/data/none#x", err: "there is no such secret in Vault"},
		{name: "secret/data/shop#password", token: "other", err: "the token for Vault may not read it, or has expired"},
		{name: "sys/odd#x", err: "the answer of Vault is not a secret"},
	} {
		token := c.token
		if token == "" {
			token = "t0ken"
		}
		vars := map[string]string{"VAULT_ADDR": address, "VAULT_TOKEN": token}
		got, err := Store{Get: func(n string) (string, bool) { v, ok := vars[n]; return v, ok }}.Lookup(t.Context(), c.name)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: %q %v, want %q %s", c.name, got, err, c.want, c.err)
		}
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	vars := map[string]string{}
	store := Store{Get: func(n string) (string, bool) { v, ok := vars[n]; return v, ok }}
	if _, err := store.Lookup(t.Context(), "a#b"); err == nil || !strings.Contains(err.Error(), "VAULT_ADDR") {
		t.Error(err)
	}
	vars["VAULT_ADDR"] = "http://127.0.0.1:1"
	if _, err := store.Lookup(t.Context(), "a#b"); err == nil || !strings.Contains(err.Error(), "VAULT_TOKEN") {
		t.Error(err)
	}
	vars["VAULT_TOKEN"] = "t0ken"
	if _, err := store.Lookup(t.Context(), "a#b"); err == nil || !strings.Contains(err.Error(), "ask Vault") || strings.Contains(err.Error(), "t0ken") {
		t.Error(err)
	}
}
