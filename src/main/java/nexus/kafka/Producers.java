package nexus.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nexus.target.KafkaCluster;

/**
 * The clients, one for each cluster and login, shared by all targets there. One that is not used for a while is closed.
 * Thread-safe.
 */
final class Producers {
    /** Each has a thread and buffers of its own. */
    static final int MAX = 32;

    private final Function<KafkaCluster, GuardedProducer> opener;
    private final Map<KafkaCluster, Shared> open = new HashMap<>(); // guarded by this

    /** A client in use. */
    static final class Shared {
        private final KafkaCluster cluster;
        private final GuardedProducer producer;
        private int users;
        private boolean isBroken;
        private long unusedSince = System.nanoTime();

        private Shared(KafkaCluster cluster, GuardedProducer producer) {
            this.cluster = cluster;
            this.producer = producer;
        }

        GuardedProducer producer() {
            return producer;
        }
    }

    Producers(Function<KafkaCluster, GuardedProducer> opener) {
        this.opener = opener;
    }

    /** Empty when too many clients are in use. The caller gives it back. */
    synchronized Optional<Shared> take(KafkaCluster cluster) {
        Shared shared = open.get(cluster);
        if (shared == null) {
            if (open.size() >= MAX && !dropUnused()) {
                return Optional.empty();
            }
            shared = new Shared(cluster, opener.apply(cluster));
            open.put(cluster, shared);
        }
        shared.users++;
        return Optional.of(shared);
    }

    /** @param isBroken whether it can send nothing any more; the next user gets a new one */
    synchronized void giveBack(Shared shared, boolean isBroken) {
        shared.users--;
        shared.unusedSince = System.nanoTime();
        if (isBroken) {
            open.remove(shared.cluster, shared);
            shared.isBroken = true;
        }
        if (shared.isBroken && shared.users == 0) {
            close(shared);
        }
    }

    private boolean dropUnused() {
        return open.values().stream()
                .filter(shared -> shared.users == 0)
                .findAny()
                .map(this::drop)
                .isPresent();
    }

    private Shared drop(Shared shared) {
        open.remove(shared.cluster, shared);
        close(shared);
        return shared;
    }

    /** @return whether there are others */
    synchronized boolean closeUnused(Duration forLongerThan) {
        long now = System.nanoTime();
        List.copyOf(open.values()).stream()
                .filter(shared -> shared.users == 0 && now - shared.unusedSince >= forLongerThan.toNanos())
                .forEach(this::drop);
        return !open.isEmpty();
    }

    /** Closes all at once: records that are not acknowledged are given up. */
    void closeAll() {
        List<Shared> all;
        synchronized (this) {
            all = new ArrayList<>(open.values());
            open.clear();
        }
        all.forEach(Producers::close);
    }

    /** In a thread of its own, since it waits for the client's thread. */
    private static void close(Shared shared) {
        Thread.ofVirtual().name("kafka-close").start(() -> shared.producer.close(Duration.ZERO));
    }

    synchronized int count() {
        return open.size();
    }
}
