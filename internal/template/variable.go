package template

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// secretPrefix marks environment variables that no text may see.
const secretPrefix = "DBT_ENV_SECRET"

// varWord is dbt's `var`: it is called, and has has_var.
type varWord struct{}

// Call is `var('name')` and `var('name', default)`.
func (varWord) Call(c *jinja.Call) (any, error) {
	r := host(c)
	b, err := c.Bind("var_name", "default?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	if r.captured != nil && !slices.Contains(r.captured.Vars, name) {
		r.captured.Vars = append(r.captured.Vars, name)
	}
	if v, ok := r.Vars[name]; ok {
		return rendered(c, v)
	}
	if b.Has(1) {
		return b.Any(1, nil), nil
	}
	p := diag.New(codeVar, callPlace(c), "the variable `%s` has no value and no default", name)
	if near := ident.Near(name, slices.Sorted(maps.Keys(r.Vars))); len(near) > 0 {
		return nil, p.WithHint("did you mean `%s`?", strings.Join(near, "` or `"))
	}
	return nil, p.WithHint("set it under `vars:` in dbt_project.yml, or with --vars '{%s: value}', or write var('%s', default)", name, name)
}

// rendered runs a variable that is itself a template.
func rendered(c *jinja.Call, v any) (any, error) {
	text, ok := v.(string)
	if !ok || !jinja.HasTags(text) {
		return v, nil
	}
	t, err := environment.Parse(c.Template(), text)
	if err != nil {
		return nil, err
	}
	return c.Render(t)
}

// Attr returns has_var.
func (varWord) Attr(name string) (any, bool) {
	if name != "has_var" {
		return nil, false
	}
	return jinja.NewFunc("var.has_var", func(c *jinja.Call) (any, error) {
		b, err := c.Bind("var_name")
		if err != nil {
			return nil, err
		}
		key, err := b.String(0, "")
		_, ok := host(c).Vars[key]
		return ok, err
	}), true
}

// secretMark stands for a secret in what texts give, so that its value is
// nowhere: it is the call that asked for it, as dbt keeps it too.
func secretMark(name string) string { return "{{ env_var('" + name + "') }}" }

var secretMarks = regexp.MustCompile(`\{\{ env_var\('(` + secretPrefix + `\w*)'\) \}\}`)

// Reveal returns a text with the values of the secrets that stand in it, and
// those values: who shows or keeps what came of the text takes them out of it.
func Reveal(text string, env func(string) (string, bool)) (revealed string, secrets []string) {
	revealed = secretMarks.ReplaceAllStringFunc(text, func(mark string) string {
		v, ok := env(secretMarks.FindStringSubmatch(mark)[1])
		if !ok {
			return mark
		}
		secrets = append(secrets, v)
		return v
	})
	return revealed, secrets
}

// envVar is `env_var('NAME')` and `env_var('NAME', 'default')`.
func envVar(c *jinja.Call) (any, error) {
	r := host(c)
	b, err := c.Bind("var", "default?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(name, secretPrefix) && !r.Secrets {
		return nil, diag.New(codeSecret, callPlace(c),
			"`%s` is a secret: secrets are for connections and may not enter SQL or configurations", name).
			WithHint("name the variable without %s if it is no secret", secretPrefix)
	}
	if v, ok := r.Env(name); ok {
		if strings.HasPrefix(name, secretPrefix) {
			return secretMark(name), nil
		}
		return v, nil
	}
	if b.Any(1, nil) != nil {
		return b.Any(1, nil), nil
	}
	return nil, diag.New(codeEnvVar, callPlace(c), "the environment variable `%s` is not set and has no default", name).
		WithHint("set it, or write env_var('%s', 'default')", name)
}
