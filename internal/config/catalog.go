package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

func catalogType(v string) (string, error) {
	if v != SQLCatalog && v != RESTCatalog {
		return "", fmt.Errorf("`%s` is neither %s nor %s", v, SQLCatalog, RESTCatalog)
	}
	return v, nil
}

// catalogAddress takes that of either kind; whether it is the right one depends
// on the type.
func catalogAddress(v string) (string, error) {
	if strings.HasPrefix(strings.TrimSpace(v), "http") {
		return webAddress(v)
	}
	return address(v)
}

// webAddress takes that of a server. One with a password in it is not repeated.
func webAddress(v string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(v))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return "", errors.New("that is not the address of a REST catalog: write https://host/path, without a password")
	}
	return strings.TrimSpace(v), nil
}

// tableFolder takes a folder of this machine, as a path or as a location of
// Iceberg.
func tableFolder(v string) (string, error) {
	scheme, rest, found := strings.Cut(strings.TrimSpace(v), ":")
	if !found {
		return folder(v)
	}
	if scheme != "file" {
		return "", fmt.Errorf("%s: is not there yet: tables of a REST catalog are read and written in folders of this machine", scheme)
	}
	return "/" + strings.TrimLeft(rest, "/"), nil
}

// database is the address of the one that is ours, "" for a file, and the
// setting that says so.
func (c *Catalog) database() (key, address string) {
	if c.IsREST() {
		return "catalog.database", c.Database
	}
	return "catalog.uri", c.URI
}

// check reports what of the catalog does not go together. Where the setting was
// written is not known any more: what is meant by one depends on another.
func (c *Catalog) check(ps *diag.Problems) {
	bad := func(hint, format string, args ...any) {
		ps.Errorf("bad-setting", diag.Place{File: File}, format, args...).Hint = hint
	}
	if !c.IsREST() {
		if c.URI != "" {
			if _, err := address(c.URI); err != nil {
				bad("the address of a REST catalog needs type: rest beside it", "`catalog.uri`: %v", err)
			}
		}
		for key, value := range map[string]string{"database": c.Database, "warehouse": c.Warehouse, "prefix": c.Prefix, "location": c.Location,
			"credential": c.Credential, "token": c.Token, "oauth2-server-uri": c.TokenURI, "scope": c.Scope} {
			if value != "" {
				bad("write type: rest beside it", "`catalog.%s` is for REST catalogs, and this is none", key)
			}
		}
		return
	}
	if c.URI == "" {
		bad("write the address of the REST catalog: uri: https://host/path", "`catalog.type` is rest, and `catalog.uri` is missing")
	} else if _, err := webAddress(c.URI); err != nil {
		bad("", "`catalog.uri`: %v", err)
	}
	if c.Token != "" && c.Credential != "" {
		bad("a credential is exchanged for tokens, which end; a token is shown as it is", "`catalog.token` and `catalog.credential` are both set, and only one of them can be shown")
	}
}
