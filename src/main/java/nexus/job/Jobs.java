package nexus.job;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import nexus.api.caller.AuditedChange;
import nexus.refusal.Refusal;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/** The only class that writes {@code job}. */
@Singleton
public class Jobs {
    /** Most jobs of the store that have not ended, so that the work of all runners stays bounded. */
    static final int MOST_OPEN = 200;

    private static final String COLUMNS = """
            id, number, kind, subscription_id, lane, state, settings, cursor, rate_limit, total, done, skipped, error, version, \
            created_at, updated_at, finished_at""";

    private static final NamedSql.From<NewJob> CREATE = NamedSql.from(
            """
            INSERT INTO job (id, kind, subscription_id, lane, settings, cursor, rate_limit, total)
            SELECT :id, :kind, :subscription, :lane, :settings, :cursor, :rate_limit, :total
            WHERE (SELECT count(*) FROM job WHERE state IN ('running', 'paused')) < %d
            RETURNING
            """.formatted(MOST_OPEN) + COLUMNS,
            parameter("id", NewJob::id),
            parameter("kind", NewJob::kind),
            parameter("subscription", NewJob::subscriptionId),
            parameter("lane", NewJob::lane),
            parameter("settings", NewJob::settings),
            parameter("cursor", NewJob::cursor),
            parameter("rate_limit", job -> job.rateLimit().orElse(null)),
            parameter("total", job -> job.total().orElse(null)));

    private static final NamedSql FIND =
            NamedSql.of("SELECT " + COLUMNS + " FROM job WHERE kind = :kind AND id = :id", "kind", "id");

    private static final NamedSql FIND_OPEN = NamedSql.of(
            "SELECT " + COLUMNS + " FROM job WHERE state IN ('running', 'paused') AND kind = :kind ORDER BY number",
            "kind");

    private static final NamedSql LIST =
            NamedSql.of("SELECT " + COLUMNS + """
             FROM job
            WHERE kind = :kind AND number < :below
              AND (:subscription::uuid IS NULL OR subscription_id = :subscription::uuid)
              AND (:state::text IS NULL OR state = :state::text)
            ORDER BY number DESC LIMIT :limit""", "kind", "below", "subscription", "state", "limit");

    private static final NamedSql.From<Advance> ADVANCE = NamedSql.from(
            """
            UPDATE job
            SET cursor = :cursor, done = done + :done, skipped = skipped + :skipped,
                total = coalesce(:total::bigint, total), updated_at = now(), version = version + 1
            WHERE id = :id AND version = :version AND state = 'running'
            RETURNING
            """ + COLUMNS,
            parameter("cursor", advance -> advance.progress().cursor()),
            parameter("done", advance -> advance.progress().done()),
            parameter("skipped", advance -> advance.progress().skipped()),
            parameter("total", advance -> advance.progress().total().orElse(null)),
            parameter("id", advance -> advance.before().id()),
            parameter("version", advance -> advance.before().version()));

    private record Advance(Job before, Progress progress) {}

    private static final NamedSql END = NamedSql.of("""
            UPDATE job
            SET state = :state, error = :error, finished_at = now(), updated_at = now(), version = version + 1
            WHERE id = :id AND version = :version AND state = 'running'""", "state", "error", "id", "version");

    /** A state that it has already stays. */
    private static final NamedSql CHANGE = NamedSql.of("""
            UPDATE job
            SET state = :after, updated_at = now(), version = version + 1,
                finished_at = CASE WHEN :after = 'cancelled' THEN now() END
            WHERE kind = :kind AND id = :id AND state = ANY (:before::text[])
            RETURNING
            """ + COLUMNS, "after", "kind", "id", "before");

    /**
     * Renews the leases of one runner, and takes those that are free or have expired. Another runner makes a step of the
     * former one fail, by another version.
     */
    private static final NamedSql CLAIM = NamedSql.of("""
            UPDATE job
            SET runner = :runner::uuid, leased_until = now() + make_interval(secs => :lease_seconds),
                version = version + CASE WHEN runner IS DISTINCT FROM :runner::uuid THEN 1 ELSE 0 END
            WHERE state = 'running' AND kind = ANY (:kinds::text[])
              AND (runner = :runner::uuid OR runner IS NULL OR leased_until < now())
            RETURNING
            """ + COLUMNS, "runner", "lease_seconds", "kinds");

    private static final NamedSql HAS_RUNNING =
            NamedSql.of("SELECT FROM job WHERE state = 'running' AND kind = ANY (:kinds::text[]) LIMIT 1", "kinds");

    private static final NamedSql RELEASE = NamedSql.of(
            "UPDATE job SET runner = NULL, leased_until = NULL WHERE runner = :runner AND state = 'running'", "runner");

    private final Store store;

    public Jobs(Store store) {
        this.store = store;
    }

    /**
     * Stores a job, which begins to run once the transaction is committed.
     *
     * @return fails with a {@link Refusal.Conflict} if too many jobs have not ended
     */
    public Future<Job> create(SqlConnection transaction, NewJob job) {
        return CREATE.on(transaction, job).map(rows -> Rows.first(rows, Jobs::job)
                .orElseThrow(() -> new Refusal.Conflict(
                        "too-many-jobs",
                        MOST_OPEN + " replays and backfills have not ended: wait for some, or cancel them.")));
    }

