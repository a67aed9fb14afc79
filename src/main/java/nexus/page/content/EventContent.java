package nexus.page.content;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/**
 * The parts of a stored payload as the page shows them.
 *
 * @param difference of the old and new row; empty for an event that is no row change
 * @param transaction what Nexus itself says in the metadata, in its order
 * @param annotations what the writer of the change or the publisher said in the metadata
 * @param data as JSON
 */
public record EventContent(
        Optional<RowDifference> difference, List<Fact> transaction, List<Fact> annotations, ReadableJson data) {
    /** The metadata of row changes that Nexus writes. */
    private static final Set<String> OWN =
            Set.of("source", "database", "lsn", "ordinal", "xid", "committedAt", "partition", "undecoded");

    private static final int MOST_CHARACTERS = 500;
    private static final int MOST_FACTS = 100;
    /** A longer payload is not read, because reading takes a multiple of its size in memory. */
    private static final int MOST_READ = 2 * 1024 * 1024;

    /** A name and its value as text. */
    public record Fact(String name, String value) {
        /** Payloads stay out of logs. */
        @Override
        public String toString() {
            return "Fact[redacted]";
        }
    }

    public EventContent {
        transaction = List.copyOf(transaction);
        annotations = List.copyOf(annotations);
    }

    /** @param payload a JSON object of data and metadata; other text is shown as it is */
    public static EventContent of(String payload) {
        try {
            if (payload.length() <= MOST_READ) {
                return of(JsonValues.read(payload));
            }
        } catch (IllegalArgumentException e) {
            // shown as it is
        }
        return new EventContent(Optional.empty(), List.of(), List.of(), ReadableJson.plain(payload));
    }

    /** @param read a JSON object of data and metadata; another value is shown as it is */
    public static EventContent of(Value read) {
        if (!(read instanceof Value.Fields payload)) {
            return new EventContent(Optional.empty(), List.of(), List.of(), ReadableJson.plain(ValueWriter.text(read)));
        }
        Value data = payload.get("data");
        Optional<RowDifference> difference = RowDifference.of(data);
        List<Fact> transaction = new ArrayList<>();
        List<Fact> annotations = new ArrayList<>();
        if (payload.get("metadata") instanceof Value.Fields metadata) {
            for (String name : metadata.names()) {
                boolean isOwn = difference.isPresent() && OWN.contains(name);
                List<Fact> facts = isOwn ? transaction : annotations;
                if (facts.size() < MOST_FACTS) {
                    facts.add(new Fact(name, shown(metadata.get(name))));
                }
            }
        }
        return new EventContent(difference, transaction, annotations, ReadableJson.of(ValueWriter.text(data)));
    }

    private static String shown(Value value) {
        String text = value instanceof Value.Text words ? words.value() : ValueWriter.text(value);
        if (text.length() <= MOST_CHARACTERS) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1)) ? MOST_CHARACTERS - 1 : MOST_CHARACTERS;
        return text.substring(0, end) + '…';
    }

    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "EventContent[redacted]";
    }
}
