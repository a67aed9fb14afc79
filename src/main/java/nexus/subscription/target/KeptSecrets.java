package nexus.subscription.target;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.target.credential.TlsIdentity;

/**
 * The stored secrets that a change keeps without naming their values. They were given for one target: a change that
 * leads to another has to bring them along, or whoever may change a subscription could have them sent to themselves.
 */
public final class KeptSecrets {
    private final List<Kept> kept = new ArrayList<>();

    private record Kept(String field, String name) {}

    void add(String field, String name) {
        kept.add(new Kept(field, name));
    }

    /** Notes an error for each of them when the change leads to another target. */
    public void check(JsonBody body, URI urlBefore, TargetCredentials before, URI urlAfter, TargetCredentials after) {
        moved(urlBefore, before, urlAfter, after)
                .ifPresent(what -> kept.forEach(secret ->
                        body.error(secret.field(), secret.name(), "must be sent again, because " + what + " changes")));
    }

    private static Optional<String> moved(
            URI urlBefore, TargetCredentials before, URI urlAfter, TargetCredentials after) {
        if (!EndpointUrl.origin(urlBefore).equals(EndpointUrl.origin(urlAfter))) {
            return Optional.of("the origin of endpointUrl");
        }
        Optional<String> tokens = tokenOrigin(before);
        if (tokens.isPresent() && tokenOrigin(after).isPresent() && !tokens.equals(tokenOrigin(after))) {
            return Optional.of("the origin of auth.tokenUrl");
        }
        return authorities(before).equals(authorities(after)) ? Optional.empty() : Optional.of("tls.ca");
    }

    private static Optional<String> tokenOrigin(TargetCredentials credentials) {
        return credentials
                .auth()
                .flatMap(AuthSettings::tokenUrl)
                .map(URI::create)
                .map(EndpointUrl::origin);
    }

    private static Optional<String> authorities(TargetCredentials credentials) {
        return credentials.tls().flatMap(TlsIdentity::ca);
    }
}
