package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
)

// everybody are the kinds that can be known.
var everybody = []identity.Kind{identity.User, identity.Service, identity.Group}

const (
	principalsPath = Root + "v1/principals"
	tokensPath     = Root + "v1/tokens"
)

// describeKnown adds what changes who is known.
func (s *Server) describeKnown(api huma.API) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		tag, _, _ := strings.Cut(strings.TrimPrefix(path, Root+"v1/"), "/")
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}, DefaultStatus: status}
	}
	one := principalsPath + "/{name}"
	addForOwners(s, api, op("createPrincipal", http.MethodPost, principalsPath, "Make somebody known", http.StatusCreated), s.createPrincipal)
	addForOwners(s, api, op("getPrincipal", http.MethodGet, one, "One user, service principal or group", http.StatusOK), s.getPrincipal)
	addForOwners(s, api, op("deletePrincipal", http.MethodDelete, one, "Forget somebody, with the tokens", http.StatusNoContent), s.deletePrincipal)
	addForOwners(s, api, op("setPassword", http.MethodPut, one+"/password", "Change a user's password", http.StatusNoContent), s.setPassword)
	addForOwners(s, api, op("disable", http.MethodPut, one+"/disabled", "Keep somebody out", http.StatusOK), s.disable)
	addForOwners(s, api, op("enable", http.MethodDelete, one+"/disabled", "Let somebody in again", http.StatusOK), s.enable)
	addForOwners(s, api, op("giveRole", http.MethodPut, one+"/roles/{role}", "Give a role", http.StatusOK), s.giveRole)
	addForOwners(s, api, op("takeRole", http.MethodDelete, one+"/roles/{role}", "Take a role away", http.StatusOK), s.takeRole)
	addForOwners(s, api, op("addMember", http.MethodPut, one+"/members/{member}", "Make somebody a member of a group", http.StatusOK), s.addMember)
	addForOwners(s, api, op("removeMember", http.MethodDelete, one+"/members/{member}", "Take somebody out of a group", http.StatusOK), s.removeMember)
	addForOwners(s, api, op("createToken", http.MethodPost, tokensPath, "Make a token, which is shown this once", http.StatusCreated), s.createToken)
	addForOwners(s, api, op("deleteToken", http.MethodDelete, tokensPath+"/{id}", "End a token from the next request on", http.StatusNoContent), s.deleteToken)
}

// newPrincipal is somebody who is to be known.
type newPrincipal struct {
	Key  string `header:"Idempotency-Key" maxLength:"255" doc:"Names the request, so that it is done once however often it is sent within a day."`
	Body struct {
		Kind     string   `json:"kind" enum:"user,service,group"`
		Name     string   `json:"name" minLength:"1"`
		Roles    []string `json:"roles,omitempty"`
		Groups   []string `json:"groups,omitempty" doc:"Those that it becomes a member of."`
		Password string   `json:"password,omitempty" doc:"A user's."`
	}
}

type principalTold struct{ Body Principal }

func (s *Server) createPrincipal(ctx context.Context, in *newPrincipal) (*principalTold, error) {
	b := in.Body
	if identity.Kind(b.Kind) != identity.User && b.Password != "" {
		return nil, problemf(http.StatusUnprocessableEntity, "no-password", "users alone have passwords").hinted("make a token with POST " + tokensPath)
	}
	roles, err := s.roles(b.Roles)
	if err != nil {
		return nil, err
	}
	n := identity.New{Kind: identity.Kind(b.Kind), Name: b.Name, Roles: roles, Groups: b.Groups, Password: secret.New(b.Password), By: callOf(ctx).who.Principal}
	// What is kept of the request says nothing of the password.
	_, err = s.once(ctx, in.Key, []any{b.Kind, b.Name, b.Roles, b.Groups}, func(d *identity.Directory) error { return d.Add(ctx, n) })
	if err != nil {
		return nil, err
	}
	return s.getPrincipal(ctx, &principalNamed{b.Name})
}

// once does what is asked for unless the same request was done before.
func (s *Server) once(ctx context.Context, key string, asks any, do func(*identity.Directory) error) (before bool, err error) {
	c := callOf(ctx)
	r, err := c.request(key, asks)
	if err != nil || r == nil {
		if err == nil {
			err = do(s.Directory)
		}
		return false, err
	}
	if _, before, err = s.DirectoryNotes.Find(ctx, r); before || err != nil {
		return before, err
	}
	err = do(s.Directory.With(func(tx metadb.Tx) error { return s.DirectoryNotes.Keep(ctx, tx, r, "") }))
	if err != nil {
		// The same request may have been done by another call meanwhile.
		if _, found, lookErr := s.DirectoryNotes.Find(ctx, r); lookErr == nil && found {
			return true, nil
		}
	}
	return false, err
}

// roles finds out which ones are meant.
func (s *Server) roles(words []string) ([]identity.Role, error) {
	if len(words) == 0 {
		return nil, nil
	}
	var named []string
	if s.Policies != nil {
		var err error
		if named, err = s.Policies.Roles(); err != nil {
			return nil, err
		}
	}
	return identity.ParseRoles(words, named)
}

type principalNamed struct {
	Name string `path:"name" maxLength:"64"`
}

func (s *Server) getPrincipal(ctx context.Context, in *principalNamed) (*principalTold, error) {
	e, err := s.Directory.Get(ctx, in.Name, everybody...)
	return &principalTold{principalOf(e)}, err
}

