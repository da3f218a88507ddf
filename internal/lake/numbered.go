package lake

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// fromOne numbers the fields of a new table from 1 where an engine numbers them
// from 0, as Spark does: the library takes no partition by a field 0. Which
// numbers a new table comes to have is the catalog's choice anyway.
func (n NewTable) fromOne() (NewTable, error) {
	var schema map[string]any
	if err := decodeNumbers(n.Schema, &schema); err != nil || schema == nil {
		return n, fmt.Errorf("invalid schema: %w", orMissing(err))
	}
	if !hasFieldZero(schema) {
		return n, nil
	}
	shiftIDs(schema)
	var err error
	if n.Schema, err = json.Marshal(schema); err != nil {
		return n, fmt.Errorf("write schema: %w", err)
	}
	if n.Spec, err = shiftSources(n.Spec); err != nil {
		return n, fmt.Errorf("invalid partition spec: %w", err)
	}
	if n.SortOrder, err = shiftSources(n.SortOrder); err != nil {
		return n, fmt.Errorf("invalid sort order: %w", err)
	}
	return n, nil
}

// hasFieldZero looks at the columns: a field within one has a higher number.
func hasFieldZero(schema map[string]any) bool {
	fields, _ := schema["fields"].([]any)
	for _, field := range fields {
		if f, is := field.(map[string]any); is && f["id"] == json.Number("0") {
			return true
		}
	}
	return false
}

// shiftIDs adds 1 to the numbers of fields in a schema or type.
func shiftIDs(kind any) {
	t, nested := kind.(map[string]any)
	if !nested {
		return
	}
	for _, key := range []string{"element-id", "key-id", "value-id"} {
		shift(t, key)
	}
	for _, key := range []string{"element", "key", "value"} {
		shiftIDs(t[key])
	}
	fields, _ := t["fields"].([]any)
	for _, field := range fields {
		if f, is := field.(map[string]any); is {
			shift(f, "id")
			shiftIDs(f["type"])
		}
	}
	shiftAll(t, "identifier-field-ids")
}

// shiftSources adds 1 to the numbers of fields that a partition spec or sort
// order is about.
func shiftSources(raw json.RawMessage) (json.RawMessage, error) {
	if !given(raw) {
		return raw, nil
	}
	var all map[string]any
	if err := decodeNumbers(raw, &all); err != nil {
		return nil, err
	}
	fields, _ := all["fields"].([]any)
	for _, field := range fields {
		if f, is := field.(map[string]any); is {
			shift(f, "source-id")
			shiftAll(f, "source-ids")
		}
	}
	return json.Marshal(all)
}

// shift adds 1 to a number; what is none is left to who reads it next.
func shift(in map[string]any, key string) {
	if n, is := in[key].(json.Number); is {
		in[key] = plusOne(n)
	}
}

func shiftAll(in map[string]any, key string) {
	list, _ := in[key].([]any)
	for i, each := range list {
		if n, is := each.(json.Number); is {
			list[i] = plusOne(n)
		}
	}
}

func plusOne(n json.Number) any {
	if whole, err := n.Int64(); err == nil {
		return whole + 1
	}
	return n
}

// decodeNumbers keeps numbers as they are written.
func decodeNumbers(raw json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}
