package nexus.bench.receiver;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Events that are owed to every one of many endpoints: which of them has received which. An event has a number, counted
 * from 1, and an endpoint one from 0. Safe for any thread.
 */
public final class Spread {
    private final int endpoints;
    private final List<BitSet> receivedBy = new ArrayList<>(); // of each event
    private long received;
    private long repeats;

    public Spread(int endpoints) {
        this.endpoints = endpoints;
    }

    /** @param sent deliveries */
    public record Verdict(long sent, long received, long repeats) {
        public long lost() {
            return sent - received;
        }
    }

    public int endpoints() {
        return endpoints;
    }

    /** The number of a new event, which is about to be published. */
    public synchronized long next() {
        receivedBy.add(new BitSet(endpoints));
        return receivedBy.size();
    }

    synchronized void received(long event, int endpoint) {
        if (event < 1 || event > receivedBy.size() || endpoint < 0 || endpoint >= endpoints) {
            return; // of another run
        }
        BitSet by = receivedBy.get((int) event - 1);
        if (by.get(endpoint)) {
            repeats++;
            return;
        }
        by.set(endpoint);
        received++;
        if (received == owed()) {
            notifyAll();
        }
    }

    /** Deliveries. */
    public synchronized long received() {
        return received;
    }

    /** Deliveries that are owed and not received. */
    public synchronized long outstanding() {
        return owed() - received;
    }

    /** Waits until all are received, or the time is over. */
    public synchronized void awaitAll(long seconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (received < owed() && System.nanoTime() < deadline) {
            wait(100);
        }
    }

    public synchronized Verdict verdict() {
        return new Verdict(owed(), received, repeats);
    }

    private long owed() {
        return (long) receivedBy.size() * endpoints;
    }
}
