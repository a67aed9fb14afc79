package nexus.inbox;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;

/**
 * A request that an inbox received.
 *
 * @param number counts the requests of the inbox, from 1
 * @param target path and query, as they arrived
 * @param headers in their order
 * @param body its first bytes; it must not be changed
 * @param bodyBytes length of the whole body
 */
public record InboxRequest(
        long number,
        Instant at,
        String method,
        String target,
        List<Header> headers,
        Buffer body,
        long bodyBytes,
        SignatureResult signature,
        Reply reply) {
    /** Objects and pointers that a kept request needs beside its texts. */
    private static final int OVERHEAD = 512;

    public InboxRequest {
        headers = List.copyOf(headers);
    }

    /** One header. */
    public record Header(String name, String value) {}

    public boolean isCut() {
        return bodyBytes > body.length();
    }

    /** About how much memory it needs. */
    long bytes() {
        long texts = (long) method.length() + target.length();
        for (Header header : headers) {
            texts += header.name().length() + header.value().length() + 64;
        }
        return OVERHEAD + texts + body.length();
    }

    /** The content stays out of logs. */
    @Override
    public String toString() {
        return "InboxRequest[number=" + number + ", bytes=" + bodyBytes + "]";
    }
}
