package pgwire

import (
	"fmt"
	"runtime/debug"
)

// safely does something for the client, whose session alone ends where the server
// has a fault: others go on.
func (c *conn) safely(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			c.server.Logger.Error("a session was ended by a fault of the server", "fault", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = fail("XX000", "the server has a fault, and ends this session").hinted("the server's log says where it is")
		}
	}()
	return do()
}
