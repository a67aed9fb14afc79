package nexus.capture.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import nexus.capture.json.JsonWriter;
import nexus.capture.message.MessageContent.Value;

/** Metadata that {@code nexus.annotate} has added to the row changes of a transaction so far. Immutable. */
public final class Annotations {
    public static final String PREFIX = "nexus.annotate";
    public static final Annotations NONE = new Annotations(Map.of());

    private static final int MAX_BYTES = 8 << 10;
    /** Limit for all calls of a transaction together, because every row change contains them. */
    private static final int MAX_TOTAL_BYTES = 64 << 10;
    /** The metadata that Nexus itself writes. */
    private static final Set<String> RESERVED =
            Set.of("source", "database", "lsn", "ordinal", "xid", "committedAt", "partition", "undecoded");

    private final Map<String, String> members; // values as JSON
    private final byte[] json; // each preceded by a comma

    private Annotations(Map<String, String> members) {
        this.members = members;
        JsonWriter out = new JsonWriter(Integer.MAX_VALUE, 0);
        members.forEach((name, value) -> {
            out.put(',');
            out.string(name);
            out.put(':');
            out.raw(value.getBytes(StandardCharsets.UTF_8));
        });
        this.json = out.toBytes();
    }

    /**
     * Adds the members of one more call, which replace existing ones of the same name.
     *
     * @throws RefusedMessageException if a member may not be added
     */
    public Annotations with(ByteBuffer content) throws RefusedMessageException {
        Map<String, String> merged = new LinkedHashMap<>(members);
        for (Map.Entry<String, Value> added :
                MessageContent.members(content, MAX_BYTES).entrySet()) {
            if (RESERVED.contains(added.getKey())) {
                throw new RefusedMessageException(added.getKey() + " is said by Nexus itself");
            }
            if (!MessageContent.isStorable(added.getKey())) {
                throw new RefusedMessageException("a name has U+0000 or half of a surrogate pair in it");
            }
            merged.put(added.getKey(), added.getValue().json());
        }
        if (merged.equals(members)) { // a trigger repeats the same call for each row
            return this;
        }
        Annotations with = new Annotations(merged);
        if (with.json.length > MAX_TOTAL_BYTES) {
            throw new RefusedMessageException("adds up to more than " + MAX_TOTAL_BYTES + " bytes in one transaction");
        }
        return with;
    }

    public int bytes() {
        return json.length;
    }

    /** Appends the members after another one. */
    public void write(JsonWriter out) {
        out.raw(json);
    }
}
