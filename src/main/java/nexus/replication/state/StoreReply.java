package nexus.replication.state;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a response of the store. Blocks the thread, so it must not run on an event loop. */
public final class StoreReply {
    /** Longer than the time limit of the store's statements. */
    public static final Duration AT_MOST = Duration.ofSeconds(40);

    private StoreReply() {}

    /** @throws StoreUnavailableException if the operation failed or did not end in time */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new StoreUnavailableException(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new StoreUnavailableException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException(e);
        }
    }
}
