package nexus.mail;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import nexus.notation.Authority;
import nexus.target.MailAddress;
import nexus.target.credential.TlsIdentity;
import org.jspecify.annotations.Nullable;

/**
 * The server of {@code SMTP_URL}.
 *
 * @param isImplicitTls whether TLS begins with the connection ({@code smtps}), not with STARTTLS
 * @param host as in the URL, IPv6 in brackets
 * @param login empty when the server asks for none
 * @param from the sender of every mail
 * @param ca certificates in PEM that are trusted instead of the platform's
 */
public record SmtpServer(
        boolean isImplicitTls, String host, int port, Optional<Login> login, MailAddress from, Optional<String> ca) {
    private static final int SUBMISSION = 587;
    private static final int SUBMISSIONS = 465;

    /** User and password. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[redacted]";
        }
    }

    /**
     * Reads {@code smtp://user:password@host:587?from=nexus@example.com}. User and password are percent-encoded. Without
     * {@code from}, the sender is the user when that is an address, otherwise {@code nexus} at the host. The parameter
     * {@code ca} names a file of certificates.
     *
     * @throws IllegalArgumentException with a message that continues the name of the variable and holds nothing of the URL
     */
    public static SmtpServer parse(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) { // its message contains the text
            throw new IllegalArgumentException(
                    "must be a URL such as smtp://user:password@mail.example.com:587?from=nexus@example.com"
                            + " (percent-encode other characters in user and password)");
        }
        boolean isImplicitTls = "smtps".equalsIgnoreCase(url.getScheme());
        if (!isImplicitTls && !"smtp".equalsIgnoreCase(url.getScheme())) {
            throw new IllegalArgumentException("must start with smtp:// or smtps://");
        }
        if (url.isOpaque() || url.getRawFragment() != null || !(url.getRawPath() + "/").matches("/{1,2}")) {
            throw new IllegalArgumentException("must have no path and no #fragment");
        }
        Authority authority = Authority.of(url);
        int port = authority.port();
        if (port == 0 || port > 65_535) {
            throw new IllegalArgumentException("must have a port from 1 to 65535");
        }
        Map<String, String> parameters = parameters(url.getRawQuery());
        Optional<Login> login = login(authority.userInfo());
        return new SmtpServer(
                isImplicitTls,
                authority.host(),
                port > 0 ? port : isImplicitTls ? SUBMISSIONS : SUBMISSION,
                login,
                from(parameters.get("from"), login, authority.host()),
                Optional.ofNullable(parameters.get("ca")).map(SmtpServer::certificates));
    }

    private static Optional<Login> login(String userInfo) {
        if (userInfo.isEmpty()) {
            return Optional.empty();
        }
        int colon = userInfo.indexOf(':');
        String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
        String password = decoded(colon < 0 ? "" : userInfo.substring(colon + 1));
        if (user.isEmpty() || password.isEmpty()) {
            throw new IllegalArgumentException("must have both a user and a password before the @, or neither");
        }
        if ((user + password).indexOf('\0') >= 0) {
            throw new IllegalArgumentException("must not have %00 in user or password");
        }
        return Optional.of(new Login(user, password));
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new HashMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (!name.equals("from") && !name.equals("ca")) {
                throw new IllegalArgumentException("must have no other parameters than from and ca");
            }
            if (parameters.put(name, equals < 0 ? "" : decoded(parameter.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("must have the parameter " + name + " once");
            }
        }
        return parameters;
    }

    private static MailAddress from(@Nullable String given, Optional<Login> login, String host) {
        if (given != null) {
            try {
                return MailAddress.parse(given);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("must have an address as from: it " + e.getMessage(), e);
            }
        }
        try {
            String domain = host.matches("[0-9.]+") ? '[' + host + ']' : host;
            return MailAddress.parse(
                    login.map(Login::user).filter(user -> user.indexOf('@') > 0).orElse("nexus@" + domain));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must name the sender: ?from=nexus@example.com", e);
        }
    }

    private static String certificates(String file) {
        try {
            String pem = Files.readString(Path.of(file));
            if (TlsIdentity.isCertificate(pem)) {
                return pem;
            }
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("must name a readable file as ca", e);
        }
        throw new IllegalArgumentException("must name a file of certificates in PEM as ca");
    }

    /** A plus sign stands for itself, because addresses have it. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must have two hexadecimal digits after each %", e);
        }
    }

    /** The host without brackets, as it is named to TLS. */
    String bareHost() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public String toString() {
        return "SmtpServer[" + host + ":" + port + "]";
    }
}
