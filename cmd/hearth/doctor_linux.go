package main

import (
	"io/fs"
	"math"
	"os"
	"syscall"
)

// overNetwork says whether a folder is on a file system that other machines may
// write to, by the numbers of statfs(2).
func overNetwork(folder string) bool {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return false
	}
	switch uint32(disk.Type) {
	case 0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x01021997, 0x00c36400, 0x5346414f: // NFS, CIFS, SMB2, SMB, 9P, Ceph, AFS
		return true
	}
	return false
}

// ownedAsFolder says whether a file belongs to the user its folder belongs to.
func ownedAsFolder(folder string, file fs.FileInfo) bool {
	info, err := os.Stat(folder)
	if err != nil {
		return true
	}
	of, ok := info.Sys().(*syscall.Stat_t)
	is, also := file.Sys().(*syscall.Stat_t)
	return !ok || !also || of.Uid == is.Uid
}

// openFileLimit is how many files this process may have open.
func openFileLimit() float64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return math.Inf(1)
	}
	return float64(limit.Cur)
}
