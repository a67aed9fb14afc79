package nexus.replication.publication;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The note that Nexus keeps in the COMMENT of a publication: the owning store, and the tables that Nexus added. It is
 * kept there and not in the store, so that it changes in the same transaction as the publication.
 *
 * @param added object ids of the tables, since a renamed table is still the same one
 */
public record PublicationNote(UUID store, Set<Long> added) {
    private static final Pattern FORM = Pattern.compile("Made by Nexus\\. store=([0-9a-f-]{36}) added=\\[([\\d,]*)]");

    public PublicationNote {
        added = Set.copyOf(added);
    }

    /** Parses a comment; empty if there is none or it is not a note of Nexus. */
    public static Optional<PublicationNote> parse(String comment) {
        Matcher matcher = FORM.matcher(comment);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Set<Long> added = matcher.group(2).isEmpty()
                ? Set.of()
                : Pattern.compile(",")
                        .splitAsStream(matcher.group(2))
                        .map(Long::valueOf)
                        .collect(Collectors.toSet());
        return Optional.of(new PublicationNote(UUID.fromString(matcher.group(1)), added));
    }

    PublicationNote with(long oid) {
        Set<Long> more = new TreeSet<>(added);
        more.add(oid);
        return new PublicationNote(store, more);
    }

    PublicationNote without(long oid) {
        return new PublicationNote(
                store, added.stream().filter(known -> known != oid).collect(Collectors.toSet()));
    }

    /** Removes tables that were dropped, because their object ids may be used again. */
    PublicationNote retaining(Set<Long> members) {
        return new PublicationNote(
                store, added.stream().filter(members::contains).collect(Collectors.toSet()));
    }

    String text() {
        return "Made by Nexus. store=" + store + " added="
                + new TreeSet<>(added).stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }
}
