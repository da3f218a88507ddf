package deps

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Bounds of what a package may be when it is unpacked.
const (
	maxUnpacked = 1 << 30
	maxFiles    = 100_000
)

// download gets a package's tarball, unpacks it below dir and returns the
// package's folder in it.
func (in *installer) download(ctx context.Context, p *pin, dir string) (string, error) {
	if p.tarball == "" {
		return "", problem(p.spec, "there is no tarball of `%s`", p.spec)
	}
	address, hush := in.reveal(p.tarball)
	body, err := get(ctx, in.Client, address)
	if err != nil {
		return "", problem(p.spec, "`%s` cannot be downloaded: %s", p.spec, hush.Replace(err.Error()))
	}
	defer body.Close()
	if err := unpack(body, dir); err != nil {
		return "", problem(p.spec, "the tarball of `%s` cannot be unpacked: %v", p.spec, err).WithCause(err)
	}
	if p.version == "" {
		p.version = "tarball"
	}
	return inner(dir)
}

// inner is the folder that holds the package: archives of repositories have one
// folder at their top.
func inner(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		return filepath.Join(dir, entries[0].Name()), nil
	}
	return dir, nil
}

// unpack writes the files of a gzipped tar below dir: plain files and folders,
// nothing outside.
func unpack(r io.Reader, dir string) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	t, left := tar.NewReader(z), int64(maxUnpacked)
	for files := 0; ; files++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if files >= maxFiles || h.Size > left {
			return fmt.Errorf("it has more than %d files or %d bytes", maxFiles, maxUnpacked)
		}
		left -= h.Size
		name := filepath.Clean(filepath.FromSlash(h.Name))
		if strings.HasPrefix(name, "..") || filepath.IsAbs(name) {
			return fmt.Errorf("it writes to %q, outside of its folder", h.Name)
		}
		if err := unpackOne(root, name, h, t); err != nil {
			return err
		}
	}
}

func unpackOne(root *os.Root, name string, h *tar.Header, content io.Reader) error {
	switch h.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o755)
	case tar.TypeReg:
	default:
		return nil // links and devices are nothing that a package needs
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, content, h.Size)
	return errors.Join(err, f.Close())
}
