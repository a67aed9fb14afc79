package nexus.subscription.catalog;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import nexus.shape.MaskKey;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionState;
import nexus.subscription.matching.Subscriptions;
import org.jspecify.annotations.Nullable;

/** This process's copy of the subscriptions. What changed is read when the store has a newer version. */
@Singleton
public class SubscriptionCatalog {
    private final SubscriptionRepository repository;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile Subscriptions current = Subscriptions.NONE;
    private volatile @Nullable MaskKey maskKey;
    private boolean reading; // guarded by this
    private @Nullable Promise<Subscriptions> next; // guarded by this; for those who came during a read

    /** Learns of a new version. */
    @FunctionalInterface
    public interface Listener {
        /** @param lanes those of changed, new and deleted subscriptions; empty when all may have changed */
        void changed(Optional<Set<Integer>> lanes);
    }

    public SubscriptionCatalog(SubscriptionRepository repository) {
        this.repository = repository;
    }

    public Subscriptions current() {
        return current;
    }

    /**
     * The store's key for masked columns.
     *
     * @throws IllegalStateException before the first subscriptions are read
     */
    public MaskKey maskKey() {
        MaskKey known = maskKey;
        if (known == null) {
            throw new IllegalStateException("the store is not read yet");
        }
        return known;
    }

    /**
     * Reads what changed, up to the current state or a later one, and calls the listeners when the version changed. There
     * is one read at a time, so that an older result never follows a newer one; calls during a read share the next one.
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

    /** Like {@link #reload}, and reads how every endpoint is doing, which changes without a new version. */
    public Future<Subscriptions> reloadWithStates() {
        return reload().compose(reloaded -> repository.states()).map(this::adopt);
    }

    private synchronized Future<Subscriptions> read() {
        reading = true;
        return repository.changesSince(current.version()).map(this::adopt).onComplete(done -> readNext());
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
    public void onChange(Listener listener) {
        listeners.add(listener);
    }

    private Subscriptions adopt(CatalogChanges changes) {
        Subscriptions adopted;
        boolean isAnother;
        synchronized (this) {
            isAnother = changes.version() != current.version();
            adopted = changes.appliedTo(current);
            current = adopted;
            maskKey = changes.maskKey();
        }
        if (isAnother) {
            Optional<Set<Integer>> lanes = changes.isWhole() ? Optional.empty() : Optional.of(lanes(changes));
            listeners.forEach(listener -> listener.changed(lanes));
        }
        return adopted;
    }

    private static Set<Integer> lanes(CatalogChanges changes) {
        Set<Integer> lanes = new HashSet<>(changes.gone());
        changes.changed().forEach(subscription -> lanes.add(subscription.lane()));
        return lanes;
    }

    private synchronized Subscriptions adopt(Map<Integer, SubscriptionState> states) {
        List<Subscription> changed = new ArrayList<>();
        for (Subscription subscription : current.all()) {
            SubscriptionState known = subscription.state();
            SubscriptionState read = states.getOrDefault(subscription.lane(), SubscriptionState.ACTIVE);
            SubscriptionState now = known.with(read.heldUntil(), read.health());
            if (!now.equals(known)) {
                changed.add(subscription.with(now));
            }
        }
        current = current.with(current.version(), changed, List.of());
        return current;
    }
}
