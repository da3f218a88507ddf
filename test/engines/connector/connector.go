// Package connector tests the protocol for connectors in other languages with a
// connector in Python, in tests that the build tag engines switches on, as they
// need Python 3.11 with venv and pip.
//
// It promises that what docs/connectors.md tells people to write works as they
// would write it. It leaves misbehaving programs to the tests beside the code.
package connector
