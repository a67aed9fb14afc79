package nexus.api.page;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import nexus.api.json.JsonBody;
import nexus.refusal.Refusal;

/**
 * The end of a page of a list: the sort key of its last row. Callers receive it as an opaque string.
 *
 * @param list the list that it belongs to; other lists refuse it
 * @param parts the sort key's columns
 */
public record Cursor(String list, List<String> parts) {
    private static final String SEPARATOR = "\n";

    public Cursor {
        parts = List.copyOf(parts);
    }

    /** @param parts numbers and texts without line breaks */
    public static Cursor of(String list, Object... parts) {
        return new Cursor(list, Stream.of(parts).map(Object::toString).toList());
    }

    /** @throws Refusal.Invalid if it is not a cursor, or belongs to another list */
    static Cursor decode(String list, int partCount, String word) {
        List<String> all;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(word)))
                    .toString();
            all = Arrays.asList(text.split(SEPARATOR, -1));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw notACursor();
        }
        if (all.size() != partCount + 1
                || !all.getFirst().equals(list)
                || all.stream().anyMatch(part -> !JsonBody.isStorable(part))) {
            throw notACursor();
        }
        return new Cursor(list, all.subList(1, all.size()));
    }

    public String encode() {
        String text = String.join(
                SEPARATOR, Stream.concat(Stream.of(list), parts.stream()).toList());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public String text(int part) {
        return parts.get(part);
    }

    /** @throws Refusal.Invalid if that part is not a number */
    public long number(int part) {
        try {
            return Long.parseLong(parts.get(part));
        } catch (NumberFormatException e) {
            throw notACursor();
        }
    }

    private static Refusal.Invalid notACursor() {
        return new Refusal.Invalid("cursor", "must be the \"next\" of an earlier page of this list");
    }
}
