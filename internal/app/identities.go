package app

import (
	"context"

	"github.com/tarn-lake/tarn/internal/identity"
)

// Directory is who is known to the project. Whoever can open its state database
// is its owner, and may change that.
func (a *App) Directory(ctx context.Context) (*identity.Directory, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	if s.directory == nil {
		s.directory, err = identity.Open(ctx, identity.Options{State: s.state})
	}
	return s.directory, err
}
