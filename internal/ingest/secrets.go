package ingest

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/secret"
)

// ResolveSecrets puts what references mean in the place of options that may
// hold secrets, and refuses secrets that stand in the project.
func ResolveSecrets(ctx context.Context, secrets *secret.Resolver, specs []connector.OptionSpec, options map[string]connector.Option) error {
	var problems diag.Problems
	for _, spec := range specs {
		o, given := options[spec.Name]
		if spec.Kind == connector.TreeOption && given {
			value, err := resolveTree(ctx, secrets, o.Value)
			if err != nil {
				problems.Errorf("no-secret", o.Place, "option %q: %v", spec.Name, err)
			}
			o.Value = value
			options[spec.Name] = o
			continue
		}
		text, ok := o.Value.(string)
		if spec.Kind != connector.SecretOption || !given || !ok {
			continue
		}
		if holdsSecret(spec.Name, text) {
			problems.Errorf("secret-in-project", o.Place, "the option %q holds a secret that everybody sees who reads the project", spec.Name).
				Hint = "put it into the environment or a file, and write ${env:NAME} or ${file:PATH} in its place"
			continue
		}
		resolved, err := secrets.Resolve(ctx, text)
		if err != nil {
			problems.Errorf("no-secret", o.Place, "option %q: %v", spec.Name, err)
			continue
		}
		o.Value = resolved
		options[spec.Name] = o
	}
	return problems.Err()
}

// resolveTree puts what references mean into the texts of a tree.
func resolveTree(ctx context.Context, secrets *secret.Resolver, tree any) (any, error) {
	switch t := tree.(type) {
	case string:
		if len(secret.References(t)) == 0 {
			return t, nil
		}
		return secrets.Resolve(ctx, t)
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, v := range t {
			resolved, err := resolveTree(ctx, secrets, v)
			if err != nil {
				return nil, err
			}
			out[k] = resolved
		}
		return out, nil
	case []any:
		out := make([]any, len(t))
		for i, v := range t {
			resolved, err := resolveTree(ctx, secrets, v)
			if err != nil {
				return nil, err
			}
			out[i] = resolved
		}
		return out, nil
	default:
		return tree, nil
	}
}

// connectionOption is the option whose text is an address that may have a
// password in it. Every other that may hold a secret is one.
const connectionOption = "connection"

// passwordPair is a password among key=value pairs or in the query of a URL.
var passwordPair = regexp.MustCompile(`(?i)(?:^|[\s?&])(?:ssl)?password\s*=\s*(?:'[^']|[^\s&'])`)

// holdsSecret reports whether the text of an option that may hold secrets holds
// one as it stands: a password in an address, or no address at all.
func holdsSecret(option, text string) bool {
	if text == "" {
		return false
	}
	plain := text
	for _, reference := range secret.References(text) {
		plain = strings.ReplaceAll(plain, reference, "")
	}
	switch {
	case passwordPair.MatchString(plain) || passwordOf(plain) != "":
		return true
	case plain != text:
		return false
	default:
		return option != connectionOption || !strings.ContainsAny(text, "/=@")
	}
}

// passwordOf returns the password in a URL, or in the user:password@host of
// MySQL's addresses.
func passwordOf(text string) string {
	if u, err := url.Parse(text); err == nil && u.User != nil {
		password, _ := u.User.Password()
		return password
	}
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		user := text[:at]
		if i := strings.LastIndex(user, "//"); i >= 0 {
			user = user[i+2:]
		}
		_, password, _ := strings.Cut(user, ":")
		return password
	}
	return ""
}

// source finds the source of a table that is not read from files.
func (in *Ingester) source(name string, place diag.Place) (connector.Source, error) {
	names := []string{"file"}
	for _, s := range in.sources {
		if s.Name() == name {
			return s, nil
		}
		names = append(names, s.Name())
	}
	return nil, diag.New("unknown-connector", place, "from: %q is not known", name).WithHint("%s", nearName(name, names))
}

func nearName(name string, names []string) string {
	if near := ident.Near(name, names); len(near) > 0 {
		return fmt.Sprintf("did you mean %s?", near[0])
	}
	return "known are " + strings.Join(names, ", ")
}
