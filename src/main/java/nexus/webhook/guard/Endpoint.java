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

    /**
     * With a path, perhaps with a query, after this one's. The origin stays.
     *
     * @param suffix empty, or it begins with / or ?
     */
    public Endpoint with(String suffix) {
        if (suffix.isEmpty()) {
            return this;
        }
        if (suffix.charAt(0) != '/' && suffix.charAt(0) != '?') {
            throw new IllegalArgumentException("a path begins with a slash");
        }
        int query = pathAndQuery.indexOf('?');
        String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
        String ofEndpoint = query < 0 ? "" : pathAndQuery.substring(query + 1);
        int suffixQuery = suffix.indexOf('?');
        String added = suffixQuery < 0 ? suffix : suffix.substring(0, suffixQuery);
        String ofSuffix = suffixQuery < 0 ? "" : suffix.substring(suffixQuery + 1);
        String whole =
                added.isEmpty() ? path : (path.endsWith("/") ? path.substring(0, path.length() - 1) : path) + added;
        String both = ofEndpoint + (ofEndpoint.isEmpty() || ofSuffix.isEmpty() ? "" : "&") + ofSuffix;
        return new Endpoint(isTls, host, port, both.isEmpty() ? whole : whole + '?' + both);
    }

    private static int port(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
