-- Fills a store with what a busy one holds: eight days of events, most of which are for one lane, a burst of events that
-- each go to every lane, one endpoint that is dead, and deliveries in each place that they can be in.
-- For psql (-v events=3000000 -v fanout=2000 -v lanes=400 -f many-rows.sql) and for nexus.testkit.ManyRows.
SET search_path = nexus, pg_catalog;
SET synchronous_commit = off;

SELECT count(ensure_day((now() AT TIME ZONE 'UTC')::date - n)) FROM generate_series(1, 7) n;

INSERT INTO subscription (id, kind, settings, target, target_digest, fingerprint, deleted_at)
SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'listener' ELSE 'subscription' END,
       jsonb_build_object('name', 'test ' || n, 'eventTypes', jsonb_build_array('*')), '', '', n::text::bytea,
       CASE WHEN n % 50 = 49 THEN now() END
FROM generate_series(1, :lanes) n;

-- Every other event is for lane 2, the others are for one of all lanes.
CREATE TEMP TABLE single AS
SELECT n::bigint AS seq, gen_random_uuid() AS id, made.at, (made.at AT TIME ZONE 'UTC')::date AS day,
       CASE WHEN n % 2 = 0 THEN 2 ELSE 1 + abs(hashint4(n)) % :lanes END AS lane,
       CASE WHEN n <= 100 THEN 'rare.oldest' ELSE 'pg.public.table' || n % 20 || '.update' END AS type
FROM generate_series(1, :events) n,
     LATERAL (SELECT (now() AT TIME ZONE 'UTC')::date - 7) first(day),
     LATERAL (SELECT first.day::timestamp AT TIME ZONE 'UTC') start(at),
     LATERAL (SELECT start.at + (now() - interval '2 minutes' - start.at) * (n / :events::float8) AS at) made;

CREATE TEMP TABLE fan AS
SELECT n AS nth, (:events + n)::bigint AS seq, gen_random_uuid() AS id, made.at, (made.at AT TIME ZONE 'UTC')::date AS day
FROM generate_series(1, :fanout) n,
     LATERAL (SELECT now() - interval '2 minutes' + n * interval '60 seconds' / :fanout AS at) made;

INSERT INTO event (day, id, seq, type, created_at, accepted_at, body, lanes, seqs)
SELECT day, id, seq, type, at, at, convert_to('{"id":"' || id || '","x":"' || repeat('x', 250) || '"}', 'UTF8'),
       ARRAY[lane], ARRAY[seq]
FROM single ORDER BY seq;
INSERT INTO event (day, id, seq, type, created_at, accepted_at, body, lanes, seqs)
SELECT day, id, seq, 'fan.out', at, at, convert_to('{"id":"' || id || '"}', 'UTF8'),
       (SELECT array_agg(l) FROM generate_series(1, :lanes) l),
       (SELECT array_agg((:events + (nth - 1) * :lanes + l)::bigint) FROM generate_series(1, :lanes) l)
FROM fan ORDER BY seq;

-- Lane 2 has been dead for the last tenth, lane 3 always.
CREATE TEMP TABLE made AS
SELECT day, lane, (lane + seq) % 8 AS stripe, seq, id, at,
       CASE WHEN lane = 2 AND seq > :events * 0.9 THEN 'PENDING'
            WHEN lane = 3 THEN 'FAILED'
            WHEN seq > :events * 0.98 AND seq % 5 = 0 THEN 'FAILED'
            WHEN seq % 100 = 7 THEN 'DEAD'
            WHEN lane = 2 AND seq % 10 <> 4 THEN 'RUN' ELSE 'SENT' END AS state,
       CASE WHEN seq % 100 = 7 THEN 3 WHEN seq % 10 IN (1, 2, 4) THEN 2 ELSE 1 END AS attempts
FROM single;
INSERT INTO made
SELECT day, l, (l + nth) % 8, (:events + (nth - 1) * :lanes + l)::bigint, id, at,
       CASE WHEN nth <= :fanout / 2 THEN CASE WHEN l % 100 = 7 THEN 'DEAD' ELSE 'SENT' END
            WHEN (nth + l) % 10 = 0 THEN 'FAILED' ELSE 'PENDING' END, 1
FROM fan, generate_series(1, :lanes) l;

INSERT INTO owed (lane, stripe, seq, key, due, attempts, created_at, event_day, event_id, body_bytes)
SELECT lane, stripe, seq, seq % 100000, CASE WHEN state = 'FAILED' THEN now() + interval '1 hour' END,
       CASE WHEN state = 'FAILED' THEN attempts ELSE 0 END, at, day, id, 300
