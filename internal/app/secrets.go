package app

import (
	"context"

	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/internal/secret/awssm"
	"github.com/tarn-lake/tarn/internal/secret/vault"
)

// secrets resolves the references that a project may hold.
func (a *App) secrets() *secret.Resolver {
	return secret.NewResolver(map[string]secret.Store{
		"env":    secret.Environment{Get: a.options.Env},
		"file":   secret.Files{Dir: a.options.Dir},
		"vault":  vault.Store{Get: a.options.Env},
		"aws-sm": &awssm.Store{},
	})
}

// secretSetting resolves one that is secret. A file that is in git may name
// where it is kept, and not what it is.
func (a *App) secretSetting(ctx context.Context, key, value string) (secret.Text, error) {
	if value == "" {
		return secret.Text{}, nil
	}
	if given, _ := a.options.Env(config.Env(key)); given == "" && len(secret.References(value)) == 0 {
		return secret.Text{}, diag.New("secret-in-file", diag.Place{File: config.File}, "`%s` is written out in %s", key, config.File).
			WithHint("name where it is kept: ${env:CATALOG_TOKEN}; or set %s", config.Env(key))
	}
	t, err := a.secrets().Resolve(ctx, value)
	if err != nil {
		return secret.Text{}, diag.New("no-secret", diag.Place{File: config.File}, "`%s`: %v", key, err).WithCause(err)
	}
	return t, nil
}
