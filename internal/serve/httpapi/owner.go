package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

// Policies answers what the project's policies permit, as they are on the disk.
type Policies interface {
	Rules(ctx context.Context) ([]*policy.Rule, error)
	// Explain decides for somebody by name.
	Explain(ctx context.Context, principal, action, table string) (policy.Decision, error)
	// WhatCan is every table that somebody may do something with, WhoCanSee
	// everybody who may do something with a table.
	WhatCan(ctx context.Context, principal string) ([]Permitted, error)
	WhoCanSee(ctx context.Context, table string) ([]Permitted, error)
	// Roles are those that policies name.
	Roles() ([]string, error)
}

// Permitted is what somebody may do with a table.
type Permitted struct {
	Principal string   `json:"principal"`
	Table     string   `json:"table"`
	Actions   []string `json:"actions"`
}

// Rule is a policy.
type Rule struct {
	ID          string `json:"id"`
	Effect      string `json:"effect" enum:"permit,forbid"`
	Description string `json:"description,omitempty"`
	Place       *Place `json:"place,omitempty" doc:"Where it is; none for Tarn's own."`
	Text        string `json:"text" doc:"In Cedar."`
}

// Decision is whether somebody may do something, and why.
type Decision struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty" doc:"Why not."`
	By      []Rule `json:"by" doc:"The policies that decide it."`
}

// Principal is somebody who is known.
type Principal struct {
	Kind     string     `json:"kind" enum:"user,service,group"`
	Name     string     `json:"name"`
	Roles    []string   `json:"roles,omitempty"`
	Groups   []string   `json:"groups,omitempty" doc:"Those that it is a member of."`
	Members  []string   `json:"members,omitempty" doc:"A group's."`
	Disabled *time.Time `json:"disabled_at,omitempty"`
	Created  *time.Time `json:"created_at,omitempty"`
}

// Token is what is kept of a token: all but itself.
type Token struct {
	ID        string     `json:"id"`
	Principal string     `json:"principal"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	State     string     `json:"state" enum:"good,expired,revoked"`
	Created   *time.Time `json:"created_at,omitempty"`
	Expires   *time.Time `json:"expires_at,omitempty"`
	Used      *time.Time `json:"used_at,omitempty"`
	Revoked   *time.Time `json:"revoked_at,omitempty"`
}

func (s *Server) describeOwners(api huma.API) {
	get := func(id, path, summary string) huma.Operation {
		tag, _, _ := strings.Cut(path, "/")
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: Root + "v1/" + path, Summary: summary, Tags: []string{tag}}
	}
	if s.Policies != nil {
		addForOwners(s, api, get("listPolicies", "policies", "The project's policies"), s.listPolicies)
		addForOwners(s, api, get("explainPolicy", "policies/decision", "Whether somebody may do something to a table, and why"), s.explainPolicy)
		addForOwners(s, api, get("listPermitted", "policies/permitted", "What somebody may do, or who may do something with a table"), s.listPermitted)
	}
	if s.Directory != nil {
		addForOwners(s, api, get("listPrincipals", "principals", "Users, service principals and groups"), s.listPrincipals)
		addForOwners(s, api, get("listTokens", "tokens", "Tokens that people made, without themselves"), s.listTokens)
		s.describeKnown(api)
	}
}

// addForOwners adds an endpoint that refuses everybody else.
func addForOwners[I, O any](s *Server, api huma.API, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	op.Summary += ": for owners"
	add(s, api, op, func(ctx context.Context, in *I) (*O, error) {
		who := callOf(ctx).asks()
		if who.Principal.Kind != identity.Local && !slices.Contains(who.Roles, policy.Owner) {
			return nil, problemf(http.StatusForbidden, "denied", "%s is no owner", who.Principal)
		}
		return do(ctx, in)
	})
}

func itemsOf[T any](items []T) *listed[T] {
	out := &listed[T]{}
	out.Body.Items = append([]T{}, items...)
	return out
}

func (s *Server) listPolicies(ctx context.Context, _ *struct{}) (*listed[Rule], error) {
	rules, err := s.Policies.Rules(ctx)
	return itemsOf(rulesOf(rules)), err
}

func rulesOf(rules []*policy.Rule) []Rule {
	list := []Rule{}
	for _, r := range rules {
		one := Rule{ID: r.ID, Effect: "permit", Description: r.Description, Text: r.Text}
		if r.Forbids {
			one.Effect = "forbid"
		}
		if r.Place.File != "" {
			one.Place = &Place{r.Place.File, r.Place.Line, r.Place.Column}
		}
		list = append(list, one)
	}
	return list
}

type decisionRequest struct {
	Principal string `query:"principal" required:"true"`
	Action    string `query:"action" required:"true"`
	Table     string `query:"table" required:"true"`
}

type decisionTold struct{ Body Decision }

func (s *Server) explainPolicy(ctx context.Context, in *decisionRequest) (*decisionTold, error) {
	d, err := s.Policies.Explain(ctx, in.Principal, in.Action, in.Table)
	if err != nil {
		return nil, err
	}
	told := Decision{Allowed: d.Allowed, By: rulesOf(d.By)}
	if !d.Allowed {
		told.Reason = d.Reason()
	}
	return &decisionTold{told}, nil
}

type permittedRequest struct {
	Principal string `query:"principal" doc:"Every table that it may do something with."`
	Table     string `query:"table" doc:"Everybody who may do something with it."`
}

func (s *Server) listPermitted(ctx context.Context, in *permittedRequest) (*listed[Permitted], error) {
	if (in.Principal == "") == (in.Table == "") {
		return nil, problemf(http.StatusUnprocessableEntity, "bad-request", "either a principal or a table is asked for")
	}
	list, asked := s.Policies.WhatCan, in.Principal
	if in.Table != "" {
		list, asked = s.Policies.WhoCanSee, in.Table
	}
	found, err := list(ctx, asked)
	return itemsOf(found), err
}

func (s *Server) listPrincipals(ctx context.Context, _ *struct{}) (*listed[Principal], error) {
	entries, err := s.Directory.List(ctx, everybody...)
	var found []Principal
	for _, e := range entries {
		found = append(found, principalOf(e))
	}
	return itemsOf(found), err
}

func principalOf(e identity.Entry) Principal {
	return Principal{string(e.Kind), e.Name, words(e.Roles), e.Groups, e.Members, timeOf(e.Disabled), timeOf(e.Created)}
}

type tokensRequest struct {
	Principal string `query:"principal" doc:"Those of one principal alone."`
}

func (s *Server) listTokens(ctx context.Context, in *tokensRequest) (*listed[Token], error) {
	tokens, err := s.Directory.Tokens(ctx, in.Principal)
	var found []Token
	for _, t := range tokens {
		found = append(found, tokenOf(t))
	}
	return itemsOf(found), err
}

func tokenOf(t identity.Token) Token {
	return Token{t.ID, t.Principal.String(), t.Name, words(t.Scopes), string(t.State(time.Now())),
		timeOf(t.Created), timeOf(t.Expires), timeOf(t.Used), timeOf(t.Revoked)}
}

func words[T ~string](list []T) []string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = string(w)
	}
	return texts
}
