package nexus.event;

import java.nio.charset.StandardCharsets;

/** The order of an event within a subscription that asks for order. */
public sealed interface Ordering {
    /** No order. */
    record None() implements Ordering {}

    /** Follows the earlier events of this key. */
    record Key(long hash) implements Ordering {}

    /** Belongs to two keys: an UPDATE that changes a row's identity. Later events of either wait for it. */
    record TwoKeys(long hash, long otherHash) implements Ordering {}

    /** Follows all earlier events and precedes all later ones: TRUNCATE, or a table whose identity changed. */
    record Barrier(long hash) implements Ordering {}

    Ordering NONE = new None();

    /** The ordering of a published event. */
    static Ordering published(String orderingKey) {
        return new Key(hash(orderingKey));
    }

    /**
     * A 64-bit FNV-1a hash with a final mix, of the text of an {@link EventKey}. Two keys with the same hash are ordered with
     * each other, which is harmless.
     */
    static long hash(String key) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        hash *= 0xd6e8feb86659fd93L;
        return hash ^ (hash >>> 32);
    }
}
