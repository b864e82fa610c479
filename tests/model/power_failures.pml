/* How files follow the transaction when a COMMIT returns before it is durable, as with SQLite's
 * synchronous = normal, PostgreSQL's synchronous_commit = off, or a replica that takes over.
 *
 * One row with one attachment. The power of the database fails at most once, at any moment, and
 * takes back what was committed after the last write of its log; the programs may live on. The disk
 * keeps what it has. Two writers replace the attachment; there is a reaper, SECOND_REAPER another.
 *
 * What may be left out of the protocol, to see that it is needed:
 *   EAGER    the writer removes the old file and its marker as soon as its COMMIT has returned
 *   NO_SYNC  the reaper acts on what it sees, without a synchronous commit of its own before
 */

#define NO_ID 0
#define IDS   4   /* 1: the attachment that the row has at first; 2 and 3: new ones */

/* The states of a ledger row. */
#define ABSENT 0
#define LIVE   1
#define DOOMED 2
#define DEAD   3

/* The database: what its clients see, and what it would have after a power failure. */
byte column = 1, durable_column = 1;
byte ledger[IDS], durable_ledger[IDS];
byte failures;

/* The disk. */
bool marker[IDS];
bool original[IDS];

byte running;

#define IS_DURABLE \
  (durable_column == column && durable_ledger[1] == ledger[1] && \
   durable_ledger[2] == ledger[2] && durable_ledger[3] == ledger[3])

/* A log is written in its order: with one commit, all before it become durable. */
inline write_log() {
  durable_column = column;
  durable_ledger[1] = ledger[1];
  durable_ledger[2] = ledger[2];
  durable_ledger[3] = ledger[3]
}

inline forget() {
  column = durable_column;
  ledger[1] = durable_ledger[1];
  ledger[2] = durable_ledger[2];
  ledger[3] = durable_ledger[3];
  failures++
}

/* Puts the attachment `fresh` in the place of what the row has; tries again once. */
proctype Writer(byte fresh) {
  byte old, connection;
  bool again;

  marker[fresh] = true;
  original[fresh] = true;
begin:
  atomic { old = column; connection = failures };
  if
  :: atomic {  /* One transaction; crashes.pml looks into it. */
       connection == failures && column == old && ledger[old] == LIVE && ledger[fresh] == ABSENT ->
       column = fresh;
       ledger[fresh] = LIVE;
       ledger[old] = DOOMED
     };
#ifdef EAGER
     original[old] = false;
     marker[fresh] = false
#endif
  :: atomic { connection != failures || column != old || ledger[fresh] != ABSENT };
     if
     :: ledger[fresh] == ABSENT && !again -> again = true; goto begin
     :: else
     fi
  :: true  /* It dies, or rolls back. */
  fi;
  running--
}

/* The database writes its log when it likes. */
proctype Log() {
end:
  do
  :: atomic { !IS_DURABLE -> write_log() }
  od
}

proctype PowerFailure() {
end:
  atomic { running > 0 -> forget() }
}

#ifdef NO_SYNC
#define SYNC skip
#else
#define SYNC write_log()
#endif

/* What the reaper relies on was read in the transaction that it commits: had the power failed in
 * between, that commit would have failed too. */
inline reap(id) {
  if
  :: atomic { marker[id] && ledger[id] == LIVE -> SYNC }; marker[id] = false
  :: atomic { marker[id] && ledger[id] == ABSENT -> ledger[id] = DEAD; SYNC };  /* The fence. */
     original[id] = false;
     marker[id] = false
  :: atomic { marker[id] && ledger[id] == DEAD -> SYNC };
     original[id] = false;
     marker[id] = false
  :: true
  fi;
  if
  :: atomic { ledger[id] == DOOMED -> SYNC }; original[id] = false
  :: true
  fi
}

proctype Reaper() {
  byte id = 1;
  do
  :: id < IDS -> reap(id); id++
  :: else -> break
  od;
  atomic { id = 0; running-- }
}

/* ---- what must hold ---------------------------------------------------------------------------- */

hidden byte row_without_file, file_unknown;

#define ROW_WITHOUT_FILE (column != NO_ID && !original[column])
#define UNKNOWN(id)      (original[id] && !marker[id] && ledger[id] == ABSENT)

proctype Monitor() {
end:
  if
  :: atomic { ROW_WITHOUT_FILE -> row_without_file = true; assert(!row_without_file) }
  :: atomic { UNKNOWN(1) || UNKNOWN(2) || UNKNOWN(3) -> file_unknown = true; assert(!file_unknown) }
  fi
}

init {
  atomic {
    ledger[1] = LIVE;
    durable_ledger[1] = LIVE;
    original[1] = true;
    run Monitor();
    run Log();
    run PowerFailure();
    running++; run Writer(2);
    running++; run Writer(3);
    running++; run Reaper();
#ifdef SECOND_REAPER
    running++; run Reaper();
#endif
  }
}
