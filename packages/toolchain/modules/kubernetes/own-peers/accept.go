// Package ownpeers has a program answer processes of its own user alone, and root's: every user of a machine can
// connect to every port of 127.0.0.0/8.
package ownpeers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"syscall"
	_ "unsafe" // for go:linkname
)

// Every listener of Go's library takes its connections from here: a program has nothing to ask for it.
//
//go:linkname accept4 internal/poll.Accept4Func
var accept4 func(listener, flags int) (int, syscall.Sockaddr, error)

func init() {
	accept := accept4
	accept4 = func(listener, flags int) (int, syscall.Sockaddr, error) {
		socket, peer, err := accept(listener, flags)
		if err == nil && !isOwn(socket, peer) {
			_ = syscall.Close(socket)
			// As if it had gone by itself: the library goes on with the next one.
			return -1, nil, syscall.ECONNABORTED
		}
		return socket, peer, err
	}
}

func isOwn(socket int, peer syscall.Sockaddr) bool {
	local, err := syscall.Getsockname(socket)
	if err != nil {
		return false
	}
	if _, isUnix := local.(*syscall.SockaddrUnix); isUnix {
		return true
	}
	user, isThere := userOf(inTable(peer), inTable(local))
	return isThere && (user == os.Getuid() || user == 0)
}

// userOf finds whose the socket with these two ends is in the kernel's tables (proc_net_tcp in Linux's documentation).
func userOf(local, remote string) (int, bool) {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		content, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for _, line := range bytes.Split(content, []byte{'\n'}) {
			// sl, local_address, rem_address, st, queues, timer, retrnsmt, uid, timeout, inode
			words := bytes.Fields(line)
			// An IPv4 address ends its IPv6 form.
			if len(words) < 10 || !bytes.HasSuffix(words[1], []byte(local)) || !bytes.HasSuffix(words[2], []byte(remote)) {
				continue
			}
			// A socket that its process has closed is shown as root's, without an inode.
			if string(words[9]) == "0" {
				return 0, false
			}
			user, err := strconv.Atoi(string(words[7]))
			return user, err == nil
		}
	}
	return 0, false
}

// inTable writes an end of a connection as the kernel does: an address is words of four bytes in the machine's order.
func inTable(end syscall.Sockaddr) string {
	var address []byte
	var port int
	switch end := end.(type) {
	case *syscall.SockaddrInet4:
		address, port = end.Addr[:], end.Port
	case *syscall.SockaddrInet6:
		address, port = end.Addr[:], end.Port
		if bytes.HasPrefix(address, mapped) {
			address = address[len(mapped):]
		}
	}
	text := ""
	for ; len(address) > 0; address = address[4:] {
		text += fmt.Sprintf("%08X", binary.NativeEndian.Uint32(address))
	}
	return fmt.Sprintf("%s:%04X", text, port)
}

// mapped begins an IPv6 address that stands for an IPv4 one.
var mapped = []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}
