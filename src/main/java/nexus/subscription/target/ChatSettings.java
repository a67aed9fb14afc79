package nexus.subscription.target;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import nexus.target.ChatTarget;
import nexus.target.TargetType;

/**
 * A channel of a chat product.
 *
 * @param url a credential: whoever knows it can post
 */
public record ChatSettings(@Override TargetType type, URI url) implements TargetSettings {
    @Override
    public ChatTarget at(Instant now) {
        return new ChatTarget(type, url);
    }

    @Override
    public ChatTarget withoutCredentialsAt(Instant now) {
        return new ChatTarget(type, URI.create(TargetHeaders.HIDDEN));
    }

    @Override
    public String place() {
        return url.toString();
    }

    @Override
    public String defaultName() {
        return EndpointUrl.host(url);
    }

    @Override
    public List<URI> reaches() {
        return List.of(url);
    }

    @Override
    public String toString() {
        return "ChatSettings[" + type + "]";
    }
}
