package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// splitPath parts a path such as data.items, or $.data.items[*].
func splitPath(path string) []string {
	path = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(path), "$"), ".")
	if path == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(path, "[*]"), ".")
}

// find returns the value at a path; nil where there is none.
func find(value json.RawMessage, path []string) (json.RawMessage, error) {
	for _, name := range path {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(value, &object); err != nil {
			return nil, fmt.Errorf("%s is no object", short(value))
		}
		inner, ok := object[name]
		if !ok {
			return nil, nil
		}
		value = inner
	}
	return value, nil
}

// recordsAt returns the records of an answer: the elements of the array at the
// path, or the one value that is there.
func recordsAt(answer json.RawMessage, path []string) ([]json.RawMessage, error) {
	value, err := find(answer, path)
	if err != nil {
		return nil, err
	}
	value = bytes.TrimSpace(value)
	switch {
	case value == nil:
		return nil, errors.New("there is nothing at that path")
	case string(value) == "null":
		return nil, nil
	case value[0] != '[':
		return []json.RawMessage{value}, nil
	}
	var records []json.RawMessage
	return records, json.Unmarshal(value, &records)
}

// scalar is a value as text: a string without its quotes.
func scalar(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// join puts values in front of the fields of a record that does not have them.
func join(values map[string]json.RawMessage, record json.RawMessage) (json.RawMessage, error) {
	record = bytes.TrimSpace(record)
	if len(record) == 0 || record[0] != '{' {
		record = slices.Concat([]byte(`{"value":`), record, []byte("}"))
	}
	var own map[string]json.RawMessage
	if err := json.Unmarshal(record, &own); err != nil {
		return nil, err
	}
	out := []byte{'{'}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, has := own[name]; has {
			continue
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		out = slices.Concat(out, key, []byte{':'}, values[name], []byte{','})
	}
	if len(own) == 0 {
		return append(bytes.TrimSuffix(out, []byte(",")), '}'), nil
	}
	return append(out, record[1:]...), nil
}

// short is the start of a value, for messages.
func short(value []byte) string {
	const most = 120
	value = bytes.TrimSpace(value)
	if len(value) > most {
		return strings.ToValidUTF8(string(value[:most]), "") + "…"
	}
	return strings.ToValidUTF8(string(value), "�")
}
