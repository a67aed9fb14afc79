package nexus.event;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A text that names what events are about: the ordering key of published events, or a row as
 * {@code schema.table:<values of its key>}, the values with commas between them and percent-encoded. Ordering keys are hashes
 * of such texts, in which only the characters are encoded that would be ambiguous.
 *
 * @param hashes of the texts that it may stand for
 * @param table hash of the text of its table, under which a TRUNCATE is found; the only one in {@code hashes} if no row is named
 */
public record EventKey(List<Long> hashes, List<Long> table) {
    private static final int HEX = 16;

    public EventKey {
        hashes = List.copyOf(hashes);
        table = List.copyOf(table);
    }

    /** The text of a table, to which the values of a row's key are appended. */
    public static String ofTable(String schema, String table) {
        return name(schema) + '.' + name(table) + ':';
    }

    /** A value with its separators encoded. */
    public static String value(String text) {
        return text.indexOf('%') < 0 && text.indexOf(',') < 0
                ? text
                : text.replace("%", "%25").replace(",", "%2C");
    }

    private static String name(String text) {
        return value(text).replace(".", "%2E").replace(":", "%3A");
    }

    /**
     * Never fails: a text that names no row is an ordering key. A value with a comma that is not encoded is found too where
     * the key has one column.
     */
    public static EventKey parse(String text) {
        List<Long> hashes = new ArrayList<>();
        List<Long> tables = new ArrayList<>();
        hashes.add(Ordering.hash(text));
        int colon = text.indexOf(':');
        int dot = text.indexOf('.');
        if (dot > 0 && dot + 1 < colon) {
            String table = ofTable(decoded(text.substring(0, dot)), decoded(text.substring(dot + 1, colon)));
            String values = text.substring(colon + 1);
            hashes.add(Ordering.hash(table
                    + Arrays.stream(values.split(",", -1))
                            .map(value -> value(decoded(value)))
                            .collect(Collectors.joining(","))));
            hashes.add(Ordering.hash(table + value(decoded(values))));
            tables.add(Ordering.hash(table));
        }
        return new EventKey(hashes.stream().distinct().toList(), tables);
    }

    /** The text itself when it is not percent-encoded UTF-8. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                out.write(bytes[i]);
                continue;
            }
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], HEX) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], HEX) : -1;
            if (high < 0 || low < 0) {
                return text;
            }
            out.write(high * HEX + low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return text;
        }
    }
}
