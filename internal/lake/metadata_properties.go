package lake

import (
	"maps"

	"github.com/apache/iceberg-go"
)

// setProperties lets the table have what earlier candidates and the change say.
func (b *tableBuild) setProperties() error {
	properties, gone := b.inherited()
	maps.Copy(properties, b.change.Properties)
	if b.change.Doc != "" {
		properties[docProperty] = b.change.Doc
	}
	if keys, some := b.storedKeys(); some {
		properties[keysProperty] = keys
	} else if b.change.Keys != nil {
		delete(properties, keysProperty)
		if b.base != nil && b.base.Properties()[keysProperty] != "" {
			gone = append(gone, keysProperty)
		}
	}
	for _, name := range b.change.Unset {
		if _, set := b.change.Properties[name]; !set && (name != docProperty || b.change.Doc == "") {
			delete(properties, name)
			gone = append(gone, name)
		}
	}
	if err := b.builder.RemoveProperties(gone); err != nil {
		return err
	}
	b.settle(properties, gone)
	return b.builder.SetProperties(properties)
}

// settle keeps what properties the table will have.
func (b *tableBuild) settle(set iceberg.Properties, gone []string) {
	b.properties = iceberg.Properties{}
	if b.base != nil {
		maps.Copy(b.properties, b.base.Properties())
	}
	for _, name := range gone {
		delete(b.properties, name)
	}
	maps.Copy(b.properties, set)
}

// inherited are the properties that earlier candidates have set, and the names
// of those that they have taken away.
func (b *tableBuild) inherited() (set iceberg.Properties, gone []string) {
	set = iceberg.Properties{}
	if !b.again {
		return set, nil
	}
	var before iceberg.Properties
	if b.base != nil {
		before = b.base.Properties()
	}
	now := b.onto.meta.Properties()
	for k, v := range now {
		if old, found := before[k]; !found || old != v {
			set[k] = v
		}
	}
	for k := range before {
		if _, kept := now[k]; !kept {
			gone = append(gone, k)
		}
	}
	return set, gone
}
