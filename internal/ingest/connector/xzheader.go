package connector

import (
	"bufio"
	"fmt"
)

// checkDictionary refuses an xz file whose first block asks for more memory
// than is given: the header may ask for 4 GB. What cannot be made out here is
// found again by the first real read.
func checkDictionary(r *bufio.Reader) error {
	const streamHeader = 12
	head, _ := r.Peek(streamHeader + 64)
	if len(head) < streamHeader+2 {
		return nil
	}
	block := head[streamHeader:]
	if block[0] == 0 { // the index of an empty file
		return nil
	}
	flags, at := block[1], 2
	for _, present := range []byte{0x40, 0x80} { // the sizes
		if flags&present == 0 {
			continue
		}
		for at < len(block) && block[at]&0x80 != 0 {
			at++
		}
		at++
	}
	// The filter LZMA2 with one byte of properties.
	if at+2 >= len(block) || block[at] != 0x21 || block[at+1] != 1 {
		return nil
	}
	bits := block[at+2] & 0x3f
	size := int64(2|bits&1) << (bits/2 + 11)
	if size > maxWindow {
		return fmt.Errorf("it asks for %d MB of memory, the limit is %d", size>>20, maxWindow>>20)
	}
	return nil
}
