package nexus.delivery.state;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * The newest events of a key.
 *
 * @param seqs descending
 * @param horizon the seq below which there may be more; empty when these are all
 */
public record KeyMatches(List<Long> seqs, OptionalLong horizon) {
    public static final KeyMatches NONE = new KeyMatches(List.of(), OptionalLong.empty());

    public KeyMatches {
        seqs = List.copyOf(seqs);
    }

    static KeyMatches of(Collection<Long> seqs, OptionalLong horizon) {
        return new KeyMatches(List.copyOf(new TreeSet<>(seqs).descendingSet()), horizon);
    }

    /** At most so many of them. */
    KeyMatches first(int most) {
        return seqs.size() <= most ? this : new KeyMatches(seqs.subList(0, most), OptionalLong.of(seqs.get(most - 1)));
    }

    public Long[] seqArray() {
        return seqs.toArray(Long[]::new);
    }
}
