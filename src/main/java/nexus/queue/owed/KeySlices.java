package nexus.queue.owed;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Into how many parts the ordering keys of a lane are spread, and how a statement names them all. */
public final class KeySlices {
    public static final int COUNT = 8;

    /** A row for each key slice. */
    public static final String SERIES = "generate_series(0, " + (COUNT - 1) + ")";

    /** An array of them all, for a look-up whose index begins with lane and key slice. */
    public static final String ALL = IntStream.range(0, COUNT)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "'{", "}'::smallint[]"));

    private KeySlices() {}

    /** @param spread the hash of the ordering key, or of anything else for a delivery without one */
    public static int of(long spread) {
        return Math.floorMod(spread, COUNT);
    }
}
