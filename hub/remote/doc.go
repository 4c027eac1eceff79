// Package remote dials Redis and checks that it is one that hearth may use
// (walls A33): a password is asked for, and it is version 7.0 or newer.
//
// Redis carries hints and passing things only. It may vanish, forget or stall at
// any time; so a client is given out even while nobody answers, and the checks
// are made on every connection as it is opened.
//
// hearth uses no scripts and no dangerous command. A user that may do no more
// than it needs is made by
//
//	ACL SETUSER hearth on >PASSWORD resetkeys resetchannels ~hearth:* &hearth:* +@all -@dangerous -@scripting
//
// and for Redis Cluster also +cluster|slots +cluster|shards (both harmless).
package remote
