package secret

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Store is where secrets are kept.
type Store interface {
	// Lookup returns the secret that a reference ${word:name} means. Its error
	// says what to do and shows no secret.
	Lookup(ctx context.Context, name string) (string, error)
}

// reference is ${word:name}.
var reference = regexp.MustCompile(`\$\{([a-z-]+):([^}]*)\}`)

// anyReference is what looks like one.
var anyReference = regexp.MustCompile(`\$\{[^}]*\}?`)

// References returns the references to secrets that s holds.
func References(s string) []string { return reference.FindAllString(s, -1) }

// Resolver turns references into secrets. It is safe for concurrent use and
// asks for each secret once.
type Resolver struct {
	stores map[string]Store

	mu    sync.Mutex
	known map[string]string
}

// NewResolver returns a resolver of ${word:name} for each word of stores.
func NewResolver(stores map[string]Store) *Resolver {
	return &Resolver{stores: stores, known: map[string]string{}}
}

// Resolve returns s with each reference replaced by its secret.
func (r *Resolver) Resolve(ctx context.Context, s string) (Text, error) {
	var t Text
	var value strings.Builder
	rest := s
	for {
		m := reference.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		secret, err := r.lookup(ctx, rest[m[2]:m[3]], rest[m[4]:m[5]])
		if err != nil {
			return Text{}, err
		}
		value.WriteString(rest[:m[0]] + secret)
		if secret != "" {
			t.secrets = append(t.secrets, secret)
		}
		rest = rest[m[1]:]
	}
	if odd := anyReference.FindString(rest); odd != "" {
		return Text{}, fmt.Errorf("%s is not a reference to a secret: write one of %s", odd, r.examples())
	}
	value.WriteString(rest)
	t.value = value.String()
	return t, nil
}

func (r *Resolver) lookup(ctx context.Context, word, name string) (string, error) {
	store, ok := r.stores[word]
	if !ok {
		hint := "write one of " + r.examples()
		if near := ident.Near(word, slices.Collect(maps.Keys(r.stores))); len(near) > 0 {
			hint = "did you mean ${" + near[0] + ":…}?"
		}
		return "", fmt.Errorf("${%s:%s}: there is no place for secrets called %s; %s", word, name, word, hint)
	}
	if name == "" {
		return "", fmt.Errorf("${%s:}: the name of the secret is missing", word)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := word + ":" + name
	if secret, ok := r.known[key]; ok {
		return secret, nil
	}
	secret, err := store.Lookup(ctx, name)
	if err != nil {
		return "", fmt.Errorf("${%s:%s}: %w", word, name, err)
	}
	r.known[key] = secret
	return secret, nil
}

func (r *Resolver) examples() string {
	words := slices.Sorted(maps.Keys(r.stores))
	for i, w := range words {
		words[i] = "${" + w + ":…}"
	}
	return strings.Join(words, ", ")
}
