package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// setByProject is the property that lists the names of those which a project's
// table_properties have set: what is no longer there leaves the table.
const setByProject = "tarn.table-properties"

// comment is the property that holds a table's description.
const comment = "comment"

// TableMetadata is what a resource's table says of itself, next to the
// properties that it has: its description, properties to set, and those to take
// away. Anew is a table that is made all over.
func (r *Resource) TableMetadata(have map[string]string, anew bool) (description string, set map[string]string, unset []string) {
	persisted := r.Config.PersistDocs["relation"]
	if r.Kind == KindSource || persisted {
		description = r.Description
	}
	if r.Kind != KindSource && (persisted || anew) && description == "" && have[comment] != "" {
		unset = append(unset, comment)
	}
	names := slices.Sorted(maps.Keys(r.Config.TableProperties))
	for before := range strings.SplitSeq(have[setByProject], ",") {
		if before != "" && !slices.Contains(names, before) {
			unset = append(unset, before)
		}
	}
	if len(names) == 0 {
		if have[setByProject] != "" {
			unset = append(unset, setByProject)
		}
		return description, nil, unset
	}
	set = maps.Clone(r.Config.TableProperties)
	set[setByProject] = strings.Join(names, ",")
	return description, set, unset
}

// PersistedColumns are the descriptions that are kept with the columns, by
// folded name; nil where the project does not say.
func (r *Resource) PersistedColumns() map[string]string {
	if r.Kind != KindSource && !r.Config.PersistDocs["columns"] {
		return nil
	}
	docs := make(map[string]string, len(r.Columns))
	for _, c := range r.Columns {
		docs[ident.Fold(c.Name)] = c.Description
	}
	return docs
}

// persistDocs reads which descriptions are kept with the table.
func (d *decoder) persistDocs(c *Config) {
	m := d.mapping("persist_docs")
	if m == nil {
		return
	}
	c.PersistDocs = map[string]bool{}
	for _, what := range slices.Sorted(maps.Keys(m)) {
		on, ok := m[what].(bool)
		switch {
		case what != "relation" && what != "columns":
			d.problems.Warnf("unknown-key", d.layer["persist_docs"].place, "`persist_docs` has no `%s`", what).
				WithHint("it takes relation and columns")
		case !ok && m[what] != nil:
			d.problems.Errorf("wrong-kind", d.layer["persist_docs"].place, "`persist_docs.%s` must be true or false, not %s", what, describe(m[what]))
		}
		c.PersistDocs[what] = on
	}
}

// propertyKeys are the settings that hold properties of a table.
var propertyKeys = []string{"table_properties", "tblproperties"}

// tableProperties reads what is written into the table's metadata.
func (d *decoder) tableProperties(c *Config) {
	for _, key := range propertyKeys {
		place := d.layer[key].place
		m := d.mapping(key)
		for _, name := range slices.Sorted(maps.Keys(m)) {
			value, err := propertyText(m[name])
			if err == nil {
				err = checkProperty(name, value)
			}
			if err != nil {
				d.problems.Errorf("bad-property", place, "`%s` cannot set `%s`: %v", key, name, err)
				continue
			}
			if ownWriting(name) {
				d.problems.Warnf("bad-property", place, "`%s` is kept with the table, but the files that Tarn writes do not follow it", name)
			}
			if c.TableProperties == nil {
				c.TableProperties = map[string]string{}
			}
			c.TableProperties[name] = value
		}
	}
}

func propertyText(v any) (string, error) {
	switch v := v.(type) {
	case bool:
		return fmt.Sprint(v), nil
	case nil, []any, map[string]any:
		return "", fmt.Errorf("a property is a text, not %s", describe(v))
	default:
		return plainText(v), nil
	}
}

// takenProperties are those whose value is not the project's to choose.
var takenProperties = map[string]string{
	"comment":                      "it is the model's description; set persist_docs: {relation: true}",
	"format-version":               "the version follows from the columns",
	"location":                     "the lake says where its tables are",
	"write.data.path":              "the lake says where its files are",
	"write.metadata.path":          "the lake says where its files are",
	"write.folder-storage.path":    "the lake says where its files are",
	"write.object-storage.path":    "the lake says where its files are",
	"write.object-storage.enabled": "the lake says where its files are",
	"write.location-provider.impl": "the lake says where its files are",
	"sort-order":                   "set order_by",
}

// statusProperties are Iceberg's own words for what a table is.
var statusProperties = []string{
	"uuid", "snapshot-count", "current-snapshot-id", "current-snapshot-summary", "current-snapshot-timestamp-ms", "current-schema",
	"default-partition-spec", "default-sort-order",
}

// checkProperty refuses what the lake counts on.
func checkProperty(name, value string) error {
	why, taken := takenProperties[name]
	switch {
	case taken:
		return fmt.Errorf("%s", why)
	case strings.TrimSpace(name) == "", strings.Contains(name, ","):
		return fmt.Errorf("it is no name of a property")
	case slices.Contains(statusProperties, name):
		return fmt.Errorf("it is kept by Iceberg itself")
	case strings.HasPrefix(name, "tarn"):
		return fmt.Errorf("names that begin with tarn are Tarn's own")
	case name == "write.format.default" && !strings.EqualFold(value, "parquet"):
		return fmt.Errorf("the lake's files are Parquet, not %s", value)
	}
	return nil
}

// ownWriting reports whether a property is about how files are written, which
// Tarn decides.
func ownWriting(name string) bool {
	return strings.HasPrefix(name, "write.parquet.") || name == "write.target-file-size-bytes" || name == "write.distribution-mode"
}
