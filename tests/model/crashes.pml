/* How files follow the transaction when any process may die between any two steps.
 *
 * One row with one attachment. The database gives atomic commits, locks that end with the
 * transaction, and unique keys; the disk gives atomic puts and removals of single files. There is
 * no clock: a reaper may run at any moment, so no step is right because it is quick.
 *
 * Who takes part, by macro: a writer that replaces the attachment (always), REPLACE_AGAIN a second
 * one, CLEAR one that sets the column to NULL, VARIANT a job that makes a variant, ANOTHER_VARIANT a
 * second one, SECOND_REAPER. EMPTY_ROW: the column is NULL at first.
 *
 * What may be left out of the protocol, to see that it is needed:
 *   NO_MARKER      no marker before the bytes are put
 *   NO_FENCE       the reaper takes a file that no ledger row names, and does not bar the id
 *   EAGER          a COMMIT that throws is taken for a rollback, and the new file is removed
 *   DELETE_FIRST   the old file goes before the commit
 *   NO_COMPARE     the column is written without reading it again under its lock
 *   NO_CHECK       a variant job writes back the column that it has read at its start
 *   STALE_MERGE    it looks whether the id is still there, but merges into what it has read
 *   NO_SWEEP       nobody looks again at ids that are dead
 *
 * ROWS_ALONE: only rows without a file are looked for, where a lesser damage would be found first.
 */

#define NO_ID 0
#define IDS   4   /* 1: the attachment that the row has at first; 2 and 3: new ones */

/* The states of a ledger row. */
#define ABSENT 0
#define LIVE   1
#define DOOMED 2
#define DEAD   3

/* The database: what is committed, and who holds which lock (0: nobody). A lock on a ledger key is
 * held also before its row exists: that is what a unique index does. */
byte column;
byte listed[IDS];   /* The variants that the column lists, a bit each; read while it has that id. */
byte ledger[IDS];
byte ledger_lock[IDS];
byte row_lock;

/* The disk. */
bool marker[IDS];
bool original[IDS];
byte variants[IDS];

byte running;
byte finished[IDS];  /* Variants whose job has seen its commit succeed; no part of the protocol. */

#define ME          (_pid + 1)
#define MINE(lock)  (lock == 0 || lock == ME)
#define FREE(lock)  if :: lock == ME -> lock = 0 :: else fi

/* Does `action`, waiting for its guard, or dies. */
#define STEP(action) if :: atomic { action } :: goto died fi

inline end_transaction(one, other) {
  FREE(ledger_lock[one]);
  FREE(ledger_lock[other]);
  FREE(row_lock)
}

inline remove_prefix(id) {
  STEP(original[id] = false);
  STEP(variants[id] = 0)
}

