//go:build engines

package logs

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/javalog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/logfmt"
	"github.com/tarn-lake/tarn/internal/ingest/connector/syslog"
	"github.com/tarn-lake/tarn/test/engines/lab"
)

// read loads a text and returns its columns by name.
func read(t *testing.T, f connector.Format, text []byte, options map[string]string) map[string][]string {
	t.Helper()
	req := connector.Request{Options: map[string]connector.Option{}}
	for name, value := range options {
		req.Options[name] = connector.Option{Value: value}
	}
	in := connectortest.File("a.log", text)
	in.Modified = time.Now()
	_, _, got, err := connectortest.Collect(t.Context(), f, []connector.Input{in}, req)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(got.Rejects) > 0 {
		t.Fatalf("rejects %+v", got.Rejects)
	}
	columns := map[string][]string{}
	for i, name := range got.Columns {
		for _, row := range got.Rows {
			columns[name] = append(columns[name], row[i])
		}
	}
	return columns
}

// classes compiles the writers and returns the class path.
func classes(t *testing.T) string {
	t.Helper()
	work := lab.Work(t, "logs")
	jars := filepath.Join(work, "jars")
	lab.Run(t, "mvn", "-q", "-B", "-f", "pom.xml", "dependency:copy-dependencies", "-DoutputDirectory="+jars)
	out := filepath.Join(t.TempDir(), "classes")
	path := out + string(os.PathListSeparator) + filepath.Join(jars, "*")
	sources, err := filepath.Glob("*.java")
	if err != nil {
		t.Fatal(err)
	}
	lab.Run(t, "javac", append([]string{"-d", out, "-cp", path}, sources...)...)
	return path
}

// written are logs by their patterns; those without are found out.
var written = []struct {
	writer, pattern string
	declared        bool
}{
	{"Log4jWriter", "%d [%t] %-5level %logger{36} - %msg%n", false},
	{"Log4jWriter", "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %5p 4711 --- [%15.15t] %-40.40c{1.} : %m%n", false},
	{"Log4jWriter", "[%d] %p %m (%c)%n", false},
	{"Log4jWriter", "%d{ISO8601} %p %c: %m%n", false},
	{"Log4jWriter", "%d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n", false},
	{"Log4jWriter", "%d{dd-MMM-yyyy HH:mm:ss.SSS} %p [%t] %C.%M %m%n", false},
	{"Log4jWriter", "%d{DATE} %-6p|%X{user}|%c{1}:%L| %m%n%xEx", true},
	{"LogbackWriter", "%d{HH:mm:ss.SSS} [%thread] %-5level %logger{36} -- %msg%n", false},
	{"LogbackWriter", "%date{yyyy-MM-dd HH:mm:ss} %-5level [%thread][%logger{0}] %msg%n", true},
	{"JulWriter", "", false},
}

func TestJavaLogsOfRealWriters(t *testing.T) {
	path := classes(t)
	for i, w := range written {
		file := filepath.Join(t.TempDir(), strconv.Itoa(i)+"-"+time.Now().UTC().Format(time.DateOnly)+".log")
		args := []string{"-Duser.timezone=UTC", "-cp", path, w.writer, file}
		if w.pattern != "" {
			args = append(args, w.pattern)
		}
		lab.Run(t, "java", args...)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		options := map[string]string{"date": time.Now().UTC().Format(time.DateOnly)}
		if w.declared {
			options["pattern"] = w.pattern
		}
		got := read(t, javalog.New(), text, options)
		lines := 0
		for _, n := range got["lines"] {
			k, _ := strconv.Atoi(n)
			lines += k
		}
		if want := bytes.Count(text, []byte("\n")); lines != want {
			t.Errorf("%s %q: %d lines in records, %d in the file", w.writer, w.pattern, lines, want)
		}
		want := []string{"order 17 placed by anna", "slow: 2500 ms [limit - 1000]", "order 18 failed", "values:\n\ta = 1\n\tb = 2", "bad argument", "no trace", "done – ütf"}
		if diff := cmp.Diff(want, got["message"]); diff != "" {
			t.Errorf("%s %q: %s", w.writer, w.pattern, diff)
		}
		classes := []string{"NULL", "NULL", "java.lang.IllegalStateException", "NULL", "java.lang.IllegalArgumentException", "java.lang.NullPointerException", "NULL"}
		if diff := cmp.Diff(classes, got["exception_class"]); diff != "" {
			t.Errorf("%s %q: %s", w.writer, w.pattern, diff)
		}
		if !strings.Contains(got["stack_trace"][2], "\nCaused by: java.io.IOException: disk full\n\tat ") {
			t.Errorf("%s %q: %s", w.writer, w.pattern, got["stack_trace"][2])
		}
		for _, at := range got["time"] {
			if when, err := time.Parse("2006-01-02T15:04:05.999999Z", at); err != nil || time.Since(when).Abs() > time.Hour {
				t.Errorf("%s %q: the time is %s", w.writer, w.pattern, at)
			}
		}
	}
}

