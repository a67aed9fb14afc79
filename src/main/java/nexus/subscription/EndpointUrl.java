package nexus.subscription;

import java.net.URI;
import java.net.URISyntaxException;
import nexus.Refusal;
import nexus.webhook.Target;

/** Where webhooks go, as callers write it. The address a name resolves to is judged when connecting, not here. */
final class EndpointUrl {
    static final int MAX_CHARACTERS = 2_048;

    private EndpointUrl() {}

    static URI parse(String text, String pointer) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new Refusal.Invalid(pointer, "must be a URL: " + e.getReason() + " at character " + e.getIndex());
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new Refusal.Invalid(pointer, "must start with http:// or https://");
        }
        if (uri.getRawUserInfo() != null) {
            throw new Refusal.Invalid(pointer, "must not hold a user name or password; use headers");
        }
        if (uri.getHost() == null) {
            throw new Refusal.Invalid(pointer, "must name a host, of letters, digits, dots and dashes");
        }
        if ((uri.getPort() != -1 && !Target.isAllowedPort(uri.getPort()))
                || uri.getPort() > 65_535
                || uri.getRawAuthority().endsWith(":")) {
            throw new Refusal.Invalid(pointer, "must have port 80, 443 or one from 1025 to 65535, or none");
        }
        if (uri.getRawFragment() != null) {
            throw new Refusal.Invalid(pointer, "must not have a #fragment");
        }
        if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new Refusal.Invalid(pointer, "must be ASCII: percent-encode other characters");
        }
        return uri;
    }
}