/* Puts the attachment `fresh` in the place of what the row has; NO_ID: leaves NULL there. */
proctype Writer(byte fresh) {
  byte old;
  bool refused, applied, answered;

  old = column;
  if
  :: old == fresh -> goto done
  :: else
  fi;

  /* The upload: marker, then bytes; the database knows nothing yet. */
  if
  :: fresh != NO_ID ->
#ifndef NO_MARKER
     STEP(marker[fresh] = true);
#endif
     STEP(original[fresh] = true)
  :: else
  fi;

#ifdef DELETE_FIRST
  if
  :: old != NO_ID -> remove_prefix(old)
  :: else
  fi;
#endif

  /* The transaction: the new ledger row, the old one, the owner's row, in this order. */
  if
  :: fresh != NO_ID ->
     STEP(MINE(ledger_lock[fresh]) -> ledger_lock[fresh] = ME; refused = (ledger[fresh] != ABSENT))
  :: else
  fi;
  if
  :: refused -> goto rolled_back
  :: else
  fi;
  if
  :: old != NO_ID ->
     STEP(MINE(ledger_lock[old]) -> ledger_lock[old] = ME; refused = (ledger[old] != LIVE))
  :: else
  fi;
  if
  :: refused -> goto rolled_back
  :: else
  fi;
#ifdef NO_COMPARE
  STEP(MINE(row_lock) -> row_lock = ME);
#else
  STEP(MINE(row_lock) -> row_lock = ME; refused = (column != old));
#endif
  if
  :: refused -> goto rolled_back
  :: else
  fi;

  /* COMMIT: it happens or not, and the answer comes or not. */
  STEP(if
       :: applied = true;
          column = fresh;
          if
          :: fresh != NO_ID -> ledger[fresh] = LIVE
          :: else
          fi;
          if
          :: old != NO_ID -> ledger[old] = DOOMED
          :: else
          fi
       :: skip
       fi;
       end_transaction(fresh, old);
       if
       :: answered = true
       :: skip
       fi);
  if
  :: answered && applied -> goto committed
  :: answered && !applied -> goto undone
  :: else
  fi;
#ifdef EAGER
  if
  :: fresh != NO_ID -> STEP(original[fresh] = false)
  :: else
  fi;
#endif
  goto done;  /* In doubt: the reaper asks the database. */

committed:
  if
  :: old != NO_ID ->
     remove_prefix(old);
     STEP(MINE(ledger_lock[old]) -> if :: ledger[old] == DOOMED -> ledger[old] = DEAD :: else fi)
  :: else
  fi;
  if
  :: fresh != NO_ID -> STEP(marker[fresh] = false)
  :: else
  fi;
  goto done;

rolled_back:
  atomic { end_transaction(fresh, old) };
undone:  /* The id was never handed out, so nobody else can mean it. */
  if
  :: fresh != NO_ID ->
     STEP(original[fresh] = false);
     STEP(marker[fresh] = false)
  :: else
  fi;
  goto done;

died:
  atomic { end_transaction(fresh, old) };
done:
  running--
}

/* Makes the variant `which` (one bit) of what the row has. */
proctype VariantJob(byte which) {
  byte id, read;
  bool refused;

  atomic {
    id = column;
    read = listed[id];
    if
    :: id == NO_ID || !original[id] -> goto done
    :: else
    fi
  };
  STEP(variants[id] = variants[id] | which);

#ifdef NO_CHECK
  STEP(row_lock == 0 -> if :: column != NO_ID -> column = id; listed[id] = read | which :: else fi);
  goto done;
#else
  STEP(ledger_lock[id] == 0 -> ledger_lock[id] = ME; refused = (ledger[id] != LIVE));
  if
  :: !refused -> STEP(row_lock == 0 -> row_lock = ME; refused = (column != id))
  :: else
  fi;
  if
  :: !refused ->
#ifdef STALE_MERGE
     STEP(listed[id] = read | which; finished[id] = finished[id] | which; end_transaction(id, id))
#else
     STEP(listed[id] = listed[id] | which; finished[id] = finished[id] | which; end_transaction(id, id))
#endif
  :: else ->
     atomic { end_transaction(id, id) };
     STEP(variants[id] = variants[id] & ~which)
  fi;
  goto done;
#endif

died:
  atomic { end_transaction(id, id) };
done:
  running--
}

inline reap_marker(id) {
  if
  :: marker[id] && (ledger[id] == LIVE || ledger[id] == DOOMED) -> STEP(marker[id] = false)
  :: marker[id] && ledger[id] == DEAD -> remove_prefix(id); STEP(marker[id] = false)
#ifdef NO_FENCE
  :: marker[id] && ledger[id] == ABSENT -> remove_prefix(id); STEP(marker[id] = false)
#else
  :: marker[id] && ledger[id] == ABSENT ->
     if
     :: atomic { ledger_lock[id] == 0 && ledger[id] == ABSENT -> ledger[id] = DEAD };  /* The fence. */
        remove_prefix(id);
        STEP(marker[id] = false)
     :: ledger_lock[id] != 0 || ledger[id] != ABSENT  /* Somebody is at it: another time. */
     fi
#endif
  :: !marker[id]
  fi
}

