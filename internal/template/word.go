package template

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/exchange"
	"github.com/tarn-lake/tarn/internal/template/pymodule"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// words are the functions and objects of dbt's context. They are made once:
// what belongs to one render they take from the host of their call.
var words = sync.OnceValue(func() map[string]any {
	all := map[string]any{
		"config": configWord{}, "var": varWord{}, "adapter": adapterWord{}, "exceptions": exceptions{},
		"api": api{}, "validation": validation{}, "column": relation.ColumnClass{},
		"modules": pymodule.Modules(time.Now),
	}
	for name, f := range map[string]jinja.Callable{
		"ref": ref, "source": source, "metric": metric, "env_var": envVar, "doc": doc,
		"log": logMessage, "print": printMessage, "return": returnValue, "render": renderText,
		"load_result": loadResult, "store_result": storeResult, "store_raw_result": storeRawResult,
		"load_agate_table": loadSeed, "write": writeText, "try_or_compiler_error": tryOr,
		"submit_python_job": submitPython, "adapter_macro": adapterMacro,
		"_incremental": isIncremental, "is_incremental": isIncremental,
	} {
		all[name] = jinja.NewFunc(name, f)
	}
	for name, f := range exchange.Functions() {
		all[name] = jinja.NewFunc(name, f)
	}
	return all
})

// values are the words that are made for each render which asks for them.
var values = map[string]func(*render) any{
	"this":                 func(r *render) any { return r.this() },
	"target":               func(r *render) any { return r.target() },
	"env":                  func(r *render) any { return r.target() },
	"database":             func(r *render) any { return r.target()["database"] },
	"schema":               func(r *render) any { return r.target()["schema"] },
	"execute":              func(r *render) any { return r.captured == nil },
	"dbt_version":          func(*render) any { return Version },
	"invocation_id":        func(r *render) any { return r.InvocationID },
	"project_name":         func(r *render) any { return r.Library.rootOr(r.Package) },
	"run_started_at":       func(r *render) any { return pymodule.NewInstant(r.RunStartedAt) },
	"thread_id":            func(r *render) any { return r.Thread },
	"model":                func(r *render) any { return given(r.Model) },
	"graph":                func(r *render) any { return given(r.Graph) },
	"flags":                func(r *render) any { return flags{r} },
	"invocation_args_dict": func(r *render) any { return r.arguments() },
	"selected_resources":   func(r *render) any { return r.Selected },
	"pre_hooks":            func(r *render) any { return r.PreHooks },
	"post_hooks":           func(r *render) any { return r.PostHooks },
	"sql":                  func(r *render) any { return python.OrNone(r.SQL) },
	"compiled_code":        func(r *render) any { return python.OrNone(r.SQL) },
	"dbt_metadata_envs":    func(r *render) any { return r.MetadataEnv },
	"sql_now":              func(*render) any { return "now()" },
	"builtins":             func(r *render) any { return builtins{r} },
	"context":              func(r *render) any { return contextWord{r} },
}

// endWords are what only hooks at the end of a run have.
var endWords = []string{"results", "schemas", "database_schemas"}

// word returns a word of dbt's context.
func (r *render) word(name string) (any, bool) {
	if w, ok := words()[name]; ok {
		return w, true
	}
	if v, ok := values[name]; ok {
		return v(r), true
	}
	if slices.Contains(endWords, name) {
		return r.ended(name)
	}
	return nil, false
}

// wordNames lists dbt's words.
func wordNames() []string {
	return append(slices.AppendSeq(slices.Collect(maps.Keys(words())), maps.Keys(values)), endWords...)
}

func keys(names []string) []any {
	out := make([]any, len(names))
	for i, name := range names {
		out[i] = name
	}
	return out
}

// given returns what a function of the context's gives, an empty dict without.
func given(f func() any) any {
	if f == nil {
		return map[string]any{}
	}
	return f()
}

// this is the relation of the text; none where it makes no relation.
func (r *render) this() any {
	if r.This == (relation.Relation{}) {
		return nil
	}
	return r.This
}

// bad is a wrong call of one of dbt's words.
func bad(c *jinja.Call, message string) *diag.Problem {
	return diag.New(codeCall, callPlace(c), "%s", message)
}

// first returns the first argument of a call; nil if there is none.
func first(c *jinja.Call) any {
	if len(c.Args) > 0 {
		return c.Args[0]
	}
	if len(c.Named) > 0 {
		return c.Named[0].Value
	}
	return nil
}

// builtins are dbt's own words, whatever macros have their names.
type builtins struct{ r *render }

// Attr returns a word.
func (b builtins) Attr(name string) (any, bool) {
	if v, ok := b.r.word(name); ok {
		return v, true
	}
	return python.MappingMethod(b, name)
}

// Keys makes it a mapping.
func (b builtins) Keys() []any { return keys(wordNames()) }

// Item is `builtins['ref']`.
func (b builtins) Item(key any) (any, bool, error) {
	name, _ := key.(string)
	v, ok := b.r.word(name)
	return v, ok, nil
}

// contextWord is everything that a text sees, by name.
type contextWord struct{ r *render }

// Keys makes it a mapping.
func (w contextWord) Keys() []any { return keys(w.r.names()) }

// Item is `context['name']`, and `context.name`.
func (w contextWord) Item(key any) (any, bool, error) {
	name, _ := key.(string)
	v, ok := w.r.lookup(name)
	return v, ok, nil
}

// Attr returns the methods of dicts.
func (w contextWord) Attr(name string) (any, bool) {
	return python.MappingMethod(w, name)
}

// api is dbt's object of that name.
type api struct{}

// Attr returns the classes of relations and columns.
func (api) Attr(name string) (any, bool) {
	switch name {
	case "Relation":
		return relation.Class{}, true
	case "Column":
		return relation.ColumnClass{}, true
	}
	return nil, false
}
