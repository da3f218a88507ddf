package secret

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Environment keeps secrets in environment variables.
type Environment struct {
	// Get returns a variable, as [os.LookupEnv] does.
	Get func(name string) (string, bool)
}

// Lookup implements [Store].
func (e Environment) Lookup(_ context.Context, name string) (string, error) {
	value, ok := e.Get(name)
	if !ok {
		return "", fmt.Errorf("the environment variable %s is not set", name)
	}
	return value, nil
}

// largestFile bounds what is read of a file that holds a secret.
const largestFile = 64 << 10

// Files keeps secrets in files, such as those that Kubernetes and Docker mount.
type Files struct {
	// Dir is the folder of relative paths.
	Dir string
}

// Lookup implements [Store]. One line end behind the secret is not part of it.
func (f Files) Lookup(_ context.Context, name string) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(f.Dir, path)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", errors.New("there is no such file")
	}
	if err != nil {
		return "", plain(err)
	}
	if !info.Mode().IsRegular() || info.Size() > largestFile {
		return "", errors.New("it is not a file that holds a secret alone")
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", plain(err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r"), nil
}

// plain is what went wrong with a file, without its path, which the reference
// has already.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
