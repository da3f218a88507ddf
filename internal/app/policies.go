package app

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/project"
)

// policiesFolder is where a project's policies are, in files that end with
// policiesEnd.
const (
	policiesFolder = "policies"
	policiesEnd    = ".cedar"
)

// Policies are a project's, with whom and what they are about.
type Policies struct {
	policy.Tables
	principals []identity.Entry
	tables     []ident.Table
	namespaces []string
}

// Policies compiles the project's policies.
func (a *App) Policies(ctx context.Context) (*Policies, error) {
	files, err := a.policyFiles()
	if err != nil {
		return nil, err
	}
	return a.policies(ctx, files)
}

func (a *App) policies(ctx context.Context, files []policy.File) (*Policies, error) {
	pr, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	view, err := a.pinned(ctx)
	if err != nil {
		return nil, err
	}
	directory, err := a.Directory(ctx)
	if err != nil {
		return nil, err
	}
	all, err := directory.List(ctx, identity.User, identity.Service, identity.Group)
	if err != nil {
		return nil, err
	}
	known := &policy.Known{Namespaces: view.Namespaces(), Tables: allTables(view, pr)}
	for _, e := range all {
		name(known, e)
	}
	tags := tagsOf(pr)
	published := tags.published(a.stores.lake.Tags)
	p := &Policies{Tables: policy.Tables{Tags: tags.given(published), Published: published}, tables: known.Tables, namespaces: known.Namespaces, principals: all}
	p.Set, err = policy.Compile(files, known)
	return p, err
}

// allTables are those that there are and those that the project makes, in order.
func allTables(view *lake.View, p *project.Project) (all []ident.Table) {
	for _, e := range view.Entries() {
		all = append(all, e.Name)
	}
	for _, r := range p.Resources {
		if artifact.Stored(r) {
			all = append(all, r.Relation)
		}
	}
	slices.SortFunc(all, func(a, b ident.Table) int { return strings.Compare(a.Key(), b.Key()) })
	return slices.CompactFunc(all, func(a, b ident.Table) bool { return a.Key() == b.Key() })
}

// Roles are the roles that the project's policies name.
func (a *App) Roles() ([]string, error) {
	files, err := a.policyFiles()
	if err != nil {
		return nil, err
	}
	set, err := policy.Compile(files, nil)
	if err != nil {
		return nil, err
	}
	return set.Roles(), nil
}

// name lets policies name a principal.
func name(known *policy.Known, e identity.Entry) {
	switch e.Kind {
	case identity.User:
		known.Users = append(known.Users, e.Name)
	case identity.Service:
		known.Services = append(known.Services, e.Name)
	case identity.Group:
		known.Groups = append(known.Groups, e.Name)
	}
}

// policyFiles reads the files of policies, in order of their paths.
func (a *App) policyFiles() (files []policy.File, err error) {
	err = fs.WalkDir(a.files, policiesFolder, func(at string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && at == policiesFolder {
			return nil
		}
		if err != nil {
			return diag.New("unreadable-policy", diag.Place{File: at}, "policies cannot be read: %v", err).WithCause(err)
		}
		if d.IsDir() || path.Ext(at) != policiesEnd {
			return nil
		}
		text, err := fs.ReadFile(a.files, at)
		if err != nil {
			return diag.New("unreadable-policy", diag.Place{File: at}, "policies cannot be read: %v", err).WithCause(err)
		}
		files = append(files, policy.File{Name: filepath.ToSlash(at), Text: text})
		return nil
	})
	return files, err
}

// Rules are the policies.
func (p *Policies) Rules() []*policy.Rule { return p.Set.Rules() }

// Permitted is what somebody may do with a table.
type Permitted struct {
	Principal identity.Principal
	Table     ident.Table
	Actions   []policy.Action
}

// permitted is nothing where there are no actions.
func (p *Policies) permitted(who policy.Who, t ident.Table) Permitted {
	may := Permitted{Principal: who.Principal, Table: t}
	for _, do := range policy.Actions {
		if p.Decide(who, do, t).Allowed {
			may.Actions = append(may.Actions, do)
		}
	}
	return may
}

// WhoCanSee is everybody who may do something with a table.
func (p *Policies) WhoCanSee(table string) (list []Permitted, err error) {
	t, err := p.table(table)
	if err != nil {
		return nil, err
	}
	for _, e := range p.principals {
		if e.Kind == identity.Group || !e.Disabled.IsZero() {
			continue
		}
		if may := p.permitted(p.who(e), t); len(may.Actions) > 0 {
			list = append(list, may)
		}
	}
	return list, nil
}

// WhatCan is every table that somebody may do something with.
func (p *Policies) WhatCan(name string) (list []Permitted, err error) {
	who, err := p.named(name)
	if err != nil {
		return nil, err
	}
	for _, t := range p.tables {
		if may := p.permitted(who, t); len(may.Actions) > 0 {
			list = append(list, may)
		}
	}
	return list, nil
}
