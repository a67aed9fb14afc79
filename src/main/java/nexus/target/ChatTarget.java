package nexus.target;

import java.net.URI;

/**
 * A channel of a chat product, known by the URL of its incoming webhook.
 *
 * @param type which product
 * @param endpoint whoever knows it can post: it is a credential
 */
public record ChatTarget(@Override TargetType type, URI endpoint) implements Target {
    /** The URL is a credential. */
    @Override
    public String toString() {
        return "ChatTarget[" + type + "]";
    }
}
