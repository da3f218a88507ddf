package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// command is a program as it is started.
type command struct {
	args []string
	env  []string
	dir  string
	// oneCore pins the process to the first core.
	oneCore bool
}

// run runs the command and takes its time. The peak is that of the largest
// process; the kernel counts what bench itself holds at the start of a child
// as the child's, so bench never holds much.
func (c command) run(ctx context.Context) (usage, error) {
	args := c.args
	if c.oneCore {
		args = append([]string{"taskset", "-c", "0"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	begun := time.Now()
	err := cmd.Run()
	wall := time.Since(begun)
	if err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, tail(output.String()))
	}
	u := usage{wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = r.Maxrss * 1024
		if runtime.GOOS == "darwin" { // counts bytes
			u.peak = r.Maxrss
		}
	}
	return u, nil
}

// tail returns the last lines of what a program said.
func tail(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// output returns what a short command prints, or what went wrong.
func (l *lab) output(ctx context.Context, args ...string) string {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = l.root
	out, err := cmd.Output()
	if err != nil {
		return fmt.Sprintf("(%s: %v)", args[0], err)
	}
	return strings.TrimSpace(string(out))
}

func cores() int { return runtime.NumCPU() }
