package nexus.subscription.target;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import nexus.notation.Authority;
import nexus.refusal.Refusal;
import nexus.webhook.guard.Endpoint;

/** Where webhooks go, as callers write it. The address a name resolves to is judged when connecting, not here. */
public final class EndpointUrl {
    public static final int MAX_CHARACTERS = 2_048;

    private EndpointUrl() {}

    /** Scheme, host and port as they were written, but in lower case and without the scheme's own port. */
    static String origin(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        String authority = String.valueOf(url.getRawAuthority()).toLowerCase(Locale.ROOT);
        String usual = scheme.equals("https") ? ":443" : ":80";
        return scheme + "://"
                + (authority.endsWith(usual) ? authority.substring(0, authority.length() - usual.length()) : authority);
    }

    /**
     * The path or query of a URL may hold a token.
     *
     * @param toManager whether the caller may change it; others see the origin
     */
    public static String shown(URI url, boolean toManager) {
        return toManager ? url.toString() : origin(url);
    }

    public static String host(URI url) {
        return String.valueOf(url.getRawAuthority()).replaceFirst(":[0-9]*$", "");
    }

    public static URI parse(String text, String pointer) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new Refusal.Invalid(pointer, "must be a URL: " + e.getReason() + " at character " + e.getIndex());
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new Refusal.Invalid(pointer, "must start with http:// or https://");
        }
        if (uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0) {
            throw new Refusal.Invalid(pointer, "must not hold a user name or password; use headers");
        }
        int port = authority(uri, pointer).port();
        if ((port != -1 && !Endpoint.isAllowedPort(port))
                || port > 65_535
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

    private static Authority authority(URI uri, String pointer) {
        try {
            return Authority.of(uri);
        } catch (IllegalArgumentException e) {
            throw new Refusal.Invalid(pointer, String.valueOf(e.getMessage()));
        }
    }
}
