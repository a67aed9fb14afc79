package nexus.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import nexus.api.caller.AuditedChange;
import nexus.notation.SqlState;
import nexus.refusal.Refusal;
import nexus.store.NamedSql;
import nexus.store.PostgresUrl;
import nexus.store.ReactiveSessions;
import nexus.store.Rows;
import nexus.store.SessionSettings;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The demo table of the source database. Its rows become events like those of any other table. */
@Singleton
public class DemoUsers {
    private static final NamedSql INSERT = NamedSql.of("""
            INSERT INTO public.users (id, email, name) VALUES (:id, :email, :name)
            RETURNING id, email, name, created_at""", "id", "email", "name");

    /** Prevents changes of the table until the end of the transaction, and runs no code of the table. */
    private static final String LOCK = "LOCK TABLE public.users IN ROW EXCLUSIVE MODE";

    /** SQLSTATE classes of errors that concern the table or the row, not the server or the connection. */
    private static final Set<String> OF_THE_TABLE = Set.of("21", "22", "23", "27", "2F", "38", "39", "42", "44", "P0");

    private final Pool source;

    /** A row of the table. */
    record User(UUID id, String email, String name, Instant createdAt) {}

    /** @param sourceUrl {@code SOURCE_DATABASE_URL} */
    @Inject
    public DemoUsers(Vertx vertx, @ConfigProperty(name = "nexus.source.url") String sourceUrl) {
        this.source = new ReactiveSessions(vertx, PostgresUrl.parse(sourceUrl).named("nexus-demo"), false)
                .pool(
                        SessionSettings.source().with("statement_timeout", "10000"),
                        new PoolOptions()
                                .setName("nexus-demo")
                                .setMaxSize(1)
                                .setMaxWaitQueueSize(100)
                                .setIdleTimeout(60)
                                .setConnectionTimeout(10)
                                .setConnectionTimeoutUnit(TimeUnit.SECONDS));
    }

    /**
     * Fails with a {@link Refusal.Conflict} when the email is taken, or the table is not the demo's. The audit is in
     * the store, which may be another database, so its entry is completed before the row is committed here.
     */
    Future<User> insert(String email, String name, AuditedChange audited) {
        UUID id = UUID.randomUUID();
        return source.withTransaction(transaction -> transaction
                        .query(LOCK)
                        .execute()
                        .compose(locked -> transaction.query(DemoShape.FAULT).execute())
                        .compose(rows -> Optional.ofNullable(Rows.only(rows).getString("fault"))
                                .map(fault -> Future.<RowSet<Row>>failedFuture(anotherTable(fault)))
                                .orElseGet(() -> INSERT.on(transaction, id, email, name)))
                        .compose(rows -> audited.complete(id.toString()).map(rows)))
                .map(rows -> user(Rows.only(rows)))
                .recover(failure -> Future.failedFuture(refusal(failure)));
    }

    private static Throwable refusal(Throwable failure) {
        if (!(failure instanceof PgException e) || e.getSqlState() == null) {
            return failure;
        }
        if (SqlState.is(e, SqlState.UNIQUE_VIOLATION)) {
            return new Refusal.Conflict("duplicate", "There is a user with this email already.");
        }
        return OF_THE_TABLE.contains(e.getSqlState().substring(0, 2))
                ? anotherTable("the database refused the row with SQLSTATE " + e.getSqlState())
                : failure;
    }

    private static Refusal.Conflict anotherTable(String why) {
        return new Refusal.Conflict(
                "demo-table", "The table users of the source database is not the demo's: " + why + ".");
    }

    @PreDestroy
    void close() {
        source.close();
    }

    private static User user(Row row) {
        return new User(
                row.getUUID("id"), row.getString("email"), row.getString("name"), Rows.instant(row, "created_at"));
    }
}
