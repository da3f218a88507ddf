package template

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// adapterWord is dbt's `adapter`. While texts are parsed there is no database:
// its functions answer then as dbt's do, with nothing.
type adapterWord struct{}

// Attr returns one of its functions.
func (adapterWord) Attr(name string) (any, bool) {
	if f, ok := adapterFunctions[name]; ok {
		return jinja.NewFunc("adapter."+name, f), true
	}
	if f, ok := databaseFunctions[name]; ok {
		return jinja.NewFunc("adapter."+name, func(c *jinja.Call) (any, error) {
			r := host(c)
			if r.Adapter == nil {
				return f.parsing(), nil
			}
			return f.call(r, c)
		}), true
	}
	switch name {
	case "Relation":
		return relation.Class{}, true
	case "Column":
		return relation.ColumnClass{}, true
	case "behavior":
		return behavior{}, true
	}
	return nil, false
}

// Names lists the functions.
func (adapterWord) Names() []string {
	names := []string{"Relation", "Column", "behavior"}
	for name := range adapterFunctions {
		names = append(names, name)
	}
	for name := range databaseFunctions {
		names = append(names, name)
	}
	return names
}

// TypeName says in errors what it is.
func (adapterWord) TypeName() string { return "adapter" }

// behavior are the switches of dbt's adapters: all are off here.
type behavior struct{}

// Attr returns a switch.
func (behavior) Attr(string) (any, bool) { return off{}, true }

// off is a switch that is off.
type off struct{}

// Attr returns no_warn and the like.
func (off) Attr(name string) (any, bool) { return false, name == "no_warn" || name == "setting" }

// Truth is false.
func (off) Truth() bool { return false }

// adapterFunctions need no database.
var adapterFunctions = map[string]jinja.Callable{
	"dispatch": dispatch,
	"type": func(c *jinja.Call) (any, error) {
		_, err := c.Bind()
		return adapterType, err
	},
	"quote":                        quote,
	"quote_as_configured":          quote,
	"quote_seed_column":            quoteSeedColumn,
	"valid_incremental_strategies": strategies,
	"commit":                       nothing, "commit_if_has_connection": nothing, "ensure_transaction": nothing,
	"clear_transaction": nothing, "cache_added": empty, "cache_dropped": empty, "cache_renamed": empty,
	"is_motherduck": never, "disable_transactions": never, "is_ducklake": never, "use_ducklake_table_workarounds": never,
	"is_replaceable": func(*jinja.Call) (any, error) { return true, nil }, "supports": never, "date_function": func(*jinja.Call) (any, error) { return "now()", nil },
	"escape_sql_string": func(c *jinja.Call) (any, error) {
		s, err := python.Str(first(c))
		return strings.ReplaceAll(s, "'", "''"), err
	},
	"warn_once":                      warn,
	"get_binding_char":               func(*jinja.Call) (any, error) { return "?", nil },
	"get_hard_deletes_behavior":      hardDeletes,
	"convert_type":                   convertType,
	"render_raw_columns_constraints": columnConstraints,
	"render_raw_model_constraints":   modelConstraints,
	"standardize_grants_dict":        func(*jinja.Call) (any, error) { return python.NewDict(), nil },
	"existing_key_constraint_types":  func(*jinja.Call) (any, error) { return python.NewList(), nil },
	"get_incremental_strategy_macro": strategyMacro,
}

func nothing(*jinja.Call) (any, error) { return nil, nil }
func empty(*jinja.Call) (any, error)   { return "", nil }
func never(*jinja.Call) (any, error)   { return false, nil }

// quote quotes a name. All names are quoted here, whatever `quoting:` says.
func quote(c *jinja.Call) (any, error) {
	b, err := c.Bind("identifier", "quote_key?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	return ident.Quote(name), err
}

func quoteSeedColumn(c *jinja.Call) (any, error) {
	b, err := c.Bind("column", "quote_config?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if b.Bool(1, true) {
		return ident.Quote(name), err
	}
	return name, err
}

// strategyNames are the strategies of incremental models.
var strategyNames = []string{"append", "delete+insert", "merge", "insert_overwrite", "microbatch"}

func strategies(*jinja.Call) (any, error) { return strategyNames, nil }

// strategyMacro is get_incremental_strategy_macro: the macro that writes the
// SQL of a strategy.
func strategyMacro(c *jinja.Call) (any, error) {
	b, err := c.Bind("model_context", "strategy")
	if err != nil {
		return nil, err
	}
	strategy, err := b.String(1, "")
	if err != nil {
		return nil, err
	}
	r := host(c)
	if r.captured != nil {
		return nil, nil
	}
	name := "get_incremental_" + strings.ReplaceAll(strategy, "+", "_") + "_sql"
	if m := r.Library.Find(r.Package, name); m != nil {
		return m, nil
	}
	return nil, diag.New(codeUnknown, callPlace(c), "there is no strategy `%s` for incremental models", strategy).
		WithHint("known are %s; others need a macro %s", strings.Join(strategyNames, ", "), name)
}

// hardDeletes tells what a snapshot does with rows that are gone.
func hardDeletes(c *jinja.Call) (any, error) {
	b, err := c.Bind("config")
	if err != nil {
		return nil, err
	}
	get := func(name string) any {
		if d, ok := b.Any(0, nil).(*python.Dict); ok {
			v, _ := d.GetString(name)
			return v
		}
		v, _ := host(c).setting(name)
		return v
	}
	invalidate, mode := get("invalidate_hard_deletes"), get("hard_deletes")
	switch {
	case invalidate != nil && mode != nil:
		return nil, bad(c, "a snapshot has `hard_deletes` or `invalidate_hard_deletes`, not both")
	case invalidate == true, mode == "invalidate":
		return "invalidate", nil
	case mode == nil, mode == "ignore":
		return "ignore", nil
	case mode == "new_record":
		return mode, nil
	}
	return nil, bad(c, "`hard_deletes` is ignore, invalidate or new_record")
}
