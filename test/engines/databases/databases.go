// Package databases is for reading real PostgreSQL and MariaDB servers, which
// its tests start on loopback and stop.
//
// It promises nothing to other packages: it holds tests, which the build tag
// engines switches on. They need PostgreSQL's server programs (Debian's
// postgresql), and MariaDB's, which they fetch with apt-get and unpack below
// test/engines/work where they are not installed. Servers refuse to run as root,
// so for root they run as nobody.
package databases
