package secret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

type store map[string]string

func (s store) Lookup(_ context.Context, name string) (string, error) {
	if v, ok := s[name]; ok {
		return v, nil
	}
	return "", errors.New("it is not there")
}

func TestATextShowsItselfToNobody(t *testing.T) {
	const password = `s3cr "et"/1`
	r := NewResolver(map[string]Store{"env": store{"PW": password, "USER": "anna"}})
	text, err := r.Resolve(t.Context(), "postgres://${env:USER}:${env:PW}@db/shop")
	if err != nil {
		t.Fatal(err)
	}
	if want := "postgres://anna:" + password + "@db/shop"; text.Reveal() != want {
		t.Errorf("Reveal: %s", text.Reveal())
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "text", text, "any", []any{text})
	asJSON, err := json.Marshal(map[string]any{"text": text})
	if err != nil {
		t.Fatal(err)
	}
	failed := fmt.Errorf("dial postgres://anna:s3cr+%%22et%%22%%2F1@db: refused, password %q", password)
	for _, shown := range []string{
		fmt.Sprint(text), fmt.Sprintf("%v %+v %#v %s %q", text, text, text, text, text), fmt.Sprintf("%v", struct{ T Text }{text}),
		log.String(), string(asJSON), text.ScrubError(failed).Error(),
	} {
		if strings.Contains(shown, "s3cr") || strings.Contains(shown, "anna") {
			t.Errorf("shown: %s", shown)
		}
	}
	if other := errors.New("no route"); !errors.Is(text.ScrubError(other), other) {
		t.Error("an error without secrets changed")
	}
}

func TestReferencesThatCannotBeResolved(t *testing.T) {
	r := NewResolver(map[string]Store{"env": store{}, "vault": store{}})
	for in, want := range map[string]string{
		"${env:NONE}":  "${env:NONE}: it is not there",
		"${emv:X}":     "${emv:X}: there is no place for secrets called emv; did you mean ${env:…}?",
		"${env:}":      "${env:}: the name of the secret is missing",
		"a ${HOME} b":  "${HOME} is not a reference to a secret: write one of ${env:…}, ${vault:…}",
		"${env:X":      "${env:X is not a reference to a secret: write one of ${env:…}, ${vault:…}",
		"$env:X {ok}$": "",
	} {
		_, err := r.Resolve(t.Context(), in)
		if got := fmt.Sprint(err); err == nil && want != "" || err != nil && got != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func TestNamesOfSecrets(t *testing.T) {
	for name, want := range map[string]bool{
		"api_key": true, "X-Api-Key": true, "apikey": true, "Authorization": true, "access_token": true, "client_secret": true, "sig": true,
		"key": false, "page_token_size": false, "tokens": false, "design": false, "state": false,
	} {
		if Names(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	for text, want := range map[string]string{
		"https://h/a.csv?api_key=abc": "api_key", "https://h/a.csv?api_key=${env:K}": "", "https://h/a.csv?page=2": "", "data/a.csv": "",
	} {
		if got := InURL(text); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}
