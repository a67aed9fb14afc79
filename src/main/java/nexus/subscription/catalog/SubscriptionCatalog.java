package nexus.subscription.catalog;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import nexus.subscription.Subscriptions;
import org.jspecify.annotations.Nullable;

/** This process's copy of the subscriptions. It is reloaded when the store has a newer version. */
@Singleton
public class SubscriptionCatalog {
    private final SubscriptionRepository repository;
    private final List<Consumer<Subscriptions>> listeners = new CopyOnWriteArrayList<>();
    private volatile Subscriptions current = Subscriptions.NONE;
    private boolean reading; // guarded by this
    private @Nullable Promise<Subscriptions> next; // guarded by this; for those who came during a read

    public SubscriptionCatalog(SubscriptionRepository repository) {
        this.repository = repository;
    }

    public Subscriptions current() {
        return current;
    }

    /**
     * Reads all subscriptions, in their current state or a later one, and calls the listeners when the version changed. There is
     * one read at a time, so that an older result never follows a newer one; calls during a read share the next one.
     */
    public synchronized Future<Subscriptions> reload() {
        if (!reading) {
            return read();
        }
        if (next == null) {
            next = Promise.promise();
        }
        return next.future();
    }

    /** Reads them when the version is another than the current one's, as it is now or later. */
    public Future<Subscriptions> refresh() {
        return repository
                .catalogVersion()
                .compose(version -> version == current.version() ? Future.succeededFuture(current) : reload());
    }

    private synchronized Future<Subscriptions> read() {
        reading = true;
        return repository.loadAll().map(this::adopt).onComplete(done -> readNext());
    }

    private synchronized void readNext() {
        reading = false;
        Promise<Subscriptions> waiting = next;
        next = null;
        if (waiting != null) {
            read().onComplete(waiting);
        }
    }

    /** Calls back after every change, on whatever thread read it. */
    public void onChange(Consumer<Subscriptions> listener) {
        listeners.add(listener);
    }

    private Subscriptions adopt(Subscriptions read) {
        boolean isAnother = read.version() != current.version();
        current = read;
        if (isAnother) {
            listeners.forEach(listener -> listener.accept(read));
        }
        return read;
    }
}
