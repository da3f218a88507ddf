//go:build engines

package kafka

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/audit/kafka"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/test/engines/lab"
)

// pom names the broker that the tests run, and what reads from it.
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
 <modelVersion>4.0.0</modelVersion><groupId>tarn</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
 <dependencies>
  <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.3.1</version></dependency>
  <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>4.3.1</version></dependency>
 </dependencies>
</project>
`

// jars returns the class path of a broker; what Maven has copied is kept.
func jars(t *testing.T) string {
	t.Helper()
	folder := lab.Work(t, "kafka")
	whole := filepath.Join(folder, "whole")
	if _, err := os.Stat(whole); err != nil {
		file := filepath.Join(folder, "pom.xml")
		if err := os.WriteFile(file, []byte(pom), 0o644); err != nil {
			t.Fatal(err)
		}
		lab.Run(t, "mvn", "-q", "-B", "-f", file, "dependency:copy-dependencies", "-DoutputDirectory="+filepath.Join(folder, "jars"))
		if err := os.WriteFile(whole, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "jars", "*")
}

// broker is a broker with a folder of its own, which can be killed and started.
type broker struct {
	t                *testing.T
	java, classes    string
	folder, settings string
	port             int
	running          *exec.Cmd
	log              *os.File
}

// newBroker starts a broker that everybody may use. also are places besides at which
// it listens, more are settings for them, and format is what its storage is made
// with.
func newBroker(t *testing.T, also, more string, format ...string) *broker {
	t.Helper()
	b := &broker{t: t, java: lab.Java(t, 17), classes: jars(t), folder: t.TempDir(), port: lab.FreePort(t)}
	controller := lab.FreePort(t)
	b.settings = filepath.Join(b.folder, "server.properties")
	text := fmt.Sprintf(`process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:%[2]d
listeners=PLAINTEXT://127.0.0.1:%[1]d,CONTROLLER://127.0.0.1:%[2]d%[4]s
advertised.listeners=PLAINTEXT://127.0.0.1:%[1]d%[4]s
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL
log.dirs=%[3]s
offsets.topic.replication.factor=1
inter.broker.listener.name=PLAINTEXT
%[5]s`, b.port, controller, filepath.Join(b.folder, "data"), also, more)
	if err := os.WriteFile(b.settings, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	lab.Run(t, b.java, append([]string{"-cp", b.classes, "kafka.tools.StorageTool", "format", "-t", "dGFybi10ZXN0LWNsdXN0ZQ", "-c", b.settings}, format...)...)
	var err error
	if b.log, err = os.Create(filepath.Join(b.folder, "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if b.running != nil {
			b.kill()
		}
		_ = b.log.Close()
	})
	b.start()
	return b
}

func (b *broker) start() {
	b.t.Helper()
	b.running = exec.CommandContext(context.WithoutCancel(b.t.Context()), b.java, "-Xmx256m", "-cp", b.classes, "kafka.Kafka", b.settings)
	b.running.Stdout, b.running.Stderr, b.running.Dir = b.log, b.log, b.folder
	if err := b.running.Start(); err != nil {
		b.t.Fatal(err)
	}
}

func (b *broker) kill() {
	b.t.Helper()
	if err := b.running.Process.Kill(); err != nil {
		b.t.Fatal(err)
	}
	_ = b.running.Wait() // it was killed
	b.running = nil
}

func (b *broker) address() string { return fmt.Sprintf("127.0.0.1:%d", b.port) }

// messages are those of the topic, as key and value, until there are n.
func (b *broker) messages(topic string, n int) []string {
	b.t.Helper()
	out := lab.Run(b.t, b.java, "-cp", b.classes, "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", b.address(), "--topic", topic,
		"--from-beginning", "--max-messages", fmt.Sprint(n), "--timeout-ms", "60000", "--formatter-property", "print.key=true")
	var list []string
	for line := range strings.Lines(out) {
		if strings.Contains(line, "\t{") {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

// The record reaches the topic, and what happened while the broker was dead does
// when it is back.
func TestABrokerGetsTheRecordAlsoWhenItWasKilled(t *testing.T) {
	b := newBroker(t, "", "")
	sink, err := kafka.New(kafka.Options{Brokers: []string{b.address()}, Topic: "tarn.statements"})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	db, err := metadb.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log, err := audit.Open(t.Context(), audit.Options{State: db, Process: "p1", Live: func(string) bool { return true }, Sinks: []audit.Sink{sink}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	attending := make(chan struct{})
	go func() {
		defer close(attending)
		log.Attend(ctx)
	}()
	defer func() { <-attending }()
	defer stop()
	ids := map[string]string{}
	ask := func(from, to int) {
		for i := from; i < to; i++ {
			sql := fmt.Sprintf("select %d", i)
			begun := time.Now()
			e, err := log.Submit(ctx, audit.Statement{Principal: "user:anna", Protocol: "postgres", SQL: sql})
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("a statement waited %s for the broker", took)
			}
			ids[sql] = e.ID()
			e.Finish(audit.Outcome{State: audit.Finished})
		}
	}
	told := func() {
		t.Helper()
		for tick := time.NewTicker(100 * time.Millisecond); ; <-tick.C {
			lag, err := log.Lag(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if lag["kafka"].Events == 0 {
				tick.Stop()
				return
			}
		}
	}
	ask(0, 100)
	told()
	b.kill()
	ask(100, 200)
	if lag, err := log.Lag(ctx); err != nil || lag["kafka"].Events == 0 {
		t.Errorf("nobody listens, and the lag is %+v: %v", lag, err)
	}
	b.start()
	told()
	ask(200, 210)
	told()
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, line := range b.messages("tarn.statements", 420) {
		key, value, _ := strings.Cut(line, "\t")
		for sql, id := range ids {
			if key == id && strings.Contains(value, `"query":"`+sql+`"`) {
				for _, event := range []string{"submitted", "finished"} {
					if strings.Contains(value, `"event":"`+event+`"`) {
						seen[event+id]++
					}
				}
			}
		}
	}
	for _, id := range ids {
		if seen["submitted"+id] == 0 || seen["finished"+id] == 0 {
			t.Errorf("%s is not in the topic whole", id)
		}
	}
}
