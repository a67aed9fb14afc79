package nexus.bench.receiver;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What was sent and what was received. Every event has a number, counted from 1, and may have a key: of one key the
 * numbers rise in the order in which the events were committed. Safe for any thread.
 */
public final class Ledger {
    private static final int KEYS = 4096;

    private long[] sentAt = new long[1 << 16]; // by number, System.nanoTime(); 0: was not sent
    private long[] receivedAt = new long[1 << 16];
    private long[] ids = new long[1 << 16];
    private final long[] lastOfKey = new long[KEYS];
    private long next = 1;
    private long sent;
    private long received;
    private long repeats;
    private long orderViolations;
    private long otherIds;

    /**
     * The state of things.
     *
     * @param repeats receipts of an event that had come before, with the same id
     * @param otherIds receipts of an event that had come before, with another id
     * @param orderViolations receipts for the first time of an event behind a later one of its key
     */
    public record Verdict(long sent, long received, long repeats, long orderViolations, long otherIds, long sharedIds) {
        /** Of two ledgers. */
        public Verdict plus(Verdict other) {
            return new Verdict(
                    sent + other.sent,
                    received + other.received,
                    repeats + other.repeats,
                    orderViolations + other.orderViolations,
                    otherIds + other.otherIds,
                    sharedIds + other.sharedIds);
        }

        public long lost() {
            return sent - received;
        }

        public boolean isClean() {
            return lost() == 0 && orderViolations == 0 && otherIds == 0 && sharedIds == 0;
        }
    }

    /** The first of so many new numbers. */
    public synchronized long take(int count) {
        long first = next;
        next += count;
        while (next > sentAt.length) {
            sentAt = Arrays.copyOf(sentAt, sentAt.length * 2);
            receivedAt = Arrays.copyOf(receivedAt, sentAt.length);
            ids = Arrays.copyOf(ids, sentAt.length);
        }
        return first;
    }

    /** Right before the commit that makes them visible. */
    public synchronized void sending(long first, int count) {
        Arrays.fill(sentAt, (int) first, (int) first + count, System.nanoTime());
        sent += count;
    }

    /** @param key 0: none */
    public synchronized void received(long number, int key, long id) {
        int n = (int) number;
        if (number < 1 || number >= next || sentAt[n] == 0) {
            return; // of an earlier run, or not to be counted
        }
        if (receivedAt[n] != 0) {
            if (ids[n] == id) {
                repeats++;
            } else {
                otherIds++;
            }
            return;
        }
        receivedAt[n] = System.nanoTime();
        ids[n] = id;
        received++;
        if (key > 0) {
            if (lastOfKey[key % KEYS] > number) {
                orderViolations++;
            }
            lastOfKey[key % KEYS] = Math.max(lastOfKey[key % KEYS], number);
        }
        if (received == sent) {
            notifyAll();
        }
    }

    public synchronized long next() {
        return next;
    }

    public synchronized long received() {
        return received;
    }

    /** Sent and not received. */
    public synchronized long outstanding() {
        return sent - received;
    }

    /** Waits until all that was sent is received, or the time is over. */
    public synchronized void awaitAll(long seconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (received < sent && System.nanoTime() < deadline) {
            wait(100);
        }
    }

    /** From sending to first receipt, of the numbers from {@code first} until before {@code end}. */
    public synchronized Percentiles latencies(long first, long end) {
        long[] nanos = new long[(int) (end - first)];
        int count = 0;
        for (int n = (int) first; n < end; n++) {
            if (sentAt[n] != 0 && receivedAt[n] != 0) {
                nanos[count++] = receivedAt[n] - sentAt[n];
            }
        }
        return Percentiles.of(Arrays.copyOf(nanos, count));
    }

    public synchronized Verdict verdict() {
        return new Verdict(sent, received, repeats, orderViolations, otherIds, sharedIds());
    }

    /** Receipts whose id another event had: a receiver that drops repeats would have dropped them. */
    private long sharedIds() {
        long[] known = Arrays.stream(ids).filter(id -> id != 0).sorted().toArray();
        long shared = 0;
        for (int i = 1; i < known.length; i++) {
            shared += known[i] == known[i - 1] ? 1 : 0;
        }
        return shared;
    }
}
