// Command bench runs Tarn and a peer on the same work and tells how they
// compare on this machine: the median of paired ratios, with their spread.
//
// It promises that the two take turns, so that what else the machine does
// falls on both; that each run starts from a fresh folder and is judged by its
// result before its time counts; and that the report says on what it was made.
// It leaves to each case (case_*.go) what the work is, and to the scripts
// beside it how the peer does it, as well as we know how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	pairs := flags.Int("n", 7, "pairs of runs for each case")
	list := flags.Bool("list", false, "list the cases and stop")
	var size soakSize
	size.flags(flags)
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "bench [-n pairs] [-list] [case …]   (no case: all but those that soak)")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *list {
		for _, c := range slices.Concat(cases, soaks) {
			fmt.Printf("%-14s %s\n", c.name, c.about)
		}
		return nil
	}
	chosen, err := choose(flags.Args())
	if err != nil {
		return err
	}
	l, err := newLab()
	if err != nil {
		return err
	}
	l.soak = size
	fmt.Print(l.circumstances(ctx))
	var failed []error
	defer func() { err = errors.Join(err, l.end()) }()
	for _, c := range chosen {
		r, err := l.measure(ctx, c, *pairs)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", c.name, err))
			continue
		}
		fmt.Print(r)
	}
	return errors.Join(failed...)
}

func choose(names []string) ([]benchCase, error) {
	if len(names) == 0 {
		return cases, nil
	}
	var chosen []benchCase
	for _, name := range names {
		all := slices.Concat(cases, soaks)
		i := slices.IndexFunc(all, func(c benchCase) bool { return c.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no case %q; -list shows them", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// lab is where the work is done: bench/work, which git ignores.
type lab struct {
	root string // of the repository
	work string
	tarn string // the binary
	soak soakSize
	// ends stop what cases started.
	ends []func() error
}

// atEnd has stop called when all cases are done.
func (l *lab) atEnd(stop func() error) { l.ends = append(l.ends, stop) }

func (l *lab) end() error {
	var errs []error
	for _, stop := range l.ends {
		errs = append(errs, stop())
	}
	return errors.Join(errs...)
}

func newLab() (*lab, error) {
	root, err := filepath.Abs(".")
	if err != nil {
		return nil, err
	}
	l := &lab{root: root, work: filepath.Join(root, "bench", "work"), tarn: filepath.Join(root, "bin", "tarn")}
	if _, err := os.Stat(l.tarn); err != nil {
		return nil, fmt.Errorf("%w: run `make bench`, or `make build` first, at the root of the repository", err)
	}
	return l, os.MkdirAll(l.work, 0o755)
}

// circumstances says on what the figures were made.
func (l *lab) circumstances(ctx context.Context) string {
	load, _ := os.ReadFile("/proc/loadavg") // absent but on Linux: then unknown
	return fmt.Sprintf("commit %s, %s, %d cores, load average %s\n\n",
		l.output(ctx, "git", "describe", "--always", "--dirty"), l.output(ctx, l.tarn, "version"), cores(),
		strings.Join(strings.Fields(string(load) + " ? ? ?")[:3], " "))
}
