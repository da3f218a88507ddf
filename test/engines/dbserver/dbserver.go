// Package dbserver is for starting real PostgreSQL and MariaDB servers on
// loopback, for tests and benchmarks.
//
// It promises that a server has a data folder and a port of its own, runs as
// nobody where the caller is root (servers refuse root), and is gone with its
// folder after Stop. PostgreSQL must be installed; MariaDB is fetched with
// apt-get and unpacked where it is not. It leaves to others what is in them.
package dbserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// nobody is who servers run as where the caller is root.
const nobody = 65534

// server is a program that runs until it is stopped.
type server struct {
	// Port is where it listens on 127.0.0.1.
	Port   int
	dir    string
	signal os.Signal
	cmd    *exec.Cmd
	// ended is closed when it has ended, with failed as the reason.
	ended  chan struct{}
	failed error
}

// newServer returns a server with a folder and a port, not yet started.
func newServer(signal os.Signal) (*server, error) {
	dir, err := os.MkdirTemp("", "tarn-db") // sockets have short names
	if err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return nil, err
		}
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return &server{Port: l.Addr().(*net.TCPAddr).Port, dir: dir, signal: signal}, nil
}

// asNobody lets a program run as the servers' user.
func asNobody(cmd *exec.Cmd) *exec.Cmd {
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	cmd.Dir = "/"
	return cmd
}

// output runs a program and returns what it prints.
func output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// start runs the server and waits until it is ready.
func (s *server) start(cmd *exec.Cmd, ready func() error) error {
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.ended = cmd, make(chan struct{})
	go func() {
		s.failed = cmd.Wait()
		close(s.ended)
	}()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * time.Minute)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.ended:
			return fmt.Errorf("%s ended: %w\n%s", cmd.Args[0], s.failed, log.String())
		case <-late:
			return fmt.Errorf("%s does not get ready: %w", cmd.Args[0], err)
		}
	}
}

// Stop ends the server and removes its folder.
func (s *server) Stop() error {
	var err error
	if s.cmd != nil {
		err = s.end(s.signal)
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// end ends the program.
func (s *server) end(with os.Signal) error {
	err := s.cmd.Process.Signal(with)
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		err = errors.Join(err, s.cmd.Process.Kill())
		<-s.ended
	}
	return err
}