    public Future<Optional<Job>> find(String kind, UUID id) {
        return FIND.on(store.api(), kind, id).map(rows -> Rows.first(rows, Jobs::job));
    }

    /** The running and paused jobs of a kind, oldest first. */
    public Future<List<Job>> open(String kind) {
        return FIND_OPEN.on(store.api(), kind).map(rows -> Rows.all(rows, Jobs::job));
    }

    /**
     * Newest first.
     *
     * @param below only jobs with a lower number: those after an earlier page
     */
    public Future<List<Job>> list(
            String kind, Optional<UUID> subscription, Optional<JobState> state, long below, int limit) {
        return LIST.on(
                        store.api(),
                        kind,
                        below,
                        subscription.orElse(null),
                        state.map(JobState::word).orElse(null),
                        limit)
                .map(rows -> Rows.all(rows, Jobs::job));
    }

    /**
     * Stores the progress of a step, as a part of the step's transaction.
     *
     * @param before the job as the step has read it
     * @return the job after the step; empty if it has been paused, cancelled or taken over since: roll the transaction back
     */
    public Future<Optional<Job>> advance(SqlConnection transaction, Job before, Progress progress) {
        return ADVANCE.on(transaction, new Advance(before, progress)).map(rows -> Rows.first(rows, Jobs::job));
    }

    /** @return the job, now or already paused; fails with a refusal if there is none or it has ended */
    public Future<Job> pause(String kind, UUID id, AuditedChange audited) {
        return change(kind, id, JobState.PAUSED, List.of(JobState.RUNNING), audited);
    }

    /** @return the job, now or already running; fails with a refusal if there is none or it has ended */
    public Future<Job> resume(String kind, UUID id, AuditedChange audited) {
        return change(kind, id, JobState.RUNNING, List.of(JobState.PAUSED), audited);
    }

    /** @return the job, now or already cancelled; fails with a refusal if there is none or it has ended otherwise */
    public Future<Job> cancel(String kind, UUID id, AuditedChange audited) {
        return change(kind, id, JobState.CANCELLED, List.of(JobState.RUNNING, JobState.PAUSED), audited);
    }

    private Future<Job> change(
            String kind, UUID id, JobState after, Collection<JobState> before, AuditedChange audited) {
        String[] from = before.stream().map(JobState::word).toArray(String[]::new);
        return store.api()
                .withTransaction(transaction -> CHANGE.on(transaction, after.word(), kind, id, from)
                        .compose(rows -> rows.rowCount() > 0
                                ? Future.succeededFuture(job(Rows.only(rows)))
                                : unchanged(transaction, kind, id, after))
                        .compose(job ->
                                audited.complete(transaction, id.toString()).map(job)))
                .map(Objects::requireNonNull);
    }

    private static Future<Job> unchanged(SqlClient client, String kind, UUID id, JobState wanted) {
        return FIND.on(client, kind, id).map(rows -> {
            Job job = Rows.first(rows, Jobs::job).orElseThrow(() -> notFound(kind));
            if (job.state() != wanted) {
                throw new Refusal.Conflict(
                        "job-ended", "This " + kind + " is " + job.state().word() + " and cannot change any more.");
            }
            return job;
        });
    }

    public static Refusal.NotFound notFound(String kind) {
        return new Refusal.NotFound("There is no " + kind + " with this id.");
    }

    /** @return false if it has been paused, cancelled or taken over meanwhile */
    Future<Boolean> end(Job before, JobState state, Optional<String> error) {
        return END.on(store.api(), state.word(), error.orElse(null), before.id(), before.version())
                .map(rows -> rows.rowCount() > 0);
    }

    /** The running jobs of these kinds that the runner may work on until the lease expires. Reads alone if there are none. */
    Future<List<Job>> claim(UUID runner, Collection<String> kinds, Duration lease) {
        String[] names = kinds.toArray(String[]::new);
        return HAS_RUNNING
                .on(store.api(), (Object) names)
                .compose(running -> running.size() == 0
                        ? Future.succeededFuture(List.of())
                        : CLAIM.on(store.api(), runner, (double) lease.toMillis() / 1000, names)
                                .map(rows -> Rows.all(rows, Jobs::job)));
    }

    /** Gives all its jobs to others, who need not wait for its leases then. */
    Future<Void> release(UUID runner) {
        return RELEASE.on(store.api(), runner).mapEmpty();
    }

    private static Job job(Row row) {
        return new Job(
                row.getUUID("id"),
                row.getLong("number"),
                row.getString("kind"),
                row.getUUID("subscription_id"),
                row.getInteger("lane"),
                JobState.of(row.getString("state")),
                row.getJsonObject("settings"),
                row.getJsonObject("cursor"),
                Optional.ofNullable(row.getInteger("rate_limit")),
                Optional.ofNullable(row.getLong("total")),
                row.getLong("done"),
                row.getLong("skipped"),
                Optional.ofNullable(row.getString("error")),
                row.getLong("version"),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "updated_at"),
                Rows.time(row, "finished_at"));
    }
}
