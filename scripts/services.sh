#!/usr/bin/env bash
# Throw-away database servers for the tests: PostgreSQL (pg), MariaDB (my) and Firebird (fb), on
# loopback and unix sockets, without systemd. They run on when the script has ended.
#
# usage: scripts/services.sh start|stop|kill|restart|env [pg] [my] [fb]     by default all three
#   start    starts what does not run yet; they accept connections when it returns
#   stop     stops what runs
#   kill     lets them crash (kill -9), their sessions included, and waits until they are gone
#   restart  stops what runs and starts it again, on the same port unless somebody else has taken it
#   env      prints what a test needs: eval "$(scripts/services.sh env)"
#
# Root's servers run as postgres, mysql and firebird, anybody else's as that user. Data and logs are
# in build/services; to throw them away, stop the servers and delete it.
#
# AFFIX_SERVICES_DIR      another directory, for example for a second set of servers
# AFFIX_SERVICES_DURABLE  1: what is committed survives a crash of the machine, too. Otherwise it
#                         survives a crash of the server only, and commits are faster.
#
# What env prints:
#   AFFIX_SERVICES, AFFIX_SERVICES_DIR         this script, and where the servers are
#   AFFIX_PG, AFFIX_MY, AFFIX_FB               SOCI's connect strings, of those that run
#   AFFIX_PG_HOST, AFFIX_PG_PORT               where PostgreSQL is; user and database are affix
#   AFFIX_ODBC_PG, AFFIX_ODBC_MY               the same through ODBC
#   AFFIX_ODBC_SQLITE                          SQLite through ODBC, which needs no server
#   AFFIX_PG_PID, AFFIX_MY_PID, AFFIX_FB_PID   their processes, until the next restart
#   FIREBIRD, FIREBIRD_LOCK, FIREBIRD_TMP      the private set-up of Firebird's client
set -euo pipefail
[[ -z ${AFFIX_SERVICES_DIR:-} ]] || AFFIX_SERVICES_DIR=$(realpath -m "$AFFIX_SERVICES_DIR")
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
script=$PWD/scripts/services.sh
export LC_ALL=C
umask 022

start_limit=60 # seconds
stop_limit=20
durable=${AFFIX_SERVICES_DURABLE:-0}
pg_bin=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort --version-sort | tail -1)
pg_bin=${pg_bin%/postgres}
declare -A programs=([pg]=$pg_bin/postgres [my]=/usr/sbin/mariadbd [fb]=/usr/sbin/firebird)
declare -A packages=([pg]=postgresql [my]=mariadb-server [fb]=firebird3.0-server)
declare -A users=([pg]=postgres [my]=mysql [fb]=firebird)
declare -A signals=([pg]=INT [my]=TERM [fb]=TERM)

fail() {
  echo "services: $1" >&2
  exit 1
}

# since MOMENT: how much time has passed since EPOCHREALTIME was MOMENT
since() {
  local micros=$((${EPOCHREALTIME/./} - ${1/./}))
  printf '%d.%02d s' $((micros / 1000000)) $((micros % 1000000 / 10000))
}

# --- the directory --------------------------------------------------------------------------------

# fits DIRECTORY: whether servers can live there. The path of a socket is at most 107 bytes, connect
# strings are split at blanks, and the users of the servers have to get in.
fits() {
  [[ $1 =~ ^[A-Za-z0-9/._-]{1,80}$ ]] || return
  ((EUID != 0)) || setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$1"
}

# Sets directory, the same one for every command of a checkout, and goes there.
enter_directory() {
  directory=${AFFIX_SERVICES_DIR:-$PWD/build/services}
  if ! { mkdir -p "$directory" && fits "$directory"; }; then
    local why="$directory is too long, has odd characters or is closed to the servers' users"
    [[ -z ${AFFIX_SERVICES_DIR:-} ]] || fail "$why"
    directory=/tmp/affix-services-$EUID-$(cksum <<<"$PWD" | cut --delimiter=' ' --fields=1)
    [[ $command != start ]] || echo "services: $why, using $directory" >&2
    mkdir -p "$directory"
  fi
  [[ -O $directory && ! -L $directory ]] ||
    fail "$directory belongs to somebody else, choose another with AFFIX_SERVICES_DIR"
  cd "$directory"
}

