package nexus.target.credential;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** As whom Nexus presents itself to a target: the header {@code Authorization}. */
public sealed interface TargetAuth {
    /** No credentials. */
    record None() implements TargetAuth {}

    /** With the same words each time: basic or bearer. */
    record Fixed(String authorization) implements TargetAuth {
        @Override
        public String toString() {
            return "Fixed[redacted]";
        }
    }

    /**
     * With a token that an authorization server gives (OAuth 2, client credentials).
     *
     * @param tokenUrl guarded as the target is
     * @param scope asked for, words with spaces between
     */
    record ClientCredentials(URI tokenUrl, String clientId, String clientSecret, Optional<String> scope)
            implements TargetAuth {
        @Override
        public String toString() {
            return "ClientCredentials[redacted]";
        }
    }

    TargetAuth NONE = new None();

    static TargetAuth basic(String username, String password) {
        return new Fixed("Basic "
                + Base64.getEncoder().encodeToString((username + ':' + password).getBytes(StandardCharsets.UTF_8)));
    }

    static TargetAuth bearer(String token) {
        return new Fixed("Bearer " + token);
    }
}
