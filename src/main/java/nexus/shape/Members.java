package nexus.shape;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The members of an object, as places in the JSON it stands in. So what stays is copied and never written anew. */
final class Members {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(1_000) // a source's JSON nests at most 500 levels deep
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names come from outside, without end
            .build(); // names are canonicalized, because only that parser knows places in bytes

    private final byte[] json;
    private final Map<String, Member> byName;

    /**
     * One member.
     *
     * @param start index of its name's opening quote
     * @param from index of the first byte of its value
     * @param to index after its value
     */
    record Member(int start, int from, int to) {}

    private Members(byte[] json, Map<String, Member> byName) {
        this.json = json;
        this.byName = byName;
    }

    /** @throws IllegalArgumentException when it is no object */
    static Members of(byte[] json) {
        return of(json, 0, json.length);
    }

    private static Members of(byte[] json, int from, int to) {
        try (JsonParser parser = JSON.createParser(json, from, to - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not an object");
            }
            Map<String, Member> members = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                int start = from + (int) parser.currentTokenLocation().getByteOffset();
                JsonToken first = parser.nextToken();
                int begin = from + (int) parser.currentTokenLocation().getByteOffset();
                if (first.isStructStart()) {
                    parser.skipChildren();
                } else {
                    parser.finishToken(); // only then is the parser behind a string
                }
                members.put(
                        name,
                        new Member(
                                start,
                                begin,
                                from + (int) parser.currentLocation().getByteOffset()));
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw new IllegalArgumentException("not an object");
            }
            return new Members(json, members);
        } catch (IOException e) { // the message may show a part of the text
            throw new IllegalArgumentException("not JSON");
        }
    }

    Map<String, Member> all() {
        return byName;
    }

    Optional<Member> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** @throws IllegalArgumentException when there is none of this name */
    Member get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("there is no " + name));
    }

    /** The members of an object that is one of the members. */
    Members within(String name) {
        Member member = get(name);
        return of(json, member.from(), member.to());
    }

    /** Whether it is an object, and not null, a list or the like. */
    boolean isObject(String name) {
        return find(name).filter(member -> json[member.from()] == '{').isPresent();
    }

    byte[] json() {
        return json;
    }
}
