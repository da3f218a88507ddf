// Package vault is for secrets in HashiCorp Vault or OpenBao.
//
// It promises to read from the key-value engine, version 1 or 2, with the
// settings that Vault's own command line uses, and nothing more. It leaves to
// others how a token is got.
package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/secret"
)

const (
	timeout = 30 * time.Second
	// largestAnswer bounds what is read of an answer.
	largestAnswer = 1 << 20
)

// Store reads secrets from the server that VAULT_ADDR names, as who has
// VAULT_TOKEN (or the token in ~/.vault-token), within VAULT_NAMESPACE.
type Store struct {
	// Get returns an environment variable, as [os.LookupEnv] does.
	Get func(name string) (string, bool)
}

// Lookup implements [secret.Store]; name is the path of Vault's API below /v1
// and a key, such as secret/data/shop#password.
func (s Store) Lookup(ctx context.Context, name string) (string, error) {
	path, key := secret.SplitKey(name)
	address, ok := s.Get("VAULT_ADDR")
	if !ok || address == "" {
		return "", errors.New("VAULT_ADDR does not say where Vault is")
	}
	token, err := s.token()
	if err != nil {
		return "", err
	}
	answer, err := s.ask(ctx, address, token, path)
	if err != nil {
		return "", secret.New(token).ScrubError(err)
	}
	return secret.Pick(answer, key)
}

// token returns who asks.
func (s Store) token() (string, error) {
	if token, ok := s.Get("VAULT_TOKEN"); ok && token != "" {
		return token, nil
	}
	if home, ok := s.Get("HOME"); ok {
		if content, err := os.ReadFile(filepath.Join(home, ".vault-token")); err == nil {
			return strings.TrimSpace(string(content)), nil
		}
	}
	return "", errors.New("there is no token for Vault: set VAULT_TOKEN, or run vault login")
}

// ask returns the keys and values of a secret.
func (s Store) ask(ctx context.Context, address, token, path string) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	target, err := url.JoinPath(address, "v1", path)
	if err != nil {
		return nil, fmt.Errorf("VAULT_ADDR: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, fmt.Errorf("VAULT_ADDR: %w", err)
	}
	r.Header.Set("X-Vault-Token", token)
	r.Header.Set("X-Vault-Request", "true")
	if namespace, ok := s.Get("VAULT_NAMESPACE"); ok && namespace != "" {
		r.Header.Set("X-Vault-Namespace", namespace)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask Vault: %w", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer))
	if err != nil {
		return nil, fmt.Errorf("ask Vault: %w", err)
	}
	return read(answer.StatusCode, path, body)
}

// read takes an answer apart.
func read(status int, path string, body []byte) (map[string]any, error) {
	switch status {
	case http.StatusOK:
	case http.StatusForbidden:
		return nil, errors.New("the token for Vault may not read it, or has expired")
	case http.StatusNotFound:
		if !strings.Contains(path, "/data/") {
			return nil, errors.New("there is no such secret in Vault; in a version 2 key-value engine its path has data/ behind the mount, such as secret/data/shop")
		}
		return nil, errors.New("there is no such secret in Vault")
	default:
		return nil, fmt.Errorf("the answer of Vault has status %d", status)
	}
	var answer struct {
		Data map[string]any `json:"data"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if err := decoder.Decode(&answer); err != nil || answer.Data == nil {
		return nil, errors.New("the answer of Vault is not a secret")
	}
	// Version 2 has the keys one level deeper, beside their metadata.
	if inner, ok := answer.Data["data"].(map[string]any); ok && answer.Data["metadata"] != nil {
		return inner, nil
	}
	return answer.Data, nil
}
