package nexus.doctor.check;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Lists many things of one kind as text, because a wildcard may match thousands of tables with the same problem. */
public final class Listing {
    private static final int SHOWN = 20;

    private Listing() {}

    /** As a part of a sentence. */
    public static <T> String shown(List<T> all, Function<T, String> name) {
        String names = all.stream().limit(SHOWN).map(name).collect(Collectors.joining(", "));
        return all.size() <= SHOWN ? names : names + " and " + (all.size() - SHOWN) + " more";
    }

    /** As SQL to paste. */
    public static <T> String lines(List<T> all, Function<T, String> line) {
        String text = all.stream().limit(SHOWN).map(line).collect(Collectors.joining("\n"));
        return all.size() <= SHOWN ? text : text + "\n-- and so on: " + (all.size() - SHOWN) + " more";
    }
}
