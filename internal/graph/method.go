package graph

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/project"
)

// matcher tells whether a criterion of a method means a resource.
type matcher func(c *criterion, r *project.Resource) bool

// methods are dbt's selector methods.
var methods = map[string]matcher{
	"fqn":            matchName,
	"tag":            matchTag,
	"path":           matchPath,
	"file":           matchFile,
	"source":         matchSource,
	"package":        matchPackage,
	"config":         matchConfig,
	"resource_type":  matchKind,
	"test_type":      matchTestType,
	"test_name":      matchTestName,
	"access":         matchAccess,
	"group":          matchGroup,
	"version":        matchVersion,
	"exposure":       matchNamed(project.KindExposure),
	"metric":         matchNamed(project.KindMetric),
	"semantic_model": matchNamed(project.KindSemanticModel),
	"saved_query":    matchNamed(project.KindSavedQuery),
	"unit_test":      matchNamed(project.KindUnitTest),
	"state":          never,
	"result":         never,
	"source_status":  never,
}

// matchNamed compares with the name, or with package.name, of one kind.
func matchNamed(kind project.Kind) matcher {
	return func(c *criterion, r *project.Resource) bool {
		if r.Kind != kind {
			return false
		}
		pkg, name, qualified := strings.Cut(c.value, ".")
		if !qualified {
			return c.like.match(r.Name)
		}
		return newPattern(pkg).match(r.Package) && newPattern(name).match(r.Name)
	}
}

func matchAccess(c *criterion, r *project.Resource) bool {
	if r.Kind != project.KindModel {
		return false
	}
	access := r.Access
	if access == "" {
		access = "protected"
	}
	return access == c.value
}

func matchGroup(c *criterion, r *project.Resource) bool {
	return r.Group != "" && c.like.match(r.Group)
}

func methodNames() []string { return slices.Sorted(maps.Keys(methods)) }

func (c *criterion) matches(r *project.Resource) bool { return c.matchesResource(c, r) }

// matchName compares with the name, or with the folders that lead to it,
// beginning at the package or below it. A wildcard without dots may match the
// name alone.
func matchName(c *criterion, r *project.Resource) bool {
	if r.Kind == project.KindSource {
		return false // as in dbt, a source is selected by source:
	}
	if r.Name == c.value || c.matchesParts(r.FQN) || c.matchesParts(r.FQN[1:]) || r.Version != "" && c.endsAs(r.FQN) {
		return true
	}
	return isWild(c.value) && !strings.Contains(c.value, ".") && c.like.match(r.Name)
}

// endsAs reports whether the value ends as the name of a versioned model does,
// in name and version: accounts.v1 or accounts_v1, whatever is in front.
func (c *criterion) endsAs(fqn []string) bool {
	last := func(parts []string) string { return strings.Join(parts[max(0, len(parts)-2):], "_") }
	return last(strings.Split(c.value, ".")) == last(fqn)
}

// matchesParts compares the value's parts with those of a name: all of the
// value's must fit, and from the first wildcard on the rest of the name.
func (c *criterion) matchesParts(fqn []string) bool {
	parts := strings.Split(strings.Join(fqn, "."), ".")
	wanted := strings.Split(c.value, ".")
	if len(parts) < len(wanted) {
		return false
	}
	for i, w := range wanted {
		if isWild(w) {
			return newPattern(strings.Join(wanted[i:], ".")).match(strings.Join(parts[i:], "."))
		}
		if parts[i] != w {
			return false
		}
	}
	return true
}

func matchTag(c *criterion, r *project.Resource) bool {
	return slices.ContainsFunc(r.Tags, c.like.match)
}

// matchPath compares with the file, with each folder above it, and with the
// properties file that describes the resource.
func matchPath(c *criterion, r *project.Resource) bool {
	like := newPathPattern(path.Clean(c.value))
	if r.PatchPath != "" && like.match(r.PatchPath) {
		return true
	}
	for p := r.Path; p != "." && p != "/"; p = path.Dir(p) {
		if like.match(p) {
			return true
		}
	}
	return false
}

func matchFile(c *criterion, r *project.Resource) bool {
	base := path.Base(r.Path)
	return c.like.match(base) || c.like.match(strings.TrimSuffix(base, path.Ext(base)))
}

// matchSource compares with source, source.table or package.source.table.
func matchSource(c *criterion, r *project.Resource) bool {
	if r.Kind != project.KindSource {
		return false
	}
	parts := strings.Split(c.value, ".")
	if len(parts) == 3 {
		if !newPattern(parts[0]).match(r.Package) {
			return false
		}
		parts = parts[1:]
	}
	if len(parts) > 2 || !newPattern(parts[0]).match(r.Source) {
		return false
	}
	return len(parts) == 1 || newPattern(parts[1]).match(r.Name)
}

func matchPackage(c *criterion, r *project.Resource) bool {
	return c.value == "this" || c.like.match(r.Package)
}

func matchKind(c *criterion, r *project.Resource) bool {
	return c.value == "all" || c.value == string(r.Kind) || c.value == "data_test" && r.Kind == project.KindTest
}

func matchTestType(c *criterion, r *project.Resource) bool {
	if r.Kind == project.KindUnitTest {
		return c.value == "unit"
	}
	if r.Test == nil {
		return false
	}
	singular := r.Test.Kind == project.Singular
	switch c.value {
	case "data":
		return true
	case "singular":
		return singular
	case "generic", "schema":
		return !singular
	default:
		return false
	}
}

func matchTestName(c *criterion, r *project.Resource) bool {
	if r.Kind == project.KindUnitTest {
		return c.like.match(r.Name)
	}
	return r.Test != nil && r.Test.Kind != project.Singular && c.like.match(r.Test.Kind)
}

// matchConfig compares with a setting; of a list any entry may match, of a
// mapping any key.
func matchConfig(c *criterion, r *project.Resource) bool {
	v := settingOf(r, c.argument)
	switch v := v.(type) {
	case nil:
		return false
	case []string:
		return slices.ContainsFunc(v, c.like.match)
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return c.like.match(fmt.Sprint(item)) })
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Keys(v)), c.like.match)
	case bool:
		return strings.EqualFold(c.value, fmt.Sprint(v))
	default:
		return c.like.match(fmt.Sprint(v))
	}
}

// settingOf returns the setting that a dotted name leads to.
func settingOf(r *project.Resource, name string) any {
	switch {
	case name == "materialized" && r.Config.Materialized != "":
		return r.Config.Materialized
	case name == "tags":
		return r.Tags
	case name == "enabled":
		return r.Config.Enabled
	case name == "severity" && r.Test != nil:
		return r.Test.Severity
	}
	var v any = r.Config.Raw
	for part := range strings.SplitSeq(name, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[part]
	}
	return v
}
