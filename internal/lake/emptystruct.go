package lake

import (
	"fmt"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
)

// refuseEmptyStructs refuses schemas that base has not and that have a struct
// with no fields. The library does not count the fields of such a schema, so
// that columns which are added later would get numbers that others have.
func refuseEmptyStructs(base *Table, meta table.Metadata) error {
	for _, schema := range meta.Schemas() {
		if base != nil {
			if _, known := base.schemas[schema.ID]; known {
				continue
			}
		}
		for _, f := range schema.Fields() {
			if path := emptyStruct(f.Name, f.Type); path != "" {
				return fmt.Errorf("column %s is a struct with no fields", path)
			}
		}
	}
	return nil
}

// emptyStruct returns where in a type a struct has no fields, "" for nowhere.
func emptyStruct(path string, typ iceberg.Type) string {
	switch t := typ.(type) {
	case *iceberg.StructType:
		if len(t.FieldList) == 0 {
			return path
		}
		for _, f := range t.FieldList {
			if found := emptyStruct(path+"."+f.Name, f.Type); found != "" {
				return found
			}
		}
	case *iceberg.ListType:
		return emptyStruct(path+".element", t.Element)
	case *iceberg.MapType:
		if found := emptyStruct(path+".key", t.KeyType); found != "" {
			return found
		}
		return emptyStruct(path+".value", t.ValueType)
	}
	return ""
}
