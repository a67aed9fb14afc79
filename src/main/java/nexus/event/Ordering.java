package nexus.event;

import java.nio.charset.StandardCharsets;

/** What an event has to wait for and what has to wait for it, within one subscription that asks for order. */
public sealed interface Ordering {
    /** No order. */
    record None() implements Ordering {}

    /** Goes in the order in which Nexus took the events of this key. */
    record Key(long hash) implements Ordering {}

    /** Belongs to two keys: an UPDATE that changes a row's identity. Later events of either wait for it. */
    record TwoKeys(long hash, long otherHash) implements Ordering {}

    /** Goes after everything before it and before everything after it: TRUNCATE, or a table whose identity changed. */
    record Barrier(long hash) implements Ordering {}

    Ordering NONE = new None();

    /** Of published events, whichever way they come in. */
    static Ordering published(String orderingKey) {
        return new Key(hash("published", orderingKey));
    }

    /**
     * A 64-bit FNV-1a hash with a last mix. Two keys with the same hash are only kept in order with each other
     * although they need not be.
     */
    static long hash(String scope, String key) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : scope.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ 0xff)
                * 0x100000001b3L; // a byte that UTF-8 never has, so that ("a","bc") differs from ("ab","c")
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        hash *= 0xd6e8feb86659fd93L;
        return hash ^ (hash >>> 32);
    }
}
