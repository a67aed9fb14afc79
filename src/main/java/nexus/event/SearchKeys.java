package nexus.event;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the texts under which an event is found: {@link EventKey}.
 *
 * @param otherKey the second one of a change that belongs to two rows' keys, or the key of the table for a TRUNCATE
 */
public record SearchKeys(@Nullable Long key, @Nullable Long otherKey) {
    /** Those of an event that is found by its ordering key. */
    public static SearchKeys of(Ordering ordering) {
        return switch (ordering) {
            case Ordering.None none -> new SearchKeys(null, null);
            case Ordering.Key key -> new SearchKeys(key.hash(), null);
            case Ordering.TwoKeys two -> new SearchKeys(two.hash(), two.otherHash());
            case Ordering.Barrier barrier -> new SearchKeys(null, barrier.hash());
        };
    }

    /** The key, when it is none that orders the event. */
    public @Nullable Long besides(Ordering ordering) {
        boolean isOrdering =
                switch (ordering) {
                    case Ordering.None none -> false;
                    case Ordering.Key one -> Objects.equals(key, one.hash());
                    case Ordering.TwoKeys two ->
                        Objects.equals(key, two.hash()) || Objects.equals(key, two.otherHash());
                    case Ordering.Barrier barrier -> Objects.equals(key, barrier.hash());
                };
        return isOrdering ? null : key;
    }
}
