package nexus.subscription;

import io.vertx.core.Future;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** This process's copy of the subscriptions. Whoever finds that the store has a newer version asks for a reload. */
@Singleton
public class SubscriptionCatalog {
    private final SubscriptionRepository repository;
    private final List<Consumer<Subscriptions>> listeners = new CopyOnWriteArrayList<>();
    private volatile Subscriptions current = Subscriptions.NONE;

    public SubscriptionCatalog(SubscriptionRepository repository) {
        this.repository = repository;
    }

    public Subscriptions current() {
        return current;
    }

    /** Reads all subscriptions; tells the listeners when the version is new. */
    public Future<Subscriptions> reload() {
        return repository.loadAll().map(this::adopt);
    }

    /** Calls back after every change, on whatever thread read it. */
    public void onChange(Consumer<Subscriptions> listener) {
        listeners.add(listener);
    }

    private Subscriptions adopt(Subscriptions read) {
        synchronized (this) {
            if (read.version() <= current.version()) {
                return current;
            }
            current = read;
        }
        listeners.forEach(listener -> listener.accept(read));
        return read;
    }
}
