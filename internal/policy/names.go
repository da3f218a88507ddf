package policy

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// The types of what policies name.
const (
	userType      = "User"
	serviceType   = "Service"
	groupType     = "Group"
	roleType      = "Role"
	namespaceType = "Namespace"
	tableType     = "Table"
	actionType    = "Action"
)

var entityTypes = []string{userType, serviceType, groupType, roleType, namespaceType, tableType, actionType}

// Known is what there is that policies may name. Namespaces that are above
// others are known with them. Roles are there because policies name them.
type Known struct {
	Users, Services, Groups []string
	Tables                  []ident.Table
	Namespaces              []string
}

// of returns the names of one type.
func (k *Known) of(kind string) (names []string) {
	switch kind {
	case userType:
		return k.Users
	case serviceType:
		return k.Services
	case groupType:
		return k.Groups
	case tableType:
		for _, t := range k.Tables {
			names = append(names, t.Key())
		}
	case namespaceType:
		for _, n := range k.Namespaces {
			names = slices.AppendSeq(names, lineage(n))
		}
		for _, t := range k.Tables {
			names = slices.AppendSeq(names, lineage(t.Namespace))
		}
	case actionType:
		for _, a := range Actions {
			names = append(names, string(a))
		}
	}
	return names
}

// lineage is a namespace and those above it, as they are compared.
func lineage(namespace string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := ident.Fold(namespace); name != ""; {
			if !yield(name) {
				return
			}
			name = name[:max(strings.LastIndexByte(name, '.'), 0)]
		}
	}
}

// source is where a policy begins.
type source struct {
	File
	offset int
}

// place finds an entity in the policy's text; as the policy may write it in
// other ways than it is shown, it may be the policy's own place.
func (s source) place(e types.EntityUID) diag.Place {
	at := s.offset
	if i := bytes.Index(s.Text[at:], []byte(e.String())); i >= 0 {
		at += i
	}
	before := s.Text[:at]
	return diag.Place{File: s.Name, Line: 1 + bytes.Count(before, []byte("\n")), Column: at - bytes.LastIndexByte(before, '\n')}
}

// namesAreThere checks what a policy names, and reports whether all of it is there.
func (c *compiler) namesAreThere(s source, tree *ast.Policy) bool {
	valid := true
	for _, e := range named(tree) {
		if e.Type == roleType {
			c.set.roles = append(c.set.roles, string(e.ID))
		}
		if p := c.unknown(s, e); p != nil {
			c.problems.Add(p)
			valid = false
		}
	}
	return valid
}

func (c *compiler) unknown(s source, e types.EntityUID) *diag.Problem {
	kind, name := string(e.Type), string(e.ID)
	if !slices.Contains(entityTypes, kind) {
		p := diag.New("invalid-policy", s.place(e), "there is nothing of the type %s", kind)
		return hinted(p, kind, entityTypes)
	}
	if (kind == tableType || kind == namespaceType) && name != ident.Fold(name) {
		return diag.New("invalid-policy", s.place(e), "names of tables are compared in lower case, so that %s is never met", e).
			WithHint(`write %s::"%s"`, kind, ident.Fold(name))
	}
	if kind == roleType || c.known == nil && kind != actionType {
		return nil
	}
	if c.there(kind)[name] {
		return nil
	}
	return hinted(diag.New("unknown-name", s.place(e), "there is no %s %s", strings.ToLower(kind), name), name, c.known.of(kind))
}

// there are the names of one type, collected once: policies name many of many.
func (c *compiler) there(kind string) map[string]bool {
	if all, known := c.names[kind]; known {
		return all
	}
	all := map[string]bool{}
	for _, name := range c.known.of(kind) {
		all[name] = true
	}
	c.names[kind] = all
	return all
}

func hinted(p *diag.Problem, name string, known []string) *diag.Problem {
	if near := ident.Near(name, known); len(near) > 0 {
		return p.WithHint("did you mean %s?", near[0])
	}
	return p
}

// named are the entities that a policy writes out, each once.
func named(tree *ast.Policy) (found []types.EntityUID) {
	for _, scope := range []ast.IsScopeNode{tree.Principal, tree.Action, tree.Resource} {
		switch s := scope.(type) {
		case ast.ScopeTypeEq:
			found = append(found, s.Entity)
		case ast.ScopeTypeIn:
			found = append(found, s.Entity)
		case ast.ScopeTypeIsIn:
			found = append(found, s.Entity)
		case ast.ScopeTypeInSet:
			found = append(found, s.Entities...)
		}
	}
	for _, condition := range tree.Conditions {
		ast.Inspect(ast.NewNode(condition.Body), func(n ast.IsNode) bool {
			if v, ok := n.(ast.NodeValue); ok {
				found = append(found, entitiesIn(v.Value)...)
			}
			return true
		})
	}
	seen := map[types.EntityUID]bool{}
	return slices.DeleteFunc(found, func(e types.EntityUID) bool {
		before := seen[e]
		seen[e] = true
		return before
	})
}

// entitiesIn are those in a literal, which may be a set or a record of them.
func entitiesIn(v types.Value) (found []types.EntityUID) {
	switch v := v.(type) {
	case types.EntityUID:
		return []types.EntityUID{v}
	case types.Set:
		for one := range v.All() {
			found = append(found, entitiesIn(one)...)
		}
	case types.Record:
		for _, one := range v.All() {
			found = append(found, entitiesIn(one)...)
		}
	}
	return found
}
