package nexus.subscription.target;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.secret.SigningSecrets;
import nexus.target.TargetType;
import nexus.target.WebhookTarget;

/**
 * An HTTP endpoint.
 *
 * @param headers sent with every delivery; may hold credentials
 * @param credentials beyond the HMAC signature
 */
public record WebhookSettings(
        URI url, Map<String, String> headers, SigningSecrets secrets, TargetCredentials credentials)
        implements TargetSettings.Signed {
    public WebhookSettings {
        headers = Map.copyOf(headers);
    }

    /** Without headers and credentials. */
    public static WebhookSettings of(URI url, SigningSecret secret) {
        return new WebhookSettings(url, Map.of(), SigningSecrets.of(secret), TargetCredentials.NONE);
    }

    @Override
    public WebhookSettings with(SigningSecrets other) {
        return new WebhookSettings(url, headers, other, credentials);
    }

    @Override
    public TargetType type() {
        return TargetType.WEBHOOK;
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
    public WebhookTarget at(Instant now) {
        return new WebhookTarget(url, headers, secrets.keys(now), credentials.access());
    }

    @Override
    public WebhookTarget withoutCredentialsAt(Instant now) {
        return new WebhookTarget(url, TargetHeaders.shown(headers), secrets.keys(now), credentials.shownAccess());
    }

    /** Everything in it may be a credential. */
    @Override
    public String toString() {
        return "WebhookSettings[redacted]";
    }
}
