package template

import (
	"errors"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// The codes of problems.
const (
	codeSyntax  = "jinja-syntax"
	codeRuntime = "jinja-error"
	codeUnknown = "unknown-name"
	codeNotYet  = "not-there-yet"
	codeLimit   = "jinja-limit"
	codeCall    = "bad-call"
	codeVar     = "unknown-var"
	codeEnvVar  = "unknown-env-var"
	codeSecret  = "secret-in-template"
	codeRaised  = "raised"
)

// laterWords are names that dbt's texts may use and that are not there yet.
var laterWords = []string{
	"adapter", "adapter_macro", "api", "builtins", "context", "database", "dbt", "dbt_metadata_envs",
	"diff_of_two_dicts", "doc", "flags", "fromjson", "fromyaml", "graph", "load_result", "local_md5", "model",
	"modules", "post_hooks", "pre_hooks", "render", "return", "run_query", "schema", "schemas", "selected_resources",
	"set", "set_strict", "sql", "statement", "store_raw_result", "store_result", "submit_python_job",
	"thread_id", "toyaml", "try_or_compiler_error", "validation", "write", "zip", "zip_strict",
}

// laterTags are dbt's own tags that are not there yet.
var laterTags = []string{"snapshot", "test", "data_test", "materialization", "docs"}

// problem turns an error of the language into one with a place in the
// author's file.
func (r *render) problem(err error) error {
	var own *diag.Problem
	if errors.As(err, &own) {
		return own
	}
	var e *jinja.Error
	if !errors.As(err, &e) {
		return diag.New(codeRuntime, r.place(1, 1), "%v", err).WithCause(err)
	}
	at := r.place(e.Line, e.Column)
	switch e.Kind {
	case jinja.Unknown:
		return unknown(at, e)
	case jinja.UnknownTag:
		if slices.Contains(laterTags, e.Name) {
			return diag.New(codeNotYet, at, "the tag `%s` is not there yet", e.Name).WithCause(err)
		}
		return diag.New(codeSyntax, at, "%s", e.Message).WithHint("%s", e.Hint).WithCause(err)
	}
	code := map[jinja.Kind]string{
		jinja.Syntax: codeSyntax, jinja.NotYet: codeNotYet, jinja.Limit: codeLimit,
	}[e.Kind]
	if code == "" {
		code = codeRuntime
	}
	return diag.New(code, at, "%s", e.Message).WithHint("%s", e.Hint).WithCause(err)
}

// unknown explains a name that means nothing here.
func unknown(at diag.Place, e *jinja.Error) *diag.Problem {
	if slices.Contains(laterWords, e.Name) && strings.HasSuffix(e.Message, "is undefined") {
		return diag.New(codeNotYet, at, "dbt's `%s` is not there yet", e.Name).WithCause(e)
	}
	p := diag.New(codeUnknown, at, "%s", e.Message).WithCause(e)
	if near := ident.Near(e.Name, e.Known); len(near) > 0 {
		return p.WithHint("did you mean `%s`?", strings.Join(near, "` or `"))
	}
	if strings.HasSuffix(e.Message, "is undefined") {
		return p.WithHint("macros of other files and packages are not there yet; in this file `%s` is set nowhere", e.Name)
	}
	return p
}