# --- processes ------------------------------------------------------------------------------------

# born PID: when the process was started, in ticks of the kernel; fails if it does not run
born() {
  local stat fields
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != [ZX] ]] && echo "${fields[19]}"
}

# pid_of NAME: the process of a server; fails if it does not run. A process that merely got the
# same number later was born at another time.
pid_of() {
  local pid birth
  [[ -e $directory/$1.pid ]] || return
  read -r pid birth <"$directory/$1.pid" || return
  [[ $(born "$pid") == "${birth:-unknown}" ]] && echo "$pid"
}

# become NAME: sets as, the words before a command that the server's user is to run
become() {
  local user=${users[$1]}
  as=()
  ((EUID != 0)) || as=(setpriv --reuid="$user" --regid="$user" --init-groups --reset-env)
}

# The lock, and what the caller has open, must not stay open as long as a server runs.
close_inherited() {
  local file descriptor
  for file in /proc/self/fd/*; do
    descriptor=${file##*/}
    ((descriptor <= 2)) || exec {descriptor}>&-
  done
}

# launch NAME COMMAND...: starts a server that outlives this script
launch() {
  local pid
  (
    close_inherited
    exec "${as[@]}" setsid "${@:2}" </dev/null >>"$directory/$1.log" 2>&1
  ) &
  pid=$!
  echo "$pid $(born "$pid")" >"$directory/$1.pid"
}

# crash PID: ends a process and its children at once, and waits until they are gone. It is halted
# first, so that it can neither have more children nor notice that they die.
crash() {
  local family
  kill -STOP "$1"
  mapfile -t family < <(echo "$1" && pgrep --parent "$1")
  kill -KILL "${family[@]}" || true
  local pid
  for pid in "${family[@]}"; do
    while born "$pid" >/dev/null; do sleep 0.02; done
  done
}

# --- ports ----------------------------------------------------------------------------------------

in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Chooses a port the first time, below those that the kernel gives to clients, and remembers it.
choose_port() {
  local file=$directory/$1.port port=
  [[ ! -e $file ]] || port=$(<"$file")
  while [[ -z $port ]] || in_use "$port"; do port=$((20000 + RANDOM % 10000)); done
  echo "$port" >"$file"
}

port_of() { cat "$directory/$1.port"; }

# --- PostgreSQL: make_ makes the data, launch_ starts the server, ready_ asks it ------------------

make_pg() {
  "${as[@]}" "$pg_bin/initdb" --pgdata="$1" --username=affix --auth=trust --encoding=UTF8 \
    --locale=C --no-sync &&
    "${as[@]}" "$pg_bin/postgres" --single -F -D "$1" postgres <<<'create database affix'
}

# PostgreSQL does not start while the process of its last run is there. A dead one stays until
# somebody waits for it, and in many containers nobody does.
forget_dead_pg() {
  local file pid
  for file in "$directory/pg/data/postmaster.pid" "$directory"/pg/.s.PGSQL.*.lock; do
    [[ -e $file ]] || continue
    read -r pid <"$file"
    born "$pid" >/dev/null || rm "$file"
  done
}

launch_pg() {
  local fsync=off
  ((durable == 0)) || fsync=on
  forget_dead_pg
  launch pg "${programs[pg]}" -D "$directory/pg/data" -p "$(port_of pg)" -k "$directory/pg" \
    -c listen_addresses=127.0.0.1 -c fsync=$fsync -c dynamic_shared_memory_type=mmap
}

ready_pg() {
  timeout 5 "$pg_bin/psql" --no-psqlrc --host="$directory/pg" --port="$(port_of pg)" \
    --username=affix --dbname=affix --command='select 1'
}

# --- MariaDB --------------------------------------------------------------------------------------

make_my() {
  "${as[@]}" mariadb-install-db --no-defaults --datadir="$1" \
    --auth-root-authentication-method=normal --skip-test-db --skip-log-bin
}

# The server runs these each time it starts.
write_my_accounts() {
  cat >"$directory/my.sql" <<'SQL'
create database if not exists affix character set utf8mb4 collate utf8mb4_bin;
create user if not exists affix@localhost identified by 'affix';
create user if not exists affix@127.0.0.1 identified by 'affix';
grant all on *.* to affix@localhost;
grant all on *.* to affix@127.0.0.1;
SQL
}

