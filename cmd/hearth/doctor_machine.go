package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"hearth/hub/journal"
)

// Bounds of the doctor's look at the machine.
const (
	// lowDisk is where the doctor and the alerts begin to speak; leastDisk is where
	// hearth turns people away.
	lowDisk = 0.10
	// fewFiles is less than what a full house needs: a descriptor for each socket.
	fewFiles = 4096
)

// dataFolder looks at who can read the data folder (SQLite only).
func (p *patient) dataFolder(context.Context) []finding {
	const what = "data folder"
	if p.dbURL != "" {
		return nil
	}
	info, err := os.Stat(p.data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []finding{found(look, what, "%s is not there yet. The first start makes it; if there should be one, --data names the wrong place.", p.data)}
	case err != nil:
		return []finding{found(bad, what, "%s cannot be looked at (%v). Run the doctor as the user hearth runs as.", p.data, err)}
	case !info.IsDir():
		return []finding{found(bad, what, "%s is not a folder. Name a folder by --data.", p.data)}
	case info.Mode().Perm()&0o077 != 0:
		return []finding{found(bad, what, "other users of this machine can get into %s. Close it: chmod 0700 %s", p.data, p.data)}
	}
	if over := overNetwork(p.data); over {
		return []finding{found(bad, what, "%s is on a network file system, where SQLite can lose what was acknowledged. Put it on a local disk, or use PostgreSQL.", p.data)}
	}
	all := []finding{found(fine, what, "%s is there and nobody else can get in.", p.data)}
	err = filepath.WalkDir(p.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		// Whoever makes backups may stamp them.
		if err == nil && len(all) == 1 && path != p.stamp() && !ownedAsFolder(p.data, info) {
			all = append(all, found(bad, what, "%s belongs to another user than its folder, perhaps after a restore. Give everything to hearth's user: chown -R", path))
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // hearth may remove a key meanwhile
		all = append(all, found(look, what, "not everything in %s could be looked at (%v). Run the doctor as the user hearth runs as.", p.data, err))
	}
	return all
}

// disk looks at how much room is left where hearth writes.
func (p *patient) disk(context.Context) []finding {
	if p.dbURL != "" {
		return nil // it is the database's, and its keeper looks at it
	}
	folder := p.data
	if _, err := os.Stat(folder); err != nil {
		folder = filepath.Dir(folder)
	}
	const say = "%.0f %% of the disk of %s is free."
	switch free := freeShare(folder); {
	case free < leastDisk:
		return []finding{found(bad, "disk", say+" hearth turns people away below 5 %%. Make room now.", free*100, folder)}
	case free < lowDisk:
		return []finding{found(look, "disk", say+" Make room before it is 5 %%, where hearth turns people away.", free*100, folder)}
	case p.noReserve():
		return []finding{found(look, "disk", say+" The 16 MiB that hearth keeps aside so that sessions can be ended on a full disk are not there. Make room and start hearth again; it takes them then.", free*100, folder)}
	default:
		return []finding{found(fine, "disk", say, free*100, folder)}
	}
}

// noReserve: there is a house, and nothing is kept aside for the day on which its
// disk is full.
func (p *patient) noReserve() bool {
	if _, err := os.Stat(filepath.Join(p.data, "hearth.db")); err != nil {
		return false
	}
	_, err := os.Stat(filepath.Join(p.data, journal.ReserveFile))
	return errors.Is(err, fs.ErrNotExist)
}

// keys looks at the key file: who can read it, and what is in it.
func (p *patient) keys(context.Context) []finding {
	const what = "key file"
	if p.keyFile == "" {
		return nil
	}
	info, err := os.Stat(p.keyFile)
	if err != nil {
		return []finding{found(bad, what, "it cannot be found (%v). Put the same file on every node; openssl rand -hex 32 makes the first.", err)}
	}
	var all []finding
	switch mode := info.Mode().Perm(); {
	case mode&0o007 != 0:
		all = append(all, found(bad, what, "everybody on this machine can read it. Close it: chmod 0400 %s", p.keyFile))
	case mode&0o070 != 0:
		all = append(all, found(look, what, "its group can read it. If nobody but hearth is in that group this is well; otherwise: chmod 0400 %s", p.keyFile))
	}
	switch keys, err := journal.ReadKeys(p.keyFile); {
	case err != nil:
		all = append(all, found(bad, what, "it cannot be used: %v.", err))
	case len(keys) > 1:
		all = append(all, found(fine, what, "it holds %d keys; the last one seals. When every node was started anew since it was added, the others can be taken out.", len(keys)))
	default:
		all = append(all, found(fine, what, "it holds one key. Nobody but you knows whether it is the same on every node and in no backup; please check both."))
	}
	return all
}

// openFiles looks at how many sockets there can be.
func (p *patient) openFiles(ctx context.Context) []finding {
	const what = "open files"
	most, whose := openFileLimit(), "this shell allows"
	if of, ok := p.metric(ctx, "process_max_fds"); ok {
		most, whose = of, "the running hearth may have"
	}
	if most < fewFiles {
		return []finding{found(look, what, "%s %.0f open files, and each socket is one. Set LimitNOFILE=16384 (systemd) or --ulimit nofile=16384 (container).", whose, most)}
	}
	return []finding{found(fine, what, "%s %.0f open files; each socket is one.", whose, most)}
}
