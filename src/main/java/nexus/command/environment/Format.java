package nexus.command.environment;

import com.google.errorprone.annotations.Immutable;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nexus.mail.SmtpServer;
import nexus.notation.Authority;
import nexus.notation.DurationText;
import nexus.process.Role;
import nexus.store.PostgresUrl;
import nexus.trace.TraceHeaders;
import nexus.webhook.guard.TargetGuard;
import org.jspecify.annotations.Nullable;

/**
 * The syntax of a variable. A format converts its text to the form that the configuration reads, or throws an
 * {@link IllegalArgumentException} whose message continues the variable's name ("PORT must be …") and never contains
 * the text, which may be a secret.
 */
@Immutable
@FunctionalInterface
interface Format {
    String read(String text);

    /** A host, which may be an IPv6 address in brackets, and a port. */
    Pattern ORIGIN = Pattern.compile("(?<place>(?<scheme>https?)://([a-z0-9._-]{1,253}|\\[[0-9a-f:.]{2,45}]))"
            + "(?<rest>(:(?<port>[0-9]{1,5}))?)");

    Format PORT = number("a port from 1 to 65535", 1, 65_535);

    Format ADDRESS = matching("[A-Za-z0-9.:_-]{1,253}", "must be an address or a host name");

    Format SLOT = matching("[a-z0-9_]{1,63}", "must be 1 to 63 lower-case letters, digits or _");

    Format PUBLICATION = matching("[a-z_][a-z0-9_]{0,54}", "must be 1 to 55 lower-case letters, digits or _");

    Format PATH = text -> text;

