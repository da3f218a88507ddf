// Command tarn is the whole of Tarn in one program; see package cli.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/tarn-lake/tarn/internal/cli"
)

// version is set by the build.
var version = "dev"

func main() {
	// Commands keep little and discard much: a build spends a tenth less time
	// when the heap may grow to three times what is alive, instead of twice.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks to stop; a second one ends what does not.
	context.AfterFunc(ctx, stop)
	code := cli.Main(ctx, cli.Program{
		Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Version: version,
	})
	stop()
	os.Exit(code)
}
