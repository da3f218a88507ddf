package deps

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// clone gets a revision of a repository into dir with the git of the machine,
// which knows people's keys and proxies.
func (in *installer) clone(ctx context.Context, p *pin, dir string) error {
	s := p.spec
	address, hush := in.reveal(s.Git)
	revision := p.version
	if revision == "" {
		revision = "HEAD"
	}
	if strings.HasPrefix(s.Git, "-") || strings.HasPrefix(revision, "-") {
		return problem(s, "`%s` at `%s` is not a repository's address and revision", s.Git, revision)
	}
	steps := [][]string{
		{"init", "--quiet"},
		{"remote", "add", "origin", address},
		{"fetch", "--quiet", "--depth", "1", "origin", revision},
		{"checkout", "--quiet", "FETCH_HEAD"},
	}
	for _, step := range steps {
		_, err := in.git(ctx, dir, step...)
		if err != nil && step[0] == "fetch" {
			// A commit's short name, or a server that gives no single commits.
			if _, err = in.git(ctx, dir, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"); err == nil {
				_, err = in.git(ctx, dir, "checkout", "--quiet", "--detach", revision)
			}
			if err == nil {
				break
			}
		}
		if err != nil {
			return problem(s, "`%s` at `%s` cannot be got: %s", s.Git, revision, hush.Replace(err.Error())).
				WithHint("check the address, the revision, and that git may read the repository")
		}
	}
	commit, err := in.git(ctx, dir, "rev-parse", "HEAD")
	if err != nil {
		return problem(s, "`%s`: %v", s.Git, err).WithCause(err)
	}
	p.version = strings.TrimSpace(commit)
	p.dir = dir
	if s.Subdirectory != "" {
		if !filepath.IsLocal(filepath.FromSlash(s.Subdirectory)) {
			return problem(s, "the subdirectory `%s` leads out of the repository", s.Subdirectory)
		}
		p.dir = filepath.Join(dir, filepath.FromSlash(s.Subdirectory))
		return nil
	}
	return os.RemoveAll(filepath.Join(dir, ".git"))
}

// reveal puts the values of secrets into an address, and returns what takes
// them out of what a program says of it.
func (in *installer) reveal(address string) (string, *strings.Replacer) {
	if in.Reveal == nil {
		return address, strings.NewReplacer()
	}
	revealed, secrets := in.Reveal(address)
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s, "*****")
		}
	}
	return revealed, strings.NewReplacer(pairs...)
}

// git runs one command of git and returns what it prints.
func (in *installer) git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	// git asks nobody for passwords here, and runs no programs that an address
	// names (ext::).
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh")
	var out, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &trouble
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(trouble.String()); text != "" {
			err = errors.New(text)
		}
		return "", err
	}
	return out.String(), nil
}
