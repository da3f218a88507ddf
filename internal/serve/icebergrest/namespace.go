package icebergrest

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/lake"
)

func (s *Server) listNamespaces(ctx context.Context, c *call) (answer, error) {
	after, limit, err := c.page()
	if err != nil {
		return answer{}, err
	}
	parent := c.request.URL.Query().Get("parent")
	if parent != "" {
		if parent, err = joinLevels(strings.Split(parent, separator)); err != nil {
			return answer{}, err
		}
	}
	names, err := c.visibleNamespaces(ctx, parent, after, limit)
	if err != nil {
		return answer{}, err
	}
	list := make([][]string, len(names))
	for i, n := range names {
		list[i] = splitLevels(n)
	}
	return ok(map[string]any{"namespaces": list,
		"next-page-token": nextPage(len(names), limit, func() string { return names[len(names)-1] })}), nil
}

// described is a namespace as the protocol has it.
type described struct {
	Namespace  []string          `json:"namespace"`
	Properties map[string]string `json:"properties"`
}

// newNamespace reads which one is to be made.
func (c *call) newNamespace() (d described, name string, err error) {
	if err = c.decode(&d); err == nil {
		name, err = joinLevels(d.Namespace)
	}
	return d, name, err
}

func (s *Server) createNamespace(ctx context.Context, c *call) (answer, error) {
	d, name, err := c.newNamespace()
	if err != nil {
		return answer{}, err
	}
	if d.Properties == nil {
		d.Properties = map[string]string{}
	}
	a := ok(d)
	return a, s.Lake.CreateNamespace(ctx, name, d.Properties, c.kept(ctx, func() answer { return a }))
}

func (s *Server) loadNamespace(ctx context.Context, c *call) (answer, error) {
	name, err := c.namespace()
	if err != nil {
		return answer{}, err
	}
	exact, properties, err := s.Lake.Namespace(ctx, name)
	if err != nil || c.request.Method == http.MethodHead {
		return done, err
	}
	// Trino chooses the places of tables itself, and needs to know where from.
	if properties["location"] == "" {
		properties["location"] = s.Lake.NamespaceLocation(exact)
	}
	return ok(described{splitLevels(exact), properties}), nil
}

func (s *Server) dropNamespace(ctx context.Context, c *call) (answer, error) {
	name, err := c.namespace()
	if err != nil {
		return answer{}, err
	}
	return done, s.Lake.DropNamespace(ctx, name, c.kept(ctx, func() answer { return done }))
}

func (s *Server) changeNamespace(ctx context.Context, c *call) (answer, error) {
	var request struct {
		Removals []string          `json:"removals"`
		Updates  map[string]string `json:"updates"`
	}
	name, err := c.namespace()
	if err == nil {
		err = c.decode(&request)
	}
	if err != nil {
		return answer{}, err
	}
	slices.Sort(request.Removals)
	request.Removals = slices.Compact(request.Removals)
	updated := []string{}
	for key := range request.Updates {
		updated = append(updated, key)
	}
	slices.Sort(updated)
	change := &lake.NamespaceChange{Set: request.Updates, Unset: request.Removals}
	result := func() answer {
		return ok(map[string][]string{"updated": updated, "removed": orNone(change.Removed), "missing": orNone(change.Missing)})
	}
	err = s.Lake.ChangeNamespace(ctx, name, change, c.kept(ctx, result))
	return result(), err
}

// orNone makes an empty list of none: the protocol has no null there.
func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
