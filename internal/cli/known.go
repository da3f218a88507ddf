package cli

import (
	"time"

	"github.com/tarn-lake/tarn/internal/identity"
)

// listedUser is a user or a service principal in JSON.
type listedUser struct {
	Name          string          `json:"name"`
	Kind          string          `json:"kind"`
	Roles         []identity.Role `json:"roles"`
	Groups        []string        `json:"groups"`
	State         string          `json:"state"`
	PasswordSetAt time.Time       `json:"password_set_at,omitzero"`
	DisabledAt    time.Time       `json:"disabled_at,omitzero"`
	CreatedAt     time.Time       `json:"created_at"`
	CreatedBy     string          `json:"created_by"`
}

func userOf(e identity.Entry) listedUser {
	state := "enabled"
	if !e.Disabled.IsZero() {
		state = "disabled"
	}
	return listedUser{
		Name: e.Name, Kind: string(e.Kind), Roles: listOf(e.Roles), Groups: listOf(e.Groups), State: state,
		PasswordSetAt: e.PasswordSet, DisabledAt: e.Disabled, CreatedAt: e.Created, CreatedBy: e.CreatedBy,
	}
}

// listedGroup is a group in JSON.
type listedGroup struct {
	Name      string          `json:"name"`
	Roles     []identity.Role `json:"roles"`
	Members   []string        `json:"members"`
	CreatedAt time.Time       `json:"created_at"`
	CreatedBy string          `json:"created_by"`
}

func groupOf(e identity.Entry) listedGroup {
	return listedGroup{Name: e.Name, Roles: listOf(e.Roles), Members: listOf(e.Members), CreatedAt: e.Created, CreatedBy: e.CreatedBy}
}

// listedToken is a token in JSON.
type listedToken struct {
	ID         string           `json:"id"`
	Principal  string           `json:"principal"`
	Name       string           `json:"name,omitempty"`
	Scopes     []identity.Scope `json:"scopes"`
	State      string           `json:"state"`
	CreatedAt  time.Time        `json:"created_at"`
	CreatedBy  string           `json:"created_by"`
	ExpiresAt  time.Time        `json:"expires_at,omitzero"`
	LastUsedAt time.Time        `json:"last_used_at,omitzero"`
	RevokedAt  time.Time        `json:"revoked_at,omitzero"`
}

func tokenOf(t identity.Token, now time.Time) listedToken {
	return listedToken{
		ID: t.ID, Principal: t.Principal.Name, Name: t.Name, Scopes: listOf(t.Scopes), State: string(t.State(now)),
		CreatedAt: t.Created, CreatedBy: t.CreatedBy, ExpiresAt: t.Expires, LastUsedAt: t.Used, RevokedAt: t.Revoked,
	}
}

// listOf is a list that JSON shows as one, empty or not.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
