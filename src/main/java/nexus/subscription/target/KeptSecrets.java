package nexus.subscription.target;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.target.credential.TlsIdentity;

/**
 * The stored secrets that a change keeps without naming their values. They were given for one target. A change to
 * another target must repeat them; otherwise a caller who may change a subscription could send them to its own server.
 */
public final class KeptSecrets {
    private final List<Kept> kept = new ArrayList<>();

    private record Kept(String field, String name) {}

    void add(String field, String name) {
        kept.add(new Kept(field, name));
    }

    /** Notes an error for each of them when the change leads to another receiver. */
    public void check(JsonBody body, TargetSettings before, TargetSettings after) {
        moved(before, after)
                .ifPresent(what -> kept.forEach(secret ->
                        body.error(secret.field(), secret.name(), "must be sent again, because " + what + " changes")));
    }

    private static Optional<String> moved(TargetSettings before, TargetSettings after) {
        return switch (before) {
            case WebhookSettings webhook ->
                switch (after) {
                    case WebhookSettings changed -> moved(webhook, changed);
                };
        };
    }

    private static Optional<String> moved(WebhookSettings before, WebhookSettings after) {
        if (!EndpointUrl.origin(before.url()).equals(EndpointUrl.origin(after.url()))) {
            return Optional.of("the origin of endpointUrl");
        }
        Optional<String> tokens = tokenOrigin(before);
        if (tokens.isPresent() && tokenOrigin(after).isPresent() && !tokens.equals(tokenOrigin(after))) {
            return Optional.of("the origin of auth.tokenUrl");
        }
        return authorities(before).equals(authorities(after)) ? Optional.empty() : Optional.of("tls.ca");
    }

    private static Optional<String> tokenOrigin(WebhookSettings webhook) {
        return webhook.credentials()
                .auth()
                .flatMap(AuthSettings::tokenUrl)
                .map(URI::create)
                .map(EndpointUrl::origin);
    }

    private static Optional<String> authorities(WebhookSettings webhook) {
        return webhook.credentials().tls().flatMap(TlsIdentity::ca);
    }
}
