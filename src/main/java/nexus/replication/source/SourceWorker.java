package nexus.replication.source;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Owns the thread {@code nexus-source} and its ordinary connection to the source database, which is opened on first use
 * and reopened after it broke. Tasks run one at a time, and each of them is short.
 */
@Singleton
public class SourceWorker {

    private static final Logger LOG = Logger.getLogger(SourceWorker.class);

    /** A task for the connection, which is in autocommit mode before and after it. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private final SourceConnections connections;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("nexus-source").daemon(true).factory());
    private @Nullable Connection connection; // used only by the thread

    @Inject
    public SourceWorker(SourceConnections connections) {
        this.connections = connections;
    }

    public <T> Future<T> submit(Work<T> work) {
        return submitAfter(Duration.ZERO, work);
    }

    /**
     * The future fails with the exception of the task. It completes on the context of the caller, for example on the
     * same event loop.
     */
    public <T> Future<T> submitAfter(Duration delay, Work<T> work) {
        Promise<T> promise = Promise.promise();
        Context caller = Vertx.currentContext();
        try {
            var _ = thread.schedule(() -> run(work, promise, caller), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            promise.fail(e); // the worker is stopped
        }
        return promise.future();
    }

    /** Runs the task and waits for it. Must not be called on an event loop. */
    public <T> T call(Work<T> work) throws SQLException {
        try {
            return submit(work).toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SQLException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs {@code task} on the thread repeatedly, with {@code interval} between two runs. */
    public void repeat(Duration interval, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.errorf(e, "task on the source's thread failed"); // an exception would cancel all further runs
            }
        };
        var _ = thread.scheduleWithFixedDelay(guarded, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs the task at once; for tasks of {@link #repeat}, which already run on the thread. */
    public <T> T runNow(Work<T> work) throws SQLException {
        try {
            return work.with(connected());
        } catch (SQLException e) {
            if (SourceErrors.connectionIsGone(e)) {
                disconnect();
            }
            throw e;
        }
    }

    @PreDestroy
    public void close() {
        thread.execute(this::disconnect);
        thread.shutdown();
    }

    private <T> void run(Work<T> work, Promise<T> promise, @Nullable Context caller) {
        Runnable answer;
        try {
            T result = runNow(work);
            answer = () -> promise.complete(result);
        } catch (SQLException | RuntimeException | Error e) { // the future must complete in every case
            answer = () -> promise.fail(e);
        }
        Runnable completion = answer;
        if (caller == null) {
            completion.run();
        } else {
            caller.runOnContext(called -> completion.run());
        }
    }

    private Connection connected() throws SQLException {
        Connection known = connection;
        if (known == null || known.isClosed()) {
            known = connections.openOrdinary();
            connection = known;
        }
        return known;
    }

    private void disconnect() {
        Connection known = connection;
        connection = null;
        if (known != null) {
            try {
                known.close();
            } catch (SQLException e) {
                // the connection is discarded anyway
            }
        }
    }
}
