package nexus.bench.receiver;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What arrived at all receivers of a run. Safe for any thread. */
public final class Receipts {
    private static final byte[] NUMBER = "\"n\":".getBytes(StandardCharsets.US_ASCII);
    /** An event of a batch begins so, and nothing within it does. */
    private static final byte[] EVENT = "{\"id\":\"".getBytes(StandardCharsets.US_ASCII);

    private static final int ID_LENGTH = 36;
    private static final byte[] KEY = "\"k\":".getBytes(StandardCharsets.US_ASCII);
    private static final long HASH_SEED = 1125899906842597L;

    private final Ledger ledger;
    private final Spread spread;
    private final AtomicLong blind = new AtomicLong();
    private final Map<String, Instant> triedAgain = new ConcurrentHashMap<>();
    private volatile byte[] sample = {};

    public Receipts(Ledger ledger, Spread spread) {
        this.ledger = ledger;
        this.spread = spread;
    }

    public Ledger ledger() {
        return ledger;
    }

    /** The events of which each endpoint gets its own delivery. */
    public Spread spread() {
        return spread;
    }

    /** Requests to {@code /blind}. */
    public long blind() {
        return blind.get();
    }

    /** The newest body that came to {@code /count}; empty when none did. */
    public byte[] sample() {
        return sample.clone();
    }

    /** When second attempts came to {@code /fail-once}, by the event's id. */
    public Map<String, Instant> triedAgain() {
        return Map.copyOf(triedAgain);
    }

    void blindly() {
        blind.incrementAndGet();
    }

    void triedAgain(String id) {
        triedAgain.put(id, Instant.now());
    }

    /**
     * One event for {@code /count}.
     *
     * @param bytes with the body between the two positions
     * @param idHash see {@link #hash}
     */
    void count(byte[] bytes, int from, int to, long idHash) {
        long number = number(bytes, from, to);
        int keyAt = indexOf(KEY, bytes, from, to);
        ledger.received(number, keyAt < 0 ? 0 : (int) digits(bytes, keyAt + KEY.length, to), idHash);
        if ((number & 0xff) == 0) {
            sample = Arrays.copyOfRange(bytes, from, to);
        }
    }

    /** The events of a batch, which is what {@code /many} gets. */
    void countMany(byte[] bytes, int from, int to) {
        int event = indexOf(EVENT, bytes, from, to);
        while (event >= 0) {
            int next = indexOf(EVENT, bytes, event + EVENT.length, to);
            int id = event + EVENT.length;
            count(bytes, event, next < 0 ? to : next, hash(bytes, id, id + ID_LENGTH));
            event = next;
        }
    }

    /** One event for one of many endpoints. */
    void countAt(int endpoint, byte[] bytes, int from, int to) {
        spread.received(number(bytes, from, to), endpoint);
    }

    private static long number(byte[] bytes, int from, int to) {
        return digits(bytes, indexOf(NUMBER, bytes, from, to) + NUMBER.length, to);
    }

    /** 64 bits of an id: two of a few million ids hardly ever have the same. */
    static long hash(CharSequence id) {
        long hash = HASH_SEED;
        for (int i = 0; i < id.length(); i++) {
            hash = mix(hash, (byte) id.charAt(i));
        }
        return hash;
    }

    /** The same of bytes that end before a CR. */
    static long hash(byte[] bytes, int from) {
        long hash = HASH_SEED;
        for (int i = from; bytes[i] != '\r'; i++) {
            hash = mix(hash, bytes[i]);
        }
        return hash;
    }

    private static long hash(byte[] bytes, int from, int to) {
        long hash = HASH_SEED;
        for (int i = from; i < to; i++) {
            hash = mix(hash, bytes[i]);
        }
        return hash;
    }

    private static long mix(long hash, byte next) {
        long mixed = 31 * hash + next;
        return mixed ^ mixed >>> 29;
    }

    /** The number that begins here; 0 when there is none. */
    static long digits(byte[] bytes, int at, int to) {
        long value = 0;
        for (int i = at; i < to && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    private static int indexOf(byte[] wanted, byte[] bytes, int from, int to) {
        byte first = wanted[0];
        for (int i = from; i <= to - wanted.length; i++) {
            if (bytes[i] == first && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }
}
