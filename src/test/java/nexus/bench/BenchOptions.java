package nexus.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.store.PostgresUrl;

/**
 * What was asked for.
 *
 * @param against a Nexus that runs; none: one is started, with a PostgreSQL of its own
 * @param apiKey of the running instance
 * @param source the running instance's source database; none: row changes are not measured
 * @param receiverHost under which the running instance reaches this machine
 * @param program another executable instead of the packaged application
 * @param compared the native executable that is compared with the packaged application, instead of all parts
 * @param parts at least one
 * @param output where the JSON goes
 * @param seconds of one measured phase
 * @param warmUpSeconds for each way in
 */
record BenchOptions(
        Optional<URI> against,
        Optional<String> apiKey,
        Optional<PostgresUrl> source,
        String receiverHost,
        Optional<Path> program,
        Optional<Path> compared,
        Set<Part> parts,
        Path output,
        int seconds,
        int warmUpSeconds) {
    private static final int MAX_SECONDS = 60;
    private static final int MAX_WARM_UP = 600;

    static final String USAGE =
            "nexus bench [--parts " + Part.names() + "] [--seconds 6] [--warm-up 40] [--output FILE] [--native PATH] "
                    + "| --against URL [--api-key KEY] [--source-url postgresql://…] [--receiver-host 127.0.0.1] "
                    + "| --profiles [PATH]";

    private enum Option {
        AGAINST,
        API_KEY,
        SOURCE_URL,
        RECEIVER_HOST,
        NATIVE,
        PROFILES,
        PARTS,
        OUTPUT,
        SECONDS,
        WARM_UP;

        String flag() {
            return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * @param args {@code --name value} or {@code --name=value}
     * @param target the folder for what is built: where the JSON goes, and where the native executable is
     * @throws IllegalArgumentException with one line that names the option
     */
    static BenchOptions parse(List<String> args, Path target) {
        Map<Option, String> given = given(args, target.resolve("nexus").toString());
        boolean isAgainst = given.containsKey(Option.AGAINST);
        for (Option option : List.of(Option.API_KEY, Option.SOURCE_URL, Option.RECEIVER_HOST)) {
            if (given.containsKey(option) && !isAgainst) {
                throw new IllegalArgumentException(option.flag() + " needs --against");
            }
        }
        exclude(given, Option.NATIVE, Option.AGAINST);
        for (Option option : List.of(Option.AGAINST, Option.NATIVE, Option.PARTS)) {
            exclude(given, Option.PROFILES, option);
        }
        return new BenchOptions(
                Optional.ofNullable(given.get(Option.AGAINST)).map(BenchOptions::instance),
                Optional.ofNullable(given.get(Option.API_KEY)),
                Optional.ofNullable(given.get(Option.SOURCE_URL)).map(BenchOptions::database),
                given.getOrDefault(Option.RECEIVER_HOST, "127.0.0.1"),
                Optional.ofNullable(given.get(Option.NATIVE)).map(BenchOptions::executable),
                Optional.ofNullable(given.get(Option.PROFILES)).map(BenchOptions::nativeExecutable),
                parts(given.getOrDefault(Option.PARTS, Part.names()), isAgainst),
                Optional.ofNullable(given.get(Option.OUTPUT)).map(Path::of).orElse(target.resolve("bench.json")),
                number(Option.SECONDS, given.getOrDefault(Option.SECONDS, "6"), 1, MAX_SECONDS),
                number(Option.WARM_UP, given.getOrDefault(Option.WARM_UP, "40"), 0, MAX_WARM_UP));
    }

    /** @param executable the value of {@code --profiles} when it stands alone */
    private static Map<Option, String> given(List<String> args, String executable) {
        Map<Option, String> given = new EnumMap<>(Option.class);
        int next = 0;
        while (next < args.size()) {
            String arg = args.get(next++);
            int equals = arg.indexOf('=');
            Option option = option(equals < 0 ? arg : arg.substring(0, equals));
            String value;
            if (equals >= 0) {
                value = arg.substring(equals + 1);
            } else if (option == Option.PROFILES
                    && (next == args.size() || args.get(next).startsWith("--"))) {
                value = executable;
            } else if (next == args.size()) {
                throw new IllegalArgumentException(option.flag() + " needs a value");
            } else {
                value = args.get(next++);
            }
            if (given.put(option, value) != null) {
                throw new IllegalArgumentException(option.flag() + " is given twice");
            }
        }
        return given;
    }

    private static void exclude(Map<Option, String> given, Option one, Option other) {
        if (given.containsKey(one) && given.containsKey(other)) {
            throw new IllegalArgumentException(one.flag() + " and " + other.flag() + " exclude each other");
        }
    }

    private static Option option(String flag) {
        for (Option option : Option.values()) {
            if (option.flag().equals(flag)) {
                return option;
            }
        }
        throw new IllegalArgumentException(flag + " is not an option; usage: " + USAGE);
    }

    private static Set<Part> parts(String names, boolean isAgainst) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        for (String name : names.split(",", -1)) {
            parts.add(Arrays.stream(Part.values())
                    .filter(part -> part.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "--parts must name some of " + Part.names() + ", not \"" + name + "\"")));
        }
        if (isAgainst) {
            parts.remove(Part.IDLE); // nobody can see inside
            if (parts.isEmpty()) {
                throw new IllegalArgumentException("--parts=idle and --against exclude each other");
            }
        }
        return parts;
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
        if (!isExecutable(text)) {
            throw new IllegalArgumentException("--native must name an executable file, not " + text);
        }
        return Path.of(text).toAbsolutePath();
    }

    private static Path nativeExecutable(String text) {
        if (!isExecutable(text)) {
            throw new IllegalArgumentException("--profiles found no executable file " + text
                    + ": build target/nexus with ./nexus native, or name another one with --profiles=PATH");
        }
        return Path.of(text).toAbsolutePath();
    }

    private static boolean isExecutable(String text) {
        Path path = Path.of(text).toAbsolutePath();
        return path.toFile().canExecute() && !path.toFile().isDirectory();
    }

    private static int number(Option option, String text, int least, int most) {
        if (text.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException(
                option.flag() + " must be a whole number from " + least + " to " + most + ", not " + text);
    }
}
