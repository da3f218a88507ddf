package template

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// exceptions is dbt's object of that name.
type exceptions struct{}

// raises are the functions that end the work, with the arguments that they
// take, and where among those the message is.
var raises = map[string]struct {
	code   string
	params []string
}{
	"raise_compiler_error":               {codeRaised, []string{"msg", "node?"}},
	"raise_database_error":               {"database-error", []string{"msg", "node?"}},
	"raise_not_implemented":              {"not-implemented", []string{"msg"}},
	"raise_dependency_error":             {"dependency", []string{"msg"}},
	"raise_fail_fast_error":              {"fail-fast", []string{"msg", "node?"}},
	"raise_cache_inconsistent":           {codeRaised, []string{"message"}},
	"raise_dataclass_not_dict":           {codeRaised, []string{"obj"}},
	"raise_invalid_property_yml_version": {codeRaised, []string{"path", "issue"}},
	"raise_dep_not_found":                {"dependency", []string{"node", "node_description", "required_pkg"}},
	"raise_ambiguous_alias":              {codeRaised, []string{"node_1", "node_2", "duped_name?"}},
	"raise_ambiguous_catalog_match":      {codeRaised, []string{"unique_id", "match_1", "match_2"}},
	"raise_duplicate_patch_name":         {codeRaised, []string{"patch_1", "existing_patch_path"}},
	"raise_duplicate_resource_name":      {codeRaised, []string{"node_1", "node_2"}},
	"missing_relation":                   {codeRaised, []string{"relation", "model?"}},
	"missing_materialization":            {codeRaised, []string{"model", "adapter_type"}},
	"column_type_missing":                {"contract", []string{"column_names"}},
	"raise_contract_error":               {"contract", []string{"yaml_columns", "sql_columns"}},
	"relation_wrong_type":                {codeRaised, []string{"relation", "expected_type", "model?"}},
}

// Attr returns one of its functions.
func (exceptions) Attr(name string) (any, bool) {
	switch name {
	case "warn":
		return jinja.NewFunc(name, warn), true
	case "warn_snapshot_timestamp_data_types":
		return jinja.NewFunc(name, warnSnapshotTypes), true
	case "missing_config":
		return jinja.NewFunc(name, func(c *jinja.Call) (any, error) {
			b, err := c.Bind("model", "name")
			if err != nil {
				return nil, err
			}
			key, err := b.String(1, "")
			if err != nil {
				return nil, err
			}
			return nil, missingConfig(c, key)
		}), true
	}
	r, ok := raises[name]
	if !ok {
		return nil, false
	}
	return jinja.NewFunc(name, func(c *jinja.Call) (any, error) { return nil, raised(c, name, r.code, r.params) }), true
}

// TypeName says in errors what it is.
func (exceptions) TypeName() string { return "dict `exceptions`" }

// Names lists the functions.
func (exceptions) Names() []string {
	names := []string{"warn", "warn_snapshot_timestamp_data_types", "missing_config"}
	for name := range raises {
		names = append(names, name)
	}
	return names
}

// raised is the problem that a text raises by itself.
func raised(c *jinja.Call, name, code string, params []string) error {
	b, err := c.Bind(params...)
	if err != nil {
		return err
	}
	said := make([]string, len(params))
	for i := range params {
		if said[i], err = python.Str(b.Any(i, "")); err != nil {
			return err
		}
	}
	message := strings.TrimSpace(said[0])
	switch name {
	case "missing_relation":
		message = "there is no relation " + message
	case "missing_materialization":
		message = "there is no materialization for " + said[1] + " that the model asks for"
	case "column_type_missing":
		message = "the contract needs a data_type for each of the columns " + message
	case "raise_contract_error":
		return contractBroken(c, b)
	case "relation_wrong_type":
		message = "the relation " + message + " is no " + said[1]
	case "raise_dep_not_found":
		message = said[1] + " needs the package " + said[2]
	default:
		if len(params) > 1 && params[1] != "node?" {
			message = strings.TrimSpace(strings.Join(said, ": "))
		}
	}
	return diag.New(code, callPlace(c), "%s", message)
}

// contractBroken tells where the columns of a query differ from those that
// its contract declares.
func contractBroken(c *jinja.Call, b python.Bound) error {
	declared, actual := columnTypes(b.Any(0, nil)), columnTypes(b.Any(1, nil))
	var wrong []string
	for _, d := range declared {
		found := ""
		for _, a := range actual {
			if strings.EqualFold(a[0], d[0]) {
				found = a[1]
			}
		}
		switch {
		case found == "":
			wrong = append(wrong, "`"+d[0]+"` is missing in the query")
		case found != d[1]:
			wrong = append(wrong, "`"+d[0]+"` is "+found+" and was to be "+d[1])
		}
	}
	for _, a := range actual {
		known := false
		for _, d := range declared {
			known = known || strings.EqualFold(a[0], d[0])
		}
		if !known {
			wrong = append(wrong, "`"+a[0]+"` is missing in the contract")
		}
	}
	if len(wrong) == 0 {
		wrong = []string{"the columns stand in another order"}
	}
	return diag.New("contract", callPlace(c), "the query does not keep the model's contract: %s", strings.Join(wrong, "; ")).
		WithHint("change the query, or the columns in the YAML file of the model")
}

// columnTypes reads dicts with the names and types of columns.
func columnTypes(v any) [][2]string {
	plain, err := python.ToGo(v)
	if err != nil {
		return nil
	}
	items, _ := plain.([]any)
	var out [][2]string
	for _, item := range items {
		m, _ := item.(map[string]any)
		name, _ := m["name"].(string)
		kind, _ := m["formatted"].(string)
		if kind == "" {
			kind, _ = m["data_type"].(string)
		} else if _, rest, ok := strings.Cut(kind, " "); ok {
			kind = rest
		}
		out = append(out, [2]string{name, kind})
	}
	return out
}

// warn is exceptions.warn.
func warn(c *jinja.Call) (any, error) {
	b, err := c.Bind("msg", "node?")
	if err != nil {
		return nil, err
	}
	message, err := python.Str(b.Any(0, ""))
	if err != nil {
		return nil, err
	}
	return "", host(c).warn(c, message)
}

func warnSnapshotTypes(c *jinja.Call) (any, error) {
	b, err := c.Bind("snapshot_time_data_type", "updated_at_data_type")
	if err != nil {
		return nil, err
	}
	have, err := python.Str(b.Any(0, ""))
	if err != nil {
		return nil, err
	}
	given, err := python.Str(b.Any(1, ""))
	if err != nil {
		return nil, err
	}
	return nil, host(c).warn(c, "the snapshot keeps its times as "+have+", and `updated_at` is "+given)
}

// warn tells people something that does not stop the work. Texts are parsed
// before they are compiled, and say it then.
func (r *render) warn(c *jinja.Call, message string) error {
	if r.captured != nil {
		return nil
	}
	if r.Warn == nil {
		r.Log(message)
		return nil
	}
	p := diag.New("warned", callPlace(c), "%s", strings.TrimSpace(message))
	p.Severity = diag.Warning
	return r.Warn(p)
}
