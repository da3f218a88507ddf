package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Shape returns the schema of a data file as its footer has it.
func (t *Table) Shape(ctx context.Context, f DataFile) (*schema.GroupNode, error) {
	if shape, found := t.lake.shapes.get(f.URI); found {
		return shape, nil
	}
	name, _ := t.lake.store.Name(f.URI)
	opened, err := t.lake.store.Open(ctx, name)
	if err != nil {
		return nil, t.broken("data file", f.URI, err)
	}
	reader, err := file.NewParquetReader(opened)
	if err != nil {
		return nil, t.broken("data file", f.URI, errors.Join(err, opened.Close()))
	}
	shape := reader.MetaData().Schema.Root()
	t.lake.shapes.put(f.URI, shape)
	// The reader closes the file.
	return shape, reader.Close()
}

// MappedNames returns what the fields are called, by their ids, in a file whose
// shape says nothing of ids. What inside of lists and maps is no struct has the
// names that the format gives it. That the table maps no name is an error.
func (t *Table) MappedNames(f DataFile, shape *schema.GroupNode) (map[int]string, error) {
	var mapping iceberg.NameMapping
	if text := t.meta.Properties()[table.DefaultNameMappingKey]; text != "" {
		if err := json.Unmarshal([]byte(text), &mapping); err != nil {
			return nil, diag.New("name-mapping", diag.Place{}, "%s has a property %s that cannot be read: %v", t.name, table.DefaultNameMappingKey, err).
				WithHint("set the property with the tool that made it")
		}
	}
	out := map[int]string{}
	mapFields(mapping, shape, out)
	if len(out) == 0 {
		return nil, t.noFieldIDs(f)
	}
	return out, nil
}

// mapFields finds the fields of a struct.
func mapFields(mapping []iceberg.MappedField, g *schema.GroupNode, out map[int]string) {
	for i := range g.NumFields() {
		mapField(mapping, g.Field(i).Name(), g.Field(i), out)
	}
}

// mapField finds the field called name.
func mapField(mapping []iceberg.MappedField, name string, n schema.Node, out map[int]string) {
	i := slices.IndexFunc(mapping, func(m iceberg.MappedField) bool { return slices.Contains(m.Names, name) })
	if i < 0 {
		return
	}
	if mapping[i].FieldID != nil {
		out[*mapping[i].FieldID] = n.Name()
	}
	g, nested := n.(*schema.GroupNode)
	if !nested {
		return
	}
	switch parts := mapping[i].Fields; {
	case g.ConvertedType() == schema.ConvertedTypes.List && g.NumFields() == 1:
		mapField(parts, "element", element(g.Field(0)), out)
	case entries(g) != nil:
		mapField(parts, "key", entries(g).Field(0), out)
		mapField(parts, "value", entries(g).Field(1), out)
	default:
		mapFields(parts, g, out)
	}
}

// element is what a list's repeated node repeats: what is inside of it, or
// itself in files of old writers.
func element(repeated schema.Node) schema.Node {
	if g, nested := repeated.(*schema.GroupNode); nested && g.NumFields() == 1 && g.Name() != "array" {
		return g.Field(0)
	}
	return repeated
}

// entries are key and value of a map, nil for others.
func entries(g *schema.GroupNode) *schema.GroupNode {
	t := g.ConvertedType()
	if (t != schema.ConvertedTypes.Map && t != schema.ConvertedTypes.MapKeyValue) || g.NumFields() != 1 {
		return nil
	}
	if pair, nested := g.Field(0).(*schema.GroupNode); nested && pair.NumFields() == 2 {
		return pair
	}
	return nil
}

// noFieldIDs is the problem of a file whose columns nothing tells. Some engines
// read such a file by the places of its columns, others as if it had none.
func (t *Table) noFieldIDs(f DataFile) error {
	why := "does not map the names in it"
	if t.meta.Properties()[table.DefaultNameMappingKey] == "" {
		why = "is not set"
	}
	return fmt.Errorf("plan %s: %w", t.name, diag.New("name-mapping", diag.Place{},
		"%s has a data file without field ids, and its property %s %s: %s", t.name, table.DefaultNameMappingKey, why, f.URI).
		WithHint("set the property to the names that the table's fields have in the file, as add_files of Spark and PyIceberg does"))
}
