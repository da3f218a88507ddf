// Package secrets tests the places where secrets are kept against real servers
// of them, in tests that the build tag engines switches on, as they need Python
// 3.11 with venv and pip.
//
// It promises that what was put there by the server's own client comes back.
// It leaves servers of which there is none in a package registry to the tests
// beside the code.
package secrets
