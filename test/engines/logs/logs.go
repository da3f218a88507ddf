// Package logs is for reading logs that their own writers have just written:
// Log4j, Logback, java.util.logging, util-linux logger and Python's logfmter.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Java, Maven, logger and Python. What such
// writers once wrote is kept beside each format for its own tests.
package logs
