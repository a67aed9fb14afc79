package nexus.inbox;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;

/** The body of one request while it arrives. Used on the event loop of its connection alone. */
final class ArrivingBody {
    private final Inboxes inboxes;
    private final SignatureCheck signature;
    private final int keptBytes;
    private final long maxBytes;
    private final Buffer kept = Buffer.buffer();
    private long length;
    private long reserved;

    ArrivingBody(Inboxes inboxes, SignatureCheck signature, int keptBytes, long maxBytes) {
        this.inboxes = inboxes;
        this.signature = signature;
        this.keptBytes = keptBytes;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes the next part. Only the first bytes are kept, and none when other bodies need the memory.
     *
     * @return false if the body is too long
     */
    boolean add(Buffer part) {
        if (length + part.length() > maxBytes) {
            return false;
        }
        signature.update(part.getBytes());
        boolean isWhole = kept.length() == length;
        int wanted = isWhole ? Math.min(part.length(), keptBytes - kept.length()) : 0;
        if (wanted > 0 && inboxes.reserve(wanted)) {
            reserved += wanted;
            kept.appendBuffer(part, 0, wanted);
        }
        length += part.length();
        return true;
    }

    SignatureResult signature(Instant now) {
        return signature.finish(now);
    }

    Buffer kept() {
        return kept;
    }

    long length() {
        return length;
    }

    /** Gives the memory back. May be called again. */
    void release() {
        inboxes.release(reserved);
        reserved = 0;
    }
}
