package project

import (
	"cmp"
	"crypto/md5" //nolint:gosec // dbt names tests by it
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/project/pyvalue"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

var notInName = regexp.MustCompile(`[^0-9a-zA-Z_]+`)

// maxTestName is how long the name of a table for failures may be.
const maxTestName = 63

// testName returns the name that dbt gives a generic test: its kind, what it is
// on, and its arguments in order of their names. short is the name of its
// table, with a checksum in place of what is too long.
func testName(kind, target string, args []argument) (short, full string) {
	sorted := slices.Clone(args)
	slices.SortStableFunc(sorted, func(a, b argument) int { return cmp.Compare(a.name, b.name) })
	var parts []string
	for _, a := range sorted {
		for _, part := range nameParts(a.node) {
			parts = append(parts, notInName.ReplaceAllString(part, "_"))
		}
	}
	prefix := kind + "_" + target
	full = prefix + "_" + strings.Join(parts, "__")
	if len([]rune(full)) <= maxTestName {
		return full, full
	}
	head := []rune(prefix)
	return string(head[:min(30, len(head))]) + "_" + md5Of(full), full
}

// nameParts prints an argument as Python's str does; the values of lists and
// mappings one by one.
func nameParts(n *yamldoc.Node) []string {
	var out []string
	switch {
	case n != nil && n.Kind == yamldoc.Sequence:
		for _, item := range n.Items() {
			out = append(out, pyvalue.Str(item))
		}
	case n != nil && n.Kind == yamldoc.Mapping:
		for _, f := range n.Fields() {
			out = append(out, pyvalue.Str(f.Value))
		}
	default:
		out = []string{pyvalue.Str(n)}
	}
	return out
}

// testHash tells apart tests that share a name: by their macro and arguments.
func testHash(name string, d *genericDecl, model string) string {
	kwargs := map[string]string{"model": pyvalue.Quote(model)}
	for _, a := range d.args {
		kwargs[a.name] = pyvalue.Sorted(a.node)
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(kwargs)) {
		parts = append(parts, pyvalue.Quote(key)+": "+kwargs[key])
	}
	namespace := d.namespace
	if namespace == "" {
		namespace = "None"
	}
	metadata := "{'kwargs': {" + strings.Join(parts, ", ") + "}, 'name': " + pyvalue.Quote(d.kind) + ", 'namespace': " + pyvalue.Quote(namespace) + "}"
	sum := md5Of(name + metadata)
	return sum[len(sum)-10:]
}

func md5Of(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // as dbt
	return hex.EncodeToString(sum[:])
}
