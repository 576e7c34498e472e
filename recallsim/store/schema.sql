-- A recallsim store: the replications of one scenario, for one or several seeds.
--
-- Ticks are integers; run.clock is the number of seconds in one. NULL stands for "never" in a column of ticks and for
-- "does not exist" in a column of values. Codes are numbers that never change; the tables named after them say the words.
-- For a first look: select * from estimates;  select * from tallies;  select * from outcomes;  select * from curves;

create table run (
    run integer primary key,
    fingerprint text not null,           -- what the replications depend on, beside the seed
    seed text not null,                  -- decimal, since seeds go up to 2^64-1
    name text not null,
    title text not null,
    scenario text not null,              -- the file as the user wrote it
    canonical text not null,             -- the resolved scenario, JSON
    version text not null,               -- of the program that started the run
    clock real not null,                 -- seconds in one tick
    horizon integer not null,            -- ticks
    recipients integer not null,
    curve_times text not null,           -- JSON array: the times of the curves' points, in seconds
    created text not null,               -- wall clock
    unique (fingerprint, seed)
) strict;

-- The latest command that worked on a run. It is no result: the digest leaves it out. A store that was begun without it gets
-- it from the next command.
create table if not exists attempt (
    run integer primary key references run,
    wanted integer,                      -- replications; NULL: as many as a precision takes
    begun text not null,                 -- wall clock
    ended text check (ended in ('complete', 'interrupted'))  -- NULL while it goes on, and after a kill
) strict;

create table recipient_group (
    run integer not null references run,
    group_number integer not null,       -- the last one is "all"
    name text not null,
    first_recipient integer not null,
    size integer not null,
    primary key (run, group_number)
) strict, without rowid;

create table replication (
    run integer not null references run,
    replication integer not null,
    recorded integer not null,           -- 1: its recipients are in table recipient
    seconds real not null,               -- wall clock
    stored text not null,                -- wall clock
    primary key (run, replication)
) strict, without rowid;

-- The sums behind every metric. A name that only this scenario has (a stage, a parameter) is a key of the JSON object in
-- "extra". The curves are JSON arrays of 64 integers: how many recipients had seen the content, were decided, were
-- reported to the sender by each of run.curve_times.
create table tally (
    run integer not null,
    replication integer not null,
    group_number integer not null,
{tally_columns}
    extra text not null,
    seen_by text not null,
    decided_by text not null,
    told_by text not null,
    primary key (run, replication, group_number),
    foreign key (run, replication) references replication
) strict;

create table recipient (
    run integer not null,
    replication integer not null,
    recipient integer not null,          -- from 1
    group_number integer not null,
{recipient_columns}
    primary key (run, replication, recipient)
) strict, without rowid;

-- Who succeeded and who had seen it, one bit a recipient in the order of their numbers, the highest bit of a byte first.
-- Kept where runs are compared recipient by recipient.
create table recipient_bits (
    run integer not null,
    replication integer not null,
    succeeded blob not null,
    seen blob not null,
    primary key (run, replication),
    foreign key (run, replication) references replication
) strict, without rowid;

create table estimate (
    run integer not null references run,
    variant text not null,
    group_name text not null,
    metric text not null,
    mean real,
    low real,
    high real,
    replications integer not null,
    degenerate integer not null,
    confidence real not null,
    primary key (run, variant, group_name, metric)
) strict, without rowid;

-- A plan's only group may be called "all" itself; it is then reported once.
create view reported_group as
    select * from recipient_group g
    where name <> 'all' or group_number = (select max(h.group_number) from recipient_group h where h.run = g.run);

create view estimates as
    select r.name as scenario, r.seed, e.variant, e.group_name, e.metric, e.mean, e.low, e.high, e.replications,
           e.degenerate, e.confidence
    from estimate e join run r using (run);

create view tallies as
    select r.seed, g.name as group_name, g.size, t.*
    from tally t join run r using (run) join reported_group g using (run, group_number);

create view curves as
    select r.seed, t.replication, g.name as group_name, at.value as seconds,
           json_extract(t.seen_by, '$[' || at.key || ']') as seen,
           json_extract(t.decided_by, '$[' || at.key || ']') as decided,
           json_extract(t.told_by, '$[' || at.key || ']') as told
    from tally t join run r using (run) join reported_group g using (run, group_number), json_each(r.curve_times) at;

create view outcomes as
    select r.seed, x.replication, x.recipient, g.name as group_name, s.name as status, c.name as reason,
           x.decided * r.clock as decided_seconds, x.seen * r.clock as seen_seconds, x.seen_level, p.name as seen_phase,
           x.original_delivered * r.clock as original_delivered_seconds,
           x.request_delivered * r.clock as request_delivered_seconds,
           x.original_removed * r.clock as original_removed_seconds, l.name as original_place, d.name as told
    from recipient x
    join run r using (run)
    join recipient_group g using (run, group_number)
    join status s on s.code = x.status
    join reason c on c.code = x.reason
    join seen_phase p on p.code = x.seen_phase
    join place l on l.code = x.original_place
    join told d on d.code = x.told;