func (s *Server) deletePrincipal(ctx context.Context, in *principalNamed) (*struct{}, error) {
	return nil, s.Directory.Remove(ctx, in.Name, everybody...)
}

type passwordRequest struct {
	Name string `path:"name" maxLength:"64"`
	Body struct {
		Password string `json:"password"`
	}
}

func (s *Server) setPassword(ctx context.Context, in *passwordRequest) (*struct{}, error) {
	return nil, s.Directory.SetPassword(ctx, in.Name, secret.New(in.Body.Password))
}

// changing does something to somebody, and tells what there is then.
func (s *Server) changing(ctx context.Context, name string, change func(*identity.Directory) error) (*principalTold, error) {
	if err := change(s.Directory); err != nil {
		return nil, err
	}
	return s.getPrincipal(ctx, &principalNamed{name})
}

func (s *Server) disable(ctx context.Context, in *principalNamed) (*principalTold, error) {
	return s.changing(ctx, in.Name, func(d *identity.Directory) error { return d.Disable(ctx, in.Name) })
}

func (s *Server) enable(ctx context.Context, in *principalNamed) (*principalTold, error) {
	return s.changing(ctx, in.Name, func(d *identity.Directory) error { return d.Enable(ctx, in.Name) })
}

type roleNamed struct {
	Name string `path:"name" maxLength:"64"`
	Role string `path:"role" maxLength:"64"`
}

func (s *Server) giveRole(ctx context.Context, in *roleNamed) (*principalTold, error) {
	return s.changing(ctx, in.Name, func(d *identity.Directory) error {
		roles, err := s.roles([]string{in.Role})
		if err != nil {
			return err
		}
		return d.Grant(ctx, in.Name, roles[0], everybody...)
	})
}

func (s *Server) takeRole(ctx context.Context, in *roleNamed) (*principalTold, error) {
	return s.changing(ctx, in.Name, func(d *identity.Directory) error {
		return d.Withdraw(ctx, in.Name, identity.Role(in.Role), everybody...)
	})
}

type memberNamed struct {
	Name   string `path:"name" maxLength:"64" doc:"The group's."`
	Member string `path:"member" maxLength:"64"`
}

func (s *Server) addMember(ctx context.Context, in *memberNamed) (*principalTold, error) {
	return s.changing(ctx, in.Name, func(d *identity.Directory) error { return d.Join(ctx, in.Name, in.Member) })
}

func (s *Server) removeMember(ctx context.Context, in *memberNamed) (*principalTold, error) {
	return s.changing(ctx, in.Name, func(d *identity.Directory) error { return d.Leave(ctx, in.Name, in.Member) })
}

// newToken is a token that is to be made.
type newToken struct {
	Key  string `header:"Idempotency-Key" maxLength:"255" doc:"Names the request, so that no second token is made when it is sent again within a day."`
	Body struct {
		Principal string     `json:"principal" minLength:"1" doc:"Whose it is: a user or a service principal."`
		Name      string     `json:"name,omitempty" doc:"What it is for, for people."`
		Scopes    []string   `json:"scopes,omitempty" doc:"What it is good for: read, write; read unless told."`
		Expires   *time.Time `json:"expires_at,omitempty" doc:"In 90 days unless told."`
		Never     bool       `json:"never_expires,omitempty"`
	}
}

// NewToken is a token with itself.
type NewToken struct {
	Token
	Text string `json:"token" doc:"The token, which is not shown again."`
}

type newTokenTold struct{ Body NewToken }

// tokenLasts is how long tokens last where nobody says.
const tokenLasts = 90 * 24 * time.Hour

func (s *Server) createToken(ctx context.Context, in *newToken) (*newTokenTold, error) {
	b := in.Body
	n := identity.NewToken{Principal: b.Principal, Name: b.Name, Scopes: []identity.Scope{identity.Read}, Lasts: tokenLasts, By: callOf(ctx).who.Principal}
	if len(b.Scopes) > 0 {
		var err error
		if n.Scopes, err = identity.ParseScopes(b.Scopes); err != nil {
			return nil, err
		}
	}
	switch {
	case b.Never && b.Expires != nil:
		return nil, problemf(http.StatusUnprocessableEntity, "bad-request", "a token that never expires has no expires_at")
	case b.Never:
		n.Lasts = 0
	case b.Expires != nil:
		if n.Lasts = time.Until(*b.Expires); n.Lasts <= 0 {
			return nil, problemf(http.StatusUnprocessableEntity, "bad-request", "expires_at is in the past")
		}
	}
	var out NewToken
	before, err := s.once(ctx, in.Key, b, func(d *identity.Directory) error {
		t, text, err := d.CreateToken(ctx, n)
		out = NewToken{tokenOf(t), text.Reveal()}
		return err
	})
	if err != nil {
		return nil, err
	}
	if before {
		return nil, problemf(http.StatusConflict, "token-shown", "this request has made its token already, which was shown then and is not kept").
			hinted("GET " + tokensPath + " lists it: end it with DELETE, and make another one")
	}
	return &newTokenTold{out}, nil
}

type tokenNamed struct {
	ID string `path:"id" maxLength:"128" doc:"Its id."`
}

func (s *Server) deleteToken(ctx context.Context, in *tokenNamed) (*struct{}, error) {
	_, err := s.Directory.RevokeToken(ctx, in.ID)
	return nil, err
}
