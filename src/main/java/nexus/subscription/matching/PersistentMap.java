package nexus.subscription.matching;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map. A changed copy shares all but a few small arrays with the map it was made of, so that a change
 * costs the same whatever the size (a hash array mapped trie).
 */
final class PersistentMap<K, V> {
    private static final int BITS = 5;
    private static final int MASK = (1 << BITS) - 1;

    private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(new Branch(0, new Object[0]), 0);

    private final Branch root;
    private final int size;

    private record Entry(int hash, Object key, Object value) {}

    /** Entries of one hash. */
    private static final class Collision {
        private final int hash;
        private final Entry[] entries;

        Collision(int hash, Entry[] entries) {
            this.hash = hash;
            this.entries = entries;
        }
    }

    /** For each bit of the bitmap a slot with an {@link Entry}, a {@link Branch} or a {@link Collision}. */
    private static final class Branch {
        private final int bitmap;
        private final Object[] slots;

        Branch(int bitmap, Object[] slots) {
            this.bitmap = bitmap;
            this.slots = slots;
        }
    }

    private PersistentMap(Branch root, int size) {
        this.root = root;
        this.size = size;
    }

    @SuppressWarnings("unchecked")
    static <K, V> PersistentMap<K, V> empty() {
        return (PersistentMap<K, V>) EMPTY;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    @SuppressWarnings("unchecked")
    @Nullable
    V get(Object key) {
        Entry found = entry(key);
        return found == null ? null : (V) found.value;
    }

    PersistentMap<K, V> with(K key, V value) {
        Entry added = new Entry(hash(key), key, value);
        Entry known = entry(key);
        if (known != null && known.value == value) {
            return this;
        }
        return new PersistentMap<>(with(root, 0, added), known == null ? size + 1 : size);
    }

    PersistentMap<K, V> without(Object key) {
        if (entry(key) == null) {
            return this;
        }
        return size == 1 ? empty() : new PersistentMap<>(without(root, 0, hash(key), key), size - 1);
    }

    @SuppressWarnings("unchecked")
    void forEach(BiConsumer<? super K, ? super V> action) {
        forEach(root, (BiConsumer<Object, Object>) action);
    }

    private static void forEach(Branch branch, BiConsumer<Object, Object> action) {
        for (Object slot : branch.slots) {
            if (slot instanceof Entry entry) {
                action.accept(entry.key, entry.value);
            } else if (slot instanceof Branch below) {
                forEach(below, action);
            } else {
                for (Entry entry : ((Collision) slot).entries) {
                    action.accept(entry.key, entry.value);
                }
            }
        }
    }

    private @Nullable Entry entry(Object key) {
        int hash = hash(key);
        Branch branch = root;
        for (int shift = 0; ; shift += BITS) {
            int bit = bit(hash, shift);
            if ((branch.bitmap & bit) == 0) {
                return null;
            }
            Object slot = branch.slots[place(branch, bit)];
            if (slot instanceof Branch below) {
                branch = below;
            } else if (slot instanceof Entry entry) {
                return entry.hash == hash && entry.key.equals(key) ? entry : null;
            } else {
                for (Entry entry : ((Collision) slot).entries) {
                    if (entry.key.equals(key)) {
                        return entry;
                    }
                }
                return null;
            }
        }
    }

    private static Branch with(Branch branch, int shift, Entry added) {
        int bit = bit(added.hash, shift);
        int place = place(branch, bit);
        if ((branch.bitmap & bit) == 0) {
            Object[] slots = new Object[branch.slots.length + 1];
            System.arraycopy(branch.slots, 0, slots, 0, place);
            slots[place] = added;
            System.arraycopy(branch.slots, place, slots, place + 1, branch.slots.length - place);
            return new Branch(branch.bitmap | bit, slots);
        }
        Object slot = branch.slots[place];
        return replaced(
                branch,
                place,
                slot instanceof Branch below ? with(below, shift + BITS, added) : together(slot, shift, added));
    }

    private static Object together(Object slot, int shift, Entry added) {
        if (slot instanceof Entry entry && entry.hash == added.hash && entry.key.equals(added.key)) {
            return added;
        }
        int hash = slot instanceof Entry entry ? entry.hash : ((Collision) slot).hash;
        if (hash != added.hash) {
            Branch alone = new Branch(bit(hash, shift + BITS), new Object[] {slot});
            return with(alone, shift + BITS, added);
        }
        Entry[] entries = slot instanceof Entry entry ? new Entry[] {entry} : ((Collision) slot).entries;
        for (int i = 0; i < entries.length; i++) {
            if (entries[i].key.equals(added.key)) {
                Entry[] changed = entries.clone();
                changed[i] = added;
                return new Collision(hash, changed);
            }
        }
        Entry[] more = Arrays.copyOf(entries, entries.length + 1);
        more[entries.length] = added;
        return new Collision(hash, more);
    }

    /** The key is there. */
    private static Branch without(Branch branch, int shift, int hash, Object key) {
        int bit = bit(hash, shift);
        int place = place(branch, bit);
        Object slot = branch.slots[place];
        if (slot instanceof Branch below) {
            Branch rest = without(below, shift + BITS, hash, key);
            return rest.slots.length == 0
                    ? removed(branch, bit, place)
                    : replaced(
                            branch,
                            place,
                            rest.slots.length == 1 && !(rest.slots[0] instanceof Branch) ? rest.slots[0] : rest);
        } else if (slot instanceof Collision collision) {
            Entry[] rest = Arrays.stream(collision.entries)
                    .filter(entry -> !entry.key.equals(key))
                    .toArray(Entry[]::new);
            return replaced(branch, place, rest.length == 1 ? rest[0] : new Collision(hash, rest));
        }
        return removed(branch, bit, place);
    }

    private static Branch replaced(Branch branch, int place, Object slot) {
        Object[] slots = branch.slots.clone();
        slots[place] = slot;
        return new Branch(branch.bitmap, slots);
    }

    private static Branch removed(Branch branch, int bit, int place) {
        Object[] slots = new Object[branch.slots.length - 1];
        System.arraycopy(branch.slots, 0, slots, 0, place);
        System.arraycopy(branch.slots, place + 1, slots, place, slots.length - place);
        return new Branch(branch.bitmap & ~bit, slots);
    }

    private static int hash(Object key) {
        int hash = key.hashCode();
        return hash ^ (hash >>> 16);
    }

    private static int bit(int hash, int shift) {
        return 1 << ((hash >>> shift) & MASK);
    }

    private static int place(Branch branch, int bit) {
        return Integer.bitCount(branch.bitmap & (bit - 1));
    }
}
