// Package pyprocess runs Python models, each in a Python process of its own.
//
// A driver of ours runs in that process. It gets the model's text, asks for the
// inputs that the model asks for, and writes down the rows that the model
// returned:
//
//	tarn                                     python
//	job: text, names of inputs      ───────►
//	                                ◄───────  want: an input
//	file: its rows, an Arrow file   ───────►
//	                                ◄───────  done: the answer, an Arrow stream
//
// It promises:
//
//  1. A model reads the inputs of its job and nothing else of the lake; an
//     input's rows are fetched when the model first asks for them.
//  2. Rows pass in batches, through files in the scratch folder, which go with
//     the job.
//  3. The process and what it started end with the job, with the context and
//     with Tarn itself, also where Tarn is killed.
//  4. Secrets of the project's environment (DBT_ENV_SECRET_…) are not the
//     process's. It is no sandbox: a model may do what its user may do.
//  5. What a model did wrong is a *diag.Problem with its place in the model.
//
// It leaves to others what inputs are, and what becomes of the rows.
package pyprocess

import (
	"context"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// Python is where models run.
type Python struct {
	// Command is the interpreter that settings name; "" looks for one.
	Command string
	// Dir is the project's folder, in which the process runs.
	Dir string
	// Environ are the variables of the environment, as NAME=value.
	Environ []string
	// Scratch is the folder for temporary files.
	Scratch string
	// Memory and Threads bound the DuckDB of the process; 0 leaves it to that.
	Memory  int64
	Threads int
}

// Job is one model to run.
type Job struct {
	// Name is what the model is called, File the path that problems name.
	Name, File string
	// Source is the model's text, Path the file's full path.
	Source, Path string
	// Inputs are what the model may read; one of them is of kind [This].
	Inputs []Input
	// Config and Meta are the model's settings.
	Config, Meta map[string]any
	// Incremental is what dbt.is_incremental says.
	Incremental bool
	// Timeout is how long the model may take; 0 is as long as it likes.
	Timeout time.Duration
	// Say is told the lines that the model prints; nil drops them.
	Say func(line string)
}

// Kind is how a model asks for an input.
type Kind string

// The kinds of inputs.
const (
	Ref    Kind = "ref"
	Source Kind = "source"
	This   Kind = "this"
)

// Input is a relation that a model may read.
type Input struct {
	Kind Kind
	// Key are the names that the model writes, Version what it writes for one.
	Key     []string
	Version string
	// Name is the relation as SQL prints it, and the rest its parts.
	Name, Database, Schema, Identifier string
	// Read gives the rows; nil is that there is no such relation.
	Read func(ctx context.Context) (*Rows, error)
}

// Rows are the rows of an input.
type Rows struct {
	array.RecordReader
	// Types are DuckDB's names for the types of the columns.
	Types []string
}

// Column is a column of an answer, by DuckDB's name for its type.
type Column struct{ Name, Type string }
