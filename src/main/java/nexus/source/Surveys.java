package nexus.source;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import nexus.doctor.connection.ReadOnlyConnections;
import nexus.refusal.Refusal;
import nexus.replication.publication.Publications;
import nexus.replication.source.SourceConfig;
import nexus.store.PostgresUrl;
import nexus.store.SqlReason;
import org.jspecify.annotations.Nullable;

/** Reads the source's catalog when somebody looks at it. Those who ask within a few seconds share one reading. */
@Singleton
class Surveys {
    private static final Duration FRESH = Duration.ofSeconds(3);

    private final PostgresUrl url;
    private final Publications names;
    private final Vertx vertx;
    private @Nullable Survey last; // guarded by this
    private long readNanos; // guarded by this
    private @Nullable Promise<Survey> reading; // guarded by this

    @Inject
    Surveys(SourceConfig config, Vertx vertx) {
        this.url = PostgresUrl.parse(config.url());
        this.names = new Publications(config.publication());
        this.vertx = vertx;
    }

    Publications names() {
        return names;
    }

    /** Fails with {@link Refusal.Unavailable} when the source does not answer. */
    synchronized Future<Survey> current() {
        Survey known = last;
        if (known != null && System.nanoTime() - readNanos < FRESH.toNanos()) {
            return Future.succeededFuture(known);
        }
        Promise<Survey> running = reading;
        if (running != null) {
            return running.future();
        }
        Promise<Survey> promise = Promise.promise();
        reading = promise;
        vertx.executeBlocking(this::read, false).onComplete(done -> {
            Survey read = done.result();
            finish(read);
            if (read != null) {
                promise.complete(read);
            } else {
                promise.fail(new Refusal.Unavailable("The source database does not answer: " + reason(done.cause())));
            }
        });
        return promise.future();
    }

    private synchronized void finish(@Nullable Survey read) {
        reading = null;
        if (read != null) {
            last = read;
            readNanos = System.nanoTime();
        }
    }

    private Survey read() throws SQLException {
        try (Connection connection = ReadOnlyConnections.ordinary(url)) {
            return Survey.read(connection, names);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        return cause instanceof SQLException e ? SqlReason.of(e) : "it could not be read";
    }
}