FROM made WHERE state IN ('PENDING', 'FAILED') ORDER BY seq;
INSERT INTO delivery (day, lane, stripe, seq, barrier, event_id, body_bytes, own, status, dead_reason, attempts,
                      attempts_before, created_at, settled_at, attempted_at, duration_ms, status_code, response)
SELECT day, lane, stripe, seq, false, id, 300, false, state, CASE WHEN state = 'DEAD' THEN 'exhausted' END, attempts, 0,
       at, at + attempts * interval '3 s', at + attempts * interval '3 s', 30, CASE WHEN state = 'DEAD' THEN 500 ELSE 200 END,
       'answer'
FROM made WHERE state IN ('SENT', 'DEAD') ORDER BY seq;
INSERT INTO delivery_run (day, lane, first_seq, last_seq, first_attempted_at, last_attempted_at, settled_at, seqs, stripes,
                          event_ids, created_at, attempted_at, duration_ms, status_codes)
SELECT day, lane, min(seq), max(seq), min(tried_at), max(tried_at), max(at), array_agg(seq ORDER BY seq),
       array_agg(stripe::smallint ORDER BY seq), array_agg(id ORDER BY seq), array_agg(at ORDER BY seq),
       array_agg(tried_at ORDER BY seq), array_agg(30 ORDER BY seq), array_agg(200::smallint ORDER BY seq)
FROM (SELECT *, max(at) OVER (PARTITION BY day, lane, seq / 230) + interval '1 ms' * (seq % 230) AS tried_at
      FROM made WHERE state = 'RUN') tried
GROUP BY day, lane, seq / 230 ORDER BY 4;
INSERT INTO attempt (day, lane, seq, attempt, attempted_at, duration_ms, status_code, response, next_run_at)
SELECT day, lane, seq, n, at + n * interval '3 s', 20, 503, 'try again later', at
FROM made, generate_series(1, 3) n
WHERE state IN ('SENT', 'DEAD', 'FAILED') AND n < attempts + CASE WHEN state = 'FAILED' THEN 1 ELSE 0 END
ORDER BY seq, n;

-- What a process has in memory: 16 384 deliveries of lane 5 in runs of 64.
CREATE TEMP TABLE burst AS
SELECT n, (:events + :fanout + n)::bigint AS event_seq, (:events + :fanout * :lanes + n)::bigint AS seq, gen_random_uuid() AS id
FROM generate_series(1, 16384) n;
INSERT INTO event (day, id, seq, type, created_at, accepted_at, body, lanes, seqs)
SELECT (now() AT TIME ZONE 'UTC')::date, id, event_seq, 'burst', now(), now(), convert_to('{}', 'UTF8'), ARRAY[5], ARRAY[seq]
FROM burst ORDER BY n;
INSERT INTO owed_run (lane, first_seq, event_day, created_at, seqs, stripes, keys, event_ids, body_bytes, is_owed)
SELECT 5, min(seq), (now() AT TIME ZONE 'UTC')::date, now(), array_agg(seq ORDER BY n), array_agg((n % 8)::smallint ORDER BY n),
       array_agg(n::bigint ORDER BY n), array_agg(id ORDER BY n), array_agg(300 ORDER BY n), repeat('1', 64)::bit varying
FROM burst GROUP BY (n - 1) / 64;
SELECT setval('event_seq', (SELECT max(event_seq) FROM burst)), setval('owed_seq_seq', (SELECT max(seq) FROM burst));

INSERT INTO audit (at, actor, actor_name, method, path, resource_id, fields, status)
SELECT now() - interval '8 days' * (1 - n / (:events / 6)::float8), CASE WHEN n <= 50 THEN 'env:oldest' ELSE 'env:' || n % 3 END,
       'x', 'PATCH', '/v1/subscriptions/' || n % 400, (n % 400)::text, '{endpointUrl,name}', 200
FROM generate_series(1, :events / 6) n;
INSERT INTO api_key (id, name, scopes, digest)
SELECT gen_random_uuid(), 'key ' || n, '{read}', sha256(n::text::bytea) FROM generate_series(1, 1000) n;
INSERT INTO stat (lane, deliveries, pending, sent) SELECT n, 1000, 1, 999 FROM generate_series(1, :lanes) n;
INSERT INTO stat_delta (lane, deliveries) SELECT 1 + n % :lanes, 1 FROM generate_series(1, 5000) n;

ANALYZE;