inline reap_doomed(id) {
  if
  :: ledger[id] == DOOMED ->
     remove_prefix(id);
     STEP(ledger_lock[id] == 0 -> if :: ledger[id] == DOOMED -> ledger[id] = DEAD :: else fi)
  :: ledger[id] != DOOMED
  fi
}

proctype Reaper() {
  byte id = 1;
  do
  :: id < IDS -> reap_marker(id); reap_doomed(id); id++
  :: else -> break
  od;
died:
  atomic { id = 0; running-- }
}

/* ---- what must hold ---------------------------------------------------------------------------- */

hidden byte row_without_file, variant_without_file, file_unknown, ledger_differs, variant_lost,
            file_left, marker_left;

#define ROW_WITHOUT_FILE     (column != NO_ID && !original[column])
#define VARIANT_WITHOUT_FILE (column != NO_ID && (listed[column] & ~variants[column]) != 0)
#define UNKNOWN(id)          ((original[id] || variants[id]) && !marker[id] && ledger[id] == ABSENT)
#define DIFFERS(id)          ((ledger[id] == LIVE) != (column == id))
#define VARIANT_LOST         (column != NO_ID && (finished[column] & ~listed[column]) != 0)
#define LEFT(id)             (original[id] != (column == id) || (variants[id] && column != id))

/* At every moment. */
proctype Monitor() {
end:
  if
  :: atomic { ROW_WITHOUT_FILE -> row_without_file = true; assert(!row_without_file) }
#ifndef ROWS_ALONE
  :: atomic { VARIANT_WITHOUT_FILE -> variant_without_file = true; assert(!variant_without_file) }
#ifndef NO_MARKER  /* Without markers that is so by definition; see what is left in the end. */
  :: atomic { UNKNOWN(1) || UNKNOWN(2) || UNKNOWN(3) -> file_unknown = true; assert(!file_unknown) }
#endif
  :: atomic { DIFFERS(1) || DIFFERS(2) || DIFFERS(3) -> ledger_differs = true; assert(!ledger_differs) }
  :: atomic { VARIANT_LOST -> variant_lost = true; assert(!variant_lost) }
#endif
  fi
}

/* A reaper that nobody disturbs, and later the sweep of the dead. */
inline reap_undisturbed(id) {
  if
  :: marker[id] && ledger[id] == ABSENT -> ledger[id] = DEAD
  :: else
  fi;
  if
  :: (marker[id] && ledger[id] == DEAD) || ledger[id] == DOOMED ->
     original[id] = false;
     variants[id] = 0;
     ledger[id] = DEAD
  :: else
  fi;
  marker[id] = false;
#ifndef NO_SWEEP
  if
  :: ledger[id] == DEAD ->
     original[id] = false;
     variants[id] = 0;
     ledger[id] = ABSENT
  :: else
  fi
#endif
}

init {
  atomic {
#ifndef EMPTY_ROW
    column = 1;
    ledger[1] = LIVE;
    original[1] = true;
#endif
    run Monitor();
    running++; run Writer(2);
#ifdef REPLACE_AGAIN
    running++; run Writer(3);
#endif
#ifdef CLEAR
    running++; run Writer(NO_ID);
#endif
#ifdef VARIANT
    running++; run VariantJob(1);
#endif
#ifdef ANOTHER_VARIANT
    running++; run VariantJob(2);
#endif
    running++; run Reaper();
#ifdef SECOND_REAPER
    running++; run Reaper();
#endif
  }
  running == 0;
  d_step {
    reap_undisturbed(1);
    reap_undisturbed(2);
    reap_undisturbed(3);
    file_left = LEFT(1) || LEFT(2) || LEFT(3);
    marker_left = marker[1] || marker[2] || marker[3]
  }
#ifndef ROWS_ALONE
  assert(!file_left);
  assert(!marker_left)
#endif
}
