package secret

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// SplitKey parts a name such as shop/db#password into where a secret is and
// which of its keys is meant; key is "" where none is.
func SplitKey(name string) (path, key string) {
	path, key, _ = strings.Cut(name, "#")
	return path, key
}

// Pick returns the value of a key of a secret that has several. Errors name
// keys, never values.
func Pick(values map[string]any, key string) (string, error) {
	names := slices.Sorted(maps.Keys(values))
	if key == "" && len(names) == 1 {
		key = names[0]
	}
	value, ok := values[key]
	switch {
	case key == "":
		return "", fmt.Errorf("the secret has %d keys (%s): name one, such as #%s", len(names), strings.Join(names, ", "), first(names))
	case !ok:
		if near := ident.Near(key, names); len(near) > 0 {
			return "", fmt.Errorf("the secret has no key %q; did you mean #%s?", key, near[0])
		}
		return "", fmt.Errorf("the secret has no key %q; it has %s", key, strings.Join(names, ", "))
	}
	switch v := value.(type) {
	case string:
		return v, nil
	case json.Number, bool:
		return fmt.Sprint(v), nil
	default:
		return "", fmt.Errorf("the key %q of the secret is no text", key)
	}
}

func first(names []string) string {
	if len(names) == 0 {
		return "key"
	}
	return names[0]
}
