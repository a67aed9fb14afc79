package nexus.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import nexus.Refusal;
import nexus.store.PostgresUrl;
import nexus.store.SslOffer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The demo table of the source database. Its rows become events like those of any other table. */
@Singleton
public class DemoUsers {
    private static final String INSERT = """
            INSERT INTO public.users (id, email, name) VALUES ($1, $2, $3)
            RETURNING id, email, name, created_at""";

    private static final String UNIQUE_VIOLATION = "23505";

    private final Pool source;

    /** A row of the table. */
    record User(UUID id, String email, String name, Instant createdAt) {}

    /** @param sourceUrl {@code SOURCE_DATABASE_URL} */
    @Inject
    public DemoUsers(Vertx vertx, @ConfigProperty(name = "nexus.source.url") String sourceUrl) {
        this.source = PgBuilder.pool()
                .with(new PoolOptions()
                        .setName("nexus-demo")
                        .setMaxSize(1)
                        .setMaxWaitQueueSize(100)
                        .setIdleTimeout(60)
                        .setConnectionTimeout(10)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS))
                .connectingTo(new SslOffer(
                        vertx,
                        PostgresUrl.parse(sourceUrl)
                                .clientOptions()
                                .setProperties(Map.of("application_name", "nexus-demo", "statement_timeout", "10000"))))
                .using(vertx)
                .build();
    }

    /** Fails with a {@link Refusal.Conflict} when the email is taken. */
    Future<User> insert(String email, String name) {
        return source.preparedQuery(INSERT)
                .execute(Tuple.of(UUID.randomUUID(), email, name))
                .map(rows -> user(rows.iterator().next()))
                .recover(failure -> Future.failedFuture(
                        failure instanceof PgException e && UNIQUE_VIOLATION.equals(e.getSqlState())
                                ? new Refusal.Conflict("duplicate", "There is a user with this email already.")
                                : failure));
    }

    @PreDestroy
    void close() {
        source.close();
    }

    private static User user(Row row) {
        return new User(
                row.getUUID("id"),
                row.getString("email"),
                row.getString("name"),
                row.getOffsetDateTime("created_at").toInstant());
    }
}
