//go:build engines

package s3

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	gateway = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
	bucket  = "lake"
)

// start builds the server, where that was not done before, runs it until the
// test ends, and points AWS's settings at it. It returns the server's folder.
func start(t *testing.T) string {
	t.Helper()
	binary := build(t)
	dir, side := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "side")
	for _, d := range []string{filepath.Join(dir, bucket), side} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	address := freeAddress(t)
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, binary, "--port", address, "--access", "anna", "--secret", "s3cret-key", "--quiet", "posix", "--sidecar", side, dir)
	var log strings.Builder
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = server.Wait() // killed
		if t.Failed() {
			t.Log(log.String())
		}
	})
	await(t, address)
	for key, value := range map[string]string{
		"AWS_ENDPOINT_URL": "http://" + address, "AWS_ACCESS_KEY_ID": "anna", "AWS_SECRET_ACCESS_KEY": "s3cret-key",
		"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(key, value)
	}
	return dir
}

// build returns the server's binary, which is kept for the next time.
func build(t *testing.T) string {
	t.Helper()
	work, err := filepath.Abs(filepath.Join("..", "work", "s3", filepath.Base(gateway)))
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(work, "versitygw")
	if _, err := os.Stat(binary); err == nil {
		return binary
	}
	install := exec.CommandContext(t.Context(), "go", "install", gateway)
	install.Env = append(os.Environ(), "GOBIN="+work, "GOFLAGS=")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", gateway, err, out)
	}
	return binary
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// await waits until the server listens.
func await(t *testing.T, address string) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-again.C {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatal("the server did not start")
}

// prefixes gives each test a place of its own.
var prefixes int

func nextPrefix() string {
	prefixes++
	return fmt.Sprintf("s3://%s/p%d", bucket, prefixes)
}
