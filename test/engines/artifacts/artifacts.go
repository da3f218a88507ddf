// Package artifacts holds the files that Tarn writes for other tools against
// the schemas of dbt: those of dbt-core's own classes.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Python 3.11 with venv and pip. What the files
// say is tested beside package artifact.
package artifacts
