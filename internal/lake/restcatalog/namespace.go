package restcatalog

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Namespaces returns the namespaces directly below one ("" is the top), levels
// joined by dots.
func (c *Client) Namespaces(ctx context.Context, parent string) (names []string, err error) {
	query := url.Values{}
	if parent != "" {
		query.Set("parent", joined(parent))
	}
	err = c.pages(ctx, c.path("namespaces"), query, func() (any, func() string) {
		var page struct {
			Namespaces [][]string
			Next       string `json:"next-page-token"`
		}
		return &page, func() string {
			for _, parts := range page.Namespaces {
				names = append(names, strings.Join(parts, "."))
			}
			return page.Next
		}
	})
	return names, err
}

// List returns the names of a kind in a namespace.
func (c *Client) List(ctx context.Context, namespace string, kind Kind) (names []ident.Table, err error) {
	err = c.pages(ctx, c.path("namespaces", joined(namespace), string(kind)), url.Values{}, func() (any, func() string) {
		var page struct {
			Identifiers []identifier
			Next        string `json:"next-page-token"`
		}
		return &page, func() string {
			for _, one := range page.Identifiers {
				names = append(names, ident.Table{Namespace: strings.Join(one.Namespace, "."), Name: one.Name})
			}
			return page.Next
		}
	})
	return names, err
}

// pages asks for one page after the other. next returns what an answer is read
// into, and what takes it and returns the token of the next page.
func (c *Client) pages(ctx context.Context, path string, query url.Values, next func() (any, func() string)) error {
	for token, seen := "", map[string]bool{}; ; {
		query.Set("pageToken", token)
		page, take := next()
		if _, err := c.do(ctx, request{method: http.MethodGet, path: path + "?" + query.Encode(), answer: page}); err != nil {
			return err
		}
		token = take()
		if token == "" {
			return nil
		}
		if seen[token] {
			return errors.New("the catalog gives the same page again and again")
		}
		seen[token] = true
	}
}

// MakeNamespace makes a namespace, and those above it, where they are not there.
func (c *Client) MakeNamespace(ctx context.Context, name string) error {
	parts := strings.Split(name, ".")
	for i := range parts {
		body := map[string]any{"namespace": parts[:i+1], "properties": map[string]string{}}
		_, err := c.do(ctx, request{method: http.MethodPost, path: c.path("namespaces"), body: body})
		if err != nil && !errors.Is(err, ErrConflict) && !c.there(ctx, parts[:i+1]) {
			return err
		}
	}
	return nil
}

// there reports whether a namespace exists, for who may not make it, or cannot
// say whether it was made.
func (c *Client) there(ctx context.Context, parts []string) bool {
	_, err := c.do(ctx, request{method: http.MethodGet, path: c.path("namespaces", strings.Join(parts, levels))})
	return err == nil
}

// DropNamespace removes a namespace; one that is gone, or holds something, is
// left as it is.
func (c *Client) DropNamespace(ctx context.Context, name string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: c.path("namespaces", joined(name))})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrConflict) {
		return nil
	}
	return err
}
