//go:build failpoints

package failpoint

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

var (
	mu    sync.Mutex
	seen  = map[string]int{}
	crash = os.Getenv("TARN_CRASH_AT")
	hang  = os.Getenv("TARN_HANG_AT")
)

// Hit kills the process without any clean-up when TARN_CRASH_AT is
// "name" or "name:n" and this is the n-th time that the step is reached. The
// step is named on stderr first, so that a test can tell which one was hit. At
// the step that TARN_HANG_AT names, the process hangs instead.
func Hit(name string) {
	if hang != "" && name == hang {
		fmt.Fprintf(os.Stderr, "failpoint: hang at %s\n", name)
		select {}
	}
	if crash == "" {
		return
	}
	mu.Lock()
	defer mu.Unlock()
	seen[name]++
	wanted, n := crash, 1
	if at, count, found := strings.Cut(crash, ":"); found {
		wanted = at
		n, _ = strconv.Atoi(count)
	}
	if name != wanted || seen[name] != n {
		return
	}
	fmt.Fprintf(os.Stderr, "failpoint: crash at %s (%d)\n", name, n)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
