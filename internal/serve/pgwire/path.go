package pgwire

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// path are the namespaces in which the session looks for names without one, by
// the setting search_path; public is main. Tables that the session made for
// itself, and PostgreSQL's catalog, are found anyway.
func (s *settings) path() []string {
	text, _ := s.get("search_path")
	var list []string
	for _, word := range strings.Split(text, ",") {
		namespace := strings.Trim(strings.TrimSpace(word), `"'`)
		switch namespace {
		case "", pgcatalog.Namespace, "pg_temp", gate.InformationNamespace:
			continue
		case "public":
			namespace = ident.DefaultNamespace
		case "$user":
			namespace = s.user
		}
		if namespace = ident.Fold(namespace); !slices.Contains(list, namespace) {
			list = append(list, namespace)
		}
	}
	return list
}

// schemas are the namespaces of the path without that of the user, which there
// need not be.
func (s *settings) schemas() []string {
	return slices.DeleteFunc(s.path(), func(p string) bool { return p == ident.Fold(s.user) })
}
