package nexus.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.store.PostgresUrl;

/**
 * What was asked for.
 *
 * @param against a Nexus that runs; none: one is started, with a PostgreSQL of its own
 * @param apiKey of the running instance
 * @param source the running instance's source database; none: row changes are not measured
 * @param receiverHost under which the running instance reaches this machine
 * @param program another executable instead of the packaged application
 * @param output where the JSON goes
 * @param seconds of one measured phase
 */
record BenchOptions(
        Optional<URI> against,
        Optional<String> apiKey,
        Optional<PostgresUrl> source,
        String receiverHost,
        Optional<Path> program,
        Path output,
        int seconds) {
    static final String USAGE = "nexus bench [--seconds 6] [--output FILE] [--native PATH] "
            + "| --against URL [--api-key KEY] [--source-url postgresql://…] [--receiver-host 127.0.0.1]";

    private enum Option {
        AGAINST,
        API_KEY,
        SOURCE_URL,
        RECEIVER_HOST,
        NATIVE,
        OUTPUT,
        SECONDS;

        String flag() {
            return "--" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * @param args {@code --name value} or {@code --name=value}
     * @param output where the JSON goes when nothing else is said
     * @throws IllegalArgumentException with one line that names the option
     */
    static BenchOptions parse(List<String> args, Path output) {
        Map<Option, String> given = new EnumMap<>(Option.class);
        for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
            String arg = rest.next();
            int equals = arg.indexOf('=');
            Option option = option(equals < 0 ? arg : arg.substring(0, equals));
            if (equals < 0 && !rest.hasNext()) {
                throw new IllegalArgumentException(option.flag() + " needs a value");
            }
            if (given.put(option, equals < 0 ? rest.next() : arg.substring(equals + 1)) != null) {
                throw new IllegalArgumentException(option.flag() + " is given twice");
            }
        }
        boolean isAgainst = given.containsKey(Option.AGAINST);
        for (Option option : List.of(Option.API_KEY, Option.SOURCE_URL, Option.RECEIVER_HOST)) {
            if (given.containsKey(option) && !isAgainst) {
                throw new IllegalArgumentException(option.flag() + " needs --against");
            }
        }
        if (given.containsKey(Option.NATIVE) && isAgainst) {
            throw new IllegalArgumentException("--native and --against exclude each other");
        }
        return new BenchOptions(
                Optional.ofNullable(given.get(Option.AGAINST)).map(BenchOptions::instance),
                Optional.ofNullable(given.get(Option.API_KEY)),
                Optional.ofNullable(given.get(Option.SOURCE_URL)).map(BenchOptions::database),
                given.getOrDefault(Option.RECEIVER_HOST, "127.0.0.1"),
                Optional.ofNullable(given.get(Option.NATIVE)).map(BenchOptions::executable),
                Optional.ofNullable(given.get(Option.OUTPUT)).map(Path::of).orElse(output),
                seconds(given.getOrDefault(Option.SECONDS, "6")));
    }

    private static Option option(String flag) {
        for (Option option : Option.values()) {
            if (option.flag().equals(flag)) {
                return option;
            }
        }
        throw new IllegalArgumentException(flag + " is not an option; usage: " + USAGE);
    }

    private static URI instance(String text) {
        String base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        if (!base.matches("https?://[^/?#@\\s]+")) {
            throw new IllegalArgumentException(
                    "--against must be the address of a Nexus, such as http://localhost:3000");
        }
        try {
            return URI.create(base);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--against is not a URL", e);
        }
    }

    /** What is wrong is said without the URL: it holds a password. */
    private static PostgresUrl database(String text) {
        try {
            return PostgresUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--source-url " + e.getMessage(), e);
        }
    }

    private static Path executable(String text) {
        Path path = Path.of(text).toAbsolutePath();
        if (!path.toFile().canExecute() || path.toFile().isDirectory()) {
            throw new IllegalArgumentException("--native must name an executable file, not " + text);
        }
        return path;
    }

    private static int seconds(String text) {
        if (text.matches("[1-9][0-9]?") && Integer.parseInt(text) <= 60) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("--seconds must be a whole number from 1 to 60, not " + text);
    }
}