# With 2 a commit is in the kernel's hands at once and on the disk a second later; with 0 a crash of
# the server would lose that second.
# A server that starts removes the temporary tables of every other one with the same directory.
launch_my() {
  local flush=2
  ((durable == 0)) || flush=1
  write_my_accounts
  "${as[@]}" mkdir -p "$directory/my/tmp"
  launch my "${programs[my]}" --no-defaults --datadir="$directory/my/data" \
    --tmpdir="$directory/my/tmp" --socket="$directory/my/my.sock" --bind-address=127.0.0.1 \
    --port="$(port_of my)" \
    --init-file="$directory/my.sql" --skip-name-resolve --max-allowed-packet=64M \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
    --innodb-flush-log-at-trx-commit=$flush
}

ready_my() {
  timeout 5 mariadb --no-defaults --socket="$directory/my/my.sock" --user=affix --password=affix \
    --execute='select 1' affix
}

# --- Firebird -------------------------------------------------------------------------------------

# with_firebird LOCKS: sets firebird, the words before a command of Firebird, so that it neither
# reads nor writes the system's own set-up
with_firebird() {
  firebird=(env FIREBIRD="$directory/fb-root" FIREBIRD_LOCK="$1" FIREBIRD_TMP="$1")
}

# write_fb_root DATA: the set-up, for the databases below DATA
write_fb_root() {
  local installed part
  installed=$(printf '%s\n' /usr/lib/*/firebird/3.0 | head -1)
  mkdir -p fb-root fb-client
  for part in plugins plugins.conf intl firebird.msg; do
    ln --symbolic --force --no-dereference "$installed/$part" "fb-root/$part"
  done
  : >fb-root/databases.conf
  cat >fb-root/firebird.conf <<CONF
RemoteServicePort = $(port_of fb)
RemoteBindAddress = 127.0.0.1
SecurityDatabase = $1/security3.fdb
CONF
}

make_fb() {
  write_fb_root "$1"
  "${as[@]}" mkdir "$1" "$directory/fb/lock"
  with_firebird "$directory/fb/lock"
  "${as[@]}" "${firebird[@]}" isql-fb -quiet -bail -user SYSDBA <<SQL
create database '$1/security3.fdb';
create user SYSDBA password 'masterkey';
commit;
create database '$1/affix.fdb' page_size 8192 default character set UTF8;
SQL
}

# What a killed server has left in its directory of locks belongs to nobody; who waited for it would
# wait for ever.
launch_fb() {
  local write=async
  ((durable == 0)) || write=sync
  write_fb_root "$directory/fb/data"
  with_firebird "$directory/fb/lock"
  find "$directory/fb/lock" -mindepth 1 -delete
  timeout 30 "${as[@]}" "${firebird[@]}" gfix -write $write -user SYSDBA \
    "$directory/fb/data/affix.fdb"
  launch fb "${firebird[@]}" "${programs[fb]}"
}

ready_fb() {
  local database
  database=127.0.0.1/$(port_of fb):$directory/fb/data/affix.fdb
  with_firebird "$directory/fb-client"
  timeout 5 "${firebird[@]}" isql-fb -quiet -bail -user SYSDBA -password masterkey "$database" \
    <<<"select 1 from rdb\$database;"
}

# --- commands -------------------------------------------------------------------------------------

# Makes the data of a server that has none. What an interrupted try has left is not taken for data.
make_data() {
  local home=$directory/$1
  [[ ! -e $home/data ]] || return 0
  rm -rf "$home"
  mkdir "$home"
  ((EUID != 0)) || chown "${users[$1]}:" "$home"
  if ! "make_$1" "$home/new" >"$directory/$1.log" 2>&1; then
    cat "$directory/$1.log" >&2
    fail "could not make the data of $1"
  fi
  mv "$home/new" "$home/data"
}

# Waits until a server accepts connections; one that does not is ended.
await() {
  local deadline=$((SECONDS + start_limit)) pid
  until "ready_$1" >/dev/null 2>&1; do
    if ! pid=$(pid_of "$1") || ((SECONDS >= deadline)); then
      tail --lines=40 "$directory/$1.log" >&2
      [[ -z $pid ]] || crash "$pid"
      fail "$1 does not accept connections, its log is $directory/$1.log"
    fi
    sleep 0.05
  done
}

start() {
  local began=$EPOCHREALTIME
  if ! pid_of "$1" >/dev/null; then
    [[ -x ${programs[$1]} ]] || fail "there is no ${programs[$1]}, install ${packages[$1]}"
    become "$1"
    choose_port "$1"
    make_data "$1"
    "launch_$1"
  fi
  await "$1"
  echo "$1 is up after $(since "$began"): pid $(pid_of "$1"), port $(port_of "$1")"
}

# stop NAME...: all at once, each has the same time
stop() {
  local began=$EPOCHREALTIME deadline=$((SECONDS + stop_limit)) name pid
  local -A pids=()
  for name; do
    pid=$(pid_of "$name") || continue
    pids[$name]=$pid
    kill -s "${signals[$name]}" "$pid"
  done
  for name in "${!pids[@]}"; do
    pid=${pids[$name]}
    while ((SECONDS < deadline)) && born "$pid" >/dev/null; do sleep 0.02; done
    if born "$pid" >/dev/null; then crash "$pid"; fi
    echo "$name is down after $(since "$began")"
  done
}

kill_server() {
  local began=$EPOCHREALTIME pid
  pid=$(pid_of "$1") || fail "$1 does not run"
  crash "$pid"
  echo "$1 is killed after $(since "$began")"
}

# --- what env prints ------------------------------------------------------------------------------

# There is no quote in a value, see fits.
set_variable() { echo "export $1='$2'"; }

env_pg() {
  local port
  port=$(port_of pg)
  set_variable AFFIX_PG "postgresql://host=$directory/pg port=$port user=affix dbname=affix"
  set_variable AFFIX_PG_HOST "$directory/pg"
  set_variable AFFIX_PG_PORT "$port"
  set_variable AFFIX_ODBC_PG \
    "odbc://Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=$port;Uid=affix;Database=affix;"
}

env_my() {
  local socket=$directory/my/my.sock server
  server="Server=127.0.0.1;Port=$(port_of my);Uid=affix;Pwd=affix;Database=affix"
  set_variable AFFIX_MY \
    "mysql://db=affix user=affix password=affix unix_socket=$socket charset=utf8mb4"
  # Option=2: an update counts the rows that it finds, as everywhere else, not those it changes.
  set_variable AFFIX_ODBC_MY \
    "odbc://Driver={MariaDB Unicode};$server;CharSet=utf8mb4;Option=2;"
}

env_fb() {
  local database
  database=127.0.0.1/$(port_of fb):$directory/fb/data/affix.fdb
  set_variable AFFIX_FB \
    "firebird://service=$database user=SYSDBA password=masterkey charset=UTF8"
  set_variable FIREBIRD "$directory/fb-root"
  set_variable FIREBIRD_LOCK "$directory/fb-client"
  set_variable FIREBIRD_TMP "$directory/fb-client"
}

print_env() {
  local name pid
  set_variable AFFIX_SERVICES "$script"
  set_variable AFFIX_SERVICES_DIR "$directory"
  set_variable AFFIX_ODBC_SQLITE "odbc://Driver={SQLite3};Database=$directory/odbc.sqlite;"
  for name; do
    pid=$(pid_of "$name") || continue
    set_variable "AFFIX_${name^^}_PID" "$pid"
    "env_$name"
  done
}

usage() {
  echo "usage: scripts/services.sh start|stop|kill|restart|env [pg] [my] [fb]" >&2
  exit 2
}

command=${1:-}
[[ $command =~ ^(start|stop|kill|restart|env)$ ]] || usage
names=("${@:2}")
((${#names[@]})) || names=(pg my fb)
for name in "${names[@]}"; do [[ -v "users[$name]" ]] || usage; done

enter_directory
exec {lock}>lock
flock "$lock"
case $command in
  start) for name in "${names[@]}"; do start "$name"; done ;;
  stop) stop "${names[@]}" ;;
  kill) for name in "${names[@]}"; do kill_server "$name"; done ;;
  restart) stop "${names[@]}" && for name in "${names[@]}"; do start "$name"; done ;;
  env) print_env "${names[@]}" ;;
esac
