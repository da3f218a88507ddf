package concurrency

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// environment hands a job to another process.
const environment = "TARN_TEST_CONCURRENCY_JOB"

// Main does the job that the environment names, if it names one, in place of
// the tests.
func Main() {
	text, found := os.LookupEnv(environment)
	if !found {
		return
	}
	var j Job
	err := json.Unmarshal([]byte(text), &j)
	if err == nil {
		err = j.do(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// command does the job in a process of its own, which runs the same tests' Main.
func (j Job) command(ctx context.Context, env ...string) *exec.Cmd {
	text, err := json.Marshal(j)
	binary := j.binary
	if binary == "" {
		binary = os.Args[0]
	}
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = append(append(os.Environ(), environment+"="+string(text)), env...)
	cmd.Stderr = os.Stderr
	cmd.Err = errors.Join(cmd.Err, err)
	return cmd
}

// Run does the job in several processes at once.
func (j Job) Run(ctx context.Context, over int) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // kills those that are left
	var running []*exec.Cmd
	for p := range over {
		part := j
		part.First = j.Writers * p / over
		part.Writers = j.Writers*(p+1)/over - part.First
		cmd := part.command(ctx)
		if err := cmd.Start(); err != nil {
			return err
		}
		running = append(running, cmd)
	}
	var failed error
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil && failed == nil {
			failed = err
			stop()
		}
	}
	return failed
}
