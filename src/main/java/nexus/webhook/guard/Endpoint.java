package nexus.webhook.guard;

import java.net.URI;

/**
 * An endpoint's URL in the parts that a request needs.
 *
 * @param host as in the URL, IPv6 in brackets; empty if the URL has none
 */
public record Endpoint(boolean isTls, String host, int port, String pathAndQuery) {

    /** 80, 443 and those above 1024: below stand mail, name servers and what else might take a POST for its own. */
    public static boolean isAllowedPort(int port) {
        return port == 80 || port == 443 || port > 1024;
    }

    public static Endpoint of(URI endpoint) {
        boolean isTls = "https".equalsIgnoreCase(endpoint.getScheme());
        String host = endpoint.getHost();
        int port = endpoint.getPort();
        if (host == null && endpoint.getRawAuthority() != null) {
            // java.net.URI finds no host in names with an underscore and in numbers like 2130706433
            String authority = endpoint.getRawAuthority();
            int colon = authority.lastIndexOf(':');
            host = colon < 0 ? authority : authority.substring(0, colon);
            port = colon < 0 ? -1 : port(authority.substring(colon + 1));
        }
        String path = endpoint.getRawPath() == null || endpoint.getRawPath().isEmpty() ? "/" : endpoint.getRawPath();
        String query = endpoint.getRawQuery();
        return new Endpoint(
                isTls,
                host == null ? "" : host,
                port >= 0 ? port : isTls ? 443 : 80,
                query == null ? path : path + '?' + query);
    }

    private static int port(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
