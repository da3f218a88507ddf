package pyprocess

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

//go:embed driver.py
var driver []byte

// grace is how long the output of a process that ended may stay open.
const grace = 5 * time.Second

// Run runs a model and returns what it answered, which must be closed.
func (p *Python) Run(ctx context.Context, job Job) (_ *Answer, err error) {
	path, err := p.Find()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.Scratch, 0o700); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(p.Scratch, "python-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	if err := os.WriteFile(filepath.Join(folder, "driver.py"), driver, 0o600); err != nil {
		return nil, err
	}
	limited, cancel := ctx, context.CancelFunc(func() {})
	if job.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, job.Timeout)
	}
	defer cancel()
	c := &call{python: p, path: path, job: job, folder: folder, said: &listener{say: job.Say}}
	columns, err := c.run(limited)
	if err != nil {
		return nil, c.explain(ctx, limited, err)
	}
	return openAnswer(folder, columns, job)
}

// call is one run of the driver.
type call struct {
	python *Python
	path   string
	job    Job
	folder string
	said   *listener
	in     io.Writer
}

// answerFile is where the driver writes the rows.
func answerFile(folder string) string { return filepath.Join(folder, "answer.arrow") }

// run starts the process, answers what it asks, and waits for its end.
func (c *call) run(ctx context.Context) (columns []Column, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	cmd := exec.CommandContext(ctx, c.path, "-u", filepath.Join(c.folder, "driver.py")) //nolint:gosec // the interpreter that the person chose
	cmd.Dir, cmd.Env, cmd.Stderr = c.python.Dir, c.python.environment(), c.said
	// It leads a group of its own, which ends with all that it started.
	cmd.SysProcAttr, cmd.WaitDelay = &syscall.SysProcAttr{Setpgid: true}, grace
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	if err := cmd.Start(); err != nil {
		return nil, notStarted(c.path, err)
	}
	c.in = in
	columns, ended, err := c.talk(ctx, out)
	if !ended {
		stop() // it has more to say than anybody wants to hear
	}
	exit := cmd.Wait()
	// What it started, and did not wait for, ends too; mostly there is nothing.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	c.said.flush()
	if errors.Is(err, errSilent) && exit != nil {
		err = &diedError{exit}
	}
	return columns, err
}

// errSilent is that the process closed its output without telling an end.
var errSilent = errors.New("the process ended without an answer")

// diedError is that the process ended before the model did.
type diedError struct{ exit error }

func (e *diedError) Error() string { return "the process died: " + e.exit.Error() }

// message is what the driver says.
type message struct {
	Want *int  `json:"want"`
	Done *done `json:"done"`
	// Failed tells how the model failed.
	Failed *failure `json:"failed"`
}

type done struct {
	Columns [][2]string `json:"columns"`
}

// talk tells the driver its job and answers until it tells the end, which ended
// says; otherwise the process is to be stopped.
func (c *call) talk(ctx context.Context, out io.Reader) (columns []Column, ended bool, err error) {
	if err := c.tell(c.order()); err != nil {
		return nil, true, errSilent // it is gone already
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil, true, errSilent
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			return nil, false, fmt.Errorf("what the driver of Python models says: %w", err)
		}
		switch {
		case m.Done != nil:
			for _, column := range m.Done.Columns {
				columns = append(columns, Column{column[0], column[1]})
			}
			return columns, true, nil
		case m.Failed != nil:
			return nil, true, m.Failed
		case m.Want != nil && *m.Want >= 0 && *m.Want < len(c.job.Inputs):
			if err := c.hand(ctx, *m.Want); err != nil {
				return nil, false, err
			}
		default:
			return nil, false, fmt.Errorf("the driver of Python models says what nobody understands: %s", line)
		}
	}
}

// tell sends a line.
func (c *call) tell(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = c.in.Write(append(line, '\n'))
	return err
}

// order is the job as the driver reads it.
func (c *call) order() map[string]any {
	inputs := make([]map[string]any, len(c.job.Inputs))
	for i, in := range c.job.Inputs {
		inputs[i] = map[string]any{
			"kind": in.Kind, "key": append([]string{}, in.Key...), "version": in.Version,
			"name": in.Name, "database": in.Database, "schema": in.Schema, "identifier": in.Identifier,
		}
	}
	settings := map[string]any{"temp_directory": filepath.Join(c.folder, "spill")}
	if c.python.Memory > 0 {
		settings["memory_limit"] = fmt.Sprintf("%dB", c.python.Memory)
	}
	if c.python.Threads > 0 {
		settings["threads"] = c.python.Threads
	}
	return map[string]any{
		"name": c.job.Name, "file": c.job.File, "path": c.job.Path, "source": c.job.Source, "answer": answerFile(c.folder),
		"inputs": inputs, "config": orEmpty(c.job.Config), "meta": orEmpty(c.job.Meta), "incremental": c.job.Incremental, "settings": settings,
	}
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
