package run

import "time"

// Event is something that happened in a run: one of the types below.
type Event interface{ event() }

// RunStarted says that a run is in the journal.
type RunStarted struct{ Run Run }

// Planned says which steps the run will take.
type Planned struct {
	Run   string
	Steps int
}

// StepStarted says that a step begins.
type StepStarted struct {
	Step Step
	Of   int // how many steps the plan has
}

// StepProgress says how far a step is. Total counts bytes; zero is unknown.
type StepProgress struct {
	Step               Step
	Rows, Bytes, Total int64
}

// PartFinished says how a part of a step ended, such as a batch of a model.
type PartFinished struct {
	Step    Step
	Part    string
	State   State
	Rows    int64
	Took    time.Duration
	Message string
	// Number is the part's, from 1, of Of.
	Number, Of int
}

// StepFinished says how a step ended, also one that never started.
type StepFinished struct {
	Step Step
	Of   int
}

// RunFinished says how a run ended.
type RunFinished struct{ Run Run }

func (RunStarted) event()   {}
func (Planned) event()      {}
func (StepStarted) event()  {}
func (StepProgress) event() {}
func (PartFinished) event() {}
func (StepFinished) event() {}
func (RunFinished) event()  {}

func (a *Active) emit(e Event) {
	a.watching.Lock()
	defer a.watching.Unlock()
	if a.events != nil {
		a.events(e)
	}
}