    Format FLAG = text -> switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "false" -> text.toLowerCase(Locale.ROOT);
        default -> throw new IllegalArgumentException("must be true or false");
    };

    Format DATABASE = text -> {
        PostgresUrl.parse(text);
        return text;
    };

    Format ROLES = text -> {
        Set<String> known = Arrays.stream(Role.values())
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        List<String> roles = items(text, "must name at least one of api, capture and deliver");
        if (!known.containsAll(roles)) {
            throw new IllegalArgumentException("must be a list of api, capture and deliver");
        }
        return String.join(",", roles);
    };

    /** A short key can be found from its SHA-256 by trying all of them. */
    int SHORTEST_KEY = 20;

    Format KEYS = text -> {
        List<String> keys = items(text, "must hold at least one key");
        for (String key : keys) {
            if (!key.matches("[A-Za-z0-9._~+/=-]{1,512}")) {
                throw new IllegalArgumentException(
                        "must be keys of letters, digits and . _ ~ + / = - with commas between them");
            }
            if (key.length() < SHORTEST_KEY) {
                throw new IllegalArgumentException("must be keys of at least " + SHORTEST_KEY
                        + " characters each (make one: openssl rand -hex 32)");
            }
        }
        return String.join(",", keys);
    };

    Format TARGETS = text -> targets(text, "");

    /** Also accepts {@code *} and suffixes such as {@code .example.com}. */
    Format DIRECT = text -> targets(text, "^(\\*$|\\*?\\.)");

    Format PROXY = text -> {
        try {
            URI url = new URI(text);
            if ("http".equals(url.getScheme())
                    && Authority.of(url).port() <= 65_535
                    && Set.of("", "/").contains(url.getRawPath())
                    && url.getRawQuery() == null) {
                return text;
            }
        } catch (URISyntaxException e) {
            // its message contains the text
        }
        throw new IllegalArgumentException("must be http://[user:password@]host[:port]");
    };

    /** In the form that browsers send: lower case, and without the scheme's own port. */
    Format ORIGINS = text -> {
        List<String> origins = new ArrayList<>();
        for (String origin : items(text, "must hold at least one origin")) {
            Matcher matcher = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
            if (!matcher.matches() || !isPort(matcher.group("port"))) {
                throw new IllegalArgumentException(
                        "must be origins such as https://app.example.com, with commas between them");
            }
            String usual = matcher.group("scheme").equals("https") ? "443" : "80";
            origins.add(matcher.group("place") + (usual.equals(matcher.group("port")) ? "" : matcher.group("rest")));
        }
        return String.join(",", origins);
    };

    Format SECRET_KEY = text -> {
        try {
            if (Base64.getDecoder().decode(text).length == 32) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be base64 of 32 bytes (make one: openssl rand -base64 32)", e);
        }
        throw new IllegalArgumentException("must be base64 of 32 bytes (make one: openssl rand -base64 32)");
    };

    /** ISO 8601, which the configuration reads. */
    Format DURATION = text -> duration(text).toString();

    Format SIZE = text -> Long.toString(size(text, 1L << 30, "1GiB"));

    Format BIG_SIZE = text -> Long.toString(size(text, 1L << 50, "1024TiB"));

    Format SLOT_LOST = text -> switch (text.toLowerCase(Locale.ROOT)) {
        case "stop", "recreate" -> text.toLowerCase(Locale.ROOT);
        default -> throw new IllegalArgumentException("must be stop or recreate");
    };

    Format HTTP_URL = text -> {
        try {
            URI url = new URI(text);
            if (Set.of("http", "https").contains(url.getScheme())
                    && url.getHost() != null
                    && url.getRawUserInfo() == null) {
                return text;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be an http:// or https:// URL", e);
        }
        throw new IllegalArgumentException(
                "must be an http:// or https:// URL without user and password, and its host without underscore");
    };

    Format SMTP = text -> {
        SmtpServer.parse(text);
        return text;
    };

    Format HEADERS = text -> {
        TraceHeaders.parse(text);
        return text;
    };

    Format NAME = matching("[A-Za-z0-9._/-]{1,100}", "must be 1 to 100 letters, digits and . _ / -");

    Format SHARE = matching("0|1|0?[.][0-9]{1,9}|[01][.]0", "must be a number from 0 to 1, such as 0.1");

    static Format number(String what, long least, long most) {
        return text -> Long.toString(number(text, what, least, most));
    }

    static Format seconds(long least, long most) {
        return text -> Duration.ofSeconds(number(text, "whole seconds from " + least + " to " + most, least, most))
                .toString();
    }

    private static long number(String text, String what, long least, long most) {
        if (text.matches("[0-9]{1,18}")) {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw new IllegalArgumentException("must be " + what);
    }

    /** @param apart a pattern that may precede a name or replace it */
    private static String targets(String text, String apart) {
        List<String> targets = items(text, "must hold at least one CIDR or host name");
        for (String target : targets) {
            String bare = target.replaceFirst(apart, "");
            if (!bare.chars().allMatch(c -> c < 0x80)) {
                Authority.requireName(bare); // its message says how to write the name
            }
            if (!bare.isEmpty() && !isNameOrRange(bare)) {
                throw new IllegalArgumentException(
                        "must be CIDRs, with no bits set behind the prefix, and host names with commas between them");
            }
        }
        return String.join(",", targets);
    }

    private static boolean isPort(@Nullable String digits) {
        return digits == null || (Integer.parseInt(digits) >= 1 && Integer.parseInt(digits) <= 65_535);
    }

    private static boolean isNameOrRange(String target) {
        try {
            TargetGuard.allowing(List.of(target));
            return true;
        } catch (IllegalArgumentException e) {
            return false; // its message contains the text
        }
    }

    private static Format matching(String pattern, String otherwise) {
        return text -> {
            if (!text.matches(pattern)) {
                throw new IllegalArgumentException(otherwise);
            }
            return text;
        };
    }

    private static List<String> items(String text, String otherwise) {
        List<String> items = Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .distinct()
                .toList();
        if (items.isEmpty()) {
            throw new IllegalArgumentException(otherwise);
        }
        return items;
    }

    /** {@code 250ms 15s 10m 10h 30d}: one number and one unit, above zero and at most ten years. */
    static Duration duration(String text) {
        return DurationText.parse(text)
                .filter(Duration::isPositive)
                .orElseThrow(
                        () -> new IllegalArgumentException("must be a duration such as 250ms, 15s, 10m, 10h or 30d"));
    }

    /** {@code 16MiB 64KiB 1GiB} or plain bytes, above zero. */
    private static long size(String text, long most, String mostInWords) {
        Matcher matcher = Pattern.compile("([0-9]{1,16})(KiB|MiB|GiB|TiB)?").matcher(text);
        if (matcher.matches()) {
            Map<String, Long> units = Map.of("KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);
            long unit = matcher.group(2) == null ? 1 : units.getOrDefault(matcher.group(2), 1L);
            BigInteger bytes = new BigInteger(matcher.group(1)).multiply(BigInteger.valueOf(unit));
            if (bytes.signum() > 0 && bytes.compareTo(BigInteger.valueOf(most)) <= 0) {
                return bytes.longValue();
            }
        }
        throw new IllegalArgumentException(
                "must be a size such as 64KiB, 16MiB or plain bytes, at most " + mostInWords);
    }
}
