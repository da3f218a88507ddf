package app

import (
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