func TestMessagesOfLogger(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var text []byte
	for _, args := range [][]string{
		{"--rfc5424", "-p", "local0.err", "--id=7", "--msgid", "PAY", "--sd-id", "order@32473", "--sd-param", `note="say \"hi\" [ok\]"`, "first [x] y"},
		{"--rfc3164", "-p", "auth.warning", "--id=7", "second"},
		{"third"}, // as to the machine's own daemon
	} {
		lab.Run(t, "logger", append([]string{"-u", socket, "-t", "checkout"}, args...)...)
		datagram := make([]byte, 64<<10)
		n, err := listener.Read(datagram)
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, datagram[:n]...), '\n')
	}
	got := read(t, syslog.New(), text, nil)
	for column, want := range map[string][]string{
		"message": {"first [x] y", "second", "third"}, "app": {"checkout", "checkout", "checkout"}, "process_id": {"7", "7", "NULL"},
		"facility": {"local0", "auth", "user"}, "severity": {"err", "warning", "notice"}, "message_id": {"PAY", "NULL", "NULL"},
	} {
		if diff := cmp.Diff(want, got[column]); diff != "" {
			t.Errorf("%s: %s", column, diff)
		}
	}
	if !strings.Contains(got["structured_data"][0], `{"element":"order@32473","name":"note","value":"say \"hi\" [ok]"}`) {
		t.Errorf("structured data %s", got["structured_data"][0])
	}
}

// logger writes framed messages to a TCP connection, one behind the other.
func TestFramedMessagesOfLogger(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "logger", "-n", "127.0.0.1", "-P", port, "-T", "--octet-count", "--rfc5424", "-e")
	cmd.Stdin = strings.NewReader("one\ntwo words\n3 <4>\n")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(c); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, syslog.New(), text.Bytes(), nil)["message"]; !slices.Equal(got, []string{"one", "two words", "3 <4>"}) {
		t.Errorf("messages %q of %q", got, text.Bytes())
	}
}

func TestLogOfLogfmter(t *testing.T) {
	python := lab.Python(t, "logfmter==0.0.12\n")
	file := filepath.Join(t.TempDir(), "python.log")
	lab.Run(t, python, "logfmt_writer.py", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, logfmt.New(), text, nil)
	for column, want := range map[string][]string{
		"msg": {"order placed", `say "hi" = \ back`, "über", "failed"}, "order": {"17", "18", "19", "NULL"}, "total": {"12.5", "3", "NULL", "NULL"},
		"paid": {"true", "NULL", "NULL", "NULL"}, "url": {"NULL", "NULL", "/a?b=c", "NULL"},
	} {
		if diff := cmp.Diff(want, got[column]); diff != "" {
			t.Errorf("%s: %s", column, diff)
		}
	}
	if !strings.HasSuffix(got["exc_info"][3], "\nValueError: disk\nfull") {
		t.Errorf("exc_info %q", got["exc_info"][3])
	}
}
