package nexus.receiver;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The options of the receiver.
 *
 * @param port to listen on; 0 is any free one
 * @param status to answer with
 * @param delay before each answer
 * @param failFirst number of requests that are answered with 500 first
 * @param key to verify signatures with
 */
record ListenOptions(int port, int status, Duration delay, int failFirst, Optional<byte[]> key) {
    static final String USAGE =
            "nexus listen [--port 4000] [--status 200] [--delay 0ms] [--fail-first N] [--secret whsec_…]";

    private static final ListenOptions DEFAULTS = new ListenOptions(4000, 200, Duration.ZERO, 0, Optional.empty());
    private static final String STANDARD_PREFIX = "whsec_";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,7})(ms|s|m)");

    /**
     * @param args {@code --name value} or {@code --name=value}
     * @throws IllegalArgumentException with one line that names the option
     */
    static ListenOptions parse(List<String> args) {
        ListenOptions options = DEFAULTS;
        for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
            String arg = rest.next();
            int equals = arg.indexOf('=');
            String name = equals < 0 ? arg : arg.substring(0, equals);
            if (!List.of("--port", "--status", "--delay", "--fail-first", "--secret")
                    .contains(name)) {
                throw new IllegalArgumentException(name + " is not an option; usage: " + USAGE);
            }
            if (equals < 0 && !rest.hasNext()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            options = options.with(name, equals < 0 ? rest.next() : arg.substring(equals + 1));
        }
        return options;
    }

    private ListenOptions with(String name, String value) {
        return switch (name) {
            case "--port" -> new ListenOptions(number(name, value, 0, 65535), status, delay, failFirst, key);
            case "--status" -> new ListenOptions(port, number(name, value, 200, 599), delay, failFirst, key);
            case "--delay" -> new ListenOptions(port, status, duration(name, value), failFirst, key);
            case "--fail-first" -> new ListenOptions(port, status, delay, number(name, value, 0, 999_999_999), key);
            default -> new ListenOptions(port, status, delay, failFirst, Optional.of(key(name, value)));
        };
    }

    private static int number(String name, String value, int least, int most) {
        if (value.matches("\\d{1,9}")) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new IllegalArgumentException(name + " must be a number from " + least + " to " + most + ", not " + value);
    }

    private static Duration duration(String name, String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(name + " must be a duration like 250ms, 15s or 10m, not " + value);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }

    /** The message does not contain the value, because even a mistyped secret is one. */
    private static byte[] key(String name, String value) {
        byte[] key;
        try {
            key = value.startsWith(STANDARD_PREFIX)
                    ? Base64.getDecoder().decode(value.substring(STANDARD_PREFIX.length()))
                    : value.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " has no base64 behind " + STANDARD_PREFIX, e);
        }
        if (key.length == 0) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
        return key;
    }
}
