package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// javaHomes is where JDKs usually are; JAVA<version>_HOME is asked first.
var javaHomes = []string{"$JAVA_HOME", "/usr/lib/jvm/*", "/opt/*", "$HOME/.sdkman/candidates/java/*", "$HOME/.jdks/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home"}

// Java returns the program java of a JDK of that version.
func Java(t testing.TB, version int) string {
	t.Helper()
	variable := fmt.Sprintf("JAVA%d_HOME", version)
	for _, pattern := range append([]string{"$" + variable}, javaHomes...) {
		homes, err := filepath.Glob(os.ExpandEnv(pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, home := range homes {
			release, err := os.ReadFile(filepath.Join(home, "release"))
			if err == nil && strings.Contains(string(release), fmt.Sprintf("JAVA_VERSION=\"%d", version)) {
				return filepath.Join(home, "bin", "java")
			}
		}
	}
	t.Fatalf("no Java %d is where they usually are: say where it is with %s", version, variable)
	return ""
}

// Maven returns a file of a Maven repository, as group:name:version or
// group:name:version:packaging.
func Maven(t testing.TB, artifact string) string {
	t.Helper()
	folder, parts := Work(t, "jars"), strings.Split(artifact, ":")
	packaging := "jar"
	if len(parts) > 3 {
		packaging = parts[3]
	}
	file := filepath.Join(folder, parts[1]+"-"+parts[2]+"."+packaging)
	if _, err := os.Stat(file); err != nil {
		Run(t, "mvn", "-q", "-B", "dependency:copy", "-Dartifact="+artifact, "-DoutputDirectory="+folder)
	}
	return file
}
