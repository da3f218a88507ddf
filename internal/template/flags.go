package template

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// flags are the flags of the command by dbt's names: FULL_REFRESH and others.
type flags struct{ r *render }

// known are the flags that dbt always has, with what they are by default.
var known = map[string]any{
	"FULL_REFRESH": false, "STORE_FAILURES": false, "WARN_ERROR": nil, "FAIL_FAST": false, "DEBUG": false, "QUIET": false,
	"DEFER": false, "FAVOR_STATE": false, "STATE": nil, "EMPTY": false, "PARTIAL_PARSE": false, "STATIC_PARSER": true, "USE_COLORS": true,
	"VERSION_CHECK": true, "WRITE_JSON": true, "LOG_FORMAT": "default", "LOG_LEVEL": "info", "INDIRECT_SELECTION": "eager",
	"SEND_ANONYMOUS_USAGE_STATS": false, "PRINT": true, "CACHE_SELECTED_ONLY": false, "TARGET_PATH": nil, "PROJECT_DIR": nil,
	"PROFILES_DIR": nil, "INTROSPECT": true, "SAMPLE": nil, "EVENT_TIME_START": nil, "EVENT_TIME_END": nil,
}

// Attr returns a flag; the case of its name does not matter.
func (f flags) Attr(name string) (any, bool) {
	upper := strings.ToUpper(name)
	for given, v := range f.r.Flags {
		if strings.ToUpper(given) == upper {
			return v, true
		}
	}
	switch upper {
	case "WHICH":
		return f.r.Command, true
	case "FULL_REFRESH":
		return f.r.FullRefresh, true
	case "GET":
		return jinja.NewFunc("flags.get", func(c *jinja.Call) (any, error) {
			b, err := c.Bind("name", "default?")
			if err != nil {
				return nil, err
			}
			name, err := b.String(0, "")
			if v, ok := f.Attr(name); ok {
				return v, err
			}
			return b.Any(1, nil), err
		}), true
	}
	v, ok := known[upper]
	return v, ok
}

// arguments is invocation_args_dict.
func (r *render) arguments() map[string]any {
	out := map[string]any{"which": r.Command, "full_refresh": r.FullRefresh, "vars": r.Vars}
	for name, v := range r.Flags {
		out[strings.ToLower(name)] = v
	}
	return out
}

// target describes where the project is built. Its names are those of dbt's
// profiles.
func (r *render) target() map[string]any {
	t := map[string]any{
		"name": "dev", "target_name": "dev", "profile_name": r.Package, "type": adapterType,
		"schema": "main", "database": relation.Database, "threads": 1,
	}
	for name, v := range r.Target {
		t[name] = v
	}
	if name, ok := r.Target["name"]; ok {
		t["target_name"] = name
	}
	return t
}
