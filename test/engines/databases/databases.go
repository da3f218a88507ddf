// Package databases is for reading real PostgreSQL and MariaDB servers.
//
// It promises nothing to other packages: it holds tests, which the build tag
// engines switches on. It leaves to package dbserver which programs they need
// and how these start and stop.
package databases
