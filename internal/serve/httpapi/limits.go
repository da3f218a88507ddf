package httpapi

import "time"

// Limits bound what is kept for clients; zero values are the defaults.
type Limits struct {
	// Jobs is how many jobs of one principal are kept, and AllJobs of all;
	// default 100 and 1000.
	Jobs, AllJobs int
	// Bytes is how much one job may find, and AllBytes all together; default
	// 1 GiB and 8 GiB.
	Bytes, AllBytes int64
	// Returned is how many bytes the rows have, in JSON, that the statements of one
	// request return at most; default 1 MiB.
	Returned int64
	// Keep is how long a job is kept after it ended or was asked for; default
	// 10 minutes.
	Keep time.Duration
	// Write is how long a client may take to take what was written; default a
	// minute.
	Write time.Duration
}

func (l Limits) withDefaults() Limits {
	defaults(&l.Jobs, 100)
	defaults(&l.AllJobs, 1000)
	defaults(&l.Bytes, 1<<30)
	defaults(&l.AllBytes, 8<<30)
	defaults(&l.Returned, 1<<20)
	defaults(&l.Keep, 10*time.Minute)
	defaults(&l.Write, time.Minute)
	return l
}

func defaults[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}
