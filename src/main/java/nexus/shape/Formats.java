package nexus.shape;

import io.vertx.core.buffer.Buffer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.event.EventType;
import nexus.shape.Members.Member;
import nexus.value.JsonValues;
import nexus.value.Value;

/**
 * The forms of {@link ContentFormat} but the stored one. Parts of the stored body are copied byte for byte, so that every
 * digit stays. Each method throws {@link IllegalArgumentException} when the body has not the parts of an event.
 */
final class Formats {
    private static final String NULL = "null";
    /** The source of events that come from no table. */
    private static final String PUBLISHED = "/nexus";

    private Formats() {}

    /** {@code {type, timestamp, data}}. */
    static Buffer standard(Buffer stored) {
        Members body = Members.of(stored.getBytes());
        Members payload = body.within("payload");
        Writer out = new Writer();
        out.member("type", body, body.get("type"));
        out.member("timestamp", body, body.get("createdAt"));
        out.member("data", payload, payload.get("data"));
        return out.end();
    }

    /** <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">The JSON format</a>. */
    static Buffer cloudEvents(EventType type, Buffer stored) {
        Members body = Members.of(stored.getBytes());
        Members payload = body.within("payload");
        Writer out = new Writer();
        out.member("specversion", "\"1.0\"");
        out.member("id", body, body.get("id"));
        out.member("source", '"' + (type.isRowChange() ? table(payload) : PUBLISHED) + '"');
        out.member("type", body, body.get("type"));
        out.member("time", body, body.get("createdAt"));
        out.member("datacontenttype", "\"application/json\"");
        out.member("data", payload, payload.get("data"));
        return out.end();
    }

    /** The table of a row change as a path: database, schema and name. */
    private static String table(Members payload) {
        Members data = payload.within("data");
        Members metadata = payload.within("metadata");
        return Stream.of(text(metadata, "database"), text(data, "schema"), text(data, "table"))
                .map(name -> URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/", "/", ""));
    }

    private static String text(Members members, String name) {
        Member member = members.get(name);
        Value value = JsonValues.read(members.json(), member.from(), member.to() - member.from());
        return value instanceof Value.Text(String text) ? text : "";
    }

    /**
     * {@code {type, table, schema, record, old_record}}. An event that is no row change has its type, and its data as the
     * record.
     */
    static Buffer supabase(EventType type, Buffer stored) {
        Members body = Members.of(stored.getBytes());
        Members payload = body.within("payload");
        Writer out = new Writer();
        if (type.isRowChange()) {
            Members data = payload.within("data");
            for (String name : new String[] {"type", "table", "schema", "record", "old_record"}) {
                out.member(name, data, data.get(name));
            }
        } else {
            out.member("type", body, body.get("type"));
            out.member("table", NULL);
            out.member("schema", NULL);
            out.member("record", payload, payload.get("data"));
            out.member("old_record", NULL);
        }
        return out.end();
    }

    private static final class Writer {
        private final Buffer out = Buffer.buffer();
        private char separator = '{';

        void member(String name, Members from, Member value) {
            name(name);
            out.appendBytes(from.json(), value.from(), value.to() - value.from());
        }

        /** @param json a value */
        void member(String name, String json) {
            name(name);
            out.appendString(json);
        }

        private void name(String name) {
            out.appendByte((byte) separator)
                    .appendByte((byte) '"')
                    .appendString(name)
                    .appendString("\":");
            separator = ',';
        }

        Buffer end() {
            return out.appendByte((byte) '}');
        }
    }
}
